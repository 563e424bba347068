"""A school between two lines that can be spoilt, its mailbot as a hurried daemon, and what holds after any fault."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from mailbot.casebook.casebook import load_ledger
from mailbot.casebook.ledger import Ledger
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.faults.hurried import DEADLINE_S
from tests.school import LONG_AGO, ROOT, School, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import SentCopies
from tests.servers.toxi import ImapToxi, Toxi

QUESTION = "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?"
RECOVERED_WITHIN_S = 2 * DEADLINE_S
HOLD_S = 4.0
REAL_LONGEST_WAIT_S = 300.0
TRIES = ("cannot work", "no connection", "cannot connect", "round failed")
FOLDERS = ("INBOX", "Отвечено", "Передано", "Без ответа", "Требует внимания", "Архив")


@dataclass(slots=True)
class Scene:
    """Letters go straight to the server; mailbot reaches it, and the sending server, by way of a proxy each."""

    school: School
    dovecot: Dovecot
    user: MailUser
    sink: Sink
    imap: ImapToxi
    smtp: Toxi
    clock: Path
    log: Path
    writers: list[str] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    daemon: subprocess.Popen[bytes] | None = None
    on_heal: list[Callable[[], None]] = field(default_factory=list)

    # --- what is done ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts the daemon and waits for its first good round."""
        health = self.school.state / "health.json"
        health.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.daemon = subprocess.Popen(self.command("run"), stdout=subprocess.DEVNULL, stderr=log, cwd=ROOT)
        wait_until(health.exists, 60, "the daemon did not get ready")

    def command(self, *words: str) -> list[str]:
        """A hurried mailbot over this school."""
        hurried = [sys.executable, "-m", "tests.faults.hurried", str(self.clock), "--", *words]
        return [*hurried, "--since", LONG_AGO, "--config", str(self.school.config)]

    def deliver(self, count: int, folder: str = "INBOX") -> None:
        """So many letters of writers who have not written before."""
        for _ in range(count):
            n = len(self.writers) + 1
            writer = f"parent{n}@mail{n}.example"
            raw = letter(QUESTION, to=self.user.address, sender=f"<{writer}>", subject=f"вопрос {n}", n=n)
            self.dovecot.deliver(self.user.address, raw, folder)
            self.writers.append(writer)

    def set_clock(self, wrong_by_s: float) -> None:
        """From now on the machine's clock is wrong by this much."""
        beside = self.clock.with_suffix(".new")
        beside.write_text(str(wrong_by_s))
        beside.replace(self.clock)

    def stop(self) -> int:
        """Ends the daemon as systemd would; its exit code."""
        assert self.daemon is not None
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(timeout=30)

    def end(self) -> None:
        """Whatever has happened, nothing keeps running."""
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        for heal in self.on_heal:
            heal()

    # --- what has come of it -----------------------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        return load_ledger(self.school.state, datetime.now(UTC))

    def answered(self) -> Counter[str]:
        """How often each writer was written to."""
        known = set(self.writers)
        return Counter(rcpt for one in self.sink.accepted for rcpt in one.rcpts if rcpt in known)

    def with_a_person(self) -> set[str]:
        """Writers whose answer was refused for good, or whose letter was set aside: a person is told."""
        return {mail.mail.recipient for mail in self.ledger.troubled.values()} & set(self.writers)

    def unserved(self) -> set[str]:
        """Writers who have neither an answer nor a person who knows."""
        return set(self.writers) - self.answered().keys() - self.with_a_person() - self.removed

    def doubled(self) -> int:
        """How many mails left us more than once, counted by Message-ID."""
        ids = Counter(str(message_from_bytes(one.raw)["Message-ID"]) for one in self.sink.accepted)
        return sum(count - 1 for count in ids.values())

    def letters_on_server(self) -> Counter[str]:
        """The writers of all letters in all folders that letters may lie in."""
        with self.dovecot.client(self.user.address) as client:
            there = [name for _, _, name in client.list_folders()]
        raws = [
            raw for name in FOLDERS if name in there for raw in self.dovecot.folder_letters(self.user.address, name)
        ]
        return Counter(str(message_from_bytes(raw)["From"]).strip("<>") for raw in raws)

    def inbox(self) -> int:
        """How many letters lie in it; asked as a number, for mailbot moves them while we look."""
        with self.dovecot.client(self.user.address) as client:
            return int(client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"])

    def cpu_s(self) -> float:
        """CPU seconds of the daemon and of children it has waited for (proc(5), fields 14–17)."""
        assert self.daemon is not None
        stat = Path(f"/proc/{self.daemon.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(ticks) for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")

    def tries(self) -> int:
        """How often the daemon has said that it cannot work, and waits."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return sum(text.count(words) for words in TRIES)


def nothing(scene: Scene) -> None:
    """A fault that needs no healing, or no preparation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row of the matrix.

    prepare: before the daemon starts. strike: while it waits in IDLE with one letter served. heal: ends what `strike`
    began. lasting: the fault is held for HOLD_S, and what waiting costs is measured. after: how many letters come
    after the strike. repeats: how many mails may leave twice under one Message-ID. stays: letters remain in INBOX.
    """

    name: str
    strike: Callable[[Scene], None] = nothing
    prepare: Callable[[Scene], None] = nothing
    heal: Callable[[Scene], None] = nothing
    lasting: bool = False
    after: int = 3
    repeats: int = 0
    stays: bool = False
    copy: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one row measured."""

    side: str
    name: str
    letters: int
    answered: int
    with_a_person: int
    lost: int
    doubled: int
    recovered_s: float
    cpu_waiting: float | None
    limit_s: float = RECOVERED_WITHIN_S


@contextmanager
def staged(
    folder: Path, dovecot: Dovecot, user: MailUser, sink: Sink, *, copy: str = "none", copy_wait_s: int = 2
) -> Iterator[Scene]:
    """A school whose mailbot reaches both servers through proxies."""
    with ImapToxi(dovecot.port) as imap, Toxi(sink.port) as smtp:
        school = found_school(folder, user, sink, copy=copy, imap_port=imap.port, copy_wait_s=copy_wait_s, poll_s=1)
        edit(school.config, f"port: {sink.port}", f"port: {smtp.port}")
        scene = Scene(school, dovecot, user, sink, imap, smtp, folder / "clock", folder / "log")
        try:
            yield scene
        finally:
            scene.end()


def endure(side: str, fault: Fault, folder: Path, dovecot: Dovecot, user: MailUser) -> None:
    """Does what the row says to a running mailbot, then insists that nothing was lost and nothing doubled."""
    with (
        SentCopies(user.account, after_s=0 if fault.copy == "sent" else None) as copies,
        Sink(user=user.address, password=user.password, on_accept=copies) as sink,
        staged(folder, dovecot, user, sink, copy=fault.copy) as scene,
    ):
        fault.prepare(scene)
        scene.start()
        scene.deliver(1)
        wait_until(lambda: _served(scene, fault), 30, "the first letter was not served", scene.log)
        fault.strike(scene)
        scene.deliver(fault.after)
        cpu = _cost_of_waiting(scene) if fault.lasting else None
        fault.heal(scene)
        recovered_s = wait_until(lambda: _served(scene, fault), RECOVERED_WITHIN_S, "not served in time", scene.log)
        scene.stop()
        assert not scene.imap.on_command, "the fault never came about"
        result = _result(side, fault, scene, recovered_s, cpu)
        record(result)
        _insist(scene, fault, result)


def _served(scene: Scene, fault: Fault) -> bool:
    return not scene.unserved() and (fault.stays or scene.inbox() == 0)


def _result(side: str, fault: Fault, scene: Scene, recovered_s: float, cpu: float | None) -> Result:
    there = scene.letters_on_server()
    gone = set(scene.writers) - there.keys() - scene.removed
    return Result(
        side=side,
        name=fault.name,
        letters=len(scene.writers),
        answered=len(scene.answered()),
        with_a_person=len(scene.with_a_person()),
        lost=len(scene.unserved() | gone),
        doubled=scene.doubled(),
        recovered_s=round(recovered_s, 2),
        cpu_waiting=cpu,
    )


def _insist(scene: Scene, fault: Fault, result: Result) -> None:
    log = scene.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    assert result.lost == 0, log
    assert result.doubled <= fault.repeats, log
    assert "Traceback" not in log, log
    assert result.cpu_waiting is None or result.cpu_waiting < 0.01, log


def _cost_of_waiting(scene: Scene) -> float:
    """The share of a core that waiting costs: of each try, where there are any (300 s apart in the end), else as is."""
    cpu_before, tries_before, began = scene.cpu_s(), scene.tries(), time.monotonic()
    time.sleep(HOLD_S)
    used, tries, held = scene.cpu_s() - cpu_before, scene.tries() - tries_before, time.monotonic() - began
    return round(used / tries / REAL_LONGEST_WAIT_S if tries else used / held, 5)


def record(result: Result) -> None:
    """One line of JSON, if the run is one whose figures are kept (`make soak`)."""
    if place := os.environ.get("MAILBOT_FAULTS"):
        with Path(place).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def edit(path: Path, old: str, new: str) -> None:
    """Changes one place of a text file that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def wait_until(happened: Callable[[], bool], limit_s: float, otherwise: str, log: Path | None = None) -> float:
    """How long it took; fails with the words and the end of the log if it did not happen in time."""
    began = time.monotonic()
    while not happened():
        tail = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log else ""
        assert time.monotonic() - began < limit_s, f"{otherwise}\n{tail}"
        time.sleep(0.05)
    return time.monotonic() - began
