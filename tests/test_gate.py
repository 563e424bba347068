"""The gate: what may leave, and the reason a person reads where it may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.cases.case import Kind
from mailbot.cases.draft import Cleared, Held, Mail
from mailbot.cases.gate import may_send
from mailbot.cases.history import Tally
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOOK = load_rulebook(Path("rules"), Path("templates"))
CAPS = BOOK.screening.caps


def mail(kind: Kind = Kind.RECEIPT, recipient: str = "mama@mail.example") -> Mail:
    return Mail(
        id="2026-00001-ab",
        case="2026-00001",
        kind=kind,
        letter_key="k",
        recipient=recipient,
        message_id="<mb.x@school.example.org>",
        subject_key="s",
        made_at=NOW,
        not_before=NOW,
        sha256="",
        size=1,
    )


def with_lists(never_answer: tuple[str, ...] = (), authorities: tuple[str, ...] = ()) -> Rulebook:
    return replace(BOOK, screening=replace(BOOK.screening, never_answer=never_answer, authorities=authorities))


def reason(answer: Cleared | Held) -> str:
    return answer.reason if isinstance(answer, Held) else "cleared"


def test_an_ordinary_receipt_leaves() -> None:
    assert may_send(mail(), Tally(), BOOK, NOW) == Cleared(mail())


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        (Tally(person_day=CAPS.per_person_day), "cap_person_day"),
        (Tally(person_week=CAPS.per_person_week), "cap_person_week"),
        (Tally(thread_week=CAPS.per_thread_week), "cap_thread"),
        (Tally(subject_day=CAPS.per_subject_day), "cap_subject"),
        (Tally(domain_hour=CAPS.per_domain_hour), "cap_domain"),
        (Tally(total_hour=CAPS.total_hour), "cap_total_hour"),
        (Tally(total_day=CAPS.total_day), "budget"),
        (Tally(dead=True), "dead_address"),
        (Tally(paused_until=NOW + timedelta(hours=1)), "breaker"),
    ],
)
def test_each_cap_holds_a_receipt_and_names_itself(tally: Tally, told: str) -> None:
    answer = may_send(mail(), tally, BOOK, NOW)

    assert reason(answer) == told
    assert isinstance(answer, Held)
    assert answer.why


@pytest.mark.parametrize("field", ["person_day", "person_week", "thread_week", "subject_day", "domain_hour"])
def test_one_below_a_cap_still_leaves(field: str) -> None:
    caps = {
        "person_day": CAPS.per_person_day,
        "person_week": CAPS.per_person_week,
        "thread_week": CAPS.per_thread_week,
        "subject_day": CAPS.per_subject_day,
        "domain_hour": CAPS.per_domain_hour,
    }

    assert reason(may_send(mail(), Tally(**{field: caps[field] - 1}), BOOK, NOW)) == "cleared"


def test_a_town_that_writes_from_one_public_provider_is_not_one_party() -> None:
    busy_hour = Tally(domain_hour=CAPS.per_domain_hour + 20)

    assert reason(may_send(mail(recipient="mama@mail.ru"), busy_hour, BOOK, NOW)) == "cleared"
    assert reason(may_send(mail(recipient="a@crm.example"), busy_hour, BOOK, NOW)) == "cap_domain"


def test_nothing_is_sent_to_nobody_ourselves_or_the_never_answer_list() -> None:
    assert reason(may_send(mail(recipient=""), Tally(), BOOK, NOW)) == "no_address"
    assert reason(may_send(mail(recipient=BOOK.school.mailbox), Tally(), BOOK, NOW)) == "own_address"
    assert reason(may_send(mail(), Tally(), with_lists(never_answer=("@mail.example",)), NOW)) == "never_answer"
    assert reason(may_send(mail(), Tally(), with_lists(authorities=("mama@mail.example",)), NOW)) == "authority"


def test_caps_against_loops_do_not_hold_mail_to_staff() -> None:
    full = Tally(person_day=99, person_week=99, thread_week=99, subject_day=99, domain_hour=99, total_hour=99)

    assert reason(may_send(mail(Kind.FORWARD, "zavuch@school.example.org"), full, BOOK, NOW)) == "cleared"
    assert reason(may_send(mail(Kind.RELAY), full, BOOK, NOW)) == "cleared"


def test_an_urgent_letter_to_the_director_is_held_by_the_breaker_alone() -> None:
    spent = Tally(total_day=CAPS.total_day + 50)

    assert reason(may_send(mail(Kind.URGENT, "director@school.example.org"), spent, BOOK, NOW)) == "cleared"
    blocked = Tally(paused_until=NOW + timedelta(hours=3))
    assert reason(may_send(mail(Kind.URGENT, "director@school.example.org"), blocked, BOOK, NOW)) == "breaker"


def test_the_breaker_closes_by_itself_when_its_time_has_come() -> None:
    assert reason(may_send(mail(), Tally(paused_until=NOW), BOOK, NOW)) == "cleared"
