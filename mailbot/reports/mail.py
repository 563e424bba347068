"""A digest as frozen mail, through the same composing as all mail of ours."""

from mailbot.cases.case import Kind
from mailbot.cases.draft import Draft, Writing
from mailbot.replies.compose import compose
from mailbot.replies.context import facts_of
from mailbot.replies.matter import Matter
from mailbot.replies.prose import wrapped
from mailbot.replies.wording import Worded, Wording
from mailbot.reports.digest import Digest
from mailbot.reports.page import page_of
from mailbot.rulebook.types import Rulebook

NO_FILES: tuple[tuple[str, bytes], ...] = ()


def digest_draft(
    digest: Digest, book: Rulebook, wording: Wording, secret: bytes, files: tuple[tuple[str, bytes], ...] = NO_FILES
) -> Draft:
    """The mail that carries a digest, the register beside it if it is given."""
    return compose(_writing(digest), _matter(digest, book, files), book, wording, secret, digest.now)


def digest_text(digest: Digest, book: Rulebook, wording: Wording, attached: str = "") -> Worded:
    """Subject and parts as the mail would have them, for showing; needs no secret."""
    matter = _matter(digest, book, ((attached, b""),) if attached else NO_FILES)
    worded = wording.say(Kind.DIGEST, facts_of(_writing(digest), matter, book, digest.now))
    return Worded(worded.subject, wrapped(worded.text), worded.html)


def _writing(digest: Digest) -> Writing:
    """The moment makes each digest a mail of its own: one asked for by hand is no repeat of the morning's."""
    return Writing(
        kind=Kind.DIGEST,
        recipient=digest.reader.person.address,
        recipient_name=digest.reader.person.name,
        thread_ids=(),
        subject_of="",
        round=int(digest.now.timestamp()),
    )


def _matter(digest: Digest, book: Rulebook, files: tuple[tuple[str, bytes], ...]) -> Matter:
    attached = ", ".join(name for name, _ in files)
    return Matter(case=None, letter=None, raw=None, finding=None, page=page_of(digest, book, attached), files=files)
