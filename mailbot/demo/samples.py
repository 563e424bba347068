"""The letters of the demo: the shipped ones, or a folder of the user's own.

A shipped letter may answer mail of ours that does not exist yet. It then cites `<answer-to.NAME@demo>` and carries
the mark `@@our letter, quoted@@`; both are filled in once the letter NAME has been answered.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path

from mailbot.desk.trying import letter_files
from mailbot.errors import BadInput, Words
from mailbot.letters.key import letter_key
from mailbot.letters.letter import Letter
from mailbot.mailroom.reader import Reader, UnreadableLetter

SHIPPED = Path(__file__).parent / "letters"
MAILBOX = "help@school.example.org"
ANSWER_TO = re.compile(rb"<answer-to\.([\w-]+)@demo>")
QUOTE = b"@@our letter, quoted@@"


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter of the demo; `letter` is None if it cannot be read."""

    name: str
    raw: bytes
    letter: Letter | None

    @property
    def key(self) -> str:
        """The letter's identity."""
        return letter_key(self.raw)

    @property
    def answers(self) -> str:
        """Name of the letter whose answer it cites; "" for a letter that comes of itself."""
        found = ANSWER_TO.search(self.raw)
        return found[1].decode() if found else ""

    def citing(self, message_id: str, text: str) -> "Sample":
        """The letter as its writer's mail program would have made it: with our Message-ID and our text quoted."""
        quoted = "\r\n".join(f"> {line}" for line in text.splitlines())
        raw = ANSWER_TO.sub(message_id.encode(), self.raw).replace(QUOTE, quoted.encode())
        return replace(self, raw=raw)


def read_samples(folder: Path | None) -> tuple[Sample, ...]:
    """The letters of `folder`, or the shipped ones, by name. Raises BadInput if there are none."""
    with Reader() as reader:
        samples = tuple(_sample(path, reader) for path in letter_files([folder or SHIPPED]))
    if not samples:
        raise BadInput(
            where=str(folder),
            what=Words("в этой папке нет писем", "there are no letters in this folder"),
            mend=Words("Нужны файлы .eml", "Put .eml files there"),
        )
    return samples


def mailbox_of(samples: Iterable[Sample]) -> str:
    """The address most of the letters are written to: whoever tries letters of their own keeps their own mailbox."""
    letters = [sample.letter for sample in samples if sample.letter]
    count = Counter(to.address for letter in letters for to in letter.to if to.address)
    return count.most_common(1)[0][0] if count else MAILBOX


def text_of(mail: Message, subtype: str = "plain") -> str:
    """The first text of a mail of ours: `plain` or `html`; "" if it has none."""
    parts = (part for part in mail.walk() if part.get_content_type() == f"text/{subtype}")
    found = next(parts, None)
    body = found.get_payload(decode=True) if found else b""
    return body.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(body, bytes) else ""


def _sample(path: Path, reader: Reader) -> Sample:
    raw = path.read_bytes()
    try:
        return Sample(path.stem, raw, reader.read(raw).letter)
    except UnreadableLetter:
        return Sample(path.stem, raw, None)
