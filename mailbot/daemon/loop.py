"""`run` and `once`: rounds for ever, or until nothing is left. Trouble means a new connection after a growing wait.

`schedule` only ticks: its jobs are wrapped one by one, and their last run is in the journal, so that missed ones are
made up for after a restart (RELIABILITY §1.5).
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import schedule
import structlog

from mailbot.casebook.durable import DiskTrouble
from mailbot.daemon.alarm import Watch
from mailbot.daemon.notify import alive, stops, waits, works
from mailbot.daemon.opening import opened_world
from mailbot.daemon.privacy import EXPIRY_EVERY, remove_old_names
from mailbot.daemon.rounds import run_round
from mailbot.daemon.taking import begin
from mailbot.daemon.telling import tell_what_is_due
from mailbot.daemon.world import World
from mailbot.errors import BadSettings, MailbotError, Setback, Words
from mailbot.settings import load_settings

SLICE_S = 60
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
CHECKPOINT_EVERY_MINUTES = 30
ONCE_PAUSE_S = 0.2
REST_AFTER_FAILURE = timedelta(hours=1)


def utc_now() -> datetime:
    """The clock of the daemon."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Stop:
    """Turns true when a signal asks to end; the round in progress is finished first."""

    asked: bool = False

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.asked

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Signal handler for SIGTERM and SIGINT."""
        self.asked = True

    def listen(self) -> None:
        """Takes over SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.on_signal)
        signal.signal(signal.SIGINT, self.on_signal)


@dataclass(slots=True)
class Jobs:
    """Timed work. Each job is wrapped, so that one that fails neither starves the others nor runs at every tick."""

    world: World
    due: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    resting: dict[str, datetime] = field(default_factory=dict)

    def add(self, name: str, every: timedelta, work: Callable[[World], None]) -> None:
        """Runs `work` every so often, counted from the first contact, and at once if it is overdue at the start."""
        ledger = self.world.casebook.ledger
        last = ledger.last_run.get(name, ledger.started.at if ledger.started else None)
        self.due.every(int(every.total_seconds())).seconds.do(self._run, name, work)
        if last and self.world.clock() - last > every:
            self._run(name, work)

    def ask(self, name: str, work: Callable[[World], None]) -> None:
        """Runs `work` now; it knows itself what is due. One that failed is left alone for an hour."""
        now = self.world.clock()
        if self.resting.get(name, now) <= now and not self._safely(name, work):
            self.resting[name] = now + REST_AFTER_FAILURE

    def _run(self, name: str, work: Callable[[World], None]) -> None:
        self._safely(name, work)
        self.world.casebook.ran(name, self.world.clock())

    def _safely(self, name: str, work: Callable[[World], None]) -> bool:
        """Whether the work got done. A server away or a full disk is the loop's business and goes up."""
        try:
            work(self.world)
        except Setback:
            raise
        except Exception as error:  # named in ARCHITECTURE.md: one timed job; the others still run
            self.world.log.exception("timed job failed", job=name, error=type(error).__name__)
            return False
        return True

    def tick(self) -> None:
        """Runs what is due now."""
        self.due.run_pending()


def run(settings_path: Path, since: datetime | None, start_anew: bool) -> None:
    """Keeps the mailbox until a signal ends it. Raises MailbotError only for what waiting cannot mend."""
    os.umask(0o077)  # whatever we write is about families: nobody else reads it
    stop = Stop()
    stop.listen()
    watch = Watch.over(settings_path, load_settings(settings_path), utc_now)
    wait, log = FIRST_WAIT_S, structlog.stdlib.get_logger("mailbot")
    while not stop():
        begun = time.monotonic()
        try:
            with opened_world(settings_path, utc_now, stop) as world:
                begin(world, since, start_anew)
                since = None
                _keep(world, watch)
        except Setback as error:
            # A server away, a full disk: memory may be ahead of the disk, so everything is opened anew.
            log.warning("cannot work", where=error.where, cause=error.what.en, wait_s=wait)
            waits(f"{error.where}: {error.what.en}")
            watch.failed(error.what, error.mend)
        except MailbotError as error:
            watch.gives_up(error)
            raise
        except Exception as error:  # named in ARCHITECTURE.md: a round; all is opened anew from disk
            log.exception("round failed", error=type(error).__name__, wait_s=wait)
            waits(f"a mistake: {type(error).__name__}")
            watch.failed(Words(f"ошибка программы ({type(error).__name__})", f"a mistake ({type(error).__name__})"))
        # Only what held for a while was a recovery: a full disk opens well each time, and a login a second is abuse.
        wait = FIRST_WAIT_S if time.monotonic() - begun > LONGEST_WAIT_S else wait
        _pause(wait, stop)
        wait = min(wait * 2, LONGEST_WAIT_S)
    stops()


def once(settings_path: Path, since: datetime | None, start_anew: bool) -> None:
    """Rounds until no letter is waiting and no mail can be sent now; uncertain mail is waited for."""
    os.umask(0o077)  # whatever we write is about families: nobody else reads it
    stop = Stop()
    stop.listen()
    with opened_world(settings_path, utc_now, stop) as world:
        begin(world, since, start_anew)
        while not stop():
            run_round(world)
            if not world.casebook.uncertain() and not world.casebook.ready(world.clock()):
                break
            _pause(ONCE_PAUSE_S, stop)
        world.casebook.checkpoint(world.clock())


def _keep(world: World, watch: Watch) -> None:
    """Rounds over one opened world; a broken connection is replaced, trouble with the disk goes up."""
    jobs = Jobs(world)
    jobs.add("checkpoint", timedelta(minutes=CHECKPOINT_EVERY_MINUTES), _checkpoint)
    jobs.add("retention", EXPIRY_EVERY, remove_old_names)
    wait = FIRST_WAIT_S
    while not world.stopped():
        try:
            run_round(world)
            watch.good()
            works(f"last good round {world.clock():%Y-%m-%d %H:%M} UTC, mail owed: {len(world.casebook.ledger.owed)}")
            jobs.tick()
            jobs.ask("digests", tell_what_is_due)
            world.session.wait(_patience(world), world.stopped)
            wait = FIRST_WAIT_S  # not before: a server that offers IDLE and refuses it would hear a login a second
            alive()
        except DiskTrouble:
            raise
        except Setback as error:
            waits(f"{error.where}: {error.what.en}")
            watch.failed(error.what, error.mend)
            world.log.warning("no connection", where=error.where, cause=error.what.en, wait_s=wait)
            world.session.drop()
            _pause(wait, world.stopped)
            wait = min(wait * 2, LONGEST_WAIT_S)
            if not world.stopped():
                _connect(world)
    _checkpoint(world)


def _connect(world: World) -> None:
    """A new session; if there is none to be had, the next round fails at once and waits longer.

    A refused login counts as trouble here: it worked before, and providers refuse for an hour what they accept later.
    """
    try:
        world.session = world.reconnect()
    except (Setback, BadSettings) as error:
        world.log.warning("cannot connect", where=error.where, cause=error.what.en)


def _patience(world: World) -> float:
    """Seconds until something may have to be done: a slice of IDLE, the poll, or the next mail that falls due."""
    slice_s = float(SLICE_S if world.session.is_told_news else world.settings.imap.poll_seconds)
    now = world.clock()
    waiting = [(owed.next_try_at - now).total_seconds() for owed in world.casebook.ledger.owed.values()]
    if world.casebook.uncertain():
        return 1.0
    return max(0.5, min([slice_s, *(seconds for seconds in waiting if seconds > 0)]))


def _checkpoint(world: World) -> None:
    world.casebook.checkpoint(world.clock())


def _pause(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(0.2, left))
