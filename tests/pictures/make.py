"""Pictures of every kind of mail at 360 and 800 pixels, made by a real browser.

    python -m tests.pictures.make FOLDER [KIND ...]

Writes FOLDER/KIND-WIDTH.png and says which mail needs sideways scrolling; exit 1 if any does.
"""

import html
import re
import subprocess
import sys
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

from mailbot.cases.case import Kind
from mailbot.replies.wording import Wording
from mailbot.rulebook.types import Rulebook
from tests.pictures.samples import KINDS, draft, rulebook

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


def html_of(kind: Kind, book: Rulebook, wording: Wording) -> str:
    """The HTML part of a typical mail of this kind."""
    message = message_from_bytes(draft(kind, book, wording).raw, policy=policy.default)
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


def main(folder: Path, kinds: tuple[Kind, ...]) -> int:
    """Draw `kinds`; 1 if one of them needs sideways scrolling."""
    folder.mkdir(parents=True, exist_ok=True)
    book = rulebook()
    wording = Wording.of(book)
    wide = 0
    for kind in kinds:
        for width in WIDTHS:
            taken = picture(html_of(kind, book, wording), width, folder / f"{kind.value}-{width}.png")
            wide += taken > width
            print(f"{kind.value} at {width} px: takes {taken}")
    return int(wide > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), tuple(map(Kind, sys.argv[2:])) or KINDS))
