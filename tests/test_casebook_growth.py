"""What lies in memory is bounded by what is to be done; whatever is asked, the answer is that of the whole journal."""

import json
import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.casebook.casebook import Casebook, load_ledger
from mailbot.casebook.columns import hash_of, is_settled
from mailbot.casebook.index import index_files
from mailbot.casebook.journal import months, read_rows
from mailbot.casebook.ledger import Ledger
from mailbot.casebook.rows import CaseChanged, Considered, Started, Told
from mailbot.cases.case import Case, CaseState, Due, DueKind, Kind, LetterRef
from mailbot.cases.draft import Draft, MailState, mail_of
from mailbot.cases.history import Folder
from mailbot.rulebook.ids import Topic
from tests.pictures.samples import matter

BEGUN = datetime(2026, 3, 20, 9, tzinfo=UTC)
WRITERS = [f"writer{n}@mail.example" for n in range(6)]
WHATEVER = matter().case


def message_id(n: int) -> str:
    """Some letters come twice under one Message-ID."""
    return f"<letter-{n - n % 7 // 6}@mail.example>"


class Life:
    """A casebook that lives through chance: every kind of row, checkpoints, restarts, people forgotten."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance, self.now, self.count = folder, random.Random(seed), BEGUN, 0
        self.book = Casebook(folder, self.now)
        self.book.start(Started(at=self.now, instant=self.now, uidvalidity=1, uidnext=1, skipped=0))

    def live(self, steps: int) -> None:
        """So many things happen."""
        usual: list[Callable[[], None]] = [self.a_letter, self.a_letter, self.mail_moves, self.mail_moves, self.filing]
        rare = [self.a_change, self.a_digest, self.trouble, self.checkpoint, self.restart, self.time_passes]
        for step in range(steps):
            self.now += timedelta(minutes=self.chance.randrange(300))
            self.chance.choice([*usual, *usual, *rare])()
            if step % 97 == 96:
                self.book.forget(self.chance.choice(WRITERS), self.now)
            if step % 150 == 149:
                self.book.expire(self.now - timedelta(days=100), self.now - timedelta(days=300), self.now)

    def a_letter(self) -> None:
        """A new case, or a word in an old one."""
        self.count += 1
        writer, known = self.chance.choice(WRITERS), [*self.book.ledger.cases.values()]
        case = self.chance.choice(known) if known and self.chance.random() < 0.3 else None
        number = case.number if case else self.book.ledger.next_number(self.now.year)
        case = self.changed(case or replace(WHATEVER, number=number, opened_at=self.now, writer=writer, letters=()))
        key, text = f"{self.count:032}", self.chance.choice("ab")
        case = replace(case, letters=(*case.letters, LetterRef(key, message_id(self.count), self.now, writer)))
        drafts = tuple(self.draft(case, key, n) for n in range(self.chance.randrange(3)))
        self.book.attempt((key,), self.now)
        self.book.stage(
            Considered(
                at=self.now, key=key, received_at=self.now, uid=self.count, uidvalidity=1, text_digest=text,
                message_id=message_id(self.count), event="FromWriter", reason="", concluded=None, case=case, dead=(),
                folder=Folder.ANSWERED, mails=tuple(map(mail_of, drafts)), cancel=self.some_ready(), why=(), rules="",
                model="",
            ),
            drafts,
        )  # fmt: skip
        if self.chance.random() < 0.6:  # else the next row is of the same batch
            self.book.commit(self.now)

    def changed(self, case: Case) -> Case:
        """The case in some state, awaiting something or not."""
        state = self.chance.choice([*CaseState])
        dues = (Due(self.now + timedelta(days=3), DueKind.REMIND_STAFF),) if self.chance.random() < 0.1 else ()
        linked = (self.chance.choice([*self.book.ledger.cases, "2026-00001"]),) if self.chance.random() < 0.3 else ()
        topics = (self.chance.choice([Topic.GRADES, Topic.OUTAGE]),)
        return replace(case, state=state, changed_at=self.now, dues=dues, linked=linked, topics=topics)

    def draft(self, case: Case, key: str, n: int) -> Draft:
        """One mail to the writer."""
        told = f"{case.number}-{key[-6:]}{n}"
        return Draft(
            id=told, case=case.number, kind=Kind.RECEIPT, letter_key=key, recipient=case.writer, raw=told.encode(),
            message_id=f"<mb.{told}@school.example.org>", subject_key="s", made_at=self.now, not_before=self.now,
        )  # fmt: skip

    def some_ready(self) -> tuple[str, ...]:
        """Mail that is called back."""
        ready = [one.mail.id for one in self.book.ready(self.now)]
        return tuple(ready[:1]) if self.chance.random() < 0.2 else ()

    def mail_moves(self) -> None:
        """One mail takes a step, a good one or a bad one."""
        owed = [*self.book.ledger.owed.values()]
        if owed:
            state = self.chance.choice([*MailState][1:])
            self.book.move_mail(self.chance.choice(owed).mail.id, state, "250", self.now)

    def filing(self) -> None:
        """Letters that wait for nothing go to their folder."""
        for key in [*self.book.ledger.unfiled][:3]:
            self.book.filed(key, self.now)
        self.book.commit(self.now)

    def a_change(self) -> None:
        """A case changes without a letter; sometimes its writer's address turns out dead."""
        known = [*self.book.ledger.cases.values()]
        if known:
            case = self.changed(self.chance.choice(known))
            dead = (case.writer,) if case.writer and self.chance.random() < 0.1 else ()
            self.book.stage(CaseChanged(at=self.now, case=case, mails=(), cancel=(), why=(), dead=dead))
            self.book.commit(self.now)

    def a_digest(self) -> None:
        """A digest is written, a job has run."""
        self.book.stage(Told(at=self.now, job="daily digest", mails=()))
        self.book.ran("retention", self.now)

    def trouble(self) -> None:
        """A letter is set aside; the provider blocks us."""
        self.count += 1
        self.book.attempt((f"{self.count:032}",), self.now)
        self.book.set_aside(f"{self.count:032}", "unreadable", self.now)
        self.book.pause(self.now + timedelta(hours=24), "554", self.now)

    def checkpoint(self) -> None:
        """What the daemon does every half hour."""
        self.book.checkpoint(self.now)

    def restart(self) -> None:
        """Killed, in effect: nothing is written at the end."""
        self.book.commit(self.now)
        self.book.close()
        self.book = Casebook(self.folder, self.now)

    def time_passes(self) -> None:
        """Days in which nothing happens."""
        self.now += timedelta(days=self.chance.randrange(20))


def answers(ledger: Ledger, count: int, now: datetime) -> dict[str, object]:
    """Everything the rest of the program asks a ledger."""
    return {
        "letters": {key: vars_of(ledger.letters[key]) for key in sorted(ledger.letters)},
        "unfiled": sorted(ledger.unfiled),
        "attempts": ledger.attempts,
        "aside": ledger.aside,
        "cases": dict(sorted(ledger.cases.items())),
        "answered": ledger.cases.answered() + sum(c.state is CaseState.ANSWERED for c in ledger.cases.held.values()),
        "owed": ledger.owed,
        "troubled": ledger.troubled,
        "last": (ledger.last_run, ledger.paused, ledger.last_number, ledger.started, ledger.dead),
        "of writers": [[c.number for c in ledger.cases_of(one, out_of_touch=True)] for one in WRITERS],
        "in touch": [[c.number for c in ledger.cases_of(one) if c.state is CaseState.ANSWERED] for one in WRITERS],
        "twins": [(found := ledger.letter_with_id(message_id(n))) and found[0] for n in range(count + 1)],
        "tallies": [ledger.tally(one, "2026-00003", "s", now) for one in WRITERS],
        "outages": {n for n in ledger.outages if now - ledger.cases[n].opened_at <= timedelta(hours=12)},
    }


def vars_of(letter: object) -> dict[str, object]:
    """The fields of a letter but for the count of its mail, which matters only until it is filed."""
    told = {name: getattr(letter, name) for name in ("folder", "case", "filed", "message_id", "text_digest", "unsent")}
    return {name: value for name, value in told.items() if name != "unsent" or not told["filed"]}


@pytest.mark.parametrize("seed", range(8))
def test_checkpoint_and_what_follows_tell_the_same_as_the_whole_journal(seed: int, tmp_path: Path) -> None:
    life = Life(tmp_path / "state", seed)
    for part in range(4):
        life.live(60)
        life.book.commit(life.now)
        life.book.close()
        alone = tmp_path / f"journal alone {part}"
        shutil.copytree(life.folder, alone)
        for path in (alone / "cases.json", *index_files(alone)):
            path.unlink(missing_ok=True)

        quick, whole = load_ledger(life.folder, life.now), load_ledger(alone, life.now)

        told, expected = answers(quick, life.count, life.now), answers(whole, life.count, life.now)
        for question, answer in expected.items():
            assert told[question] == answer, question
        life.book = Casebook(life.folder, life.now)
    life.book.close()


def spoil_nothing(folder: Path) -> None:
    """The files as the daemon left them."""


def tear_an_index(folder: Path) -> None:
    for path in index_files(folder):
        path.write_bytes(path.read_bytes()[:-8])


def lose_an_index(folder: Path) -> None:
    index_files(folder)[0].unlink()


def restore_an_old_journal(folder: Path) -> None:
    path = months(folder)[-1]
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def blank_the_standing(folder: Path) -> None:
    told = json.loads((folder / "cases.json").read_bytes())
    told["standing"]["1"] = {"json": '{"mark": 7}'}
    (folder / "cases.json").write_text(json.dumps(told))


@pytest.mark.parametrize("seed", range(6))
def test_of_a_few_weeks_it_tells_what_a_memory_that_lets_go_of_nothing_would(seed: int, tmp_path: Path) -> None:
    life = Life(tmp_path, seed)
    life.time_passes = lambda: None  # type: ignore[method-assign]
    for _ in range(4):
        life.live(50)
        life.book.commit(life.now)
        simple = Ledger()
        for row in (row for path in months(tmp_path) for row in read_rows(path)):
            simple.fold(row)
        own_ids = {mail.message_id for mail in simple.written.mails}

        for ledger in (life.book.ledger, load_ledger(tmp_path, life.now)):
            told, expected = answers(ledger, life.count, life.now), answers(simple, life.count, life.now)
            for question, answer in expected.items():
                assert told[question] == answer, question
            assert {one for one in (*own_ids, "<no mail of ours>") if ledger.is_own_id(one)} == own_ids
    life.book.close()


@pytest.mark.parametrize(
    "spoil", [spoil_nothing, tear_an_index, lose_an_index, restore_an_old_journal, blank_the_standing]
)
def test_files_that_do_not_fit_together_are_made_anew_from_the_journal(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    life = Life(tmp_path, 1)
    life.live(80)
    life.book.checkpoint(life.now)
    life.book.close()

    spoil(tmp_path)
    found = answers(load_ledger(tmp_path, life.now), life.count, life.now)

    for path in (tmp_path / "cases.json", *index_files(tmp_path)):
        path.unlink()
    assert found == answers(load_ledger(tmp_path, life.now), life.count, life.now)


def test_after_a_checkpoint_only_what_is_to_be_done_is_held_and_only_the_tail_is_read(tmp_path: Path) -> None:
    life = Life(tmp_path, 2)
    for _ in range(200):
        life.a_letter()
    for key in [*life.book.ledger.unfiled][3:]:
        life.book.filed(key, life.now)
    life.book.checkpoint(life.now)
    life.a_letter()
    life.book.commit(life.now)
    life.book.close()
    path = months(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b'"row":"started"', b'"row":"wronged"', 1))

    ledger = load_ledger(tmp_path, life.now)

    assert len(ledger.letters.held) == 4
    assert len(ledger.letters) == 201
    assert all(not is_settled(case) for case in ledger.cases.held.values() if case.topics != (Topic.OUTAGE,))


def test_of_a_person_who_is_forgotten_not_even_a_hash_stays_in_the_index(tmp_path: Path) -> None:
    life = Life(tmp_path, 3)
    for _ in range(150):
        life.a_letter()
    life.book.checkpoint(life.now)
    sign = hash_of(WRITERS[0]).to_bytes(8, sys.byteorder)
    assert any(sign in path.read_bytes() for path in index_files(tmp_path))

    life.book.forget(WRITERS[0], life.now)
    life.book.close()

    assert index_files(tmp_path)
    assert not any(sign in path.read_bytes() for path in index_files(tmp_path))
    assert WRITERS[0] not in (tmp_path / "cases.json").read_text()
