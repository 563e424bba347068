"""The labelled letters the model learns from: `tests/corpus/shared.jsonl` and `tests/corpus/written_*.jsonl`."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailbot.letters.letter import Address, Attachment, Letter
from mailbot.rulebook.ids import Audience, Flag, Intent, Topic

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A letter and what must be concluded of it. `intents` has an entry for every topic."""

    id: str
    pen: str  # who wrote the letter and its neighbours: the unit of honest cross-validation
    letter: Letter
    audience: Audience
    topics: tuple[Topic, ...]
    intents: Mapping[Topic, Intent]
    flags: frozenset[Flag]

    @property
    def intent(self) -> Intent:
        """The first topic's intent."""
        return self.intents[self.topics[0]]


def corpus_files() -> tuple[Path, ...]:
    """The files to learn from, in a fixed order; the letters kept for judging are never among them."""
    return (CORPUS / "shared.jsonl", *sorted(CORPUS.glob("written_*.jsonl")))


def labelled_letters(*paths: Path) -> tuple[Labelled, ...]:
    """All letters of the files, in order."""
    return tuple(
        _labelled(json.loads(line)) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()
    )


def _labelled(row: dict) -> Labelled:  # type: ignore[type-arg]  # a line of JSON
    labels = row["labels"]
    topics = tuple(map(Topic, labels["topics"]))
    given = labels.get("topic_intents") or {}
    return Labelled(
        id=row["id"],
        pen=row["id"].split("-")[0],
        letter=_letter(row),
        audience=Audience(labels["audience"]),
        topics=topics,
        intents={topic: Intent(given.get(topic, labels["intent"])) for topic in topics},
        flags=frozenset(map(Flag, labels["flags"])),
    )


def _letter(row: dict) -> Letter:  # type: ignore[type-arg]
    text = _plain(row["body"] or "") if row.get("html") else (row["body"] or "")
    return Letter(
        key=row["id"], size=len(text), headers=(), message_id="", in_reply_to=(), references=(), date=None,
        sender=Address(row["from_name"] or "", row["from_addr"]), reply_to=(), to=(), cc=(),
        subject=row["subject"] or "", text=text, question=text, quoted="", signature="", html_only=False, forwarded=(),
        attachments=tuple(Attachment(name=n, media_type="image/png", size=1) for n in row.get("attachments") or ()),
        content_type="text/plain", calendar=False, report=None, oddities=(),
    )  # fmt: skip


def _plain(markup: str) -> str:
    text = re.sub(r"(?i)<(br|/p|/div|/tr|/li|/h\d)[^>]*>", "\n", re.sub(r"(?is)<(script|style).*?</\1>", "", markup))
    return html.unescape(re.sub(r"<[^>]+>", " ", text)).strip()
