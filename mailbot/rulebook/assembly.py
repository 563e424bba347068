"""From the bytes of a rules folder to one Rulebook, or to every problem found on the way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from mailbot.errors import Words
from mailbot.rulebook.files import PACKS, RuleFolder
from mailbot.rulebook.models import CalendarForm, FlagsForm, LifecycleForm, SchoolForm, ScreeningForm, TopicsForm
from mailbot.rulebook.placeholders import other_zone, placeholders, unproven_staff
from mailbot.rulebook.positions import Document, document
from mailbot.rulebook.problems import Checked, Problem, ProblemCode, nearest
from mailbot.rulebook.regulation import own_problems, pack_problems, regulation_of
from mailbot.rulebook.regulation_models import PackForm, RegulationForm
from mailbot.rulebook.running import (
    calendar_of,
    calendar_problems,
    lifecycle_of,
    lifecycle_problems,
    screening_of,
    screening_problems,
)
from mailbot.rulebook.scalars import address_of
from mailbot.rulebook.schema import formed
from mailbot.rulebook.school import school_of, school_problems, vendor_problems
from mailbot.rulebook.templates import guidance_problems, template_problems, template_sources
from mailbot.rulebook.topics import duplicate_ids, flag_problems, flags_of, rule_ids, topic_problems, topics_of
from mailbot.rulebook.types import Place, Rulebook

F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Part(Generic[F]):
    """One file in its form, with its places; `form` None: it cannot be used."""

    document: Document
    form: F | None
    problems: tuple[Problem, ...]

    def problems_by(self, look: Callable[[F, Document], Iterable[Problem]]) -> tuple[Problem, ...]:
        """What `look` finds, nothing if there is no form to look at."""
        return tuple(look(self.form, self.document)) if self.form is not None else ()


def part(shown: str, data: bytes | None, form: type[F]) -> Part[F]:
    """The file `data` in `form`; a file that could not be read was told already."""
    if data is None:
        return Part(Document(shown, "null", {}, {}), None, ())
    read = document(shown, data)
    if read.value is None:
        return Part(Document(shown, "null", {}, {}), None, read.problems)
    made = formed(read.value, form)
    return Part(read.value, made.value, read.problems + made.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Every file in its form."""

    school: Part[SchoolForm]
    regulation: Part[RegulationForm]
    pack: Part[PackForm]
    topics: Part[TopicsForm]
    flags: Part[FlagsForm]
    lifecycle: Part[LifecycleForm]
    screening: Part[ScreeningForm]
    calendar: Part[CalendarForm]
    use: str


def assembled(read: RuleFolder, regulation: str | None, own: tuple[str, ...]) -> Checked[Rulebook]:
    """The rulebook and all problems; with problems the value is of no use to anybody but the check."""
    if not read.rules:
        return Checked(None, read.problems)  # what is not there cannot be wrong as well
    parts = _parts(read, regulation)
    problems = (*read.problems, *_own_problems(own), *_problems(parts, read, regulation))
    if any(not problem.warning for problem in problems):
        return Checked(None, problems)
    return Checked(_rulebook(parts, read, tuple(address.strip().lower() for address in own)), problems)


def _parts(read: RuleFolder, regulation: str | None) -> _Parts:
    def of(name: str, form: type[F]) -> Part[F]:
        return part(f"{read.name}/{name}", read.rules.get(name), form)

    chosen = of("regulation.yaml", RegulationForm)
    use = regulation or (chosen.form.use if chosen.form else "")
    if chosen.form and chosen.form.use != use:  # written for another document: its values do not apply
        chosen = Part(chosen.document, RegulationForm(use=use), chosen.problems)
    return _Parts(
        school=of("school.yaml", SchoolForm),
        regulation=chosen,
        pack=part(f"{read.name}/{PACKS}/{use}.yaml", read.packs.get(use), PackForm),
        topics=of("topics.yaml", TopicsForm),
        flags=of("flags.yaml", FlagsForm),
        lifecycle=of("lifecycle.yaml", LifecycleForm),
        screening=of("screening.yaml", ScreeningForm),
        calendar=of("calendar.yaml", CalendarForm),
        use=use,
    )


def _problems(parts: _Parts, read: RuleFolder, regulation: str | None) -> Iterator[Problem]:
    for each in (parts.school, parts.regulation, parts.pack, parts.topics, parts.flags, parts.lifecycle):
        yield from each.problems
    yield from (*parts.screening.problems, *parts.calendar.problems)
    yield from parts.school.problems_by(school_problems)
    yield from parts.school.problems_by(placeholders)
    yield from _regulation_problems(parts, read, regulation)
    yield from parts.topics.problems_by(topic_problems)
    yield from parts.topics.problems_by(guidance_problems)
    yield from parts.flags.problems_by(flag_problems)
    ids = (
        rule_ids(each.form, each.document)
        for each in (parts.topics, parts.flags)
        if isinstance(each.form, TopicsForm | FlagsForm)
    )
    yield from duplicate_ids(chain.from_iterable(ids))
    pack, own = parts.pack.form, parts.regulation.form
    yield from parts.lifecycle.problems_by(lambda form, places: lifecycle_problems(form, places, pack, own))
    yield from parts.screening.problems_by(screening_problems)
    yield from parts.screening.problems_by(unproven_staff)
    yield from parts.calendar.problems_by(calendar_problems)
    yield from template_problems(read.templates_name, read.templates)


def _regulation_problems(parts: _Parts, read: RuleFolder, regulation: str | None) -> Iterator[Problem]:
    """The document in use: that it exists, what the school adds to it, and that its vendor is nobody's mailbox."""
    if parts.use and parts.use not in read.packs:
        what = Words(ru=f"регламента «{parts.use}» нет", en=f"there is no regulation «{parts.use}»")
        place = Place("--regulation", 1) if regulation else parts.regulation.document.place("use")
        yield Problem(place=place, code=ProblemCode.UNKNOWN_REGULATION, what=what, mend=nearest(parts.use, read.packs))
    pack = parts.pack.form
    if pack is None:
        return
    yield from pack_problems(pack, parts.pack.document)
    yield from parts.regulation.problems_by(lambda form, places: own_problems(form, places, pack))
    own = parts.regulation.form.values.vendor.mail if parts.regulation.form else None
    vendor = frozenset(address for address in (own, pack.vendor.mail) if address)
    yield from parts.school.problems_by(lambda form, places: vendor_problems(form, places, vendor))
    yield from parts.school.problems_by(lambda form, places: other_zone(form, places, pack))


def _own_problems(own: tuple[str, ...]) -> Iterator[Problem]:
    for address in own:
        try:
            address_of(address)
        except PydanticCustomError as error:
            words = error.context or {}
            yield Problem(
                place=Place("--own", 1),
                code=ProblemCode.BAD_ADDRESS,
                what=Words(ru=words["ru"], en=words["en"]),
                mend=Words(ru=words["mend_ru"], en=words["mend_en"]),
            )


def _rulebook(parts: _Parts, read: RuleFolder, own: tuple[str, ...]) -> Rulebook | None:
    """All parts together; None if one has no form (it was told)."""
    school, regulation, pack = parts.school.form, parts.regulation.form, parts.pack.form
    topics, flags, lifecycle = parts.topics.form, parts.flags.form, parts.lifecycle.form
    screening, calendar = parts.screening.form, parts.calendar.form
    if not (school and regulation and pack and topics and flags and lifecycle and screening and calendar):
        return None
    return Rulebook(
        school=school_of(school, parts.school.document, own),
        regulation=regulation_of(parts.use, pack, parts.pack.document, regulation, parts.regulation.document),
        topics=topics_of(topics, parts.topics.document),
        flags=flags_of(flags, parts.flags.document),
        lifecycle=lifecycle_of(lifecycle, parts.lifecycle.document),
        screening=screening_of(screening, parts.screening.document),
        calendar=calendar_of(calendar),
        templates=template_sources(read.templates),
        hash=read.hash_with(parts.use),
    )
