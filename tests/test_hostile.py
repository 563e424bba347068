"""Letters made to hurt: each ends with a person, in time and within its memory, and nothing of it becomes ours."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import process_time

import pytest
from lxml import html

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.events import Arrival, Event, Unreadable
from mailbot.cases.history import Folder
from mailbot.cases.sort import sort
from mailbot.consider import consider
from mailbot.letters.letter import Proof
from mailbot.mailroom.child import ReadLetter
from mailbot.mailroom.reader import Outcome, Reader, UnreadableLetter
from mailbot.mailroom.reading_child import CPU_S, MEMORY_BYTES
from mailbot.replies.compose import compose
from mailbot.replies.wording import Wording
from mailbot.rulebook.ids import Slot
from tests.life_school import School
from tests.our_mail import active_in, assert_only_ours
from tests.pictures.digests import NAMES, draft_of
from tests.pictures.samples import KINDS, NOW, SECRET, fact, matter, rulebook, writing
from tests.test_reader import BOMBS, DEADLINE_S

BOOK = rulebook()
WORDING = Wording.of(BOOK)
THINKING_S = DEADLINE_S - CPU_S - 1
"""CPU seconds that reading leaves of the ten: the kernel ends the reader after CPU_S, counted in whole seconds."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(BOOK) as one:
        yield one


@pytest.fixture(scope="module")
def school() -> School:
    return School()


def outcome_of(reader: Reader, raw: bytes) -> Outcome:
    with closing(reader.read_all((raw,))) as outcomes:
        return next(outcomes)


def event_of(outcome: Outcome, raw: bytes, school: School) -> Event:
    """As the daemon makes it of what the reader says."""
    if isinstance(outcome, UnreadableLetter):
        return Unreadable(key=outcome.key, received_at=school.now, raw=raw, reason=outcome.what.ru)
    assert outcome.finding
    arrival = Arrival(letter=outcome.letter, received_at=school.now, raw=raw, finding=outcome.finding)
    return sort(arrival, outcome.finding.screening, school.book, school.lookup, SECRET)


def peak_bytes(reader: Reader) -> int:
    """The most memory the reading process ever had; 0 if the bomb has killed it (its limit did)."""
    status = Path(f"/proc/{reader._child._process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_with_a_person_in_time_and_within_its_memory(name: str, reader: Reader, school: School) -> None:
    bomb = BOMBS[name]()
    if b"From:" not in bomb[:100]:
        bomb = b"From: mama@mail.example\r\n" + bomb
    outcome = outcome_of(reader, bomb)
    began = process_time()
    event = event_of(outcome, bomb, school)
    done = consider(event, school.lookup.history(event, school.now), school.mind, school.now)
    took_s, peak = process_time() - began, peak_bytes(reader)

    assert took_s < THINKING_S
    assert peak <= MEMORY_BYTES
    assert done.folder in (Folder.HANDED_OVER, Folder.ATTENTION)
    assert Kind.FORWARD in {draft.kind for draft in done.drafts}


TEXTS = {
    "one word of a megabyte": "a" * 1_000_000,
    "one Russian word": "я" * 500_000,
    "one number": "1" * 900_000,
    "masked words": "х*й " * 120_000,
    "stars": "*" * 900_000,
    "addresses": "a@b.example " * 80_000,
    "half headers": "От: a\nTema: b\n" * 50_000,
    "quotations": "12 ноября 2026 г. в 10:00 Иванов написал:\n" * 15_000,
    "names": "Иванова Мария " * 40_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_long_to_think_about_is_thought_about_in_time(name: str, reader: Reader, school: School) -> None:
    raw = PLAIN + TEXTS[name].replace("\n", "\r\n").encode()
    outcome = outcome_of(reader, raw)
    assert isinstance(outcome, ReadLetter), "the bound on CPU time ended the thinking"
    began = process_time()
    event = event_of(outcome, raw, school)
    consider(event, school.lookup.history(event, school.now), school.mind, school.now)

    assert process_time() - began < THINKING_S


INJECTED = "\r\nBcc: spy@evil.example\r\n\r\n<script>alert(1)</script>"
TAG = (
    '"><script src=//evil.example/x.js></script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>{{7*7}}'
)
WORD = "=?utf-8?q?=0D=0ABcc:_spy=40evil.example?="
LETTER = f"""\
From: "{TAG.replace('"', "'")} {WORD}" <mama@example.com>
Reply-To: {WORD} <reply@evil.example>
To: help@school.example.org
Subject: {TAG} {WORD} [№ 2026-99999]
Message-ID: <a{TAG}@example.com>
In-Reply-To: <b=?utf-8?q?=0D=0ABcc:?=@example.com>
References: <c@example.com> {WORD} <d\u2028@example.com>
Date: Fri, 20 Nov 2026 11:02:00 +0300
Content-Type: multipart/mixed; boundary="_words_"

--_words_
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{TAG}
--_mail_0123456789abcdef
Content-Type: text/html

{TAG}
.
--_words_
Content-Type: image/png; name="{WORD}"
Content-Disposition: attachment; filename*=utf-8''x%0D%0ABcc%3A%20spy@evil.example%22%3E%3Cscript%3E.png

x
--_words_--
"""
PLAIN = (
    b"From: mama@mail.example\r\nTo: help@school.example.org\r\nSubject: x\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
)


def hostile_mail(kind: Kind, proof: Proof) -> EmailMessage:
    """A mail of this kind in which every field that comes from outside is hostile."""
    about = matter(LETTER, proof=proof, facts=tuple(fact(slot, TAG + INJECTED) for slot in Slot))
    assert about.letter
    assert about.case
    letter = replace(about.letter, subject=about.letter.subject + INJECTED)
    about = replace(about, letter=letter, case=replace(about.case, writer_name=TAG + INJECTED, subject=TAG))
    told = writing(kind, about, BOOK)
    values = dict.fromkeys(("words", "earlier", "what", "needed", "done", "mend", "holder"), TAG + INJECTED)
    told = replace(
        told,
        recipient_name=TAG + INJECTED,
        subject_of=TAG + INJECTED,
        thread_ids=(INJECTED, f"<{INJECTED}@x.example>", "<e@example.com>"),
        extra=tuple((name, values.get(name, value)) for name, value in told.extra),
    )
    message = message_from_bytes(compose(told, about, BOOK, WORDING, SECRET, NOW).raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("proof", [Proof.PROVEN, Proof.UNPROVEN])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_a_stranger_writes_becomes_a_header_a_part_or_a_file_of_our_mail(kind: Kind, proof: Proof) -> None:
    mail = hostile_mail(kind, proof)

    assert_only_ours(mail, BOOK)


@pytest.mark.parametrize("proof", [Proof.PROVEN, Proof.UNPROVEN])
@pytest.mark.parametrize("kind", KINDS)
def test_our_html_carries_nothing_active_and_escapes_everything_foreign(kind: Kind, proof: Proof) -> None:
    body = hostile_mail(kind, proof).get_body(("html",))
    assert body is not None
    page = str(body.get_content())

    assert active_in(page) == []
    assert all("evil.example" not in link for _, _, link, _ in html.document_fromstring(page).iterlinks())


@pytest.mark.parametrize("name", NAMES)
def test_a_digest_carries_nothing_active_either(name: str) -> None:
    message = message_from_bytes(draft_of(name, BOOK, WORDING).raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None

    assert active_in(str(body.get_content())) == []


def test_the_look_for_active_things_would_find_them() -> None:
    page = f"<body>{TAG.removeprefix(chr(34) + '>')}<form action=x></form><div style='background:url(x)'></div></body>"

    found = " ".join(active_in(page))

    assert all(sign in found for sign in ("<script>", "onerror", "javascript:", "<form>", "url(x)"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in FOR_WRITERS])
def test_subjects_of_mail_to_staff_name_nobody(kind: Kind) -> None:
    about = matter(facts=(fact(Slot.STUDENT, "Выхухолев Иван"),), writer_name="Выхухолева")
    told = replace(writing(kind, about, BOOK), subject_of="Выхухолев: оценка")
    message = message_from_bytes(compose(told, about, BOOK, WORDING, SECRET, NOW).raw, policy=policy.default)

    assert "ыхухол" not in str(message["Subject"])
    assert "mama@" not in str(message["Subject"])
