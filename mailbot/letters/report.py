"""What a bounce says: the parts of RFC 3464, or the words of a non-standard one (Mail.ru, Exim, qmail, Exchange).

A text is read as a bounce only if its headers say that a mail system sent it; a parent who quotes a bounce stays a
parent.
"""

import re
from email.message import Message

from mailbot.letters.addresses import parse_addresses
from mailbot.letters.headers import MESSAGE_ID, Head, decode_header, message_ids
from mailbot.letters.letter import Address, DeliveryReport
from mailbot.letters.parameters import parameter, raw_header

ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
MOST_BYTES = 200_000
SYSTEM_SENDER = re.compile(r"^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|microsoftexchange)", re.IGNORECASE)
REPORT_TYPES = ("delivery-status", "")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
RETURNED_ID = re.compile(
    rb"^[>\s|]*(?:(?:x-)?original-)?message-id\s*:\s*(<[!-;=?-~]{1,250}>)", re.IGNORECASE | re.MULTILINE
)
OUR_ID = re.compile(rb"<mb\.[!-;=?-~]{1,240}>")
FAILED = re.compile(
    r"не\s+(?:было\s+|была\s+|может\s+быть\s+)?доставлен|не\s+удалось\s+доставить|недоставлен|невозможно\s+доставить"
    r"|не\s+доставлено|could\s+not\s+be\s+delivered|wasn't\s+able\s+to\s+deliver|undeliver|delivery\s+(?:has\s+)?failed"
    r"|delivery\s+failure|permanent\s+(?:fatal\s+)?error|returned\s+(?:mail|to\s+sender)|user\s+unknown|no\s+such\s+user",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"delayed|has\s+not\s+yet\s+been\s+delivered|will\s+be\s+retried|задерж\w+|отложен\w+|будут\s+повторены|warning:",
    re.IGNORECASE,
)


def report_of(head: Head, sender: Address, blocks: list[Message], body: bytes, text: str) -> DeliveryReport | None:
    """The delivery report a letter is, None if it is none.

    `blocks` are the field groups of a message/delivery-status part, `body` the raw bytes below the header.
    """
    own_id = decode_header(head.first("message-id"))[0]
    ids = original_ids(body[:MOST_BYTES] + b"\n" + text[:MOST_BYTES].encode(), own_id)
    if blocks:
        return standard_report(blocks, ids)
    if not is_bounce(head, sender):
        return None
    return text_report(head, text, ids)


def standard_report(blocks: list[Message], ids: tuple[str, ...]) -> DeliveryReport:
    """RFC 3464 §2.3: the first recipient's fields; where several are reported, the worst action speaks for all."""
    told = [block for block in blocks if raw_header(block, "final-recipient") or raw_header(block, "action")]
    ranked = sorted(told or blocks, key=lambda block: action_rank(value_of(block, "action")))
    block = ranked[0]
    recipient = recipient_of(value_of(block, "original-recipient")) or recipient_of(value_of(block, "final-recipient"))
    status = STATUS.search(value_of(block, "status"))
    action = value_of(block, "action").lower().split(" ")[0]
    return DeliveryReport(
        recipient=recipient,
        action=action if action in ACTIONS else "",
        status=status[1] if status else "",
        original_ids=ids,
    )


def action_rank(action: str) -> int:
    """0 for the worst action, the number of actions for an unknown one."""
    word = action.lower().split(" ")[0]
    return ACTIONS.index(word) if word in ACTIONS else len(ACTIONS)


def value_of(block: Message, name: str) -> str:
    """One field of a delivery-status group as a printable line."""
    return decode_header(raw_header(block, name))[0]


def recipient_of(value: str) -> str:
    """The address in `rfc822; user@example.org`, lower-cased; "" where there is none."""
    found = ADDRESS.search(value.partition(";")[2] or value)
    return found[0].lower() if found else ""


def is_bounce(head: Head, sender: Address) -> bool:
    """Whether the headers say that a mail system reports a failure; read receipts and complaints are none."""
    content_type = head.first("content-type")
    report_type = parameter(content_type, "report-type").lower()
    if report_type not in REPORT_TYPES:
        return False
    if head.first("x-failed-recipients") or report_type == "delivery-status":
        return True
    if not sender.address and head.first("return-path").strip() == b"<>":
        return True
    return bool(SYSTEM_SENDER.match(sender.address or sender.name))


def text_report(head: Head, text: str, ids: tuple[str, ...]) -> DeliveryReport | None:
    """What a text-only bounce says; None if its text speaks of no delivery."""
    failed = [address.address for address in parse_addresses(head.first("x-failed-recipients"))]
    subject = decode_header(head.first("subject"))[0]
    about = f"{subject}\n{text[:MOST_BYTES]}"
    action = action_in(about, bool(failed))
    if not action and not failed:
        return None
    named = ADDRESS.search(text)
    recipient = failed[0] if failed else named[0].lower() if named else ""
    status = STATUS.search(text)
    return DeliveryReport(recipient=recipient, action=action, status=status[1] if status else "", original_ids=ids)


def action_in(text: str, names_recipients: bool) -> str:
    """failed, delayed or "" by the words of a bounce; a delay is told in words of failure too, so it comes first."""
    if DELAYED.search(text[:2000]):
        return "delayed"
    return "failed" if names_recipients or FAILED.search(text) else ""


def original_ids(body: bytes, own_id: str) -> tuple[str, ...]:
    """Message-IDs of returned letters in `body`: in header lines, and those of our own form anywhere."""
    found = [*RETURNED_ID.findall(body), *OUR_ID.findall(body)]
    ids = message_ids(" ".join(value.decode("ascii") for value in found))
    return tuple(value for value in ids if value != own_id and MESSAGE_ID.fullmatch(value))
