"""Every kind of mail in a real browser, on a telephone's width: nothing scrolls sideways, every word can be read.

One browser draws all of them at once; what it measured is asserted mail by mail.
"""

import html
import json
import re
import subprocess
from pathlib import Path
from typing import TypedDict

import pytest

from mailbot.replies.wording import Wording
from tests.pictures.make import BROWSER, MAILS, html_of
from tests.pictures.samples import rulebook

pytestmark = pytest.mark.slow

PHONE_PX = 360
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
MEASURE = Path(__file__).parent / "pictures" / "measure.js"


class Measured(TypedDict):
    """What the browser tells of one mail: the width it takes, its texts with the contrast of each, words torn apart."""

    width: int
    texts: list[tuple[str, float]]
    torn: list[str]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    book = rulebook()
    wording = Wording.of(book)
    mails = {name: html.escape(html_of(name, book, wording)) for name in MAILS}
    frames = "".join(
        f'<iframe id="{name}" width="{PHONE_PX}" height="400" style="border:0" srcdoc="{mail}"></iframe>'
        for name, mail in mails.items()
    )
    folder = tmp_path_factory.mktemp("pictures")
    page = folder / "page.html"
    script = MEASURE.read_text(encoding="utf-8")
    page.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body>{frames}<pre id="told"></pre><script>{script}</script>'
    )
    shown = subprocess.run(
        (*BROWSER, f"--user-data-dir={folder}/profile", "--window-size=800,2000", "--dump-dom", page.as_uri()),
        check=True,
        capture_output=True,
        timeout=60,
    )
    told = re.search(r'<pre id="told">(.*?)</pre>', shown.stdout.decode(), re.DOTALL)
    assert told, "the browser told nothing"
    assert told[1], "the browser measured nothing"
    found: dict[str, Measured] = json.loads(html.unescape(told[1]))
    return found


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_fits_a_telephone_without_sideways_scrolling(mail: str, measured: dict[str, Measured]) -> None:
    assert measured[mail]["width"] <= PHONE_PX


@pytest.mark.parametrize("mail", MAILS)
def test_no_word_is_torn_apart_on_a_telephone(mail: str, measured: dict[str, Measured]) -> None:
    assert measured[mail]["torn"] == []


@pytest.mark.parametrize("mail", MAILS)
def test_every_word_of_a_mail_stands_out_from_what_is_behind_it(mail: str, measured: dict[str, Measured]) -> None:
    faint = [(text, contrast) for text, contrast in measured[mail]["texts"] if contrast < LEAST_CONTRAST]

    assert len(measured[mail]["texts"]) > 3
    assert faint == []
