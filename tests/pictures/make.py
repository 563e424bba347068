"""Pictures of every kind of mail at 360 and 800 pixels, made by a real browser.

    python -m tests.pictures.make FOLDER [NAME ...]

NAME is a kind of mail, or «busy», «quiet», «week» for the digests. Writes
FOLDER/NAME-WIDTH.png and says which mail needs sideways scrolling; exit 1 if any does.
"""

import html
import re
import subprocess
import sys
import tempfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from mailbot.cases.case import Kind
from mailbot.replies.wording import Wording
from mailbot.rulebook.types import Rulebook
from tests.pictures.digests import NAMES, draft_of
from tests.pictures.samples import KINDS, draft, rulebook

MAILS = (*(kind.value for kind in KINDS), *NAMES)
WIDTHS = (360, 800)
HEIGHT = 1700
BROWSER = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
# A browser window is never narrower than 500 pixels, so the mail stands in a frame of the width in question.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="mail" width="{width}" height="{height}" style="border:0" srcdoc="{mail}"></iframe>
<script>mail.onload = () => document.title = "scrolls " + mail.contentDocument.documentElement.scrollWidth</script>"""


def html_of(name: str, book: Rulebook, wording: Wording) -> str:
    """The HTML part of a typical mail of this name."""
    made = draft_of(name, book, wording) if name in NAMES else draft(Kind(name), book, wording)
    message = message_from_bytes(made.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def picture(mail: str, width: int, target: Path) -> int:
    """Draw a mail into `target`; returns the width its content takes."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(FRAME.format(width=width, height=HEIGHT, mail=html.escape(mail)), "utf-8")
        shown = (f"--user-data-dir={folder}/profile", f"--window-size={max(width, 500)},{HEIGHT}")
        subprocess.run((*BROWSER, *shown, f"--screenshot={target}", page.as_uri()), check=True, capture_output=True)
        told = subprocess.run((*BROWSER, *shown, "--dump-dom", page.as_uri()), check=True, capture_output=True)
    found = re.search(rb"<title>scrolls (\d+)</title>", told.stdout)
    assert found, "the browser did not tell the width"
    return int(found[1])


def main(folder: Path, names: tuple[str, ...]) -> int:
    """Draw these mails; 1 if one of them needs sideways scrolling."""
    folder.mkdir(parents=True, exist_ok=True)
    book = rulebook()
    wording = Wording.of(book)
    wide = 0
    for name in names:
        for width in WIDTHS:
            taken = picture(html_of(name, book, wording), width, folder / f"{name}-{width}.png")
            wide += taken > width
            print(f"{name} at {width} px: takes {taken}")
    return int(wide > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), tuple(sys.argv[2:]) or MAILS))
