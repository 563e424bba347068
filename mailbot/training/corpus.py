"""What the model learns from: labelled letters of `tests/corpus` and the phrasebook beside this file.

The letters kept for judging (`kept_*.jsonl`) are never opened here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

from mailbot.letters.letter import Letter
from mailbot.letters.read import read_letter
from mailbot.rulebook.ids import Audience, Flag, Intent, Topic

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
PHRASEBOOK_PEN = "phrasebook"
FOR_PEOPLE = frozenset((Flag.ABUSE, Flag.SAFETY, Flag.LEAK, Flag.PRIVACY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A letter and what must be concluded of it.

    `pen`: who wrote the letter and its neighbours, the unit of honest cross-validation. `intents` has an entry for
    every topic. `missing`, `disposition` and `route` are the labels' own words, "" where there is no route.
    """

    id: str
    pen: str
    letter: Letter
    audience: Audience
    topics: tuple[Topic, ...]
    intents: Mapping[Topic, Intent]
    flags: frozenset[Flag]
    missing: frozenset[str]
    disposition: str
    route: str

    @property
    def intent(self) -> Intent:
        """The first topic's intent."""
        return self.intents[self.topics[0]]


def wants_guidance(one: Labelled) -> bool:
    """Whether one of the letter's matters asks how something is done."""
    return Intent.HOWTO in one.intents.values()


def wants_person(one: Labelled) -> bool:
    """Whether one of the letter's matters, or a flag, is for a person, so that guidance alone would not do."""
    for_people = {Intent.PROBLEM, Intent.REQUEST, Intent.NOTICE, Intent.COMPLAINT}
    of_office = Topic.OTHER in one.topics and Intent.HOWTO in one.intents.values()
    return of_office or bool(for_people & set(one.intents.values()) or FOR_PEOPLE & one.flags)


class Labels(TypedDict):
    """The labels of one line of the corpus, in the contract's words."""

    audience: str
    topics: list[str]
    topic_intents: dict[str, str]
    intent: str
    flags: list[str]
    missing: list[str]
    disposition: str
    route: str | None


class Row(TypedDict):
    """One line of the corpus."""

    id: str
    from_name: str
    from_addr: str
    subject: str
    body: str
    html: bool
    attachments: list[str]
    labels: Labels


def corpus_files() -> tuple[Path, ...]:
    """The files to learn from, in a fixed order."""
    return (CORPUS / "shared.jsonl", *sorted(CORPUS.glob("written_*.jsonl")))


def labelled_letters(paths: Sequence[Path]) -> tuple[Labelled, ...]:
    """All letters of the files, in order."""
    lines = (line for path in paths for line in path.read_text("utf-8").splitlines())
    return tuple(_labelled(json.loads(line)) for line in lines if line.strip())


def phrasebook() -> tuple[Labelled, ...]:
    """The pieces of the phrasebook, each as a short letter."""
    pieces: list[Labelled] = []
    topic, intent, audience = Topic.OTHER, Intent.HOWTO, Audience.PARENT
    for line in files("mailbot.training").joinpath("phrasebook.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            names = line.strip("[] ").split()
            topic, intent, audience = Topic(names[0]), Intent(names[1]), Audience(names[2])
        elif line.strip() and not line.startswith("#"):
            pieces.append(_piece(line, len(pieces), topic, intent, audience))
    return tuple(pieces)


def _piece(line: str, number: int, topic: Topic, intent: Intent, audience: Audience) -> Labelled:
    subject, _, text = line.rpartition("//")
    return Labelled(
        id=f"{PHRASEBOOK_PEN}-{number}",
        pen=PHRASEBOOK_PEN,
        letter=_letter("", "someone@example.org", subject.strip(), text.strip(), False, ()),
        audience=audience,
        topics=(topic,),
        intents={topic: intent},
        flags=frozenset(),
        missing=frozenset(),
        disposition="",
        route="",
    )


def _labelled(row: Row) -> Labelled:
    labels = row["labels"]
    topics = tuple(map(Topic, labels["topics"]))
    given = labels.get("topic_intents") or {}
    names = row.get("attachments") or []
    return Labelled(
        id=row["id"],
        pen=row["id"].split("-")[0],
        letter=_letter(
            row["from_name"], row["from_addr"], row["subject"], row["body"] or "", bool(row.get("html")), names
        ),
        audience=Audience(labels["audience"]),
        topics=topics,
        intents={topic: Intent(given.get(topic, labels["intent"])) for topic in topics},
        flags=frozenset(map(Flag, labels["flags"])),
        missing=frozenset(labels["missing"]),
        disposition=labels["disposition"],
        route=labels["route"] or "",
    )


def _letter(name: str, address: str, subject: str, body: str, html: bool, attachments: Sequence[str]) -> Letter:
    """A letter as it would have come: through the bytes, so that quotes and signatures are told apart as in earnest."""
    message = EmailMessage()
    message["From"] = formataddr((name or "", address), "utf-8")
    message["To"] = "help@school.example.org"
    message["Subject"] = " ".join((subject or "").split())
    message["Date"] = "Fri, 20 Nov 2026 09:00:00 +0300"
    message["Message-ID"] = f"<{hashlib.sha256(body.encode()).hexdigest()[:20]}@example.com>"
    message.set_content((body or "") + "\n", subtype="html" if html else "plain", charset="utf-8", cte="8bit")
    for file in attachments:
        kind = "image" if file.lower().endswith(("png", "jpg", "jpeg", "gif", "webp", "heic")) else "application"
        message.add_attachment(b"0", maintype=kind, subtype="octet-stream" if kind != "image" else "png", filename=file)
    return read_letter(message.as_bytes())
