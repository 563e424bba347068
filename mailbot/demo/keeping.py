"""Keeps what the demo sent: a folder a letter, with the letter itself and each mail as .eml, .txt and .html."""

from collections.abc import Iterable
from pathlib import Path

from mailbot.demo.samples import text_of
from mailbot.demo.ways import SentMail, Way

NUMBERING = "0123456789-_. "


def keep(ways: Iterable[Way], folder: Path) -> int:
    """Writes everything; how many mails there are."""
    count = 0
    for number, way in enumerate(ways, start=1):
        place = folder / f"{number:02}-{way.sample.name.lstrip(NUMBERING)}"
        place.mkdir(parents=True)
        (place / "letter.eml").write_bytes(way.sample.raw)
        for nth, sent in enumerate(way.sent, start=1):
            _keep(sent, place / f"{nth} {'to writer' if sent.for_writer else 'to staff'}, {sent.mail.kind}")
            count += 1
    return count


def _keep(sent: SentMail, path: Path) -> None:
    """One mail three times; the name has no dot of its own."""
    path.with_suffix(".eml").write_bytes(sent.raw)
    head = f"To: {sent.mail.recipient}\nSubject: {sent.subject}\n\n"
    path.with_suffix(".txt").write_text(head + text_of(sent.parsed), encoding="utf-8")
    path.with_suffix(".html").write_text(text_of(sent.parsed, "html"), encoding="utf-8")
