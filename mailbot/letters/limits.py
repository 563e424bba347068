"""What is refused before parsing: beyond these bounds only the headers are read (bombs: RELIABILITY on hostile input).

The numbers come from measurements: each is far above any person's letter and far below what hurts.
"""

import re
from itertools import islice

from mailbot.letters.letter import Oddity

MOST_LETTER_BYTES = 35 * 1024 * 1024
MOST_HEAD_BYTES = 256 * 1024
MOST_HEAD_LINES = 1000
MOST_PARTS = 500
# A longer text is a log or a book; its beginning is read, the rest goes along with the letter's raw bytes.
MOST_TEXT_BYTES = 1_000_000
MOST_DEPTH = 30
# Containers that a letter declares anywhere are an upper bound of its depth; a digest has many that are not nested.
MOST_CONTAINERS = 200

BOUNDARY = re.compile(rb'boundary[ \t]*=[ \t\n]*(?:"([^"\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
EMBEDDED = re.compile(rb"^content-type:[ \t\n]*message/", re.IGNORECASE | re.MULTILINE)
DASH_LINE = re.compile(rb"^--([^\n]{1,200})$", re.MULTILINE)
MOST_DASH_LINES = 200_000


def excess_of(raw: bytes, head_lines: int, head_bytes: int) -> Oddity | None:
    """Why the body of `raw` (LF line ends) is not to be parsed, None if it may be."""
    if len(raw) > MOST_LETTER_BYTES or head_lines > MOST_HEAD_LINES or head_bytes >= MOST_HEAD_BYTES:
        return Oddity.TOO_BIG
    boundaries = {(quoted or bare) for quoted, bare in islice(BOUNDARY.findall(raw), MOST_CONTAINERS + 1)}
    embedded = sum(1 for _ in islice(EMBEDDED.finditer(raw), MOST_CONTAINERS + 1))
    if len(boundaries) + embedded > MOST_CONTAINERS:
        return Oddity.TOO_DEEP
    return Oddity.TOO_BIG if parts_in(raw, boundaries) > MOST_PARTS else None


def parts_in(raw: bytes, boundaries: set[bytes]) -> int:
    """How many parts the delimiter lines of `raw` open, counted up to the bound on such lines."""
    if not boundaries:
        return 0
    lines = [found[1].rstrip() for found in islice(DASH_LINE.finditer(raw), MOST_DASH_LINES)]
    return MOST_PARTS + 1 if len(lines) == MOST_DASH_LINES else sum(line in boundaries for line in lines)
