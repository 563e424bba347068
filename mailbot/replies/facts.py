"""All that templates may see: plain words and numbers, no object of ours and nothing that can be called.

`Facts` is the closed set of names, `Extra` that of `extra`. What a mail to a writer repeats of their own letter stands
in `understood`, `error` and `re`, which are empty unless the writer is proven.
"""

from dataclasses import dataclass
from enum import StrEnum

from mailbot.replies.page import Page


class Extra(StrEnum):
    """What `Writing.extra` may hold beside the case: who sets it is the case's life, who prints it the templates.

    Dates are ISO («2026-11-24»), moments ISO without zone in the school's local time («2026-11-24T15:00»).

    handed_to: who has the case now, in the dative («классному руководителю»): receipt, handed_over, refusal.
    by_when: until when that person answers: receipt, handed_over, forward, urgent, staff_reminder.
    starts_at: the moment processing starts, where a letter came out of hours: receipt.
    wait_until: until when the writer's answer is waited for: questions, reminder.
    words: a person's own words: relay (the answer), refusal (the reason in their words).
    done: what was done, one line each: staff_answer. needed: what is needed of the reader: staff_answer, staff_note.
    what: what happened: staff_note, alarm. mend: what helps: alarm.
    since: when the case was handed over, or when the outage began: staff_reminder, known_outage, outage_draft.
    earlier: what the writer said in earlier letters, a paragraph each: forward, urgent, staff_reminder.
    level: «supervisor» or «emergency» where the reminder goes up the chain: staff_reminder.
    holder: who has the case and is silent, the name on the roster: staff_reminder.
    count: how many letters speak of the outage: outage_draft.
    term_from, term_until: the day of taking office and the last day of the term: training_term.
    """

    HANDED_TO = "handed_to"
    BY_WHEN = "by_when"
    STARTS_AT = "starts_at"
    WAIT_UNTIL = "wait_until"
    WORDS = "words"
    DONE = "done"
    NEEDED = "needed"
    WHAT = "what"
    MEND = "mend"
    SINCE = "since"
    EARLIER = "earlier"
    LEVEL = "level"
    HOLDER = "holder"
    COUNT = "count"
    TERM_FROM = "term_from"
    TERM_UNTIL = "term_until"


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact and what it is called: «Класс», «5Б»."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause of the regulation: how a person finds it, and its words."""

    printed: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to read."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The guidance on one topic, its own template already filled in."""

    title: str
    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """One line of the schedule of help, in the school's time."""

    when: str
    where: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The vendor's support: contacts that are "" where the document gives none, and its hours as sentences."""

    name: str
    mail: str
    phone: str
    phone_note: str
    site: str
    registers: str
    hours: tuple[Stated, ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TheSchool:
    """The school as it signs its mail. consultant: who helps, as it stands in a sentence."""

    name: str
    short_name: str
    signature: str
    mailbox: str
    site: str
    phones: tuple[str, ...]
    consultant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A writer's letter as staff read it; empty in mail that may carry the number only.

    text: the beginning, `is_cut` if there is more. files: names of attachments, `more_files` how many are not named.
    received: ISO moment in the school's time.
    """

    sender: str
    subject: str
    text: str
    is_cut: bool
    files: tuple[str, ...]
    more_files: int
    received: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a template may print. Text is "" and lists are empty where there is nothing to say.

    number: «2026-00017», "" for mail of no case. re: «Re: тема» or "". topic, topics: titles. audience: who wrote.
    missing: what is asked for; fill_in: a line to copy and correct. error: the error's words out of `understood`.
    by_support: the clause is one by which the vendor's support, not the school, may reject a request.
    is_proven: the sender's address is proven. is_answer: the mail is guidance, not a hand-over with it. attached: the
    original comes along; too_big, dangerous: it would, but for its size or for a file in it that may be a program.
    relay_hold_minutes: how long staff can stop an answer of theirs; repeat_minutes: how often an urgent mail comes
    again. extra: every name of `Extra`, "" where it was not set. digest: for that kind of mail only.
    """

    number: str
    re: str
    marker: str
    school: TheSchool
    help: tuple[Help, ...]
    regulation: str
    system: str
    audience: str
    topic: str
    topics: tuple[str, ...]
    guidance: tuple[Advice, ...]
    missing: tuple[Stated, ...]
    fill_in: str
    understood: tuple[Stated, ...]
    clause: Cited | None
    by_support: bool
    vendor: Support
    vendor_request: str
    training_days: int
    is_safety: bool
    is_leak: bool
    why: tuple[str, ...]
    error: str
    original: Original
    is_proven: bool
    is_answer: bool
    number_only: bool
    attached: bool
    too_big: bool
    dangerous: bool
    linked: tuple[str, ...]
    relay_hold_minutes: int
    repeat_minutes: int
    extra: dict[str, str]
    digest: Page | None
