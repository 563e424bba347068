"""Taking letters in: look, fetch, read, sort, consider, commit. Killed at any line, the next round ends the same.

The explicit list of UIDs drives it. A letter is known by the hash of its bytes; `Attempted` is durable before a letter
is read, so one that kills us is set aside after the third try and the others are served.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.casebook.lookup import text_digest
from mailbot.casebook.rows import Concluded, Considered, Started
from mailbot.cases.draft import MailState, mail_of
from mailbot.cases.events import AnsweredByPerson, Arrival, Event, FromWriter, OwnCopy, StaffWord, Unreadable
from mailbot.cases.history import Outcome
from mailbot.cases.ids import case_of_own_id
from mailbot.cases.sort import sort
from mailbot.consider import consider
from mailbot.daemon.notify import alive
from mailbot.daemon.originals import original_of
from mailbot.daemon.turning import turn
from mailbot.daemon.world import World
from mailbot.errors import BadState, Setback, Words
from mailbot.letters.key import letter_key
from mailbot.letters.letter import Letter
from mailbot.mailroom.child import ReadLetter
from mailbot.mailroom.on_server import Fetched, cited_in
from mailbot.mailroom.reader import Pass, UnreadableLetter
from mailbot.triage.screening import screen

MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter without an outcome: its key, its bytes (or only its head, if it is too big)."""

    key: str
    fetched: Fetched

    @property
    def head(self) -> bytes:
        """The header block."""
        return self.fetched.at_hand.partition(b"\r\n\r\n")[0]

    @property
    def raws(self) -> tuple[bytes, ...]:
        """What there is to read: the bytes, or nothing."""
        return () if self.fetched.raw is None else (self.fetched.raw,)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one fetch has brought: `fresh` letters, which are being read (`outcomes`, in order), and `suspects`.

    A suspect was there when we died once. It stands alone, so that no other letter suffers for it.
    """

    fresh: tuple[Incoming, ...]
    suspects: tuple[Incoming, ...]
    outcomes: Pass


def begin(world: World, since: datetime | None, start_anew: bool) -> None:
    """First contact: silent. Everything that lies in the mailbox now is older than us and is never answered."""
    ledger = world.casebook.ledger
    if ledger.started and since is None:
        return
    folders = world.settings.imap.folders
    kept = world.session.filed_before((folders.answered, folders.handed_over, folders.not_answered))
    if kept and ledger.started is None and since is None and not start_anew:
        raise _lost_state(world, kept)
    now, box = world.clock(), world.session.box
    old = () if since else world.session.uids()
    world.casebook.start(
        Started(
            at=now,
            instant=since or _after_newest(world, old, now),
            uidvalidity=box.uidvalidity,
            uidnext=0 if since else box.uidnext or max(old, default=0) + 1,
            skipped=len(old),
        )
    )
    world.log.info("first contact", skipped=len(old))


def _after_newest(world: World, uids: Sequence[int], now: datetime) -> datetime:
    """The first second, by the server's clock, after these letters came; `now` where no letter tells it."""
    newest = world.session.newest_date(uids, now)
    return newest + timedelta(seconds=1) if newest else now.replace(microsecond=0)


def take_letters(world: World) -> Generator[None, None, None]:
    """Brings every letter in the inbox to its outcome; yields after each batch, so that its mail need not wait."""
    seen = world.seen
    there = world.session.uids()
    seen.looked_to = max(there, default=0)
    uids = [uid for uid in there if uid not in seen.passed_over]
    seen.present.clear()
    for uid in uids:
        if uid in seen.keys:
            seen.present.setdefault(seen.keys[uid], []).append(uid)
    unseen = [uid for uid in uids if uid not in seen.keys]
    for number, part in enumerate(world.session.parts(unseen)):
        alive()
        taken = _take(world, part)
        with closing(taken.outcomes):
            if number:
                yield  # the mail of the part before is paid while this one is being read
                if world.stopped():
                    return
            _consider_taken(world, taken)
    if unseen:
        yield


def look_at_sent(world: World) -> None:
    """Reads what is new in Sent: a copy of ours settles its mail, a person's answer takes effect; each at once.

    At once, for nobody knows whether this round comes to its end, and what was read is not read again.
    """
    world.seen.sent_from, cited = world.session.sent_since(world.seen.sent_from)
    lookup = world.lookup
    for letter in cited:
        if letter.ours or lookup.mail_state(letter.message_id) is not None:
            note_copy(world, letter.message_id, "copy found in Sent")
            continue
        world.seen.answered.update(letter.cites)
        numbers = {lookup.case_of_letter(one) for one in letter.cites} - {""}
        for number in numbers:
            outcome = turn(world, AnsweredByPerson(case=number, at=world.clock()))
            if outcome.case:
                world.log.info("a person answered", case=number, cancelled=len(outcome.cancel))


def _unknown(world: World, batch: Sequence[Fetched]) -> Iterator[Incoming]:
    """The letters of a batch that still need an outcome; notes where the known ones lie."""
    for fetched in batch:
        key = letter_key(fetched.at_hand)
        if _is_old(world, fetched) and not _known(world, key):
            world.seen.passed_over.add(fetched.uid)
            continue
        world.seen.keys[fetched.uid] = key
        world.seen.present.setdefault(key, []).append(fetched.uid)
        if not _known(world, key):
            yield Incoming(key, fetched)


def _take(world: World, part: Sequence[Fetched]) -> Taken:
    """Begins to read the fresh ones of these letters; that they are attempted is durable before."""
    incoming = tuple(_unknown(world, part))
    fresh = tuple(one for one in incoming if not world.casebook.attempts(one.key))
    if fresh:
        world.casebook.attempt(tuple(one.key for one in fresh), world.clock())
    return Taken(
        fresh=fresh,
        suspects=tuple(one for one in incoming if one not in fresh),
        outcomes=world.reader.read_all(raw for one in fresh for raw in one.raws),
    )


def _known(world: World, key: str) -> bool:
    """Whether this letter has its outcome, or was set aside."""
    return world.casebook.letter(key) is not None or key in world.casebook.ledger.aside


def _is_old(world: World, fetched: Fetched) -> bool:
    """Whether the letter lay there before the first contact: by its UID; by its date, if UIDs were given anew."""
    started, box = world.casebook.ledger.started, world.session.box
    assert started is not None
    if started.uidnext and box.uidvalidity == started.uidvalidity:
        return fetched.uid < started.uidnext
    return fetched.received_at < started.instant


def _consider_taken(world: World, taken: Taken) -> None:
    """Each letter is folded in before the next is considered; one fsync for all fresh ones, one for each suspect."""
    for one in taken.fresh:
        outcome = next(taken.outcomes) if one.raws else None
        if world.casebook.letter(one.key) is None:  # the same bytes twice in one batch are one letter
            _consider_safely(world, one, outcome)
        alive()
    world.casebook.commit(world.clock())
    taken.outcomes.close()
    for one in taken.suspects:
        _consider_suspect(world, one)


def _consider_suspect(world: World, one: Incoming) -> None:
    """A letter that was there when we died: tried again by itself, and set aside if that has been tried enough."""
    world.casebook.attempt((one.key,), world.clock())
    if world.casebook.attempts(one.key) > MOST_ATTEMPTS:
        # It may be our own copy, and proves even unread that the server took the mail.
        note_copy(world, cited_in(one.head).message_id, "copy found in the inbox")
        world.casebook.set_aside(one.key, "чтение письма трижды прервалось", world.clock())
        world.log.error("letter set aside", key=one.key)
    elif world.casebook.letter(one.key) is None:
        with closing(world.reader.read_all(one.raws)) as outcomes:
            _consider_safely(world, one, next(outcomes, None))
    alive()
    world.casebook.commit(world.clock())


def _consider_safely(world: World, one: Incoming, outcome: ReadLetter | UnreadableLetter | None) -> None:
    """One letter up to its outcome. Our own mistake must not stop the others: the letter goes to a person as it is."""
    try:
        _consider(world, one, _event_of(world, one, outcome))
    except Setback:
        raise  # the server or the disk is away: the same letter again later
    except Exception as error:  # named in ARCHITECTURE.md: one letter; it goes to a person whole
        world.log.exception("letter failed", key=one.key, error=type(error).__name__)
        _consider(world, one, _unreadable(one, f"ошибка программы ({type(error).__name__})"))


def _event_of(world: World, one: Incoming, outcome: ReadLetter | UnreadableLetter | None) -> Event:
    match outcome:
        case None:
            return _unreadable(one, f"письмо слишком большое ({one.fetched.size // 1_000_000} МБ)")
        case UnreadableLetter():
            return _unreadable(one, outcome.what.ru)
        case ReadLetter():
            return _sorted(world, outcome, one)


def _sorted(world: World, read: ReadLetter, one: Incoming) -> Event:
    """Whose word it is; a letter that a colleague has already answered in their own mail program is theirs."""
    letter, book = read.letter, world.mind.book
    arrival = Arrival(
        letter=letter, received_at=one.fetched.received_at, raw=one.fetched.raw or b"", finding=read.finding
    )
    screening = read.finding.screening if read.finding else screen(letter, book)
    event = sort(arrival, screening, book, world.lookup, world.mind.secret)
    if isinstance(event, StaffWord):
        case = world.lookup.case(case_of_own_id(event.answered.message_id))
        return replace(event, original=original_of(world, case) if case else b"")
    if isinstance(event, FromWriter) and letter.message_id in world.seen.answered:
        return AnsweredByPerson(case=world.lookup.case_of_letter(letter.message_id), at=world.clock())
    return event


def _unreadable(one: Incoming, reason: str) -> Unreadable:
    fetched = one.fetched
    return Unreadable(key=one.key, received_at=fetched.received_at, raw=fetched.at_hand, reason=reason)


def _consider(world: World, one: Incoming, event: Event) -> None:
    now = world.clock()
    outcome = consider(event, world.lookup.history(event, now), world.mind, now)
    world.casebook.stage(_row(world, one, event, outcome, now), outcome.drafts)
    if isinstance(event, OwnCopy):
        note_copy(world, event.arrival.letter.message_id, "copy found in the inbox")
    concluded = outcome.decision
    world.log.info(
        "letter considered",
        key=one.key,
        kind=type(event).__name__,
        case=outcome.case.number if outcome.case else "",
        disposition=str(concluded.disposition) if concluded else "",
        route=str(concluded.route or "") if concluded else "",
    )


def note_copy(world: World, message_id: str, where: str) -> None:
    """A mail of ours was met: if it was uncertain, the server did take it."""
    for owed in world.casebook.uncertain():
        if owed.mail.message_id == message_id:
            world.casebook.move_mail(owed.mail.id, MailState.SENT, where, world.clock())


def _row(world: World, one: Incoming, event: Event, outcome: Outcome, now: datetime) -> Considered:
    """The journal's row for an outcome."""
    arrival = getattr(event, "arrival", None)
    letter: Letter | None = arrival.letter if arrival else None
    screening = getattr(event, "screening", None)
    return Considered(
        at=now,
        key=one.key,
        received_at=one.fetched.received_at,
        uid=one.fetched.uid,
        uidvalidity=world.session.box.uidvalidity,
        message_id=letter.message_id if letter else "",
        text_digest=text_digest(letter) if letter else "",
        event=type(event).__name__,
        reason=screening.reason if screening else "",
        concluded=_concluded(outcome),
        folder=outcome.folder,
        case=outcome.case,
        mails=tuple(mail_of(draft) for draft in outcome.drafts),
        cancel=outcome.cancel,
        dead=outcome.dead,
        why=tuple(str(reason) for reason in outcome.why),
        rules=world.mind.book.hash,
        model=outcome.finding.model if outcome.finding else "",
    )


def _concluded(outcome: Outcome) -> Concluded | None:
    finding, decision = outcome.finding, outcome.decision
    if finding is None or decision is None:
        return None
    return Concluded(
        disposition=decision.disposition,
        route=decision.route,
        writer_gets=decision.writer_gets,
        topics=tuple(topic.topic for topic in finding.topics),
        intent=finding.intent,
        flags=finding.flags,
        confidence=finding.confidence,
    )


def _lost_state(world: World, kept: int) -> BadState:
    return BadState(
        where=str(world.settings.state),
        what=Words(
            f"состояние пусто, но на сервере уже {kept} обработанных писем: похоже, папка состояния потеряна",
            f"the state is empty, yet {kept} handled letters lie on the server: the state folder seems to be lost",
        ),
        mend=Words(
            "Верните её из резервной копии или начните заново: mailbot run --start-anew (старые письма не тронем)",
            "Restore it from a backup, or begin anew: mailbot run --start-anew (old letters are left alone)",
        ),
    )
