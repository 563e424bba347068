"""Plain text as mail shows it: wrapped for the text part, cut into paragraphs and lists for the HTML part."""

import re
import textwrap
from collections.abc import Callable, Mapping

from mailbot.replies.words import at_moment, day, on_day, plural, until_day

COLUMNS = 78
PREFIX = re.compile(r"(?:> ?)*\s*(?:(?:[-•—]|\d{1,2}[.)]) )?")
ITEM = re.compile(r"\s*(?:[-•]|\d{1,2}[.)]) +")
UNFINISHED = re.compile(r"[^\s.:;!?…]$")
UNEVEN = re.compile(r"[^\S ]|  | $")  # blanks that are more than one space between two words
BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def wrapped(text: str) -> str:
    """Every line at most 78 columns, continuations under their list item or behind their «>»; addresses stay whole."""
    lines = (piece for line in text.splitlines() for piece in wrapped_line(line))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"


def wrapped_line(line: str) -> list[str]:
    """One line as lines of at most 78 columns."""
    if len(line) <= COLUMNS:
        return [line.rstrip()]
    found = PREFIX.match(line)
    first = found[0] if found else ""
    further = first if first.startswith(">") else " " * len(first)
    rest = line[len(first) :]
    if rest and not UNEVEN.search(rest):
        return _filled(rest.split(" "), first, further)
    return textwrap.wrap(
        rest,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _filled(words: list[str], first: str, further: str) -> list[str]:
    """Words put side by side as long as a line bears them: what `textwrap` does with plain text, sooner."""
    lines = [first + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= COLUMNS:
            lines[-1] += f" {word}"
        else:
            lines.append(further + word)
    return lines


def reflowed(text: str) -> str:
    """Lines broken in mid-sentence joined again: how wide the admin's file was is nobody else's concern."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and _goes_on(lines[-1], line):
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


def _goes_on(above: str, line: str) -> bool:
    """Whether `line` continues the sentence above it; what begins with a capital below a list item is no part of it."""
    if not line.strip() or ITEM.match(line) or not UNFINISHED.search(above):
        return False
    return not (ITEM.match(above) and line.strip()[:1].isupper())


def quoted(text: str) -> str:
    """A foreign text with «> » before each line, so that nobody takes it for our own words."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def blocks(text: str) -> list[tuple[bool, list[str]]]:
    """Paragraphs and lists of a plain text, each with its lines; True marks a list."""
    found: list[tuple[bool, list[str]]] = []
    for line in text.splitlines():
        is_list = bool(ITEM.match(line))
        bare = ITEM.sub("", line).strip()
        if bare and found and found[-1][1] and found[-1][0] == is_list:
            found[-1][1].append(bare)
        else:
            found.append((is_list, [bare] if bare else []))
    return [block for block in found if block[1]]


FILTERS: Mapping[str, Callable[..., object]] = {
    "plural": plural,
    "day": day,
    "on_day": on_day,
    "until_day": until_day,
    "at_moment": at_moment,
    "quoted": quoted,
    "blocks": blocks,
}
"""What templates may call beside Jinja2's own filters."""
