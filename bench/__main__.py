"""Runs the measurements and writes bench/results.md: `python -m bench [LETTERS]` (default 300 letters, corpus mix).

Throughput is the median of five runs with its spread; ratios are taken within one run, for machines differ.
"""

import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import floor
from bench.stages import milliseconds_by_stage
from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser
from tests.letters_mime.make_eml import message
from tests.school import LONG_AGO, ROOT, School, found_school
from tests.servers.dovecot import Dovecot

RUNS = 5
RESULTS = Path(__file__).with_name("results.md")


def corpus_letters(count: int) -> list[bytes]:
    """The corpus' mix of letters as mail programs make them, as often round as it takes; each with an id of its own."""
    rows = [json.loads(line) for line in (ROOT / "tests/corpus/shared.jsonl").read_text(encoding="utf-8").splitlines()]
    turns = ({**rows[n % len(rows)], "id": f"{rows[n % len(rows)]['id']}-{n}"} for n in range(count))
    return [message(row).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for row in turns]


@contextmanager
def mailbox(letters: Sequence[bytes]) -> Iterator[tuple[Dovecot, MailUser, Sink]]:
    """A Dovecot user with these letters in INBOX, and a sink."""
    with Dovecot() as dovecot:
        user = MailUser(
            address=dovecot.user(),
            password=dovecot.password,
            imap_host=dovecot.host,
            imap_port=dovecot.port,
            imap_tls_port=dovecot.tls_port,
            ca_path=dovecot.ca_path,
        )
        with dovecot.client(user.address) as client:
            for start in range(0, len(letters), 100):
                client.multiappend("INBOX", list(letters[start : start + 100]))
        with Sink(user=user.address, password=user.password) as sink:
            yield dovecot, user, sink


def floor_seconds(letters: Sequence[bytes]) -> float:
    """Time the byte-exchanging bot takes for the letters."""
    with mailbox(letters) as (_, user, sink):
        started = time.perf_counter()
        floor.drain(user.imap_port, sink.port, user.address, user.password)
        return time.perf_counter() - started


def mailbot_seconds(letters: Sequence[bytes]) -> float:
    """Time `mailbot once` takes for the letters, its start included."""
    with mailbox(letters) as (dovecot, user, sink), tempfile.TemporaryDirectory() as folder:
        school = found_school(Path(folder), user, sink, copy="none", mailbox="help@school.example.org")
        unlimited(school)
        started = time.perf_counter()
        subprocess.run(school.command("once", "--since", LONG_AGO), check=True, stderr=subprocess.DEVNULL)
        took = time.perf_counter() - started
        left = len(dovecot.folder_letters(user.address))
        if left:
            raise SystemExit(f"{left} letters were left in the inbox: not a result")
        return took


def unlimited(school: School) -> None:
    """The default rules but for the caps on mail in all, which hundreds of letters in a minute would meet."""
    path = school.folder / "rules" / "screening.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    caps = ("total_day:", "total_hour:", "per_domain_hour:")
    raised = [f"{line.split(':')[0]}: 9000" if line.strip().startswith(caps) else line for line in lines]
    path.write_text("\n".join(raised) + "\n", encoding="utf-8")


def rates(measure: Callable[[Sequence[bytes]], float], letters: Sequence[bytes]) -> list[float]:
    """Letters a second of each run."""
    return [len(letters) / measure(letters) for _ in range(RUNS)]


def main() -> None:
    """Measures, prints and writes the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    letters = corpus_letters(count)
    by_stage = milliseconds_by_stage(corpus_letters(560), ROOT / "rules")
    floor_rates, mailbot_rates = rates(floor_seconds, letters), rates(mailbot_seconds, letters)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    whole = sum(by_stage.values()) - by_stage["understand"]
    low, high = statistics.median(floor_rates), statistics.median(mailbot_rates)
    lines = [
        "# Measurements",
        "",
        f"{platform.machine()}, Python {platform.python_version()}, {count} letters, median of {RUNS} runs (spread).",
        "",
        "| what | letters a second |",
        "|---|---|",
        f"| floor: only exchanges the bytes | {low:.0f} ({min(floor_rates):.0f}–{max(floor_rates):.0f}) |",
        f"| mailbot once, its start included | {high:.0f} ({min(mailbot_rates):.0f}–{max(mailbot_rates):.0f}) |",
        f"| ratio in this run | {high / low:.2f} |",
        "",
        f"Largest process of mailbot: {peak_mb:.0f} MB.",
        "",
        "| stage of one letter, one core | ms |",
        "|---|---|",
        *(f"| {stage} | {milliseconds:.2f} |" for stage, milliseconds in by_stage.items()),
        f"| in all, understanding once | {whole:.2f} ({1000 / whole:.0f} letters a second) |",
        "",
    ]
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
