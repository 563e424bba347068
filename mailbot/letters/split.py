"""One text → the writer's question, what they quote, what they forward, and their signature.

An eaten question is worse than a quoted one, so a cut is made only if enough is left of the writer's own: nothing
need be left above our own marker line, a word above an announced quotation («да», «5Б»), else three words.
"""

from dataclasses import dataclass

from mailbot.letters.clients import (
    FORWARDED,
    MARKER,
    MARKER_LINE,
    ORIGINAL,
    UNDERSCORES,
    announcement_lines,
    header_lines,
    is_quote,
    next_filled,
    quote_follows,
)
from mailbot.letters.signature import split_signature

__all__ = ["MARKER", "Split", "split_text"]

FEWEST_WORDS = 3  # where nobody announced the quotation, or a letter is forwarded
FEWEST_ABOVE_ANNOUNCED = 1
FEWEST_ABOVE_MARKER = 0


@dataclass(frozen=True, slots=True)
class Split:
    """A text in its parts; joined they are the whole text but for blank lines."""

    question: str
    quoted: str
    signature: str
    forwarded: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines sorted by whose they are, and how many own words must be left for this to be believed."""

    own: tuple[str, ...]
    quoted: tuple[str, ...]
    forwarded: tuple[str, ...]
    fewest_words: int


def split_text(text: str, is_forward: bool) -> Split:
    """Split `text`; `is_forward` says that the subject announces a forwarded letter («Fwd:»)."""
    cut = sort_lines(text.split("\n"), is_forward)
    own, quoted, forwarded = joined(cut.own), joined(cut.quoted), joined(cut.forwarded)
    left = len(split_signature(own)[0].split())
    if left < cut.fewest_words and len((quoted + forwarded).split()) > left:
        own, quoted = text.strip(), ""
    question, signature = split_signature(own)
    return Split(question, quoted, signature, forwarded)


def joined(lines: tuple[str, ...]) -> str:
    """Lines as one text without outer blank lines."""
    return "\n".join(lines).strip("\n")


def sort_lines(lines: list[str], is_forward: bool) -> Cut:
    """Go through the lines from the top until a cut takes all the rest."""
    own: list[str] = []
    quoted: list[str] = []
    announced = False
    at = 0
    while at < len(lines):
        if MARKER_LINE.match(lines[at]):
            return cut_at_marker(lines, at, own, quoted)
        if takes_all(lines, at, is_forward):
            return cut_here(lines, at, own, quoted, is_forward)
        many = announcement_lines(lines, at)
        if many:
            announced = True
            if not quote_follows(lines, at + many):
                return Cut(tuple(own), (*quoted, *lines[at:]), (), FEWEST_ABOVE_ANNOUNCED)
            quoted += lines[at : at + many]
            at += many
            continue
        (quoted if is_quote(lines[at]) else own).append(lines[at])
        at += 1
    return settled(lines, own, quoted, announced)


def settled(lines: list[str], own: list[str], quoted: list[str], announced: bool) -> Cut:
    """The outcome where only ">" lines were found; a single one amid the letter that nobody announced is its own."""
    announced = announced or ends_quoted(lines, len(quoted))
    if not announced and len(quoted) < 2:
        return Cut(tuple(lines), (), (), FEWEST_WORDS)
    return Cut(tuple(own), tuple(quoted), (), FEWEST_ABOVE_ANNOUNCED if announced else FEWEST_WORDS)


def ends_quoted(lines: list[str], many: int) -> bool:
    """Whether the letter ends with all its `many` ">" lines, set off by a blank line, as replies do."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end - many
    return many > 0 and start > 0 and not lines[start - 1].strip() and all(map(is_quote, lines[start:end]))


def takes_all(lines: list[str], at: int, is_forward: bool) -> bool:
    """Whether a separator or a quoted header stands here, after which nothing is the writer's own.

    Where the subject announces a forwarded letter, a header of two lines is enough.
    """
    line = lines[at].strip()
    if UNDERSCORES.match(line):
        following = next_filled(lines, at + 1)
        return following < len(lines) and header_lines(lines, following) > 0
    return bool(ORIGINAL.match(line) or FORWARDED.match(line)) or header_lines(lines, at, 2 if is_forward else 3) > 0


def cut_here(lines: list[str], at: int, own: list[str], quoted: list[str], is_forward: bool) -> Cut:
    """Everything from `at` is a forwarded letter or the letter answered."""
    rest = tuple(lines[at:])
    if is_forward or FORWARDED.match(lines[at].strip()):
        return Cut(tuple(own), tuple(quoted), rest, FEWEST_WORDS)
    return Cut(tuple(own), (*quoted, *rest), (), FEWEST_ABOVE_ANNOUNCED)


def cut_at_marker(lines: list[str], at: int, own: list[str], quoted: list[str]) -> Cut:
    """Our own marker line: all below it is our letter, but for answers written between its ">" lines."""
    below = lines[at:]
    if not is_quote(lines[at]) or len(joined(tuple(own)).split()) >= FEWEST_WORDS:
        return Cut(tuple(own), (*quoted, *below), (), FEWEST_ABOVE_MARKER)
    answers = [line for line in below if not is_quote(line)]
    return Cut((*own, *answers), (*quoted, *filter(is_quote, below)), (), FEWEST_ABOVE_MARKER)
