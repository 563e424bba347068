"""Bounces in the forms in which Russian and foreign servers send them; and what is no bounce."""

from pathlib import Path

import pytest

from mailbot.letters.letter import DeliveryReport
from mailbot.letters.read import read_letter

FOLDER = Path(__file__).parent / "letters_mime"


def report_in(name: str) -> DeliveryReport | None:
    return read_letter((FOLDER / f"{name}.eml").read_bytes()).report


@pytest.mark.parametrize(
    ("name", "recipient", "action", "status", "original"),
    [
        ("12-bounce-standard", "mama@example.org", "failed", "5.1.1", "mb.17.0123456789abcdef01234567"),
        ("13-bounce-mail-ru", "marina@example.com", "failed", "5.1.1", "mb.21.aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("14-bounce-qmail", "nobody@example.com", "failed", "5.1.1", "mb.22.bbbbbbbbbbbbbbbbbbbbbbbb"),
        ("15-bounce-exchange-ru", "ivanova@school.example.org", "failed", "5.1.10", "mb.23.cccccccccccccccccccccccc"),
        ("16-bounce-exim-delay", "papa@example.com", "delayed", "", "mb.24.dddddddddddddddddddddddd"),
    ],
)
def test_a_bounce_says_whose_letter_failed_how_and_which(
    name: str, recipient: str, action: str, status: str, original: str
) -> None:
    assert report_in(name) == DeliveryReport(
        recipient=recipient, action=action, status=status, original_ids=(f"<{original}@school.example.org>",)
    )


def bounce(*lines: str) -> DeliveryReport | None:
    return read_letter("\r\n".join(lines).encode()).report


def test_the_worst_of_several_recipients_speaks_for_the_report() -> None:
    report = bounce(
        "From: MAILER-DAEMON@example.org",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        "Final-Recipient: rfc822; good@example.org",
        "Action: relayed",
        "Status: 2.1.5",
        "",
        "Final-Recipient: rfc822; dead@example.org",
        "Action: failed (mailbox unknown)",
        "Status: 5.1.1",
        "",
        "--b--",
    )

    assert report is not None
    assert (report.recipient, report.action, report.status) == ("dead@example.org", "failed", "5.1.1")


def test_our_message_id_is_found_in_a_returned_header_block() -> None:
    report = bounce(
        "From: MAILER-DAEMON@example.org",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Final-Recipient: rfc822; a@example.org",
        "Action: delayed",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        "Message-ID: <mb.9.x@school.example.org>",
        "--b--",
    )

    assert report is not None
    assert report.action == "delayed"
    assert report.original_ids == ("<mb.9.x@school.example.org>",)


def test_a_parent_who_quotes_a_bounce_is_not_one() -> None:
    words = "Мне пришло: Ваше сообщение не доставлено, user unknown. Что делать?"

    assert bounce("From: mama@example.org", "Subject: письмо не доставлено", "", words) is None


def test_a_bounce_from_nobody_at_all_is_known_by_its_empty_return_path() -> None:
    report = bounce("Return-Path: <>", "From: <>", "Subject: x", "", "<a@example.org>: user unknown")

    assert report is not None
    assert (report.recipient, report.action) == ("a@example.org", "failed")


def test_a_read_receipt_is_no_bounce() -> None:
    report_type = "multipart/report; report-type=disposition-notification; boundary=b"

    assert bounce("From: postmaster@example.org", f"Content-Type: {report_type}", "", "--b", "", "Не удалось") is None


def test_a_postmaster_may_write_as_a_person() -> None:
    assert bounce("From: postmaster@example.org", "Subject: Встреча", "", "Коллеги, собрание в пятницу.") is None
