"""A mailbot under load that is killed at random moments, started again, and at last left to finish its work.

Letters come before and during each of its lives; then SIGKILL, now and then to its reading child first. What left it
and where the letters lie is then compared with what each letter must cause.
"""

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.ground import family, unlimited
from mailbot.demo.smtp_sink import Accepted, Sink
from tests.conftest import MailUser
from tests.school import School, found_school, letter
from tests.servers.dovecot import Dovecot
from tests.servers.sent_copies import SentCopies, in_turn
from tests.soak.nursing import Nursery, nursery
from tests.soak.tally import Tally, tally

KILLS_A_SCHOOL = 50
COPIES = ("sent", "none", "bcc")
COPY_WAIT_S = 2
EARLY, READING, READER = 0.2, 0.2, 0.1
"""The shares of lives killed during their start, and while they read; the others are killed while they send.
READER: the share of those not killed early whose reading child is killed first."""
LONGEST_START_S, LONGEST_WORK_S = 0.6, 0.8
MOST_LETTERS = 5
SLOWEST_ANSWER_S = 0.06
"""The submission server takes its time before 250, as real ones do: most of what is uncertain arises there."""
DRAIN_S = 120.0
MISTAKES = ("Traceback", "round failed", "letter failed", "timed job failed")
ATTENTION = "Требует внимания"
FOLDERS = ("Отвечено", "Передано", "Без ответа", ATTENTION)
SAID = (
    ("У Ивановой Марии, 5Б, пропала пятёрка по математике за 12 ноября. Проверьте, пожалуйста.", 1),
    ("Подскажите, пожалуйста, как восстановить пароль от электронного дневника?", 0),
    ("У ребёнка неправильная оценка, исправьте, пожалуйста.", 0),
    ("Учитель кричит на детей, хочу пожаловаться на учителя физики в 7А.", 1),
    ("Сын говорит, что его бьют в школе одноклассники.", 1),
)
"""What letters say, and how many mails to staff each must cause beside the one to its writer."""


@dataclass(slots=True)
class Victim:
    """One school, its mailbot, and everything that was done to it."""

    chance: random.Random
    school: School
    dovecot: Dovecot
    sink: Sink
    nursery: Nursery
    copy: str
    to_staff: list[int] = field(default_factory=list)
    kills: int = 0
    reader_kills: int = 0
    outcome: Tally = field(default_factory=Tally)

    def die(self) -> None:
        """One life, and its end at a random moment of its start or of its work."""
        self._post()
        pid = self.nursery.start()
        turn = self.chance.random()
        if turn < EARLY:
            time.sleep(self.chance.uniform(0, LONGEST_START_S))
        else:
            self.nursery.until_works()
            self._post()
            if turn > EARLY + READING:
                self.nursery.until_pays()
            time.sleep(self.chance.uniform(0, LONGEST_WORK_S))
            if self.chance.random() < READER:
                self._kill_reader(pid)
        os.kill(pid, signal.SIGKILL)
        self.nursery.until_gone()
        self.kills += 1

    def finish(self) -> None:
        """A last life, without a kill, until nothing is left to do; then the end that systemd would bring."""
        pid = self.nursery.start()
        self.nursery.until_works()
        until = time.monotonic() + DRAIN_S
        while not self._quiet():
            assert time.monotonic() < until, "mailbot did not finish its work"
        os.kill(pid, signal.SIGTERM)
        self.nursery.until_gone()

    def judge(self) -> None:
        """What has come of all the letters."""
        filed = {name: self._letters(name) for name in FOLDERS}
        whole = [raw for letters in filed.values() for raw in letters]
        copies = self.copy != "none"
        self.outcome = tally(self.to_staff, self.sink.accepted, whole, filed[ATTENTION], copies=copies)

    def _post(self) -> None:
        """A few letters of new writers arrive."""
        with self.dovecot.client(self.school.user.address) as client:
            for _ in range(self.chance.randint(0, MOST_LETTERS)):
                words, to_staff = self.chance.choice(SAID)
                self.to_staff.append(to_staff)
                n = len(self.to_staff)
                sender, to = f"<parent{n}@mail{n}.example>", self.school.user.address
                raw = letter(f"Здравствуйте! {words}", to=to, sender=sender, subject=f"вопрос {n}", n=n)
                client.append("INBOX", raw)

    def _kill_reader(self, pid: int) -> None:
        """The system ran short of memory; the daemon lives on for a moment."""
        for child in family(pid)[1:]:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            self.reader_kills += 1
        time.sleep(self.chance.uniform(0, LONGEST_WORK_S))

    def _quiet(self) -> bool:
        """Whether the inbox is empty and no mail has left for longer than an uncertain one waits."""
        before = len(self.sink.accepted)
        time.sleep(COPY_WAIT_S + 1.5)
        return before == len(self.sink.accepted) and not self._letters("INBOX")

    def _letters(self, folder: str) -> list[bytes]:
        address = self.school.user.address
        with self.dovecot.client(address) as client:
            there = client.folder_exists(folder)
        return self.dovecot.folder_letters(address, folder) if there else []


@dataclass(frozen=True, slots=True)
class Killed:
    """What a number of kills has shown."""

    kills: int
    reader_kills: int
    tally: Tally
    seconds: float
    mistakes: tuple[str, ...]  # lines of the logs that tell of mailbot's own


def kill(chance: random.Random, kills: int, folder: Path, dovecot: Dovecot) -> Killed:
    """So many kills, in schools of at most KILLS_A_SCHOOL, each with the next way to keep copies of sent mail."""
    began = time.monotonic()
    victims: list[Victim] = []
    mistakes: list[str] = []
    while left := kills - sum(victim.kills for victim in victims):
        place, copy = folder / f"school{len(victims)}", COPIES[len(victims) % len(COPIES)]
        victims.append(_school_killed(chance, min(KILLS_A_SCHOOL, left), place, dovecot, copy))
        log = (place / "log").read_text(encoding="utf-8").splitlines()
        mistakes += [line for line in log if any(words in line for words in MISTAKES)]
    return Killed(
        kills=kills,
        reader_kills=sum(victim.reader_kills for victim in victims),
        tally=sum((victim.outcome for victim in victims), Tally()),
        seconds=round(time.monotonic() - began, 1),
        mistakes=tuple(mistakes),
    )


def _school_killed(chance: random.Random, kills: int, folder: Path, dovecot: Dovecot, copy: str) -> Victim:
    user = MailUser.on(dovecot)
    pace = random.Random(chance.random())  # of its own: the sink's threads ask it whenever mail comes

    def hesitate(_: Accepted) -> None:
        time.sleep(pace.uniform(0, SLOWEST_ANSWER_S / 2))

    def deliver_copy(one: Accepted) -> None:
        if user.address in one.rcpts:
            user.account.append("INBOX", one.raw)

    with (
        SentCopies(user.account, after_s=0 if copy == "sent" else None) as copies,
        Sink(
            user=user.address,
            password=user.password,
            on_accept=in_turn(hesitate, deliver_copy if copy == "bcc" else copies, hesitate),
        ) as sink,
    ):
        school = found_school(folder, user, sink, copy=copy, copy_wait_s=COPY_WAIT_S, poll_s=1)
        unlimited(school)
        with nursery(school, folder / "log") as births:
            victim = Victim(chance, school, dovecot, sink, births, copy)
            for _ in range(kills):
                victim.die()
            victim.finish()
            victim.judge()
        return victim
