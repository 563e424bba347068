"""What is fuzzed: each target makes something of any bytes and insists on what must hold of it, whatever they are."""

import pickle
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

from mailbot.cases.events import Arrival, FromWriter
from mailbot.cases.sort import sort
from mailbot.letters.addresses import addr_spec
from mailbot.letters.key import letter_key, with_unix_ends
from mailbot.letters.letter import Letter, Proof
from mailbot.letters.printable import LINE_BREAKS, UNSEEN
from mailbot.letters.read import read_letter
from mailbot.mailroom.child import AnswerUnpickler
from mailbot.replies.compose import compose
from mailbot.replies.wording import Wording
from mailbot.rulebook.ids import Audience, Slot
from mailbot.triage.finding import Verdict
from mailbot.triage.screening import screen
from mailbot.triage.slots import slots_in
from mailbot.triage.text import readable
from tests.life_school import School
from tests.our_mail import active_in, assert_only_ours
from tests.pictures.samples import KINDS, NOW, SECRET, fact, matter, rulebook, writing

BOOK = rulebook()
WORDING = Wording.of(BOOK)
MEMORY = School().lookup
ID = re.compile(r"<[!-;=?-~]+>")
ANSWERED_BY_A_MACHINE = re.compile(rb"(?mi)^Auto-Submitted: auto-replied$(?!\n[ \t])")
TRUSTED = ("form", "authority")
LONGEST_LINE = 998  # RFC 5322 §2.1.1
LONGEST_WORD = 75  # RFC 2047 §2
FOREIGN_IDS = re.compile(rb"(?ms)^(?:In-Reply-To|References): .*?\r\n(?![ \t])")
MIDDLE = b"From: mama@mail.example\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n"


def reading(data: bytes) -> None:
    """Any bytes are a letter with the promises of `Letter`, and it passes from the reading process to the daemon."""
    letter = read_letter(data)

    assert (letter.key, letter.size) == (letter_key(data), len(data))
    assert AnswerUnpickler(BytesIO(pickle.dumps(letter))).load() == letter
    for text in (letter.text, letter.question, letter.quoted, letter.signature, *letter.forwarded):
        assert not UNSEEN.search(text)
        assert unicodedata.is_normalized("NFC", text)
        assert not LINE_BREAKS.search(text.replace("\n", ""))
    people = (letter.sender, *letter.reply_to, *letter.to, *letter.cc)
    for line in (letter.subject, *(one.name for one in people), *(file.name for file in letter.attachments)):
        assert not UNSEEN.search(line)
        assert not LINE_BREAKS.search(line)
    assert all(one.address in ("", addr_spec(one.address)) for one in people)
    ids = (letter.message_id, *letter.in_reply_to, *letter.references)
    assert all(ID.fullmatch(one) for one in ids if one)
    assert letter.date is None or letter.date.tzinfo is not None


def screening(data: bytes) -> None:
    """What says in its header block that a machine has answered is no person's, whatever stands around it."""
    letter = read_letter(data)
    found = screen(letter, BOOK)
    event = sort(Arrival(letter=letter, received_at=NOW, raw=data), found, BOOK, MEMORY, SECRET)

    assert re.fullmatch(r"[a-z0-9-]+", found.reason)
    head, _, _ = with_unix_ends(data).partition(b"\n\n")
    if ANSWERED_BY_A_MACHINE.search(head) and not head.startswith(b"\n"):
        assert found.verdict is not Verdict.PERSON or found.reason in TRUSTED
    if found.verdict in (Verdict.MACHINE, Verdict.BOUNCE):
        assert not isinstance(event, FromWriter)


def slots(data: bytes) -> None:
    """A letter's facts are short lines, each told once, in the order in which we ask for them."""
    letter = read_letter(MIDDLE + data)
    reading_of_it = readable(letter)
    for audience in Audience:
        found = slots_in(letter, reading_of_it, audience)
        asked = [one.slot for one in found]
        assert asked == [slot for slot in Slot if slot in asked]
        assert all(one.value.strip() and one.heard.strip() for one in found)
        assert not any(UNSEEN.search(one.value) for one in found)


def headers(data: bytes) -> None:
    """A mail of ours has our headers and parts only, in clean bytes, whatever its letter and its facts say."""
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    proof = Proof.PROVEN if len(data) < 2 or data[1] % 2 else Proof.UNPROVEN
    words = [*data[2:].decode("utf-8", "replace").split("\x1f"), *[""] * 8]
    about = matter(proof=proof, facts=tuple(fact(slot, words[0]) for slot in Slot))
    letter = about.letter
    assert isinstance(letter, Letter)
    case = about.case
    assert case is not None
    about = replace(
        about,
        letter=replace(letter, subject=words[1]),
        case=replace(case, writer_name=words[2], subject=words[1], said=(words[3],)),
    )
    told = writing(kind, about, BOOK)
    free = dict.fromkeys(("words", "earlier", "what", "needed", "done", "mend", "holder"), words[4])
    told = replace(
        told,
        recipient_name=words[2],
        subject_of=words[1],
        thread_ids=tuple(words[5:8]),
        extra=tuple((name, free.get(name, value)) for name, value in told.extra),
    )
    assert_clean(compose(told, about, BOOK, WORDING, SECRET, NOW).raw)


def assert_clean(raw: bytes) -> None:
    """7-bit bytes, CRLF line ends, lines within their bounds; parsed back, it is what we made and nothing more."""
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= LONGEST_LINE
    head = raw.partition(b"\r\n\r\n")[0]
    ours = FOREIGN_IDS.sub(
        b"", head + b"\r\n"
    )  # a stranger's Message-ID may look like an encoded word; it stays as it is
    assert all(len(word) <= LONGEST_WORD for word in re.findall(rb"=\?utf-8\?.*?\?=", ours))
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert_only_ours(mail, BOOK)
    page = mail.get_body(("html",))
    assert page is not None
    assert active_in(str(page.get_content())) == []


def canary(data: bytes) -> None:
    """No target of its own: some letters do break this promise, which shows that broken promises come to light."""
    assert not read_letter(data).calendar


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reading": reading,
    "screening": screening,
    "slots": slots,
    "headers": headers,
}
