"""A school in memory: letters come in, days pass, mail goes out; the real `sort` and `consider`, no network or disk."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.casebook.ledger import Ledger
from mailbot.casebook.lookup import Lookup, text_digest
from mailbot.casebook.rows import CaseChanged, Considered, MailMoved
from mailbot.cases.case import FOR_WRITERS, Case, Kind
from mailbot.cases.draft import Cleared, MailState, mail_of
from mailbot.cases.events import AnsweredByPerson, Arrival, Lapse
from mailbot.cases.gate import may_send
from mailbot.cases.history import Outcome
from mailbot.cases.sort import sort
from mailbot.consider import WAITS, Mind, consider
from mailbot.letters.read import read_letter
from mailbot.replies.wording import Wording
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook
from mailbot.triage.model import load_brain
from mailbot.triage.screening import screen

ROOT = Path(__file__).parent.parent
MX = "mx.school.example.org"
BOX = "help@school.example.org"
MOTHER = "Рябинина Ольга <mama@mail.example>"
CONSULTANT = "journal@school.example.org"
SUPERVISOR = "zavuch@school.example.org"
DIRECTOR = "director@school.example.org"
DEPUTY = "safety@school.example.org"
OFFICE = "office@school.example.org"
DUTY = "duty@school.example.org"
TEACHER_5B = "class-5b@school.example.org"
MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY_10 = datetime(2026, 11, 16, 10, 0, tzinfo=MOSCOW).astimezone(UTC)
BULLYING = "Моего сына Иванова Петра из 5Б бьют одноклассники, он боится идти в школу и говорит, что не хочет жить."
OUTAGES = (
    "Дневник не открывается, пишет ошибка 502 Bad Gateway.",
    "Сайт дневника не работает: ошибка 503 Service Unavailable.",
    "Не могу открыть электронный журнал, выдаёт «ошибка 502».",
    "Дневник не открывается, пишет ошибка 500.",
    "Страница дневника не открывается, ошибка 504 Gateway Timeout.",
    "Дневник лежит, ошибка 502 у всех родителей класса.",
    "Система не работает, показывает ошибку 502 Bad Gateway.",
)
SECRET = b"the school's secret"
BRAIN = load_brain()


def rules(regulation: str = "osh-dnevnik") -> Rulebook:
    """The shipped rules, with a trusted server that proves senders."""
    book = load_rulebook(ROOT / "rules", ROOT / "templates", regulation)
    return replace(book, screening=replace(book.screening, authserv_ids=(MX,)))


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left the school."""

    kind: Kind
    recipient: str
    message_id: str
    at: datetime
    case: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def flat(self) -> str:
        """The text without its line ends."""
        return " ".join(self.text.split())


class Postbag:
    """Mail that has left a school, and how tests ask for it."""

    def __init__(self) -> None:
        self.out: list[Sent] = []

    def to(self, address: str) -> list[Sent]:
        return [sent for sent in self.out if sent.recipient == address]

    def last(self, kind: Kind, recipient: str = "") -> Sent:
        """The latest mail of a kind."""
        return [one for one in self.out if one.kind is kind and recipient in ("", one.recipient)][-1]

    def kinds(self, recipient: str = "") -> list[Kind]:
        return [sent.kind for sent in self.out if recipient in ("", sent.recipient)]

    def automatic_to(self, address: str) -> list[Sent]:
        """Automatic mail to a writer."""
        return [one for one in self.to(address) if one.kind in FOR_WRITERS and one.kind is not Kind.RELAY]


class School(Postbag):
    """One mailbox and its past. `now` moves with `wait`; `out` holds all mail that has left."""

    def __init__(self, book: Rulebook | None = None, now: datetime = MONDAY_10) -> None:
        self.book = book or rules()
        self.mind = Mind(book=self.book, brain=lambda: BRAIN, wording=Wording.of(self.book), secret=SECRET)
        self.ledger = Ledger()
        super().__init__()
        self.now = now
        self.on_sent: list[Callable[[Sent], None]] = []
        self._bytes: dict[str, bytes] = {}
        self._count = 0

    # --- letters ---------------------------------------------------------------------------------------------------

    def get(self, raw: bytes, received_at: datetime | None = None) -> Outcome:
        """A letter is found now; what follows from it, with the mail that may leave at once sent."""
        letter = read_letter(raw)
        arrival = Arrival(letter=letter, received_at=received_at or self.now, raw=raw)
        event = sort(arrival, screen(letter, self.book), self.book, self.lookup, SECRET)
        outcome = consider(event, self.lookup.history(event, self.now), self.mind, self.now)
        if isinstance(event, AnsweredByPerson):
            self._change(outcome)
            return outcome
        self.ledger.fold(
            Considered(
                at=self.now,
                key=letter.key,
                received_at=self.now,
                uid=1,
                uidvalidity=1,
                message_id=letter.message_id,
                text_digest=text_digest(letter),
                event=type(event).__name__,
                reason="",
                concluded=None,
                folder=outcome.folder,
                case=outcome.case,
                mails=tuple(mail_of(draft) for draft in outcome.drafts),
                cancel=outcome.cancel,
                dead=outcome.dead,
                why=(),
                rules="",
                model="",
            )
        )
        self._bytes |= {draft.id: draft.raw for draft in outcome.drafts}
        self._pay()
        return outcome

    def write(self, body: str, sender: str = MOTHER, **more: str | Sent | None) -> Outcome:
        """A letter as people write it; see `letter`."""
        return self.get(self.letter(body, sender, **more))

    def letter(self, body: str, sender: str = MOTHER, **more: str | Sent | None) -> bytes:
        """The bytes; see `written`."""
        self._count += 1
        return written(body, sender, self.now, self._count, **more)

    # --- time ------------------------------------------------------------------------------------------------------

    def wait(self, **time: float) -> list[Sent]:
        """Lets time pass (timedelta's words); deadlines fall due on the way. The mail that left meanwhile."""
        return self.wait_until(self.now + timedelta(**time))

    def wait_until(self, moment: datetime) -> list[Sent]:
        before = len(self.out)
        while True:
            at = min((at for at in self._moments() if at <= moment), default=None)
            if at is None:
                break
            self.now = max(self.now, at)
            self._lapse()
            self._pay()
        self.now = moment
        return self.out[before:]

    def _moments(self) -> list[datetime]:
        """When something happens by itself."""
        dues = [due.at for case in self.ledger.cases.values() for due in case.dues]
        return [*dues, *(owed.next_try_at for owed in self.ledger.owed.values() if owed.state is MailState.READY)]

    def _lapse(self) -> None:
        passed = [(due, case) for case in self.ledger.cases.values() for due in case.dues if due.at <= self.now]
        for due, case in sorted(passed, key=lambda pair: (pair[0], pair[1].number)):
            event = Lapse(case=self.ledger.cases[case.number], due=due)
            self._change(consider(event, self.lookup.history(event, self.now), self.mind, self.now))

    def _change(self, outcome: Outcome) -> None:
        if outcome.case is None:
            return
        mails = tuple(mail_of(draft) for draft in outcome.drafts)
        self.ledger.fold(CaseChanged(at=self.now, case=outcome.case, mails=mails, cancel=outcome.cancel, why=()))
        self._bytes |= {draft.id: draft.raw for draft in outcome.drafts}
        self._pay()

    def _pay(self) -> None:
        ready = [owed for owed in self.ledger.owed.values() if owed.state is MailState.READY]
        for owed in ready:
            if owed.next_try_at > self.now:
                continue
            mail = owed.mail
            tally = self.ledger.tally(mail.recipient, mail.case, mail.subject_key, self.now, before=mail.id)
            answer = may_send(mail, tally, self.book, self.now)
            if not isinstance(answer, Cleared):
                state = MailState.READY if answer.reason in WAITS else MailState.HELD
                again = self.now + timedelta(minutes=30)
                self.ledger.fold(
                    MailMoved(at=self.now, id=mail.id, state=state, answer=answer.reason, next_try_at=again)
                )
                continue
            for state in (MailState.SENDING, MailState.SENT, MailState.DONE):
                self.ledger.fold(MailMoved(at=self.now, id=mail.id, state=state, answer=""))
            sent = Sent(mail.kind, mail.recipient, mail.message_id, self.now, mail.case, self._bytes[mail.id])
            self.out.append(sent)
            for hook in self.on_sent:
                hook(sent)

    # --- looking ---------------------------------------------------------------------------------------------------

    @property
    def lookup(self) -> Lookup:
        return Lookup(self.ledger, self.book)

    def case(self, number: str = "") -> Case:
        """A case by number, else the only or latest one."""
        return self.ledger.cases[number or max(self.ledger.cases)]


def written(body: str, sender: str, now: datetime, number: int, **more: str | Sent | None) -> bytes:
    """A letter as it lies in the mailbox; `answers`: our mail it replies to, `proof`: what the school's server says."""
    address = sender.rpartition("<")[2].rstrip(">")
    answers = more.get("answers")
    subject = str(more.get("subject", f"Re: {answers.subject}" if isinstance(answers, Sent) else "вопрос"))
    proof = more.get("proof", "pass")
    lines = [
        f"Authentication-Results: {MX}; dmarc={proof} header.from={address.partition('@')[2]}" if proof else "",
        f"Received: from out.{address.partition('@')[2]} by {MX}; {now:%a, %d %b %Y %H:%M:%S +0000}",
        f"From: {_encoded(sender)}",
        f"To: {more.get('to', BOX)}",
        f"Cc: {more['cc']}" if more.get("cc") else "",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}",
        f"Message-ID: {more.get('message_id', f'<letter-{number}@mail.example>')}",
        f"In-Reply-To: {answers.message_id}" if isinstance(answers, Sent) else "",
        f"References: {answers.message_id}" if isinstance(answers, Sent) else "",
        str(more.get("headers", "")),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    head = "\r\n".join(line for line in lines if line)
    return f"{head}\r\n\r\n{body}\r\n".encode()


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """A moment in the school's zone (Moscow), as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


def above_marker(words: str, mail: Sent) -> str:
    """A reply as mail programs make it: the words, then our mail quoted."""
    quoted = "\n".join(f"> {line}" for line in mail.text.split("\n"))
    return f"{words}\n\n16.11.2026, 10:30, Школа № 12 <{BOX}>:\n{quoted}"


def bounce(mail: Sent, status: str = "5.1.1", action: str = "failed", original: str = "") -> bytes:
    """The delivery report a server makes for one of our letters."""
    return (
        "Return-Path: <>\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.school.example.org>\r\n"
        f"To: {BOX}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce-of-{mail.message_id.strip('<>').replace('@', '.')}-{status}@mx.school.example.org>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {original or mail.message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def _encoded(sender: str) -> str:
    name, _, address = sender.rpartition(" <")
    return f"{Header(name, 'utf-8').encode()} <{address}" if name else sender
