"""Templates and guidance tried before anybody is written to: unknown names and filters, and a rendering of each kind.

Every fault is told at its file and line. Jinja2 itself finds unknown filters only when it compiles and unknown names
only on the branch that is taken; here every branch is looked at.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import TracebackType

from jinja2 import BaseLoader, Environment, TemplateError, TemplateNotFound, TemplateSyntaxError, meta, nodes

from mailbot.cases.case import Kind
from mailbot.desk.specimens import specimens_of
from mailbot.errors import BadInput, Words
from mailbot.replies.facts import Extra, Facts, Original, Support, TheSchool
from mailbot.replies.page import Page
from mailbot.replies.wording import Wording, guidance_name, guidance_sources, guidance_variables, sources
from mailbot.rulebook.jinja_words import said_of_template
from mailbot.rulebook.problems import Problem, ProblemCode, nearest
from mailbot.rulebook.types import Place, Rulebook

PARTS: Mapping[str, frozenset[str]] = {
    "school": frozenset(one.name for one in fields(TheSchool)),
    "vendor": frozenset(one.name for one in fields(Support)),
    "original": frozenset(one.name for one in fields(Original)),
    "extra": frozenset(name.value for name in Extra),
    "digest": frozenset(one.name for one in fields(Page)),
}
NAMES = frozenset(one.name for one in fields(Facts))


class _NamedLoader(BaseLoader):
    """Loads from memory and tells Jinja2 the names, so that errors point into the right template."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """The source under its name."""
        if template not in self.texts:
            raise TemplateNotFound(template)
        return self.texts[template], template, None


@dataclass(frozen=True)
class _Shelf:
    """All templates of one rulebook as the check sees them."""

    book: Rulebook
    folder: str

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return sources(self.book.templates) | guidance_sources(self.book)

    @cached_property
    def environment(self) -> Environment:
        return Wording.of(self.book).environment.overlay(loader=_NamedLoader(self.texts))

    @cached_property
    def parsed(self) -> Mapping[str, nodes.Template | Problem]:
        """Every template as Jinja2 understands it, or why it does not."""
        return {name: _parsed(self, name) for name in self.texts}

    @property
    def trees(self) -> Mapping[str, nodes.Template]:
        """The well-formed ones."""
        return {name: one for name, one in self.parsed.items() if not isinstance(one, Problem)}

    @cached_property
    def mail(self) -> frozenset[str]:
        """The templates of our mail and what they include; guidance sees other names."""
        trees = self.trees
        waiting = [f"{kind.value}.{part}" for kind in Kind for part in ("txt", "html")]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in trees and name not in found:
                found.add(name)
                waiting += [inner for inner in meta.find_referenced_templates(trees[name]) if inner]
        return frozenset(found)

    @cached_property
    def set_anywhere(self) -> frozenset[str]:
        """Names that a template sets before it includes another one."""
        found = (re.findall(r"{%-?\s*(?:set|for|with)\s+([^%]*?)\s*(?:=|\bin\b)", text) for text in self.texts.values())
        return frozenset(name for names in found for group in names for name in re.findall(r"\w+", group))

    @cached_property
    def guidance_begins(self) -> Mapping[str, Place]:
        return {
            guidance_name(topic.id, audience): said.place
            for topic in self.book.topics.values()
            for audience, said in topic.guidance.items()
        }

    def place(self, name: str, line: int, word: str = "") -> Place:
        """Where `word` stands in a line of a template or of a guidance text."""
        lines = self.texts.get(name, "").splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        found = re.search(rf"\b{re.escape(word)}\b", text) if word else None
        begin = self.guidance_begins.get(name)
        if begin:
            return Place(begin.file, begin.line + line, begin.column + (found.start() if found else 0))
        return Place(f"{self.folder}/{name}", line, found.start() + 1 if found else 1)


def template_findings(book: Rulebook, folder: str) -> Iterator[Problem]:
    """Everything wrong with templates and guidance of a rulebook that can otherwise be used."""
    shelf = _Shelf(book, folder)
    malformed = tuple(one for one in shelf.parsed.values() if isinstance(one, Problem))
    yield from malformed
    unknown = (
        *(problem for name, tree in shelf.trees.items() for problem in _unknown_filters(shelf, name, tree)),
        *(problem for name in sorted(shelf.mail) for problem in _unknown_names(shelf, name, shelf.trees[name])),
    )
    yield from unknown
    if not malformed and not unknown:
        yield from _unrendered(shelf)
        yield from _unrendered_guidance(shelf)


def _parsed(shelf: _Shelf, name: str) -> nodes.Template | Problem:
    try:
        return shelf.environment.parse(shelf.texts[name])
    except TemplateSyntaxError as error:
        return _bad(shelf.place(name, error.lineno), error.message or "syntax")


def _unknown_filters(shelf: _Shelf, name: str, tree: nodes.Template) -> Iterator[Problem]:
    for node in tree.find_all(nodes.Filter):
        if node.name not in shelf.environment.filters:
            what = Words(f"фильтра «{node.name}» нет", f"there is no filter «{node.name}»")
            place, mend = shelf.place(name, node.lineno, node.name), nearest(node.name, shelf.environment.filters)
            yield Problem(place=place, code=ProblemCode.UNKNOWN_VARIABLE, what=what, mend=mend)


def _unknown_names(shelf: _Shelf, name: str, tree: nodes.Template) -> Iterator[Problem]:
    """Names no mail has, parts that a known name has not, and templates that are not there."""
    known = NAMES | shelf.set_anywhere | {"loop", *shelf.environment.globals}
    told: set[str] = set()
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | told:
            told.add(node.name)
            yield _unknown(shelf.place(name, node.lineno, node.name), node.name, known)
    for part in tree.find_all(nodes.Getattr):
        owner = part.node.name if isinstance(part.node, nodes.Name) else ""
        if owner in PARTS and part.attr not in PARTS[owner]:
            written = [f"{owner}.{one}" for one in PARTS[owner]]
            yield _unknown(shelf.place(name, part.lineno, part.attr), f"{owner}.{part.attr}", written)
    included = [(node.template, node.lineno) for node in tree.find_all(nodes.Include)]
    included += [(node.template, node.lineno) for node in tree.find_all(nodes.Extends)]
    for template, line in included:
        wanted = template.value if isinstance(template, nodes.Const) else None
        if wanted is not None and wanted not in shelf.texts:
            what = Words(f"шаблона «{wanted}» нет", f"there is no template «{wanted}»")
            place = shelf.place(name, line)
            yield Problem(place=place, code=ProblemCode.BAD_TEMPLATE, what=what, mend=nearest(wanted, shelf.texts))


def _unrendered(shelf: _Shelf) -> Iterator[Problem]:
    """Kinds of mail that cannot be written, with the fault's place."""
    wording = Wording(shelf.environment)  # type: ignore[arg-type]  # an overlay is of its parent's class
    for kind in Kind:
        for facts in specimens_of(kind, shelf.book):
            try:
                wording.say(kind, facts)
            except BadInput as error:
                yield _failed(shelf, error)
                break


def _unrendered_guidance(shelf: _Shelf) -> Iterator[Problem]:
    facts = specimens_of(Kind.GUIDANCE, shelf.book)[0]
    variables = guidance_variables(facts)
    for name in shelf.guidance_begins:
        try:
            shelf.environment.get_template(name).render(variables)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            yield _bad(_blamed(shelf, error.__traceback__) or shelf.guidance_begins[name], str(error))


def _failed(shelf: _Shelf, error: BadInput) -> Problem:
    cause = error.__cause__
    place = _blamed(shelf, cause.__traceback__) if cause else None
    return _bad(place or shelf.place(error.where.removeprefix("templates/"), 1), str(cause or error.what.ru))


def _blamed(shelf: _Shelf, trace: TracebackType | None) -> Place | None:
    """The innermost line of a template in a traceback, as Jinja2 rewrites it."""
    found = None
    while trace:
        name = trace.tb_frame.f_code.co_filename
        found = shelf.place(name, trace.tb_lineno) if name in shelf.texts else found
        trace = trace.tb_next
    return found


def _bad(place: Place, said: str) -> Problem:
    cause, mend = said_of_template(said)
    what = Words(f"шаблон не сработал: {cause.ru}", f"the template failed: {cause.en}")
    return Problem(place=place, code=ProblemCode.BAD_TEMPLATE, what=what, mend=mend)


def _unknown(place: Place, name: str, known: frozenset[str] | list[str]) -> Problem:
    what = Words(f"неизвестная переменная «{name}»", f"unknown variable «{name}»")
    return Problem(place=place, code=ProblemCode.UNKNOWN_VARIABLE, what=what, mend=nearest(name, known))
