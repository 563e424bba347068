"""Files that can run or carry programs: a letter with one is not sent on, neither to a colleague nor past a filter.

Told by the name's end, in whatever way the letter spells it, and by how programs of Windows begin. A zip is not
unpacked: the names in its list are judged, and one that is locked or hides its list is as bad as a program.
"""

import re

from mailbot.letters.headers import decode_header
from mailbot.letters.letter import Attachment, Letter

ENDINGS = (
    "ade|adp|apk|app|appx|bat|chm|cmd|com|cpl|dll|dmg|docm|dotm|exe|hta|img|ins|iso|isp|jar|js|jse|lib|lnk|mde|msc|msi"
    "|msix|msp|mst|pif|potm|ppam|ppsm|pptm|ps1|reg|scr|sct|shb|sys|url|vb|vbe|vbs|vhd|vxd|wsc|wsf|wsh|xlam|xlsm|xltm"
)
RUNS = re.compile(rf"\.(?:{ENDINGS})[\s.]*$", re.IGNORECASE)
HIDES = re.compile(r"\.(?:zip|rar|7z|ace|arj|cab|gz|bz2|xz|lzh|tar|tgz)[\s.]*$", re.IGNORECASE)
"""Archives inside an archive: what they hold cannot be seen."""
ENDS_IN_RAW = re.compile(rb"\.(?:" + ENDINGS.encode() + rb')[\s."]{0,9}[;\r\n]', re.IGNORECASE)
NAMES = re.compile(rb"name\*?\d?\*?=", re.IGNORECASE)
LONGEST_PARAMETER = 400
ENCODED_NAME = re.compile(rb"name\*?=\s*\"?((?:=\?[^?\s]{1,40}\?[BbQq]\?[^?\s]*\?=\s*)+)")
BEGINS_LIKE_A_PROGRAM = re.compile(rb"\r?\n\r?\nTV[opqr][A-Za-z0-9+/]{60}")  # «MZ» in base64


def is_dangerous(raw: bytes, letter: Letter | None) -> bool:
    """Whether a letter must not travel on as a file; `letter` is it as read, None where only the bytes are at hand."""
    if letter and holds_program(letter):
        return True
    names = [decode_header(found)[0] for found in ENCODED_NAME.findall(raw)]
    if any(RUNS.search(name) for name in names):
        return True
    return bool(_is_named_in(raw) or BEGINS_LIKE_A_PROGRAM.search(raw))


def _is_named_in(raw: bytes) -> bool:
    """Whether a line names a file that runs; looked for by the end of the name, so that no letter makes it slow."""
    ends = (found.start() for found in ENDS_IN_RAW.finditer(raw))
    lines = (raw[max(0, at - LONGEST_PARAMETER) : at].rpartition(b"\n")[2] for at in ends)
    return any(NAMES.search(line) for line in lines)


def holds_program(letter: Letter) -> bool:
    """Whether a file of the letter, one in a zip of it or in a letter attached to it may run."""
    return any(_may_run(file) for file in letter.attachments)


def _may_run(file: Attachment) -> bool:
    if file.sealed or RUNS.search(file.name):
        return True
    return any(RUNS.search(name) or HIDES.search(name) for name in file.inside)
