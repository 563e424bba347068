"""What the templates of a digest may print: words and numbers only. Declared here, made by `mailbot.reports.page`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageLine:
    """One request: its number, what it is about ("" where only the number may be told), who has it and the dates."""

    number: str
    about: str
    details: str


@dataclass(frozen=True, slots=True)
class PageSection:
    """A group of requests under a heading; `more` of them are not listed. `tone`: «alarm», «today» or «calm»."""

    title: str
    count: int
    tone: str
    lines: tuple[PageLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PageBar:
    """A number with a bar of `percent` of the longest; `note` stands below it."""

    label: str
    value: str
    percent: int
    note: str


@dataclass(frozen=True, slots=True)
class PageTrouble:
    """What is wrong, and what to do about it."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class PageReason:
    """Why letters were not answered, how many, and how a person releases them; `code` is what the log and rules say."""

    count: int
    meaning: str
    code: str
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A digest as it is read from top to bottom; "" and empty where there is nothing to say."""

    subject: str
    title: str
    calm: str
    troubles: tuple[PageTrouble, ...]
    figures: tuple[PageBar, ...]
    sections: tuple[PageSection, ...]
    weeks: tuple[PageBar, ...]
    topics: tuple[PageBar, ...]
    unanswered: tuple[PageReason, ...]
    unguided: tuple[str, ...]
    reconciliation: str
    spam: str
    attached: str
