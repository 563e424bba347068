"""What a mail is about: the case, and the letter that gave rise to it."""

from dataclasses import dataclass

from mailbot.cases.case import Case
from mailbot.letters.letter import Letter, Proof
from mailbot.replies.page import Page
from mailbot.triage.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Everything a mail may speak of, beside the rules.

    case: None for an alarm, which belongs to no case. letter: the letter that is answered or handed over, None where a
    deadline passed or nobody could read it; raw: its exact bytes. finding: what triage made of it. page: what a digest
    says; files: what goes along with it, by name.
    """

    case: Case | None
    letter: Letter | None
    raw: bytes | None
    finding: Finding | None
    page: Page | None = None
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def number(self) -> str:
        """The case's number as people quote it, "" for mail of no case."""
        return self.case.number if self.case else ""

    @property
    def letter_key(self) -> str:
        """The identity of the letter this is about, else of the case's latest one, else ""."""
        if self.letter:
            return self.letter.key
        return self.case.letters[-1].key if self.case and self.case.letters else ""

    @property
    def proven(self) -> bool:
        """Whether the case's writer is who they say: only then may a mail to them repeat what they wrote."""
        return self.case is not None and self.case.proof is Proof.PROVEN
