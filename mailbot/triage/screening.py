"""Whether a person wrote this letter to us: docs/hygiene.md, in its order.

Public: `screen(letter, book) -> Screening`. Own Message-IDs, caps and repeats need stored state and are the caller's.
A letter is eaten (A) only on strong proof; where a person may stand behind it, the verdict is N.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mailbot.letters.letter import Letter, Proof
from mailbot.letters.proof import proof_of
from mailbot.rulebook.types import Rulebook
from mailbot.triage.bounces import bounce_signs
from mailbot.triage.finding import Evidence, Screening, Verdict
from mailbot.triage.machine_headers import NO_REPLY, header_signs
from mailbot.triage.machine_words import has_form_fields, is_personal, word_signs
from mailbot.triage.sign import Kind, Sign

RECIPIENT_HEADERS = (
    "resent-to", "resent-cc", "resent-bcc", "delivered-to", "x-delivered-to", "x-original-to", "envelope-to",
    "apparently-to", "x-envelope-to", "x-rcpt-to",
)  # fmt: skip
OUR_ID = re.compile(r"<mb\.(?:\d{4}-\d{5,9}|0)\.[0-9a-f]{24}@")  # `cases.ids`
OUR_LOOP = "x-mailbot-loop"
SCAN_SENDER = re.compile(
    r"(?:^|[._-])(?:scan(?:ner|s)?|skan(?:er)?|copier|mfp|mfu|printer|kyocera|xerox|canon|ricoh|konica|hp|epson|pantum"
    r"|fax|faks|voice(?:mail)?|asterisk|pbx|ats|golos)(?:[._-]|\d|$)"
)
SCAN_SUBJECT = re.compile(
    r"голосов\w+ (?:сообщени|почт)|voice ?(?:message|mail)|пропущенный звонок|\bфакс\b|сообщение с автоответчика"
    r"|scan(?:ned)? (?:from|data|document|image)|message from (?:kmbt|rnp|mfp|xerox|canon)|сканирован|отсканировано"
    r"|скан с мфу",
    re.IGNORECASE,
)

_OF_A_FORM = re.compile(r"обратн(?:ой|ая) связ|через форму|с сайта|веб-форм|contact form|new submission")

# One of these alone proves a machine.
PROOF = frozenset((Kind.AUTOREPLY, Kind.ROBOT, Kind.RECEIPT, Kind.NULL_PATH, Kind.STRONG_SPAM, Kind.AUTO_PRECEDENCE))
# Everything else adds up: a half proof and anything beside it prove a machine. What lends only support («bulk» of
# Yandex 360, Exchange's wish not to be answered) stands on letters of persons, too.
POINTS: Mapping[Kind, int] = {
    Kind.NO_REPLY: 2, Kind.AUTO_SUBJECT: 2, Kind.AWAY_WORDS: 2, Kind.RECEIVED_WORDS: 2, Kind.ROBOT_WORDS: 2,
    Kind.BULK_WORDS: 2, Kind.CAMPAIGN: 2, Kind.CALENDAR_SUBJECT: 2, Kind.SYSTEM: 2, Kind.POSTMASTER: 2, Kind.LIST: 2,
    Kind.BULK: 1, Kind.UNSUBSCRIBE: 1, Kind.SUPPRESS: 1, Kind.SPAM: 1, Kind.BROAD: 1, Kind.NOBODY: 1,
    Kind.OFFER: 1, Kind.BAIT: 1, Kind.FIRM: 1,
}  # fmt: skip
PROVEN_AT = 3
DOUBTFUL_AT = 2
PERSONAL_POINTS = 2  # a parent who goes on holiday with the children is in no auto-reply
HEADERS = frozenset((
    Kind.NO_REPLY, Kind.CAMPAIGN, Kind.SYSTEM, Kind.POSTMASTER, Kind.LIST, Kind.BULK, Kind.UNSUBSCRIBE, Kind.SUPPRESS,
    Kind.SPAM, Kind.BROAD, Kind.NOBODY,
))  # fmt: skip
SHOWN = HEADERS | {Kind.AUTO_SUBJECT}  # one of these, and a person sees the letter unanswered, whatever its words are


def screen(letter: Letter, book: Rulebook) -> Screening:
    """The verdict on one letter with a stable reason code and everything seen."""
    own = own_address(letter, book.school.own)
    if own:
        return own
    bounced = tuple(bounce_signs(letter))
    if bounced:
        return _screening(Verdict.BOUNCE, bounced)
    signs = (*header_signs(letter), *word_signs(letter))
    if is_listed(letter.sender.address, book.screening.forms):
        return _form(letter)
    if is_listed(letter.sender.address, book.screening.authorities):
        return _authority(signs)
    return _judged(letter, signs, book)


def own_address(letter: Letter, own: Sequence[str]) -> Screening | None:
    """A letter from one of our own addresses; a site form that writes in our name leaves its visitor in Reply-To."""
    if letter.header(OUR_LOOP) or OUR_ID.match(letter.message_id):
        return _screening(Verdict.MACHINE, (Sign(Kind.ROBOT, "own-letter", letter.message_id),))
    if without_plus(letter.sender.address) not in own:
        return None
    visitor = next((one.address for one in letter.reply_to if without_plus(one.address) not in own), "")
    if visitor:
        return _screening(Verdict.DOUBTFUL, (Sign(Kind.ROBOT, "own-address-form", visitor),))
    return _screening(Verdict.MACHINE, (Sign(Kind.ROBOT, "own-address", letter.sender.address),))


def without_plus(address: str) -> str:
    """«help+anna@school.example» is «help@school.example»."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_listed(address: str, listed: Iterable[str]) -> bool:
    """Whether the admin named this address, or its domain as «@domain»."""
    domain = "@" + address.partition("@")[2]
    return bool(address) and any(entry in (address, domain) for entry in listed)


def is_to_us(letter: Letter, own: Sequence[str]) -> bool:
    """RFC 5230 §4.5: our address stands in To, Cc, Resent-* or the header of the last delivery."""
    if not own or _is_explicit(letter, own):
        return True
    delivered = " ".join(value for name in RECIPIENT_HEADERS for value in letter.all_headers(name)).lower()
    return any(address in delivered for address in own)


def _form(letter: Letter) -> Screening:
    """A trusted site form is the person in its Reply-To; without one nobody can be written to."""
    if any(one.address for one in letter.reply_to):
        return Screening(Verdict.PERSON, "form", (Evidence("screening.yaml forms", letter.sender.address),))
    return _screening(Verdict.DOUBTFUL, (Sign(Kind.ROBOT, "form-without-writer", letter.sender.address),))


def _authority(signs: tuple[Sign, ...]) -> Screening:
    """Authorities write through robots and lists; only what answers by itself is kept from an answer, never eaten."""
    answering = tuple(sign for sign in signs if sign.kind in PROOF)
    if answering:
        return _screening(Verdict.DOUBTFUL, answering)
    return Screening(Verdict.PERSON, "authority", ())


def _judged(letter: Letter, signs: tuple[Sign, ...], book: Rulebook) -> Screening:
    """Everybody else, in the order of docs/hygiene.md."""
    to_us = is_to_us(letter, book.school.own)
    maybe_person = _behind_machine(letter, signs)
    if maybe_person:
        return _screening(Verdict.DOUBTFUL, (maybe_person, *signs))
    explicit, personal = _is_explicit(letter, book.school.own), is_personal(letter)
    if is_machine(signs, to_us, explicit, personal):
        return replace(_screening(Verdict.MACHINE, signs), sure=_is_proven(signs, explicit, personal))
    proof, why = proof_of(letter, book.screening.authserv_ids)
    if proof is Proof.FORGED:
        return _screening(Verdict.DOUBTFUL, (Sign(Kind.NOBODY, "forged", why), *signs))
    if not to_us:
        return _screening(Verdict.DOUBTFUL, (*signs, Sign(Kind.NOBODY, "not-to-us", "")))
    if letter.calendar:
        return _screening(Verdict.DOUBTFUL, (*signs, Sign(Kind.NOBODY, "calendar", "")))
    if points_of(signs) - PERSONAL_POINTS * personal >= DOUBTFUL_AT or any(sign.kind in SHOWN for sign in signs):
        return _screening(Verdict.DOUBTFUL, signs)
    return Screening(Verdict.PERSON, "person", ())


def is_machine(signs: tuple[Sign, ...], to_us: bool, explicit: bool, personal: bool) -> bool:
    """Whether the signs together prove a machine. `explicit`: our address stands in To or Cc; `personal`: the words are
    a person's own."""
    kinds = {sign.kind for sign in signs}
    if kinds & PROOF:
        return True
    if personal:
        return False
    if Kind.LIST in kinds and not explicit:
        return True
    if kinds >= {Kind.UNSUBSCRIBE, Kind.BULK}:
        return True
    return points_of(signs) + (not to_us) >= PROVEN_AT


def _is_proven(signs: tuple[Sign, ...], explicit: bool, personal: bool) -> bool:
    """Whether that it is a machine does not rest on signs that only add up, nor on an empty Return-Path over a person's
    own words: some relays lose it."""
    kinds = {sign.kind for sign in signs} & (PROOF - {Kind.NULL_PATH} if personal else PROOF)
    return bool(kinds) or (any(sign.kind is Kind.LIST for sign in signs) and not explicit)


def points_of(signs: Iterable[Sign]) -> int:
    """How much all signs weigh together; different offers add up."""
    return sum(POINTS.get(sign.kind, 0) for sign in signs)


def _behind_machine(letter: Letter, signs: tuple[Sign, ...]) -> Sign | None:
    """A voice message, a scan or a form of a site: a machine brings it, but a person may have spoken."""
    told = SCAN_SUBJECT.search(letter.subject) or SCAN_SENDER.search(letter.sender.address.partition("@")[0])
    if told and letter.attachments:
        return Sign(Kind.NOBODY, "voice-or-scan", letter.subject)
    if not any(sign.kind in PROOF or sign.kind in HEADERS for sign in signs):
        return None
    visitor = next((one.address for one in letter.reply_to if one.address != letter.sender.address), "")
    of_form = has_form_fields(letter) or _OF_A_FORM.search(f"{letter.subject}\n{letter.question}".lower())
    if visitor and not NO_REPLY.match(visitor.partition("@")[0]) and of_form:
        return Sign(Kind.NOBODY, "site-form", visitor)
    return None


def _is_explicit(letter: Letter, own: Sequence[str]) -> bool:
    return any(without_plus(one.address) in own for one in (*letter.to, *letter.cc))


def _screening(verdict: Verdict, signs: tuple[Sign, ...]) -> Screening:
    return Screening(verdict, signs[0].reason, tuple(Evidence(sign.reason, sign.seen) for sign in signs))
