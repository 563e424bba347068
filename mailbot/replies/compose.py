"""From a decision to frozen mail: the same writing, matter, rules, secret and moment always make the same bytes."""

import re
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.draft import Draft, Writing
from mailbot.cases.ids import NO_CASE, loop_token, own_message_id
from mailbot.errors import BadInput, Words
from mailbot.letters.addresses import addr_spec
from mailbot.replies.context import facts_of
from mailbot.replies.facts import Facts
from mailbot.replies.headers import Field, ids, mailbox, words
from mailbot.replies.matter import Matter
from mailbot.replies.mime import file_part, multipart, text_part
from mailbot.replies.prose import wrapped
from mailbot.replies.subject import LONGEST, one_line, shortened, subject_key
from mailbot.replies.wording import Worded, Wording
from mailbot.rulebook.types import Rulebook

MOST_IDS = 10  # in References; longer headers make some receivers refuse the mail
MOST_ID_BYTES = 900
USABLE_ID = re.compile(r"<[!-;=?-~]{3,248}>")
LONGEST_NAME = 80


class UnsendableAddress(BadInput):
    """An address that no letter of ours can go to: it is not one sound addr-spec with an ASCII local part."""


def compose(writing: Writing, matter: Matter, book: Rulebook, wording: Wording, secret: bytes, now: datetime) -> Draft:
    """One mail, worded and frozen. Raises UnsendableAddress, or BadInput where a template is at fault."""
    recipient = sendable(writing.recipient)
    domain = book.school.mailbox.rpartition("@")[2]
    message_id = own_message_id(
        secret, matter.number, matter.letter_key, writing.kind, recipient, writing.round, domain
    )
    short_hash = message_id.split(".")[2][:16]
    facts = _facts(writing, matter, book, wording, now)
    worded = wording.say(writing.kind, facts)
    fields = (
        ("From", mailbox("From", one_line(book.school.short_name), book.school.mailbox)),
        ("To", mailbox("To", _name(writing, matter), recipient)),
        ("Subject", words("Subject", shortened(one_line(worded.subject), LONGEST))),
        ("Date", format_datetime(now.astimezone(ZoneInfo(book.school.zone)))),
        ("Message-ID", message_id),
        *_thread(writing.thread_ids),
        *_marks(writing.kind, secret),
        ("Content-Language", "ru"),
        ("MIME-Version", "1.0"),
    )
    return Draft(
        id=f"{matter.number or NO_CASE}-{short_hash}",
        case=matter.number,
        kind=writing.kind,
        letter_key=matter.letter_key,
        recipient=recipient,
        message_id=message_id,
        subject_key=subject_key(matter.letter.subject if matter.letter else writing.subject_of),
        made_at=now,
        not_before=writing.not_before or now,
        raw=_mime(fields, worded, matter, facts.attached, short_hash),
    )


def sendable(address: str) -> str:
    """The address as it goes to the server: lower case, the domain in its xn-- form."""
    sound = addr_spec(address)
    if sound:
        return sound
    raise UnsendableAddress(
        where="recipient",
        what=Words("адрес получателя непригоден для отправки", "the recipient's address cannot be sent to"),
        mend=Words("Ответьте этому человеку сами.", "Answer this person yourself."),
    )


def _facts(writing: Writing, matter: Matter, book: Rulebook, wording: Wording, now: datetime) -> Facts:
    """The facts with what is itself worded by a template: guidance and the text for the vendor."""
    facts = facts_of(writing, matter, book, now)
    if matter.case is None or writing.kind not in FOR_WRITERS:
        return facts
    guidance = wording.guidance(writing.topics, matter.case.audience, book, facts)
    request = wording.vendor_request(facts) if writing.kind is Kind.VENDOR else ""
    return replace(facts, guidance=guidance, vendor_request=request)


def _name(writing: Writing, matter: Matter) -> str:
    """The display name in To; an unproven writer's is left out, for it is a stranger's text."""
    if writing.kind in FOR_WRITERS and not matter.proven:
        return ""
    return shortened(one_line(writing.recipient_name), LONGEST_NAME)


def _thread(thread_ids: tuple[str, ...]) -> tuple[Field, ...]:
    """In-Reply-To and References (RFC 5322 §3.6.4) within what receivers bear: the thread's root, then the latest."""
    chain = tuple(one for one in thread_ids if USABLE_ID.fullmatch(one))
    if not chain:
        return ()
    while len(chain) > MOST_IDS or len(" ".join(chain)) > MOST_ID_BYTES:
        chain = (chain[0], *chain[2:])
    return (("In-Reply-To", chain[-1]), ("References", ids(chain)))


def _marks(kind: Kind, secret: bytes) -> tuple[Field, ...]:
    """What tells other programs not to answer (RFC 3834 §5). A relay is a person's word and carries none of it."""
    if kind is Kind.RELAY:
        return ()
    automatic = (
        ("Auto-Submitted", "auto-replied" if kind in FOR_WRITERS else "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Mailbot-Loop", loop_token(secret)),
    )
    urgent = (("Importance", "high"), ("X-Priority", "1"), ("Priority", "urgent"))
    return (*automatic, *urgent) if kind is Kind.URGENT else automatic


def _mime(fields: tuple[Field, ...], worded: Worded, matter: Matter, attached: bool, short_hash: str) -> bytes:
    """Text and HTML of the same words; beside them a forward carries the original byte for byte, a digest its files."""
    parts = (text_part("plain", wrapped(worded.text)), text_part("html", worded.html))
    files = tuple(file_part(name, content) for name, content in matter.files)
    if matter.raw is not None and attached:
        files = (file_part(f"pismo-{matter.number}.eml", matter.raw), *files)
    if not files:
        return multipart(fields, "alternative", f"=_words_{short_hash}", parts)
    both = multipart((), "alternative", f"=_words_{short_hash}", parts)
    return multipart(fields, "mixed", f"=_mail_{short_hash}", (both, *files))
