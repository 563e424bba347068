"""Whether a plain part is only a stub beside the HTML («Ваш клиент не поддерживает HTML»)."""

import re

LONGEST_STUB_CHARS = 300
TIMES_LONGER = 3
STUB_WORDS = re.compile(
    r"(?:не\s+поддержива\w+|не\s+отобража\w+|просмотр\w*)[^.\n]{0,40}html|html[^.\n]{0,40}не\s+поддержива\w+"
    r"|(?:not\s+support|view\s+(?:this|the)\s+(?:e-?mail|message)|unable\s+to\s+(?:view|display))[^.\n]{0,60}html"
    r"|this\s+is\s+a\s+multi-?part\s+message|html\s+(?:e-?mail|message)\b"
    r"|откр\w+\s+(?:это\s+)?письмо\s+в\s+браузере|view\s+in\s+(?:your\s+)?browser",
    re.IGNORECASE,
)


def may_be_stub(plain: str, markup: str) -> bool:
    """Whether it is worth making text of the HTML to compare: the plain part is short or speaks of HTML."""
    if STUB_WORDS.search(plain[:LONGEST_STUB_CHARS]):
        return True
    return len(plain) < LONGEST_STUB_CHARS and len(markup) > TIMES_LONGER * len(plain)


def is_stub(plain: str, seen: str) -> bool:
    """Whether the HTML's visible text says much more than the plain part, which may be blank."""
    if not plain.strip() or not seen.strip():
        return bool(seen.strip())
    if STUB_WORDS.search(plain[:LONGEST_STUB_CHARS]):
        return len(seen.split()) > len(plain.split())
    return len(plain) < LONGEST_STUB_CHARS and len(seen.split()) > TIMES_LONGER * len(plain.split())
