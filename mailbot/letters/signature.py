"""Where the writer's signature begins: after a dash line, a closing formula, or as a short block of who is writing.

A class or a pupil without a word like «мама» is left in the question: «Иванова Мария, 5Б» answers what we asked.
"""

import re

DASHES = re.compile(r"^(?:--|—|––|__)\s*$")
DEVICE = re.compile(
    r"^(?:отправлено|послано|написано)\s+(?:с|со|из|через|от)\s+.{2,70}$|^sent\s+(?:from|via)\s+.{2,60}$"
    r"|^(?:get|получите|скачайте)\s+(?:outlook|почту).{0,60}$|^отправлено\s+(?:мобильн|яндекс|mail\.ru).{0,50}$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^(?:с\s+(?:глубоким\s+|искренним\s+|большим\s+)?уважени\w*|с\s+ув(?:аж)?\.|с\s+наилучшими(?:\s+пожеланиями)?"
    r"|всего\s+(?:вам\s+)?(?:доброго|хорошего|наилучшего)|(?:best|kind|warm)\s+regards|best\s+wishes|sincerely|regards)"
    r"(?=$|[\s,.!:])",
    re.IGNORECASE,
)
NAME = r"[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?"
INITIALS = r"[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.?)?"
PERSON = re.compile(rf"^(?:{NAME}\s+{INITIALS}|{INITIALS}\s?{NAME}|{NAME}(?:\s+{NAME}){{1,2}})[.,]?$")
ROLE = re.compile(
    r"^(?:(?:это\s+)?(?:мама|папа|мать|отец|бабушка|дедушка|тётя|тетя|опекун|родител\w+|законный\s+представитель"
    r"|учени(?:к|ца))|кл(?:асс\w*|\.)\s*рук\w*\.?|учител\w+|преподавател\w+|завуч\w*|зам(?:\.|естител\w+)\s*директора"
    r"|(?:МБОУ|МАОУ|МКОУ|ГБОУ|МОУ|СОШ|ООО|ИП|школа\s*№|гимназия\s*№|лицей\s*№)"
    r"|педагог\w*|психолог|логопед|секретарь|директор|воспитател\w+|тьютор|библиотекарь|инженер|ведущий\s+инженер)\b",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"^(?:(?:моб|сот|дом|раб)?\.?\s?(?:телефон|тел|т|м)\.?\s?(?:моб|сот)?\w{0,8}\.?\s?:?\s?)?[+\d][\d\s()–-]{6,20}$",
    re.IGNORECASE,
)
CONTACT = re.compile(r"^(?:e-?mail|почта|эл\.\s*почта)?\s*:?\s*[\w.+-]+@[\w.-]+\.\w+$", re.IGNORECASE)
# A finite verb shows that the line tells something («Учитель поставил тройку») instead of naming somebody.
TELLS = re.compile(
    r"(?:[а-яё]{2}(?:ал|ил|ел|ял|ул|ла|ли|ло|лся|лась|лись|ает|яет|еет|ует|ит|ат|ят|ют|ут|ёт|ется|ится|ть|ться|ите|йте))\b"
    r"|\b(?:не|нет|нужн\w+|можно|прошу|пожалуйста|спасибо)\b|[?!]",
    re.IGNORECASE,
)
LONGEST_LINE = 70
MOST_LINES_AFTER_CLOSING = 8
MOST_LINES_AFTER_DASHES = 15
MOST_BLOCK_LINES = 4
# Above a signature stands a blank line or a finished sentence; «5Б, математика» goes on with the pupil's name.
SENTENCE_ENDS = re.compile(r"^\s*$|[.!?,…)»]\s*$")
FEWEST_WORDS = 3


def split_signature(text: str) -> tuple[str, str]:
    """`text` as (question, signature). The question keeps everything if next to nothing would be left of it."""
    lines = text.split("\n")
    at = signature_start(lines)
    question, signature = "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip()
    left = len(question.split())
    if left < FEWEST_WORDS and len(signature_words(signature)) >= left and not plain_sign(lines, at):
        return text.strip(), ""
    return question, signature


def signature_words(signature: str) -> list[str]:
    """The words of a signature without the lines a program added."""
    return [word for line in signature.split("\n") if not DEVICE.match(line.strip()) for word in line.split()]


def plain_sign(lines: list[str], at: int) -> bool:
    """Whether the cut stands at a sign that cannot be a question: dashes, a closing formula, a program's own line."""
    first = next((line.strip() for line in lines[at:] if line.strip()), "")
    return any(sign.match(first) for sign in (DASHES, CLOSING, DEVICE))


def signature_start(lines: list[str]) -> int:
    """Index of the signature's first line; the number of lines where there is none."""
    end = cut_at_dashes(lines)
    end = without_blanks(lines, end)
    while end and DEVICE.match(lines[end - 1].strip()):
        end = without_blanks(lines, end - 1)
    closing = closing_line(lines, end)
    return closing if closing < end else block_start(lines, end)


def cut_at_dashes(lines: list[str]) -> int:
    """Index of the dash line above a short rest, else the number of lines."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 2 - MOST_LINES_AFTER_DASHES), -1):
        if DASHES.match(lines[index].strip()):
            return index
    return len(lines)


def without_blanks(lines: list[str], end: int) -> int:
    """`end` moved up over blank lines."""
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def closing_line(lines: list[str], end: int) -> int:
    """Index of «С уважением» if only short lines follow it, else `end`."""
    for index in range(end - 1, max(-1, end - 1 - MOST_LINES_AFTER_CLOSING), -1):
        line = lines[index].strip()
        if len(line) > LONGEST_LINE:
            return end
        if CLOSING.match(line):
            told = any(TELLS.search(below) and not ROLE.match(below) for below in lines[index + 1 : end])
            return end if told else index
    return end


def block_start(lines: list[str], end: int) -> int:
    """Index where the last lines name the writer (name, role, class, phone) and nothing else, else `end`."""
    start = end
    while start and end - start < MOST_BLOCK_LINES and names_writer(lines[start - 1].strip()):
        start -= 1
    return start if start and SENTENCE_ENDS.search(lines[start - 1]) else end


def names_writer(line: str) -> bool:
    """Whether a line only says who is writing or how to reach them."""
    if not line or len(line) > LONGEST_LINE:
        return False
    if PERSON.match(line) or PHONE.match(line) or CONTACT.match(line):
        return True
    bare = re.sub(rf"^(?:{NAME}\s+{INITIALS}|{NAME}(?:\s+{NAME}){{0,2}})\s*[,–—(-]\s*", "", line)
    return bool(ROLE.match(bare)) and len(line.split()) <= 8 and not TELLS.search(bare)
