"""One sign that a machine wrote a letter."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a sign says; how signs of several kinds weigh together is decided in `screening`."""

    AUTOREPLY = "autoreply"  # a header that only automatic answers carry
    ROBOT = "robot"  # a header or sender that only programs have
    RECEIPT = "receipt"  # read receipts, calendar answers, abuse reports
    NULL_PATH = "null_path"
    SYSTEM = "system"  # mailer-daemon and its kin
    POSTMASTER = "postmaster"
    NO_REPLY = "no_reply"
    NOBODY = "nobody"
    LIST = "list"
    UNSUBSCRIBE = "unsubscribe"
    CAMPAIGN = "campaign"
    BULK = "bulk"
    AUTO_PRECEDENCE = "auto_precedence"
    SUPPRESS = "suppress"
    BROAD = "broad"
    SPAM = "spam"
    STRONG_SPAM = "strong_spam"
    AUTO_SUBJECT = "auto_subject"
    CALENDAR_SUBJECT = "calendar_subject"
    AWAY_WORDS = "away_words"  # «я в отпуске до …»
    RECEIVED_WORDS = "received_words"  # «ваше обращение получено и будет рассмотрено»
    ROBOT_WORDS = "robot_words"  # «письмо сформировано автоматически»
    BULK_WORDS = "bulk_words"  # «отписаться от рассылки»
    OFFER = "offer"  # advertising
    BAIT = "bait"  # phishing
    FIRM = "firm"  # the sender calls itself a shop, a club, a news letter


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign with its stable reason code and what was seen."""

    kind: Kind
    reason: str
    seen: str
