"""How mail programs announce a quotation or a forwarded letter, in Russian and English.

Each question is asked of a few lines at a time, so that a wrapped announcement is known too. Samples of every client
named here are in tests/test_letters_split.py.
"""

import re

MARKER = "— Пишите ваш ответ выше этой строки —"
MARKER_LINE = re.compile(r"^[>\s]*[—–-]+\s*Пишите\s+ваш\s+ответ\s+выше\s+этой\s+строки", re.MULTILINE)

MONTHS = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[а-яa-z]*\.?"
)
DATE = re.compile(
    rf"\b\d{{1,2}}\s+{MONTHS},?\s+20\d\d|\b{MONTHS}\s+\d{{1,2}},?\s+20\d\d|\b\d{{1,2}}[./]\d{{1,2}}[./](?:20)?\d\d\b"
    r"|\b20\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d(?::\d\d)?\b(?!\.\d)")
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WROTE = re.compile(r"\b(?:пиш[еу]т|(?:на)?писал(?:\(?а\)?|и)?|wrote|writes|schrieb)\s*:?\s*$", re.IGNORECASE)
YOU_WROTE = re.compile(r"^(?:вы писали|you wrote)\b.{0,80}:?$", re.IGNORECASE)
AFTER_CLOCK_NAME = re.compile(
    r"\d[:.]\d\d(?::\d\d)?(?:\s*[+-]\d\d:?\d\d)?(?:\s*[aApP][mM])?,?\s+(?:от\s+|from\s+)?[\"«<]?[A-ZА-ЯЁ].*:$"
)

ORIGINAL = re.compile(
    r"^[-_=*\s]{2,}(?:исходное|оригинальное|первоначальное|original|ursprüngliche)\s+"
    r"(?:сообщение|письмо|message|nachricht)\s*[-_=*\s]{2,}$|^-{2,}[^-\n]{3,100}\b(?:написал\w*|wrote)\b.{0,100}-{2,}$",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"^(?:[-_=*\s]{2,}\s*)?(?:пересылаемое сообщение|переадресованное сообщение|пересланное сообщение|"
    r"перенаправленное сообщение|пересланное письмо|начало переадресованного сообщения|начало пересылаемого сообщения|"
    r"forwarded message|forwarded letter|begin forwarded message|original message forwarded)\s*:?\s*"
    r"(?:от [^\n]{0,60})?[-_=*\s]*:?$",
    re.IGNORECASE,
)
UNDERSCORES = re.compile(r"^_{8,}$")
FIELD = re.compile(
    r"^\*?(?P<key>от|from|кому|to|копия|cc|тема|subject|отправлено|sent|дата|date|reply-to)\*?\s*:\*?\s*\S",
    re.IGNORECASE,
)
SENDER_KEYS = ("от", "from")
FORWARD_SUBJECT = re.compile(r"^\s*(?:(?:re|отв|ответ)\s*:\s*)*(?:fwd?|wg|пересл|перенапр|на)\s*:", re.IGNORECASE)
LINES_OF_A_HEADER = 9
LONGEST_ANNOUNCEMENT = 300


def is_quote(line: str) -> bool:
    """Whether the line is quoted with ">" as most programs do; «Жми >>>» and a lone ">" in a sentence are not."""
    return line.lstrip().startswith((">", "&gt;"))


def announcement_lines(lines: list[str], at: int) -> int:
    """How many lines from `at` announce a quotation («19.11.2026, 14:02, Служба <…>:»), 0 for none; up to 3."""
    line = lines[at].strip()
    if not line or is_quote(line):
        return 0
    if line.endswith(":") and DATE.search(line) and quote_follows(lines, at + 1):
        return 1
    for many in (1, 2, 3):
        taken = lines[at : at + many]
        if len(taken) < many or not taken[-1].strip():
            return 0
        if announces(" ".join(line.strip() for line in taken)):
            return many
    return 0


def announces(text: str) -> bool:
    """Whether `text` as a whole is the sentence «such a one wrote at such a time:»."""
    if len(text) > LONGEST_ANNOUNCEMENT:
        return False
    if YOU_WROTE.match(text):
        return DATE.search(text) is not None
    if not DATE.search(text) or not CLOCK.search(text):
        return text.lower().startswith("on ") and bool(DATE.search(text)) and bool(WROTE.search(text))
    if WROTE.search(text):
        return True
    return text.endswith(":") and bool(MAIL_ADDRESS.search(text) or AFTER_CLOCK_NAME.search(text))


def header_lines(lines: list[str], at: int, fewest: int = 3) -> int:
    """How many lines from `at` are the header of a quoted letter (От/Кому/Тема …, `fewest` of them), 0 for none."""
    if not FIELD.match(lines[at].strip()):
        return 0
    keys: set[str] = set()
    end = at
    for index in range(at, min(at + LINES_OF_A_HEADER, len(lines))):
        found = FIELD.match(lines[index].strip())
        if found:
            keys.add(found["key"].lower())
            end = index + 1
        elif not lines[index].strip() and len(keys) >= fewest:
            break
    return end - at if len(keys) >= fewest and any(key in keys for key in SENDER_KEYS) else 0


def quote_follows(lines: list[str], at: int) -> bool:
    """Whether the first line from `at` that is not blank is quoted with ">"."""
    first = next_filled(lines, at)
    return first < len(lines) and is_quote(lines[first])


def next_filled(lines: list[str], at: int) -> int:
    """Index of the first line from `at` that is not blank; the number of lines where there is none."""
    return next((index for index in range(at, len(lines)) if lines[index].strip()), len(lines))
