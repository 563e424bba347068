"""`mailbot demo`: the daemon's own rounds over an embedded mailbox, told to whoever watches.

Letters come in, our mail goes out and is answered, the clock is moved to what waits; then mailbot is started anew with
the same letters in its inbox once more, and nothing may go out twice.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot.daemon.loop import Stop
from mailbot.daemon.opening import opened_world
from mailbot.daemon.rounds import run_round
from mailbot.daemon.taking import begin
from mailbot.daemon.world import World
from mailbot.demo.keeping import keep
from mailbot.demo.page import Page
from mailbot.demo.post_office import PostOffice
from mailbot.demo.progress import watched
from mailbot.demo.samples import Sample, mailbox_of, read_samples, text_of
from mailbot.demo.school import found_school, prepare_out
from mailbot.demo.ways import Way, ways_of
from mailbot.errors import Language, Refusal, Words
from mailbot.replies.words import plural

SLICE_S = 5.0
LONGEST_SKIP = timedelta(hours=1)
MOST_ROUNDS = 20
LETTER = ("письмо", "письма", "писем")


@dataclass(slots=True)
class Clock:
    """The machine's clock, which the demo may move forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC) + self.ahead

    def forward_to(self, moment: datetime) -> None:
        """Moves on to `moment`; never back."""
        self.ahead = max(self.ahead, moment - datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one demo plays."""

    office: PostOffice
    settings: Path
    clock: Clock
    page: Page

    @property
    def state(self) -> Path:
        """The state folder of the demo's mailbot."""
        return self.settings.parent / "state"

    def ways(self, samples: Iterable[Sample]) -> tuple[Way, ...]:
        """What has become of these letters so far."""
        return ways_of(samples, self.state, self.office.sent)


def run_demo(letters: Path | None, out: Path, serve: bool, language: Language) -> None:
    """The whole demo. Raises BadInput for letters or folders that cannot be used, Refusal if a mail went out twice."""
    samples = read_samples(letters)
    prepare_out(out)
    began, page = time.monotonic(), Page(language)
    with PostOffice(mailbox_of(samples)) as office:
        stage = Stage(office, found_school(out / "school", office), Clock(), page)
        _tell_beginning(stage, len(samples))
        with watched(len(samples), page.console, language):
            arrived = first_pass(stage, samples)
        ways = stage.ways(arrived)
        page.heading(Words("Каждое отправленное письмо целиком", "Every mail in full"))
        page.mails(ways)
        page.heading(Words("Путь каждого письма", "The way of each letter"))
        page.ways(ways, office.mailbox)
        kept = keep(ways, out / "mail")
        with watched(len(samples), page.console, language):
            repeated = second_pass(stage, arrived)
        _tell_end(stage, ways, kept, out, time.monotonic() - began)
        _tell_second_pass(stage, len(arrived), repeated)
        if serve:
            serve_on(stage)


def first_pass(stage: Stage, samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """First contact with an empty mailbox, then letters, then answers to our mail; the letters as they arrived."""
    with opened_world(stage.settings, stage.clock, Stop()) as world:
        begin(world, None, False)
        first = tuple(sample for sample in samples if not sample.answers)
        _deliver(stage, first)
        work(world)
        ways = {way.sample.name: way for way in stage.ways(first)}
        second = tuple(answering(sample, ways) for sample in samples if sample.answers)
        _deliver(stage, second)
        work(world)
        stage.clock.forward_to(_waiting_until(world))
        work(world)
        world.casebook.checkpoint(stage.clock())
    return first + second


def second_pass(stage: Stage, samples: Sequence[Sample]) -> int:
    """mailbot started anew, with the same letters in its inbox once more: how many mails that has made it send."""
    before = len(stage.office.sent)
    _deliver(stage, samples)
    with opened_world(stage.settings, stage.clock, Stop()) as world:
        begin(world, None, False)
        work(world)
    return len(stage.office.sent) - before


def work(world: World) -> None:
    """Rounds until nothing is left that can be done now."""
    for _ in range(MOST_ROUNDS):
        run_round(world)
        if not world.casebook.uncertain() and not world.casebook.ready(world.clock()):
            return


def answering(sample: Sample, ways: dict[str, Way]) -> Sample:
    """A letter that answers our mail about another letter: the one its writer got, else the first."""
    way = ways.get(sample.answers)
    sent = way.sent if way else ()
    writer = sample.letter.sender.address if sample.letter else ""
    mine = [one for one in sent if one.mail.recipient == writer] or list(sent)
    if not mine:
        return sample
    return sample.citing(mine[0].mail.message_id, text_of(mine[0].parsed))


def serve_on(stage: Stage) -> None:
    """Goes on as the daemon does until Ctrl-C; each new letter's way is told in a line."""
    stop = Stop()
    stop.listen()
    office, page = stage.office, stage.page
    page.heading(Words("Серверы работают; остановить – Ctrl-C", "The servers are running; Ctrl-C stops them"))
    page.say(
        Words(
            f"Подключите почтовую программу без шифрования: IMAP 127.0.0.1:{office.imap_port}, "
            f"SMTP 127.0.0.1:{office.smtp_port}, пользователь {office.mailbox}, пароль {office.password}.\n"
            f"Напишите на {office.mailbox} с любого обратного адреса: ответ появится в «Отправленных».",
            f"Connect a mail program without encryption: IMAP 127.0.0.1:{office.imap_port}, "
            f"SMTP 127.0.0.1:{office.smtp_port}, user {office.mailbox}, password {office.password}.\n"
            f"Write to {office.mailbox} from any address: the answer appears in «Отправленные».",
        )
    )
    with opened_world(stage.settings, stage.clock, stop) as world:
        while not stop():
            run_round(world)
            world.session.wait(SLICE_S, stop)


def _deliver(stage: Stage, samples: Iterable[Sample]) -> None:
    for sample in samples:
        stage.office.deliver(sample.raw, stage.clock())


def _waiting_until(world: World) -> datetime:
    """When the last mail falls due that waits for no more than LONGEST_SKIP (a colleague's answer is held back)."""
    now = world.clock()
    soon = [owed.next_try_at for owed in world.casebook.ledger.owed.values()]
    return max((moment for moment in soon if moment - now <= LONGEST_SKIP), default=now)


def _tell_beginning(stage: Stage, letters: int) -> None:
    mailbox = stage.office.mailbox
    stage.page.say(
        Words(
            f"Показ: {plural(letters, *LETTER)} в ящик {mailbox}. Серверы встроенные, в сеть ничего не уходит.",
            f"Demo: {letters} letters came to {mailbox}. The servers are embedded, nothing leaves this machine.",
        )
    )
    stage.page.console.print()


def _tell_end(stage: Stage, ways: Sequence[Way], kept: int, out: Path, seconds: float) -> None:
    writers = sum(len(way.to_writer) for way in ways)
    silent = sum(not way.to_writer for way in ways)
    settings = stage.settings
    stage.page.heading(Words("Итог", "In the end"))
    stage.page.say(
        Words(
            f"Писем: {len(ways)}; без ответа автору: {silent}; отправлено: {kept}, из них авторам {writers}, "
            f"сотрудникам {kept - writers}; во входящих осталось: {stage.office.in_inbox()}; {seconds:.1f} с.\n"
            f"Все письма (.eml, .txt, .html): {out / 'mail'}\n"
            f"Обращения: mailbot cases list --all --config {settings}",
            f"Letters: {len(ways)}, of which {silent} got no answer; sent: {kept}, to writers {writers}, "
            f"to staff {kept - writers}; left in the inbox: {stage.office.in_inbox()}; {seconds:.1f} s.\n"
            f"All mail (.eml, .txt, .html): {out / 'mail'}\n"
            f"Cases: mailbot cases list --all --config {settings}",
        )
    )


def _tell_second_pass(stage: Stage, letters: int, repeated: int) -> None:
    """The proof of «nothing twice»; raises Refusal if it fails."""
    if repeated:
        raise Refusal(
            where="mailbot demo",
            what=Words(f"второй проход отправил писем: {repeated}", f"the second pass sent {repeated} mails"),
            mend=Words("Это ошибка программы: сообщите о ней", "This is a bug: please report it"),
        )
    stage.page.say(
        Words(
            f"Второй проход: программа запущена заново, во входящих ещё раз те же {plural(letters, *LETTER)} – "
            "отправлено 0. Дважды не ответили никому.",
            f"Second pass: mailbot was started anew with the same {letters} letters in its inbox once more – "
            "0 sent. Nobody was answered twice.",
        ),
        style="bold",
    )
