"""The places of a letter in which a fact may stand, each in one alphabet, in the order in which they are believed."""

import re
from dataclasses import dataclass

from mailbot.letters.clients import MARKER_LINE
from mailbot.letters.letter import Letter
from mailbot.triage.finding import Source
from mailbot.triage.language import plain
from mailbot.triage.script import settle
from mailbot.triage.text import Reading

MAX_SIGNATURE = 2_000  # characters
MAX_QUOTED = 6_000  # characters of a quoted thread that are looked at

_FAREWELL = re.compile(
    r"^[ \t>*_-]*(?:(?:с|со)\s+(?:уваж|благодарн|наилучш|почтен|признат)|с\s*ув\.|уважением|--\s*$|__|отправлено (?:с"
    r"|из)\b"
    r"|(?:всего (?:доброго|хорошего)|до свидания|заранее (?:спасибо|благодар)|(?:большое )?спасибо|благодарю"
    r"|жду (?:ответ|решен)).{0,40}$)",
    re.MULTILINE,
)
_NAME_LINE = re.compile(
    r"[А-ЯЁA-Z][\w.-]*\.?(?:[ ,.]+(?:[А-ЯЁA-Z][\w.-]*\.?|\([А-ЯЁ][а-яё-]+\)|мама|папа|кл\.?|рук\.?|класс\w*"
    r"|учител\w*)){0,6}[.,]?"
)
_ROLE_LINE = re.compile(
    r"(?:мама|папа|мать|отец|бабушка|дед(?:ушка)?|опекун|родитель|учитель|преподаватель|кл\.? ?рук\w*|классн\w+"
    r"|ученик|ученица)\b"
)
_CLOSING_LINES = 6
_LONGEST_LINE = 200  # characters looked at


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a letter: its text, the same in lower case with ё as е, and where it stands.

    `tail` is where in a body the writer's own name begins.
    """

    text: str
    folded: str
    source: Source
    tail: int

    @property
    def is_own(self) -> bool:
        """Whether these are the words of this letter: no signature, nothing quoted."""
        return self.source in (Source.SUBJECT, Source.BODY)

    def is_closing(self, position: int) -> bool:
        """Whether the position lies in a signature, the letter's own or one that ends its body."""
        return self.source is Source.SIGNATURE or (self.source is Source.BODY and position >= self.tail)


def passages_in(letter: Letter, reading: Reading) -> tuple[Passage, ...]:
    """Subject, question, signature, then what is quoted or forwarded; empty ones are left out."""
    quoted = "\n".join((_without_ours(letter.quoted), *map(_without_ours, letter.forwarded)))[:MAX_QUOTED]
    pieces = (
        (Source.SUBJECT, reading.subject),
        (Source.BODY, reading.question),
        (Source.SIGNATURE, settle(letter.signature[:MAX_SIGNATURE]).text),
        (Source.SIGNATURE, _telling_name(letter.sender.name)),
        (Source.QUOTED, settle(quoted).text),
    )
    return tuple(Passage(text, plain(text), source, _tail_of(text)) for source, text in pieces if text.strip())


def _without_ours(quoted: str) -> str:
    """A quotation up to our own marker line: what follows is our words, the example to copy among them, not facts."""
    ours = MARKER_LINE.search(quoted)
    return quoted[: ours.start()] if ours else quoted


def _telling_name(name: str) -> str:
    """A display name that says more than a name: «Кондратюк Настя, 9Б»."""
    return settle(name).text if any(letter.isdigit() for letter in name) else ""


def _tail_of(text: str) -> int:
    """Where the closing of a letter begins: a farewell in its last lines, or last lines that are only a name."""
    starts = [line.start() for line in re.finditer(r"^.*\S.*$", text, re.MULTILINE)]
    last = starts[1:][-_CLOSING_LINES:]
    farewells = (found.start() for found in _FAREWELL.finditer(plain(text)) if last and found.start() >= last[0])
    farewell = next(farewells, len(text))
    tail = len(text)
    for start in reversed(last):
        line = text[start : start + _LONGEST_LINE].split("\n", 1)[0].strip()
        if not (_NAME_LINE.fullmatch(line) or (_ROLE_LINE.match(plain(line)) and len(line) < 60)):
            break
        tail = start
    return min(farewell, tail)
