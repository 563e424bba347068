"""`publish`: the schedule of help and the contacts, for the stand (one A4 page) and for the site (a fragment).

Both are made of the same rules that answers quote. A PDF is made where a Chromium is installed.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.cases.case import Kind
from mailbot.cases.draft import Writing
from mailbot.replies.context import facts_of
from mailbot.replies.facts import Stated
from mailbot.replies.matter import Matter
from mailbot.replies.words import day
from mailbot.rulebook.ids import Audience
from mailbot.rulebook.types import Clause, Rulebook

PAGES = ("stand.html", "site.html", "schedule.html")
STAND, SITE, PDF = "grafik-stend.html", "grafik-sait.html", "grafik-stend.pdf"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PDF_PATIENCE_S = 60
ASKING = {
    Audience.STAFF: "сотрудники школы",
    Audience.STUDENT: "обучающиеся",
    Audience.PARENT: "родители (законные представители)",
}


def publish(book: Rulebook, out: Path, now: datetime) -> tuple[Path, ...]:
    """Writes both pages, and the PDF if it can be made; the files."""
    out.mkdir(parents=True, exist_ok=True)
    written = [out / STAND, out / SITE]
    for path, page in zip(written, ("stand.html", "site.html"), strict=True):
        path.write_text(page_of(page, book, now), encoding="utf-8")
    if _printed(out / STAND, out / PDF):
        written.append(out / PDF)
    return tuple(written)


def page_of(page: str, book: Rulebook, now: datetime) -> str:
    """One page as HTML; everything the school wrote is escaped."""
    folder = files("mailbot.desk").joinpath("pages")
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({name: folder.joinpath(name).read_text(encoding="utf-8") for name in PAGES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    today = now.astimezone(ZoneInfo(book.school.zone)).date()
    return environment.get_template(page).render(
        asdict(facts_of(_nobodys_mail(book), NOTHING, book, now))
        | {"who_helps": book.regulation.who_helps, "today": f"{day(today.isoformat())} {today.year} года"}
        | {"duties": _duties(book), "whom": _whom(book)}
    )


def _duties(book: Rulebook) -> tuple[Clause, ...]:
    """The clauses that want this published; none where the document has none."""
    rules = book.regulation
    return tuple(rules.clauses[role] for role in (rules.publish, rules.publish_contacts) if role)


def _whom(book: Rulebook) -> Iterator[Stated]:
    """Who may ask, on what, and by what channel, as the document has it."""
    rules = book.regulation
    yield Stated("Обратиться могут", ", ".join(ASKING[one] for one in rules.audiences))
    if rules.staff_topics:
        titles = "; ".join(book.topics[topic].title.lower() for topic in rules.staff_topics)
        yield Stated("Сотрудникам помогают по темам", titles)
    if rules.staff_channels == rules.parent_channels:
        yield Stated("Как обратиться", "; ".join(rules.staff_channels))
        return
    for whose, channels in (("сотруднику", rules.staff_channels), ("родителю", rules.parent_channels)):
        if channels:
            yield Stated(f"Как обратиться {whose}", "; ".join(channels))


NOTHING = Matter(case=None, letter=None, raw=None, finding=None)


def _nobodys_mail(book: Rulebook) -> Writing:
    """What brings the school's facts together: a mail about nothing."""
    return Writing(
        kind=Kind.GUIDANCE,
        recipient=book.school.mailbox,
        recipient_name="",
        thread_ids=(),
        subject_of="",
    )


def _printed(page: Path, pdf: Path) -> bool:
    """Whether a Chromium was there and has made the PDF."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        return False
    with TemporaryDirectory() as profile:
        command = [program, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={profile}"]
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        command += [f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PDF_PATIENCE_S, check=False)
        except (subprocess.TimeoutExpired, OSError):
            return False  # the pages themselves are there, and any browser prints them
    return done.returncode == 0 and pdf.exists()
