"""What has come of a school's letters: who was answered, what is lost, what left twice. Judged by bytes alone.

The sending server's letters and the mailbox's folders are asked, not mailbot's own books.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes

from mailbot.demo.smtp_sink import Accepted

OWN_ID = re.compile(rb"(?i)^Message-ID: <letter-(\d+)@mail\.example>", re.MULTILINE)
WRITER = re.compile(r"parent(\d+)@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of some letters.

    mails: different ones that left us. lost: letters without all the mail they must cause, and with no person who has
    them instead; or not lying in exactly one folder. doubled: mails more than there must be. repeats: mails that left
    again under the same Message-ID, byte for byte, where no copy is kept that could have told of the first.
    """

    letters: int = 0
    mails: int = 0
    answered: int = 0
    with_a_person: int = 0
    lost: int = 0
    doubled: int = 0
    repeats: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        names = self.__dataclass_fields__
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})


def tally(
    to_staff: Sequence[int],
    accepted: Sequence[Accepted],
    filed: Sequence[bytes],
    aside: Sequence[bytes],
    *,
    copies: bool,
) -> Tally:
    """Judges letters numbered from 1.

    to_staff: how many mails to staff each must cause, beside the one to its writer. accepted: what left us. filed: the
    letters of all folders but the inbox; aside: those among them that were set aside for a person. copies: whether
    the server kept copies of sent mail.
    """
    by_id = {str(message_from_bytes(one.raw)["Message-ID"]): one for one in accepted}
    again = len(accepted) - len(by_id)
    same = len({one.raw for one in accepted}) == len(by_id)
    writers = Counter(int(found[1]) for one in by_id.values() if (found := WRITER.match(one.rcpts[0])))
    staff = Counter(n for one in by_id.values() if not WRITER.match(one.rcpts[0]) for n in carried(one.raw))
    places, set_aside = Counter(map(number, filed)), set(map(number, aside))
    numbers = range(1, len(to_staff) + 1)
    whole = {n for n in numbers if writers[n] and staff[n] >= to_staff[n - 1]}
    persons = {n for n in numbers if n not in whole and (staff[n] or n in set_aside)}
    extra = sum(max(writers[n] - 1, 0) + max(staff[n] - max(to_staff[n - 1], n in persons), 0) for n in numbers)
    return Tally(
        letters=len(to_staff),
        mails=len(by_id),
        answered=len(whole),
        with_a_person=len(persons),
        lost=len({n for n in numbers if n not in whole | persons or places[n] != 1}),
        doubled=extra + (again if copies or not same else 0),
        repeats=again if same and not copies else 0,
    )


def carried(raw: bytes) -> set[int]:
    """The numbers of the letters that a mail to staff brings with it."""
    parts = message_from_bytes(raw).walk()
    files = (part.get_payload(decode=True) for part in parts if part.get_filename())
    return {int(found[1]) for file in files if isinstance(file, bytes) and (found := OWN_ID.search(file))}


def number(raw: bytes) -> int:
    """The number of a letter of ours, 0 for any other (a copy of our own mail)."""
    found = OWN_ID.search(raw.partition(b"\r\n\r\n")[0])
    return int(found[1]) if found else 0
