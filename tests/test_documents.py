"""What the documents tell a reader to type or to open is there."""

import re
from pathlib import Path

import pytest

from mailbot.cli import app, cases_app
from mailbot.errors import ExitCode
from mailbot.settings import FolderNames, ImapSettings, Settings, SmtpSettings
from tests.school import ROOT

DOCUMENTS = ("README.md", "README.ru.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "state/README.md", "docs/operations.md",
             "docs/operations.ru.md", "docs/privacy.md", "docs/privacy.ru.md")  # fmt: skip
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_of_a_document_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text(name), re.MULTILINE)) <= targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_mailbot_command_of_a_document_exists(name: str) -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}

    assert set(re.findall(r"(?:`|bin/)mailbot ([a-z]+)", text(name))) <= {*known, "cases"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_relative_link_of_a_document_leads_somewhere(name: str) -> None:
    for link in LINK.findall(text(name)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_shows_both_commands_a_newcomer_needs() -> None:
    assert "make demo" in text("README.md")
    assert "make test" in text("README.md")


@pytest.mark.parametrize("name", ["docs/operations.md", "docs/operations.ru.md"])
def test_every_setting_is_explained(name: str) -> None:
    told = set(re.findall(r"`([a-z_.]+)`", text(name)))
    imap = {f"imap.{name}" for name in ImapSettings.model_fields if name != "folders"}
    folders = {f"imap.folders.{name}" for name in FolderNames.model_fields}
    smtp = {f"smtp.{field.alias or name}" for name, field in SmtpSettings.model_fields.items()}
    top = {name for name in Settings.model_fields if name not in ("imap", "smtp")}

    assert imap | folders | smtp | top <= told


def test_every_exit_code_is_explained() -> None:
    for document in ("README.md", "docs/operations.md", "docs/operations.ru.md"):
        assert {f"| {code.value} |" for code in ExitCode} <= set(
            re.findall(r"^\| \d+ \|", text(document), re.MULTILINE)
        )


def test_the_sub_commands_of_cases_are_there() -> None:
    assert {command.name for command in cases_app.registered_commands} >= {"list", "show", "close", "reopen"}


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, made as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
