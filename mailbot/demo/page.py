"""What the demo prints: the table of ways, every mail in full, the closing figures."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailbot import words
from mailbot.demo.samples import text_of
from mailbot.demo.ways import SentMail, Way
from mailbot.errors import Language, Words
from mailbot.rulebook.ids import Disposition
from mailbot.settings import FolderNames

WIDE = 116
HEADINGS = (
    Words("от кого", "from"),
    Words("тема письма", "subject"),
    Words("понято как", "understood as"),
    Words("решение", "decision"),
    Words("кому", "to whom"),
    Words("что получил автор", "the writer got"),
    Words("куда положено", "filed in"),
)


class Page:
    """One demo's output in one language; a wide terminal gets a table of seven columns, a narrow one of three."""

    def __init__(self, language: Language) -> None:
        self.console = Console(highlight=False)
        self._language = language

    def say(self, words: Words, style: str = "") -> None:
        """One sentence."""
        self.console.print(Text(words.said_in(self._language), style=style))

    def heading(self, words: Words) -> None:
        """A heading between two parts."""
        self.console.print()
        self.console.print(Text(words.said_in(self._language), style="bold"))

    def ways(self, ways: Sequence[Way], mailbox: str) -> None:
        """Each letter's way, a row each."""
        rows = [self._cells(way, mailbox) for way in ways]
        self.console.print(self._wide(rows) if self.console.width >= WIDE else self._narrow(rows))

    def mails(self, ways: Iterable[Way]) -> None:
        """Every mail in full, under the letter it belongs to."""
        for number, way in enumerate(ways, start=1):
            for sent in way.sent:
                self._mail(number, way, sent)

    def one_line(self, way: Way, mailbox: str) -> None:
        """A letter's way in a line, for letters that come in one by one."""
        self.console.print(Text(" · ".join(cell.replace("\n", ", ") for cell in self._cells(way, mailbox))))

    # --- the table ---------------------------------------------------------------------------------------------------

    def _wide(self, rows: Iterable[Sequence[str]]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("№", justify="right", style="dim")
        for heading in HEADINGS:
            table.add_column(heading.said_in(self._language), overflow="fold")
        for number, cells in enumerate(rows, start=1):
            table.add_row(str(number), *(Text(cell) for cell in cells))
        return table

    def _narrow(self, rows: Iterable[Sequence[str]]) -> Table:
        """Related columns share a cell, one under the other."""
        sender, subject, understood, decision, whom, got, folder = (h.said_in(self._language) for h in HEADINGS)
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("№", justify="right", style="dim")
        for heading in (f"{sender}\n{subject}", f"{understood}\n→ {decision}", f"{got}\n→ {whom}\n[{folder}]"):
            table.add_column(Text(heading), overflow="fold", ratio=1)
        for number, (who, what, meant, done, to, gets, lies) in enumerate(rows, start=1):
            staff = "" if to == words.NOBODY.ru else f"→ {to}\n"
            last = f"{gets}\n{staff}[{lies}]"
            table.add_row(str(number), Text(f"{who}\n{what}"), Text(f"{meant}\n→ {done}"), Text(last))
        return table

    def _cells(self, way: Way, mailbox: str) -> tuple[str, ...]:
        """The seven cells of a letter."""
        letter, row = way.sample.letter, way.row
        sender = (letter.sender.name or letter.sender.address) if letter else way.sample.name
        subject = letter.subject if letter and letter.subject else self._said(words.NO_SUBJECT)
        folder: str = getattr(FolderNames(), row.folder) if row else "INBOX"
        return (sender, subject, self._understood(way), self._decision(way), *self._mail_cells(way, mailbox), folder)

    def _understood(self, way: Way) -> str:
        """Topics, intent and flags; for what no person wrote to us, what it is."""
        row = way.row
        if row is None:
            return way.trouble or "?"
        if row.event in words.EVENT or row.concluded is None:
            return self._said(words.EVENT.get(row.event, words.NOBODY))
        found = row.concluded
        topics = " + ".join(self._said(words.TOPIC[topic]) for topic in found.topics)
        flags = "".join(f", {self._said(words.FLAG[flag])}" for flag in found.flags)
        return f"{topics}: {self._said(words.INTENT[found.intent])}{flags}"

    def _decision(self, way: Way) -> str:
        if way.row and way.row.event == "Machine":
            return self._said(words.DISPOSITION[Disposition.IGNORE])
        concluded = way.row.concluded if way.row else None
        return self._said(words.DISPOSITION[concluded.disposition] if concluded else words.NOBODY)

    def _mail_cells(self, way: Way, mailbox: str) -> tuple[str, str]:
        """Which staff got mail, and what the writer got."""
        domain = "@" + mailbox.partition("@")[2]
        staff = dict.fromkeys(sent.mail.recipient.removesuffix(domain) for sent in way.to_staff)
        got = [self._kind(sent) for sent in way.to_writer]
        return ", ".join(staff) or self._said(words.NOBODY), ", ".join(got) or self._said(words.NOTHING)

    # --- mail in full ------------------------------------------------------------------------------------------------

    def _mail(self, number: int, way: Way, sent: SentMail) -> None:
        whose = Words("автору", "to the writer") if sent.for_writer else Words("сотруднику", "to staff")
        self.console.print()
        self.console.print(Rule(Text(f"№ {number} → {self._said(whose)}: {self._kind(sent)}"), align="left"))
        head = f"{self._said(Words('Кому', 'To'))}: {sent.mail.recipient}\n"
        head += f"{self._said(Words('Тема', 'Subject'))}: {sent.subject}"
        self.console.print(Text(head, style="dim"))
        self.console.print()
        self.console.print(Text(text_of(sent.parsed).strip()), soft_wrap=True)

    def _kind(self, sent: SentMail) -> str:
        kind = sent.mail.kind
        return self._said(words.KIND.get(kind, Words(kind, kind)))

    def _said(self, words: Words) -> str:
        return words.said_in(self._language)
