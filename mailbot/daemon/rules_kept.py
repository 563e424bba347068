"""Which rules a daemon begins with, and the copy of the last good ones: state/good-rules.zip (rules/ and templates/).

A first start takes what can be loaded, and keeps it. Later starts take what differs from the kept copy only after
check and test; otherwise the kept rules stay in force, so that a slip of the pen does not stop the mail.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from mailbot.casebook.durable import prepare_folder, replace_durably
from mailbot.consider import Mind
from mailbot.desk.check import check_folder
from mailbot.desk.rule_tests import examples_text, tried_examples
from mailbot.errors import BadInput, Language, Words
from mailbot.replies.wording import Wording
from mailbot.rulebook.files import PACKS, RuleFolder, read_folder
from mailbot.rulebook.load import load_rulebook, read_rulebook
from mailbot.rulebook.problems import RuleProblems
from mailbot.rulebook.types import Rulebook
from mailbot.settings import Settings
from mailbot.triage.model import load_brain

KEPT = "good-rules.zip"

Stamp = tuple[tuple[str, int, int], ...]
"""Name, time of the last change (ns) and size of every file of the rules."""


class FailedExamples(BadInput):
    """The rules can be read, but do not do what their own examples say."""

    def __init__(self, told: str, told_en: str) -> None:
        super().__init__(
            where="mailbot test",
            what=Words(f"примеры в правилах не сходятся:\n{told}", f"examples of the rules fail:\n{told_en}"),
            mend=Words("Исправьте правило или пример", "Mend the rule or the example"),
        )


@dataclass(slots=True)
class RulesWatch:
    """What is known of the rules on disk: `in_force` and `refused` are content hashes; stamp: as last looked at."""

    in_force: str
    stamp: Stamp = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The mind a daemon begins with, and the content hash of its rules."""

    mind: Mind
    content: str


def begun_with(settings: Settings, secret: bytes) -> Begun:
    """The rules on disk, or the kept ones where those on disk are not good. Raises BadInput if there are neither."""
    kept = _kept(settings.state)
    read = read_folder(settings.rules, settings.templates)
    if kept is None:
        book = load_rulebook(settings.rules, settings.templates)
        keep(settings.state, read)
        return Begun(_mind(book, secret), content_of(read))
    if content_of(kept) == content_of(read):
        return Begun(_mind(load_rulebook(settings.rules, settings.templates), secret), content_of(read))
    try:
        mind = examined(read, secret)
    except BadInput:
        before = read_rulebook(kept).value
        if before is None:  # kept by another version of mailbot
            raise
        return Begun(_mind(before, secret), content_of(kept))
    keep(settings.state, read)
    return Begun(mind, content_of(read))


def _mind(book: Rulebook, secret: bytes) -> Mind:
    return Mind(book=book, brain=load_brain, wording=Wording.of(book), secret=secret)


def book_in_force(settings: Settings) -> Rulebook:
    """The last good rules, so that an alarm can be written whatever lies on disk. Raises RuleProblems without."""
    kept = _kept(settings.state)
    book = read_rulebook(kept).value if kept else None
    return book or load_rulebook(settings.rules, settings.templates)


def examined(read: RuleFolder, secret: bytes) -> Mind:
    """A mind of these rules after check and test. Raises RuleProblems or FailedExamples.

    The model is here for the examples only: it is given back with them.
    """
    checked = check_folder(read)
    if checked.value is None:
        raise RuleProblems(problem for problem in checked.problems if not problem.warning)
    mind, brain = _mind(checked.value, secret), load_brain()
    tests = tried_examples(replace(mind, brain=lambda: brain))
    if tests.failed:
        raise FailedExamples(examples_text(tests, Language.RU), examples_text(tests, Language.EN))
    return mind


def stamp_of(settings: Settings) -> Stamp:
    """Cheap to take: no file is opened."""
    folders = (settings.rules, settings.rules / PACKS, settings.templates)
    return tuple(sorted(stamped for folder in folders for stamped in _stamps(folder)))


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.endswith((".yaml", ".txt", ".html")):
            found = entry.stat()
            yield entry.path, found.st_mtime_ns, found.st_size


def content_of(read: RuleFolder) -> str:
    """First 12 hex digits of SHA-256 over every file's name and bytes."""
    digest = sha256()
    for path, data in sorted(_files(read).items()):
        digest.update(f"{path} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:12]


def _files(read: RuleFolder) -> Mapping[str, bytes]:
    rules = {f"rules/{name}": data for name, data in read.rules.items()}
    packs = {f"rules/{PACKS}/{name}.yaml": data for name, data in read.packs.items()}
    return rules | packs | {f"templates/{name}": data for name, data in read.templates.items()}


def keep(state: Path, read: RuleFolder) -> None:
    """Replaces the kept copy; after a crash there is the old one or the new one. Raises DiskTrouble."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, data in sorted(_files(read).items()):
            archive.writestr(name, data)
    prepare_folder(state)
    replace_durably(state / KEPT, packed.getvalue())


def _kept(state: Path) -> RuleFolder | None:
    """The last good rules, None if there never were any or they cannot be read."""
    try:
        with ZipFile(state / KEPT) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (FileNotFoundError, BadZipFile):
        return None
    return RuleFolder(
        name="rules",
        templates_name="templates",
        rules=_below("rules/", files),
        packs={name.removesuffix(".yaml"): data for name, data in _below(f"rules/{PACKS}/", files).items()},
        templates=_below("templates/", files),
        problems=(),
    )


def _below(folder: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files that lie in the folder itself."""
    inside = {name.removeprefix(folder): data for name, data in files.items() if name.startswith(folder)}
    return {name: data for name, data in inside.items() if "/" not in name}
