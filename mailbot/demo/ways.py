"""The way of each letter, read back from the journal: what the daemon wrote down is what the demo shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from mailbot.casebook.journal import months, read_rows
from mailbot.casebook.rows import CaseChanged, Considered, SetAside
from mailbot.cases.case import FOR_WRITERS
from mailbot.cases.draft import Mail
from mailbot.demo.samples import Sample
from mailbot.demo.smtp_sink import Accepted
from mailbot.letters.headers import decode_header


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours as it left: what the journal says of it, and its bytes."""

    mail: Mail
    raw: bytes

    @property
    def parsed(self) -> Message:
        """Its parts; attached letters of others are not looked into."""
        return message_from_bytes(self.raw)

    @property
    def subject(self) -> str:
        """Its subject, readable."""
        return decode_header(str(self.parsed["Subject"] or "").encode("utf-8", "surrogateescape"))[0]

    @property
    def for_writer(self) -> bool:
        """Whether it went to the one who wrote the letter, not to staff."""
        return self.mail.kind in FOR_WRITERS


@dataclass(frozen=True, slots=True)
class Way:
    """One letter and what became of it. `row` is None if it has no outcome, then `trouble` may say why."""

    sample: Sample
    row: Considered | None
    sent: tuple[SentMail, ...]
    trouble: str

    @property
    def to_writer(self) -> tuple[SentMail, ...]:
        """What its writer got."""
        return tuple(one for one in self.sent if one.for_writer)

    @property
    def to_staff(self) -> tuple[SentMail, ...]:
        """What staff got because of it."""
        return tuple(one for one in self.sent if not one.for_writer)


def ways_of(samples: Iterable[Sample], state: Path, accepted: Iterable[Accepted]) -> tuple[Way, ...]:
    """Each letter's way, in the order given."""
    rows = [row for path in months(state) for row in read_rows(path)]
    outcomes = {row.key: row for row in rows if isinstance(row, Considered)}
    aside = {row.key: row.reason for row in rows if isinstance(row, SetAside)}
    mails = [mail for row in rows if isinstance(row, Considered | CaseChanged) for mail in row.mails]
    by_letter: dict[str, list[SentMail]] = {}
    for one in _sent(mails, accepted):
        by_letter.setdefault(one.mail.letter_key, []).append(one)
    return tuple(
        Way(sample, outcomes.get(sample.key), tuple(by_letter.get(sample.key, ())), aside.get(sample.key, ""))
        for sample in samples
    )


def _sent(mails: Iterable[Mail], accepted: Iterable[Accepted]) -> Iterator[SentMail]:
    """The journal's mails that have left, in the order they left."""
    known = {mail.message_id: mail for mail in mails}
    for letter in accepted:
        message_id = str(message_from_bytes(letter.raw)["Message-ID"] or "").strip()
        if message_id in known:
            yield SentMail(known[message_id], letter.raw)
