"""`check`: everything that is wrong with the rules, told at once; no model is loaded and nothing is sent.

Beside what loading finds (`rulebook.load`) it tries every template and guidance text with invented data and looks for
phrases that can do nothing or that contradict each other.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from mailbot.cases.case import Kind
from mailbot.desk.overlaps import overlap_findings
from mailbot.desk.phrase_check import phrase_findings
from mailbot.desk.template_check import template_findings
from mailbot.errors import Language, Words
from mailbot.replies.words import plural
from mailbot.rulebook.files import RuleFolder, read_folder
from mailbot.rulebook.load import read_rulebook
from mailbot.rulebook.problems import Checked, Problem, ProblemCode, RuleProblems, in_order
from mailbot.rulebook.types import Place, Rulebook


def check_rules(
    folder: Path, templates: Path, regulation: str | None = None, own: tuple[str, ...] = ()
) -> Checked[Rulebook]:
    """The rulebook, None if it cannot be used, and all findings. Raises RuleProblems if there is no such folder."""
    read = read_folder(folder, templates)
    if not folder.is_dir():
        raise RuleProblems(read.problems)
    return check_folder(read, regulation, own)


def check_folder(read: RuleFolder, regulation: str | None = None, own: tuple[str, ...] = ()) -> Checked[Rulebook]:
    """The same for a folder already read."""
    made = read_rulebook(read, regulation, own)
    problems = in_order((*made.problems, *_missing_templates(read), *_tried(made.value, read)))
    return Checked(made.value if not any(not one.warning for one in problems) else None, problems)


def _tried(book: Rulebook | None, read: RuleFolder) -> Iterator[Problem]:
    """What only shows when the rules are put to use."""
    if book:
        yield from template_findings(book, read.templates_name)
        yield from phrase_findings(book)
        yield from overlap_findings(book)


def _missing_templates(read: RuleFolder) -> Iterator[Problem]:
    for kind in Kind:
        for name in (f"{kind.value}.txt", f"{kind.value}.html"):
            if name not in read.templates:
                yield _missing(kind, Place(f"{read.templates_name}/{name}", 1))


def _missing(kind: Kind, place: Place) -> Problem:
    what = Words(f"шаблона письма «{kind.value}» нет", f"the template of «{kind.value}» is missing")
    mend = Words("Верните файл из поставки", "Put back the file that was shipped")
    return Problem(place=place, code=ProblemCode.MISSING_TEMPLATE, what=what, mend=mend)


def check_text(problems: tuple[Problem, ...], language: Language) -> str:
    """One line a finding, then the sum."""
    warning = Words("предупреждение", "warning").said_in(language)
    lines = [(f"{warning}: " if one.warning else "") + one.said_in(language) for one in problems]
    bad = sum(not one.warning for one in problems)
    warned = len(problems) - bad
    total = Words(
        f"{plural(bad, 'ошибка', 'ошибки', 'ошибок')}, "
        f"{plural(warned, 'предупреждение', 'предупреждения', 'предупреждений')}",
        f"{bad} errors, {warned} warnings",
    )
    return "\n".join([*lines, total.said_in(language)])


def check_json(problems: tuple[Problem, ...], folder: Path, templates: Path) -> str:
    """For editors: one array; `path` is the file itself, line and column count from 1."""
    return json.dumps([_object(one, folder, templates) for one in problems], ensure_ascii=False, indent=1)


def _object(problem: Problem, folder: Path, templates: Path) -> dict[str, object]:
    root, _, rest = problem.place.file.partition("/")
    base = templates if root == templates.name and root != folder.name else folder
    return {
        "file": problem.place.file,
        "path": str(base.resolve() / rest) if rest else "",
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": "warning" if problem.warning else "error",
        "code": problem.code,
        "message": problem.what.ru,
        "mend": problem.mend.ru,
        "message_en": problem.what.en,
        "mend_en": problem.mend.en,
    }
