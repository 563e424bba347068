"""Runs the measurements, prints their table and writes bench/results.md: `python -m bench [--only floor,mailbot] …`.

Medians of several rounds with their spread. In a round every bot drains the same letters, one bot after the other, and
ratios are taken within the round: machines and minutes differ, neighbours in time hardly do.
"""

import argparse
import os
import platform
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.bots import BOTS, Drained
from bench.ground import corpus_letters
from bench.growth import SAMPLE, grown
from bench.helpdesk import VERSION
from bench.stages import TO_DECISION, milliseconds_by_stage
from bench.waiting import at_rest, help_s
from bench.work import work_of
from tests.school import ROOT

RESULTS = Path(__file__).with_name("results.md")
PARTS = (*BOTS, "waiting", "growth", "work", "stages")
GROWTH_LETTERS = 9 * SAMPLE
PEER_LETTERS = 200
"""django-helpdesk is given so many only: it takes a tenth of a second for each."""
SAID = {
    "floor": "floor: only exchanges the bytes, by the standard library",
    "packages": "the same by mail-parser and aiosmtplib",
    "mailbot": "`mailbot once`, its start included",
    "sieve": "Dovecot's Sieve `vacation` over LMTP",
    "helpdesk": f"django-helpdesk {VERSION} `get_email`, SQLite",
}
WANTED = {"floor": 0.65, "packages": 0.65, "sieve": 1.0, "helpdesk": 4.0}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: parts, letters a round, rounds, letters of the reaction, seconds of rest, journals."""

    only: tuple[str, ...]
    letters: int
    many: int
    repeat: int
    reactions: int
    idle_s: float
    journals: tuple[int, ...]


def plan_of(words: Sequence[str] | None = None) -> Plan:
    """The command line: the default takes some ten minutes, --full half an hour."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, by comma: {', '.join(PARTS)}")
    parser.add_argument("--letters", type=int, default=1000, help="letters a round")
    parser.add_argument("--many", type=int, default=0, help="one more round with so many letters; 0: none")
    parser.add_argument("--repeat", type=int, default=5, help="rounds")
    parser.add_argument("--reactions", type=int, default=200, help="letters sent one by one")
    parser.add_argument("--idle", type=float, default=60, help="seconds of rest")
    parser.add_argument("--journals", default="1000,10000,100000", help="letters in journals, by comma")
    parser.add_argument("--full", action="store_true", help="also a round of 10,000 letters")
    asked = parser.parse_args(words)
    only = tuple(asked.only.split(","))
    if unknown := set(only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return Plan(
        only=only,
        letters=asked.letters,
        many=10_000 if asked.full else asked.many,
        repeat=asked.repeat,
        reactions=asked.reactions,
        idle_s=asked.idle,
        journals=tuple(map(int, asked.journals.split(","))),
    )


def main() -> None:
    """Measures what was asked for, prints the table and writes it down."""
    plan = plan_of()
    lines = list(_report(plan))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written to {RESULTS}")


def _report(plan: Plan) -> Iterator[str]:
    for line in _all_lines(plan):
        print(line, flush=True)
        yield line


def _all_lines(plan: Plan) -> Iterator[str]:
    yield from ("# Measurements", "", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {_machine()}")
    yield f"Load of the machine before: {os.getloadavg()[0]:.1f}. `python -m bench`, {plan}."
    bots = tuple(name for name in BOTS if name in plan.only)
    if bots:
        yield from _compared(plan, bots)
    if plan.many and {"floor", "mailbot"} <= set(bots):
        yield from _many(plan.many)
    if "waiting" in plan.only:
        yield from _waiting(plan)
    if "growth" in plan.only:
        yield from _growth(plan)
    if "work" in plan.only:
        yield from _work(plan)
    if "stages" in plan.only:
        yield from _stages()


def _machine() -> str:
    model = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    kilobytes = next(line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    dovecot = subprocess.run(("dovecot", "--version"), capture_output=True, text=True, check=True).stdout.split()[0]
    return (
        f"{os.cpu_count()} cores ({model.strip()}), {int(kilobytes) // 1024 // 1024} GB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, Dovecot {dovecot}."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def spread(values: Sequence[float], form: str = ".0f") -> str:
    """The median and, in brackets, the least and the most."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _compared(plan: Plan, bots: tuple[str, ...]) -> Iterator[str]:
    """Throughput: all bots in turn, round after round."""
    letters = corpus_letters(plan.letters)
    rounds: list[dict[str, Drained]] = [
        {name: BOTS[name](letters[:PEER_LETTERS] if name == "helpdesk" else letters) for name in bots}
        for _ in range(plan.repeat)
    ]
    yield from ("", f"## Draining {plan.letters} letters of the corpus' mix, {plan.repeat} rounds", "")
    yield "| bot | letters a second | mails sent a letter | memory, MB | mailbot's ratio | wanted |"
    yield "|---|---|---|---|---|---|"
    yield from _rows(plan, bots, rounds)
    yield from ("", f"Memory: all processes together, the peak. django-helpdesk was given {PEER_LETTERS} letters.")


def _rows(plan: Plan, bots: tuple[str, ...], rounds: Sequence[dict[str, Drained]]) -> Iterator[str]:
    for name in bots:
        runs = [one[name] for one in rounds]
        count = PEER_LETTERS if name == "helpdesk" else plan.letters
        ratios = [one["mailbot"].per_s / one[name].per_s for one in rounds] if "mailbot" in bots else []
        ratio = spread(ratios, ".2f") if ratios and name != "mailbot" else ""
        yield (
            f"| {SAID[name]} | {spread([run.per_s for run in runs])} | {runs[0].sent / count:.2f} "
            f"| {spread([run.peak_mb for run in runs])} | {ratio} | {f'≥ {WANTED[name]}' if ratio else ''} |"
        )


def _many(count: int) -> Iterator[str]:
    letters = corpus_letters(count)
    low, high = BOTS["floor"](letters), BOTS["mailbot"](letters)
    yield from ("", f"{count} letters, one round: floor {low.per_s:.0f} letters a second, mailbot {high.per_s:.0f} ")
    yield f"({high.peak_mb:.0f} MB), ratio {high.per_s / low.per_s:.2f}."


def _waiting(plan: Plan) -> Iterator[str]:
    rest, helps = at_rest(corpus_letters(plan.reactions), plan.idle_s), help_s(plan.repeat)
    yield from ("", "## The daemon at rest", "", "| what | figure | wanted |", "|---|---|---|")
    yield f"| `mailbot --help` | {spread(helps, '.2f')} s | ≤ 0.3 s |"
    yield f"| start to ready | {rest.ready_s:.2f} s | ≤ 2 s |"
    reactions = " / ".join(f"{rest.percentile(percent):.2f}" for percent in (50, 95, 99))
    yield f"| APPEND to first mail accepted, p50 / p95 / p99 of {len(rest.reactions_s)} | {reactions} s | p95 ≤ 1.0 s |"
    yield f"| CPU over {plan.idle_s:.0f} s of rest | {rest.idle_percent:.2f} % | < 0.2 % |"
    yield f"| memory of all processes afterwards | {rest.idle_mb:.0f} MB | ≤ 250 MB |"


def _growth(plan: Plan) -> Iterator[str]:
    yield from ("", "## With a history", "")
    yield (
        "| letters in the journal | live cases | ready, s | its CPU, s | memory, MB | CPU a letter, ms | to the first "
        "| digest, CPU s / MB | report, CPU s / MB | journal folded anew, CPU s |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    histories = [
        (letters, live) for letters in plan.journals for live in ((100, 1000) if letters == 100_000 else (100,))
    ]
    measured = grown(histories, corpus_letters(GROWTH_LETTERS))
    for one in measured:
        to_first = [mine / its for mine, its in zip(one.letter_ms, measured[0].letter_ms, strict=True)]
        yield (
            f"| {one.letters} | {one.live} | {one.ready_s:.1f} | {one.start_s:.1f} | {one.peak_mb:.0f} "
            f"| {spread(one.letter_ms, '.1f')} | {spread(to_first, '.2f')} | {one.digest.cpu_s:.1f} / "
            f"{one.digest.peak_mb:.0f} | {one.report.cpu_s:.1f} / {one.report.peak_mb:.0f} | {one.anew_s:.1f} |"
        )
    yield from (
        "",
        "Wanted at 100,000: start ≤ 3 s, memory ≤ 250 MB, a letter ≤ 1.1 of one at the first size.",
    )


def _work(plan: Plan) -> Iterator[str]:
    done = work_of(corpus_letters(plan.letters))
    yield from ("", f"## Work for a letter, counted over {plan.letters}", "", "| what | a letter |", "|---|---|")
    yield f"| fsync | {done.fsyncs / plan.letters:.2f} |"
    yield f"| IMAP commands | {done.imap_commands / plan.letters:.2f} |"
    yield f"| SMTP transactions | {done.smtp_transactions / plan.letters:.2f} |"
    yield f"| SMTP connections | {done.smtp_connections / plan.letters:.3f} |"
    yield f"| bytes written to disk | {done.bytes_written / plan.letters:.0f} |"


def _stages() -> Iterator[str]:
    by_stage = milliseconds_by_stage(corpus_letters(560), ROOT / "rules")
    whole = sum(by_stage[stage] for stage in TO_DECISION)
    yield from ("", "## Triage alone, by stage", "", "| stage of one letter, one core | ms |", "|---|---|")
    yield from (f"| {stage} | {milliseconds:.2f} |" for stage, milliseconds in by_stage.items())
    yield f"| from bytes to decision | {whole:.2f} ({1000 / whole:.0f} letters a second) |"


if __name__ == "__main__":
    main()
