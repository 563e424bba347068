"""`mailbot publish`: the schedule of help for the stand and the site, from the rules that answers quote."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailbot.desk.answers import REGULATIONS
from mailbot.desk.publish import page_of, publish
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Rulebook

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
VOID = {"meta", "br", "link"}


def book(regulation: str = "kansk-eljur") -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "templates", regulation)


def text_of(page: str) -> str:
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(bare.replace("&#34;", '"').replace("&amp;", "&").split())


class Nesting(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("page", ["stand.html", "site.html"])
def test_the_schedule_and_the_contacts_of_the_school_are_there(page: str, regulation: str) -> None:
    said = text_of(page_of(page, book(regulation), NOW))

    assert "по будням 15:00–17:00" in said
    assert "по субботам 10:00–12:00" in said
    for known in (
        "help@school.example.org",
        "8 (000) 000-00-00",
        "кабинет информатики",
        book(regulation).regulation.system,
    ):
        assert " ".join(known.split()) in said


def test_the_vendors_contacts_stand_with_hours_in_both_zones() -> None:
    tyukalinsk = book("tyukalinsk-dnevnik")
    omsk = replace(tyukalinsk, school=replace(tyukalinsk.school, zone="Asia/Omsk"))

    said = text_of(page_of("stand.html", omsk, NOW))

    assert "team@company.dnevnik.ru" in said
    assert "по времени школы (9:00–21:00 по Москве)" in said
    assert "самостоятельно" in said


def test_a_document_that_names_no_contacts_of_the_vendor_gets_none_invented() -> None:
    assert "самостоятельно" not in text_of(page_of("stand.html", book("osh-dnevnik"), NOW))


def test_the_page_for_the_stand_cites_the_duty_to_publish_and_its_day() -> None:
    said = text_of(page_of("stand.html", book("kansk-eljur"), NOW))

    assert "п. 2: «График оказания помощи" in said
    assert "должен быть размещен на информационном стенде" in said
    assert "Составлено 24 ноября 2026 года." in said


def test_the_page_for_the_stand_is_one_a4_sheet_in_black_on_white() -> None:
    page = page_of("stand.html", book(), NOW)

    assert "@page { size: A4;" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|@import|url\()", page)


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_the_page_for_the_stand_fits_on_one_sheet(regulation: str, tmp_path: Path) -> None:
    written = publish(book(regulation), tmp_path, NOW)

    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "grafik-stend.pdf").read_bytes())) == 1
    assert len(written) == 3


def test_the_fragment_for_the_site_is_accessible_and_brings_no_style_of_its_own() -> None:
    page = page_of("site.html", book(), NOW)

    assert page.startswith('<section lang="ru" aria-label="График оказания помощи">')
    assert '<th scope="col">Когда</th>' in page
    assert '<th scope="row">' in page
    assert "<caption>" in page
    assert "style" not in page
    assert "<h1" not in page  # the site's own page has one
    assert "<html" not in page


@pytest.mark.parametrize("page", ["stand.html", "site.html"])
def test_the_html_is_well_nested(page: str) -> None:
    nesting = Nesting()
    nesting.feed(page_of(page, book("tyukalinsk-dnevnik"), NOW))

    assert nesting.open == []


def test_what_the_school_wrote_cannot_break_the_page() -> None:
    plain = book()
    odd = replace(plain, school=replace(plain.school, name='Школа <script>alert(1)</script> & "Ко"'))

    page = page_of("site.html", odd, NOW)

    assert "<script>" not in page
    assert "Школа &lt;script&gt;" in page


def test_the_command_writes_both_pages(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "publish", "--rules", str(ROOT / "rules"), "--out", str(tmp_path)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert {"grafik-stend.html", "grafik-sait.html"} <= {path.name for path in tmp_path.iterdir()}
    assert "grafik-stend.html" in done.stdout
