"""Templates made ready once per rulebook: sandboxed, strict about unknown names, bounded in what they may write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

from jinja2 import DictLoader, StrictUndefined, TemplateError

from mailbot.cases.case import Kind
from mailbot.errors import BadInput, Words
from mailbot.replies.facts import Advice, Cited, Facts, Help, Link, Original, Stated, Support, TheSchool
from mailbot.replies.page import Page
from mailbot.replies.prose import FILTERS, reflowed
from mailbot.rulebook.ids import Audience, Topic
from mailbot.rulebook.sandbox import TemplateSandbox
from mailbot.rulebook.types import Guidance, Rulebook, TemplateSource

MOST_BYTES = 60_000  # one part of one mail; a template that writes more is at fault
SUBJECT_LINE = "Тема:"


@dataclass(frozen=True, slots=True)
class Worded:
    """What a mail says: its subject, its text part and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates of one rulebook, compiled when first used and kept. Made by `Wording.of`."""

    environment: TemplateSandbox

    @classmethod
    def of(cls, book: Rulebook) -> "Wording":
        """The wording of a rulebook."""
        environment = TemplateSandbox(
            loader=DictLoader(sources(book.templates) | guidance_sources(book)),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # a rulebook's templates never change; its next edition has a wording of its own
        )
        environment.filters.update(FILTERS)
        return cls(environment)

    def say(self, kind: Kind, facts: Facts) -> Worded:
        """Both parts of a mail of this kind. Raises BadInput that names the template at fault."""
        variables = plain_of(facts)
        subject, _, text = self._rendered(f"{kind.value}.txt", variables).lstrip().partition("\n")
        if not subject.startswith(SUBJECT_LINE):
            raise faulty(f"{kind.value}.txt", "первая строка должна быть «Тема: …»", "line 1 must be «Тема: …»")
        html = self._rendered(f"{kind.value}.html", variables)
        return Worded(subject.removeprefix(SUBJECT_LINE).strip(), text.strip("\n"), html.strip())

    def guidance(
        self, topics: tuple[Topic, ...], audience: Audience, book: Rulebook, facts: Facts
    ) -> tuple[Advice, ...]:
        """What is answered on each topic; who has no guidance of their own gets the parents'."""
        variables = guidance_variables(facts)
        return tuple(
            Advice(
                title=book.topics[topic].title,
                text=reflowed(self._rendered(guidance_name(topic, whose), variables).strip()),
                links=tuple(Link(title, url) for title, url in book.topics[topic].guidance[whose].links),
            )
            for topic in topics
            if (whose := reader_of(book.topics[topic].guidance, audience)) is not None
        )

    def vendor_request(self, facts: Facts) -> str:
        """The text a writer may send to the vendor themselves."""
        return self._rendered("_vendor_request.txt", plain_of(facts)).strip()

    def _rendered(self, name: str, variables: Mapping[str, object]) -> str:
        """A template's output, given up as soon as it grows too long."""
        pieces: list[str] = []
        size = 0
        try:
            for piece in self.environment.get_template(name).generate(variables):
                size += len(piece)
                if size > MOST_BYTES:
                    raise too_long(name)
                pieces.append(piece)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise faulty(name, f"шаблон не сработал ({error})", f"the template failed ({error})") from error
        rendered = "".join(pieces)
        if len(rendered.encode()) > MOST_BYTES:
            raise too_long(name)
        return rendered


def sources(templates: Mapping[str, TemplateSource]) -> dict[str, str]:
    """Both parts of every template and partial under the names of their files."""
    texts = {f"{name}.txt": source.text for name, source in templates.items()}
    return texts | {f"{name}.html": source.html for name, source in templates.items()}


Part = Advice | Cited | Help | Original | Page | Stated | Support | TheSchool
"""The kinds of values in `Facts` that are themselves made of parts."""


def plain_of(facts: Facts) -> dict[str, object]:
    """The facts as templates see them: words, numbers, lists and dictionaries."""
    return {field.name: _plain(getattr(facts, field.name)) for field in fields(facts)}


def _plain(value: object) -> object:
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    if isinstance(value, Help | Support | TheSchool):
        return _kept(value)
    return asdict(value) if isinstance(value, Part) else value


@lru_cache(maxsize=16)  # two lines of help, a school and a vendor, under as many rulebooks as a reload or two leaves
def _kept(part: Help | Support | TheSchool) -> dict[str, object]:
    """What every mail of a day says alike. Templates cannot change it: the sandbox lets them call nothing."""
    return asdict(part)


def guidance_variables(facts: Facts) -> dict[str, object]:
    """What guidance texts may print: the names in `rulebook.templates.GUIDANCE_VARIABLES`.

    All are text but `answer`: whether the mail answers a question, rather than goes beside a hand-over.
    """
    return {
        "school": _kept(facts.school) | {"phones": ", ".join(facts.school.phones)},
        "regulation": {"title": facts.regulation, "system": facts.system},
        "vendor": _kept(facts.vendor),
        "system": facts.system,
        "help_hours": "\n".join(f"- {line.when}: {line.where}{line.how and ', ' + line.how}" for line in facts.help),
        "person": facts.school.consultant,
        "answer": facts.is_answer,
    }


def guidance_sources(book: Rulebook) -> dict[str, str]:
    """The admin's guidance texts, which are templates of plain text, too."""
    return {
        guidance_name(topic, audience): guidance.text
        for topic, rules in book.topics.items()
        for audience, guidance in rules.guidance.items()
    }


def guidance_name(topic: Topic, audience: Audience) -> str:
    """Under what name a guidance text is compiled; errors show it."""
    return f"guidance/{topic.value}/{audience.value}"


def reader_of(guidance: Mapping[Audience, Guidance], audience: Audience) -> Audience | None:
    """For whom the guidance was written that this audience gets, None where there is none."""
    return next((one for one in (audience, Audience.PARENT) if one in guidance), None)


def too_long(name: str) -> BadInput:
    """The error of a template that writes more than a mail bears."""
    return faulty(name, f"больше {MOST_BYTES} байт текста", f"more than {MOST_BYTES} bytes of text")


def faulty(name: str, ru: str, en: str) -> BadInput:
    """The error of a template that cannot be used as it stands."""
    mend = Words("Исправьте шаблон и выполните mailbot check.", "Mend the template and run mailbot check.")
    return BadInput(where=f"templates/{name}", what=Words(ru, en), mend=mend)
