"""Files that can run or carry programs: a letter with one is not sent on, neither to a colleague nor past a filter.

Told by the name's end, in whatever way the letter spells it, and by how programs of Windows begin. Archives are not
opened: what lies inside is for the colleague's own computer to judge (RELIABILITY §6.5).
"""

import re

from mailbot.letters.headers import decode_header
from mailbot.letters.letter import Letter

ENDINGS = (
    "ade|adp|apk|app|appx|bat|chm|cmd|com|cpl|dll|dmg|docm|dotm|exe|hta|img|ins|iso|isp|jar|js|jse|lib|lnk|mde|msc|msi"
    "|msix|msp|mst|pif|potm|ppam|ppsm|pptm|ps1|reg|scr|sct|shb|sys|url|vb|vbe|vbs|vhd|vxd|wsc|wsf|wsh|xlam|xlsm|xltm"
)
RUNS = re.compile(rf"\.(?:{ENDINGS})[\s.]*$", re.IGNORECASE)
NAMED_IN_RAW = re.compile(rb"name\*?\d?\*?=[^\r\n]{0,300}\.(?:" + ENDINGS.encode() + rb')[\s."]*[;\r\n]', re.IGNORECASE)
ENCODED_NAME = re.compile(rb"name\*?=\s*\"?((?:=\?[^?\s]{1,40}\?[BbQq]\?[^?\s]*\?=\s*)+)")
BEGINS_LIKE_A_PROGRAM = re.compile(rb"\r?\n\r?\nTV[opqr][A-Za-z0-9+/]{60}")  # «MZ» in base64


def is_dangerous(raw: bytes, letter: Letter | None) -> bool:
    """Whether a letter must not travel on as a file; `letter` is it as read, None where only the bytes are at hand."""
    names = [file.name for file in letter.attachments] if letter else []
    names += [decode_header(found)[0] for found in ENCODED_NAME.findall(raw)]
    if any(RUNS.search(name) for name in names):
        return True
    return bool(NAMED_IN_RAW.search(raw) or BEGINS_LIKE_A_PROGRAM.search(raw))
