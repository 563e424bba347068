"""templates/ as sources, and guidance texts: that Jinja2 understands them and that every variable exists.

Guidance may use the variables below and nothing else; each is text, `school.phones` already joined with commas.
Rendering is the replies' business; here only the form is looked at, so a typo is told before the first letter.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import TemplateSyntaxError, nodes

from mailbot.errors import Words
from mailbot.rulebook.jinja_words import said_of_template
from mailbot.rulebook.models import TopicsForm
from mailbot.rulebook.positions import MAX_BYTES, Document
from mailbot.rulebook.problems import Problem, ProblemCode, nearest
from mailbot.rulebook.sandbox import TemplateSandbox
from mailbot.rulebook.types import Place, TemplateSource

GUIDANCE_VARIABLES: Mapping[str, frozenset[str]] = {
    "school": frozenset(("name", "short_name", "phones", "site", "mailbox")),
    "regulation": frozenset(("title", "system")),
    "vendor": frozenset(("name", "mail", "phone", "phone_note", "site", "registers")),
    "system": frozenset(),
    "help_hours": frozenset(),
    "person": frozenset(),
    "answer": frozenset(),
}
_JINJA = TemplateSandbox()


def template_sources(files: Mapping[str, bytes]) -> Mapping[str, TemplateSource]:
    """Pairs NAME.txt and NAME.html by name; files are by their names."""
    texts = {Path(name).stem: data.decode("utf-8", "replace") for name, data in files.items() if name.endswith(".txt")}
    htmls = {Path(name).stem: data.decode("utf-8", "replace") for name, data in files.items() if name.endswith(".html")}
    return {
        name: TemplateSource(text=texts.get(name, ""), html=htmls.get(name, "")) for name in sorted({*texts, *htmls})
    }


def template_problems(folder: str, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Templates that Jinja2 refuses; which of them must be there is for the check to know."""
    for name, data in files.items():
        if fault := _bytes_fault(data) or _syntax_fault(data.decode("utf-8", "replace")):
            yield _bad_template(Place(f"{folder}/{name}", fault[0]), fault[1])


def guidance_problems(form: TopicsForm, document: Document) -> Iterator[Problem]:
    """Guidance that cannot be rendered: told at the line of the text where it stands."""
    for topic, rules in form.root.items():
        for audience, said in rules.guidance.items():
            begin = document.place(topic, "guidance", audience, "text")
            if fault := _syntax_fault(said.text):
                yield _bad_template(Place(begin.file, begin.line + fault[0], begin.column), fault[1])
            else:
                yield from _variable_problems(said.text, begin)


def _bytes_fault(data: bytes) -> tuple[int, str] | None:
    """Line and fault of a file that is too long or not UTF-8."""
    if len(data) > MAX_BYTES:
        return 1, f"> {MAX_BYTES // 1000} kB"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1, "not UTF-8"
    return None


def _syntax_fault(text: str) -> tuple[int, str] | None:
    """Line (from 1) and Jinja2's words, or None if the template is well-formed."""
    try:
        _JINJA.parse(text)
    except TemplateSyntaxError as error:
        return error.lineno, error.message or "syntax"
    return None


def _bad_template(place: Place, said: str) -> Problem:
    cause, mend = said_of_template(said)
    what = Words(ru=f"шаблон написан с ошибкой: {cause.ru}", en=f"the template is malformed: {cause.en}")
    return Problem(place=place, code=ProblemCode.BAD_TEMPLATE, what=what, mend=mend)


def _variable_problems(text: str, begin: Place) -> Iterator[Problem]:
    tree = _JINJA.parse(text)
    names = tuple(tree.find_all(nodes.Name))  # jinja2.meta would compile, and stumble over a filter it does not know
    known = {*GUIDANCE_VARIABLES, *(node.name for node in names if node.ctx != "load")}
    for name, line in {node.name: node.lineno for node in reversed(names) if node.name not in known}.items():
        yield _unknown_variable(name, begin, line, GUIDANCE_VARIABLES)
    for node in tree.find_all(nodes.Getattr):
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        allowed = GUIDANCE_VARIABLES.get(owner, frozenset())
        if owner in GUIDANCE_VARIABLES and node.attr not in allowed:
            yield _unknown_variable(
                f"{owner}.{node.attr}", begin, node.lineno, [f"{owner}.{name}" for name in allowed] or [owner]
            )


def _unknown_variable(name: str, begin: Place, line: int, known: Mapping[str, object] | list[str]) -> Problem:
    what = Words(ru=f"неизвестная переменная «{name}»", en=f"unknown variable «{name}»")
    place = Place(begin.file, begin.line + line, begin.column)
    return Problem(place=place, code=ProblemCode.UNKNOWN_VARIABLE, what=what, mend=nearest(name, known))
