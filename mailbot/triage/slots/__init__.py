"""The five facts a person may need before acting: student, class, subject, date, error; found in one letter's words.

Public: `slots_in(letter, reading, audience)` and `load_slot_words()`, which reads the word lists once at start.
"""

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience, Slot
from mailbot.triage.finding import FilledSlot
from mailbot.triage.slots.choice import class_of
from mailbot.triage.slots.dates import dates_in
from mailbot.triage.slots.error import error_in
from mailbot.triage.slots.given_names import load_given_names
from mailbot.triage.slots.name_pairs import load_not_surnames
from mailbot.triage.slots.passage import Passage, passages_in
from mailbot.triage.slots.school_class import classes_in
from mailbot.triage.slots.student import Pupil, pupils_in
from mailbot.triage.slots.subject import load_subjects, subjects_in
from mailbot.triage.slots.writer import writers_name
from mailbot.triage.text import Reading


def load_slot_words() -> None:
    """Read the packaged lists of names and subjects, so that the first letter does not wait for them."""
    load_given_names()
    load_not_surnames()
    load_subjects()


def slots_in(letter: Letter, reading: Reading, audience: Audience) -> tuple[FilledSlot, ...]:
    """Every fact the letter gives, in the order in which we ask for them, whether its topic needs it or not."""
    passages = passages_in(letter, reading)
    classes = classes_in(passages)
    with_sender = (*passages, *writers_name(letter, audience, reading.folded))
    pupils = pupils_in(letter, with_sender, audience, classes)
    filled = (
        _student(pupils, with_sender),
        class_of(passages, classes, pupils),
        _subject(passages),
        _date(passages),
        _error(letter, passages),
    )
    return tuple(slot for slot in filled if slot)


def _student(pupils: tuple[Pupil, ...], passages: tuple[Passage, ...]) -> FilledSlot | None:
    if not pupils:
        return None
    return FilledSlot(
        slot=Slot.STUDENT,
        value="; ".join(pupil.name for pupil in pupils),
        heard="; ".join(pupil.words for pupil in pupils),
        source=passages[pupils[0].passage].source,
    )


def _subject(passages: tuple[Passage, ...]) -> FilledSlot | None:
    subjects = subjects_in(passages)
    if not subjects:
        return None
    return FilledSlot(
        slot=Slot.SUBJECT,
        value="; ".join(subject.name for subject in subjects),
        heard="; ".join(subject.words for subject in subjects),
        source=passages[subjects[0].passage].source,
    )


def _date(passages: tuple[Passage, ...]) -> FilledSlot | None:
    dates = dates_in(passages)
    words = "; ".join(dict.fromkeys(date.words for date in dates))
    return FilledSlot(slot=Slot.DATE, value=words, heard=words, source=dates[0].source) if dates else None


def _error(letter: Letter, passages: tuple[Passage, ...]) -> FilledSlot | None:
    error = error_in(letter, passages)
    return FilledSlot(slot=Slot.ERROR, value=error.words, heard=error.words, source=error.source) if error else None
