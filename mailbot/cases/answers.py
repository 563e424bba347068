"""A colleague's answer on its way to the writer: what of the reply it is, and why it may have to be asked about first.

What stands above our marker line goes out, without quotations and signature. Whatever might tell one family of another,
or show who answered, is held until `#ответить` says «yes».
"""

import re
from dataclasses import dataclass

from mailbot.cases.case import Case
from mailbot.cases.doors import staff_of
from mailbot.letters.clients import MARKER_LINE, announcement_lines
from mailbot.letters.letter import Letter
from mailbot.letters.split import split_text
from mailbot.rulebook.ids import Slot
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding

MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NAME_STEM = 4
LONGEST_ANNOUNCEMENT_LINES = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """A colleague's own words, and whether our marker line shows where they end."""

    words: str
    is_marked: bool


def reply_of(letter: Letter) -> Reply:
    """The words above the marker line; without one, what is not quoted."""
    lines = letter.text.split("\n")
    at = next((number for number, line in enumerate(lines) if MARKER_LINE.match(line)), None)
    if at is None:
        return Reply(letter.question.strip(), is_marked=False)
    own = _without_announcement(lines[:at])
    return Reply(split_text("\n".join(own), is_forward=False).question.strip() if own else "", is_marked=True)


def _without_announcement(lines: list[str]) -> list[str]:
    """The lines without blank ones at the end and without «19.11.2026, Школа пишет:» just above our mail."""
    while lines and not lines[-1].strip(" >"):
        lines = lines[:-1]
    for start in range(max(0, len(lines) - LONGEST_ANNOUNCEMENT_LINES), len(lines)):
        if announcement_lines(lines, start) == len(lines) - start:
            return lines[:start]
    return lines


def doubts(words: str, letter: Letter, case: Case, finding: Finding | None, book: Rulebook) -> tuple[str, ...]:
    """Why an answer must not go out before a colleague confirms it, told in Russian; empty if it may go."""
    found = (
        _other_recipients(letter, book),
        _other_pupils(finding, case, book),
        _staff_addresses(words, case, book),
        "обращение срочное: заявителю уходит только то, что начинается с #ответить" if case.in_danger_lane else "",
    )
    return tuple(doubt for doubt in found if doubt)


def impossible(case: Case) -> str:
    """Why nothing at all can go to the writer, "" if it can."""
    return "" if case.writer else "у обращения нет адреса заявителя"


def _other_recipients(letter: Letter, book: Rulebook) -> str:
    """A reply to all may be a talk among colleagues, or have reached the writer already."""
    others = {one.address for one in (*letter.to, *letter.cc)} - {*book.school.own, letter.sender.address, ""}
    return "Вы ответили не только программе: в письме есть другие получатели" if others else ""


def _other_pupils(finding: Finding | None, case: Case, book: Rulebook) -> str:
    """A pupil whom the case does not know by surname and given name; the writer and colleagues are no pupils."""
    named = next((fact.value for fact in (finding.slots if finding else ()) if fact.slot is Slot.STUDENT), "")
    family = _stems(" ".join((case.writer_name, *(fact.value for fact in case.facts))))
    known = (family, *(_stems(person.name) for person in staff_of(book)))
    pupils = [_stems(name) for name in named.split("; ") if name]
    return "в ответе назван другой ученик" if any(all(pupil - one for one in known) for pupil in pupils) else ""


def _stems(names: str) -> set[str]:
    return {word[:NAME_STEM] for word in re.findall(r"[^\W\d_]{3,}", names.lower().replace("ё", "е"))}


def _staff_addresses(words: str, case: Case, book: Rulebook) -> str:
    """Addresses that only colleagues use; the school's mailbox and the writer's own are no secret."""
    shown = {address.lower() for address in MAIL_ADDRESS.findall(words)} - {*book.school.own, case.writer}
    staff = {person.address for person in staff_of(book)}
    inner = {one for one in shown if one in staff or one.rpartition("@")[2] in book.school.domains}
    return "в ответе стоит рабочий адрес сотрудника" if inner else ""
