"""Bounces and automatic answers as the mail systems people use really shape them, many of each.

Shapes after the samples of sisimai/set-of-emails and the mail systems' own templates; addresses are invented.
"""

from collections.abc import Callable, Iterator
from itertools import product

from tests.machine.read import raw_letter

PEOPLE = (
    "mama.ivanova",
    "petrov-1980",
    "o.smirnova",
    "kadry",
    "buh",
    "papa.roma",
    "zavuch",
    "abcd1234",
    "n_k",
    "info.uo",
)
DOMAINS = ("mail.example", "yandex.example", "rono.example", "bk.example", "office.example", "xn--80a.example")
CODES = ("5.1.1", "5.2.2", "5.4.4", "5.7.1", "4.4.1", "4.2.2")


def delivery_status(person: str, domain: str, code: str) -> str:
    """Postfix, Exim with DSN, Yandex, Exchange: multipart/report."""
    action = "delayed" if code.startswith("4") else "failed"
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.{domain}>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

<{person}@{domain}>: host said: {code}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{domain}

Final-Recipient: rfc822; {person}@{domain}
Action: {action}
Status: {code}
--b--"""


def exim(person: str, domain: str, code: str) -> str:
    """Exim's text bounce."""
    return f"""From: Mail Delivery System <Mailer-Daemon@host.{domain}>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {person}@{domain}
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  {person}@{domain}
    SMTP error from remote mail server: 550 {code}"""


def mail_ru(person: str, domain: str, code: str) -> str:
    """Mail.ru's text bounce."""
    return f"""From: mailer-daemon@corp.{domain}
Subject: Ваше сообщение не доставлено
X-Failed-Recipients: {person}@{domain}
Auto-Submitted: auto-replied

Это письмо создано автоматически сервером {domain}. Ваше письмо не доставлено: {person}@{domain} ({code})."""


def qmail(person: str, domain: str, code: str) -> str:
    """qmail's text bounce, without any header."""
    return f"""From: MAILER-DAEMON@{domain}
Subject: failure notice

Hi. This is the qmail-send program at {domain}.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{person}@{domain}>:
Remote host said: 550 {code}"""


def exchange(person: str, domain: str, code: str) -> str:
    """Exchange in Russian, of old servers without a report part."""
    return f"""From: postmaster@{domain}
Subject: Недоставленное: консультация

Не удалось доставить сообщение следующим получателям: {person}@{domain}. Адрес не найден. {code}"""


def office(person: str, domain: str, code: str) -> str:
    """Exchange's out-of-office: null path, suppression, the loop mark, no Auto-Submitted."""
    return f"""Return-Path: <>
From: {person}@{domain}
Subject: Автоматический ответ: консультация {code}
X-Auto-Response-Suppress: All
X-MS-Exchange-Inbox-Rules-Loop: {person}@{domain}

Нахожусь в отпуске."""


def vacation(person: str, domain: str, code: str) -> str:
    """Sieve and most providers."""
    return f"""From: {person}@{domain}
Subject: Auto: консультация {code}
Auto-Submitted: auto-replied (vacation)
Precedence: bulk

Отвечу позже."""


def help_desk(person: str, domain: str, code: str) -> str:
    """A ticket system's acknowledgement known by words alone."""
    return f"""From: Поддержка <{person}@{domain}>
Subject: Ваше обращение {code.replace(".", "")} зарегистрировано

Ваше обращение зарегистрировано. Письмо сформировано автоматически, отвечать на него не нужно."""


def displayed(person: str, domain: str, code: str) -> str:
    """A read receipt."""
    return f"""From: {person}@{domain}
Subject: Прочтено: консультация {code}
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Сообщение прочтено.
--b--"""


BOUNCES: tuple[Callable[[str, str, str], str], ...] = (delivery_status, exim, mail_ru, qmail, exchange)
ANSWERS: tuple[Callable[[str, str, str], str], ...] = (office, vacation, help_desk, displayed)


def many(shapes: tuple[Callable[[str, str, str], str], ...]) -> Iterator[bytes]:
    """Every shape for every person, domain and code."""
    for shape, person, domain, code in product(shapes, PEOPLE, DOMAINS, CODES):
        yield raw_letter(shape(person, domain, code))
