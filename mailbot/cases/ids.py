"""Our own Message-IDs: `<mb.CASE.HASH@domain>`; the same mail always has the same one, and nobody can guess it.

The hash is HMAC-SHA256 under the school's secret over letter key, kind, recipient and round (RFC 5322 §3.6.4 asks for
uniqueness, not for secrecy; the secret keeps strangers from naming a case they were never told of).
"""

import hashlib
import hmac
import re

from mailbot.cases.case import Kind

HASH_DIGITS = 24
OWN_ID = re.compile(r"<mb\.(?P<case>\d{4}-\d{5,9}|0)\.(?P<hash>[0-9a-f]{24})@(?P<domain>[^<>@\s]+)>", re.ASCII)
NUMBER_IN_SUBJECT = re.compile(r"\[№ ?(?P<case>\d{4}-\d{5,9})\]", re.ASCII)
NO_CASE = "0"


def own_message_id(
    secret: bytes, case: str, letter_key: str, kind: Kind, recipient: str, round_: int, domain: str
) -> str:
    """The Message-ID of one mail of ours; `case` "" (a digest, an alarm) becomes «0»."""
    content = "|".join((letter_key, kind.value, recipient, str(round_)))
    digest = hmac.new(secret, f"{case}|{content}".encode(), hashlib.sha256).hexdigest()
    return f"<mb.{case or NO_CASE}.{digest[:HASH_DIGITS]}@{domain}>"


def loop_token(secret: bytes) -> str:
    """What X-Mailbot-Loop carries: the same for all mail of one installation, unlike any other's."""
    return hmac.new(secret, b"loop", hashlib.sha256).hexdigest()[:16]


def case_of_own_id(message_id: str) -> str:
    """The case a Message-ID of our form names, "" if it is not of our form. No proof: the case must know the id."""
    found = OWN_ID.fullmatch(message_id)
    return found["case"] if found else ""


def number_in(subject: str) -> str:
    """The case number a subject carries, "" if none. No proof of anything: numbers can be guessed."""
    found = NUMBER_IN_SUBJECT.search(subject)
    return found["case"] if found else ""
