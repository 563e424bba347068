"""The one gate every mail of ours passes: asked when it is decided and again right before it is sent (HYGIENE.md).

Mail to staff is held only by the breaker and the daily budget, a safety lane's mail by the breaker alone: caps exist
against loops with strangers, not against work.
"""

from datetime import datetime

from mailbot.cases.case import FOR_WRITERS, Kind
from mailbot.cases.draft import Cleared, Held, Mail
from mailbot.cases.history import Tally
from mailbot.rulebook.public_mail import PUBLIC_DOMAINS
from mailbot.rulebook.types import Caps, Rulebook

URGENT = frozenset({Kind.URGENT, Kind.ALARM})


def may_send(mail: Mail, tally: Tally, book: Rulebook, now: datetime) -> Cleared | Held:
    """Whether this mail may leave now. `tally` counts what was written before, this mail not included."""
    if tally.paused_until and now < tally.paused_until:
        return Held("breaker", f"отправка приостановлена до {tally.paused_until:%Y-%m-%d %H:%M} UTC")
    if mail.kind in URGENT:
        return Cleared(mail)
    if tally.total_day >= book.screening.caps.total_day:
        return Held("budget", f"исчерпан дневной лимит писем ({book.screening.caps.total_day})")
    if mail.kind not in FOR_WRITERS:
        return Cleared(mail)
    held = _held_address(mail.recipient, tally, book)
    if held or mail.kind is Kind.RELAY:
        return held or Cleared(mail)
    return _held_by_caps(mail.recipient, tally, book.screening.caps) or Cleared(mail)


def _held_address(recipient: str, tally: Tally, book: Rulebook) -> Held | None:
    """Addresses nothing may ever be sent to: none at all, our own, dead ones, the never-answer list."""
    if not recipient:
        return Held("no_address", "у письма нет пригодного адреса отправителя")
    if recipient in book.school.own:
        return Held("own_address", "это адрес самого ящика")
    if tally.dead:
        return Held("dead_address", "прошлое письмо на этот адрес не доставлено")
    if listed(recipient, book.screening.never_answer):
        return Held("never_answer", "адрес в списке «никогда не отвечать»")
    if listed(recipient, book.screening.authorities):
        return Held("authority", "письма органов власти уходят в канцелярию, автоматически им не отвечают")
    return None


def _held_by_caps(recipient: str, tally: Tally, caps: Caps) -> Held | None:
    """The caps over days: per person, thread, subject, domain (but for public mail) and in all."""
    is_public = recipient.rpartition("@")[2] in PUBLIC_DOMAINS
    checks = (
        ("cap_person_day", tally.person_day, caps.per_person_day),
        ("cap_person_week", tally.person_week, caps.per_person_week),
        ("cap_thread", tally.thread_week, caps.per_thread_week),
        ("cap_subject", tally.subject_day, caps.per_subject_day),
        ("cap_domain", 0 if is_public else tally.domain_hour, caps.per_domain_hour),
        ("cap_total_hour", tally.total_hour, caps.total_hour),
    )
    for reason, count, cap in checks:
        if count >= cap:
            return Held(reason, f"предел автоматических писем ({reason}: {cap}) достигнут")
    return None


def listed(address: str, entries: tuple[str, ...]) -> bool:
    """Whether an address stands in a list of addresses and «@domain» entries."""
    domain = address.rpartition("@")[2]
    return address in entries or f"@{domain}" in entries
