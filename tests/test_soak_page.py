"""docs/reliability.md says what the latest `make soak` has shown, no more and no less, of a commit in our history."""

import pytest

from tests.soak.page import page
from tests.soak.record import PAGE, is_ancestor, read, wrong_in


def test_the_page_is_what_the_record_makes_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read()), "python -m tests.soak.page"


def test_the_recorded_run_is_that_of_a_commit_in_our_history() -> None:
    assert is_ancestor(read()["commit"])
    assert not is_ancestor("0" * 40)


def test_the_recorded_run_lost_nothing_and_doubled_nothing() -> None:
    assert wrong_in(read()) == []


@pytest.mark.parametrize(("part", "name"), [("kills", "lost"), ("kills", "doubled"), ("faults", "lost")])
def test_a_loss_in_the_record_is_told(part: str, name: str) -> None:
    record = read()
    place = record["faults"][0] if part == "faults" else record[part]
    place[name] = 1

    assert len(wrong_in(record)) == 1


def test_a_failed_matrix_and_a_failed_input_are_told() -> None:
    record = read()
    record["faults_passed"] = False
    record["fuzzing"][0]["failures"] = ["crash-1"]

    assert len(wrong_in(record)) == 2


def test_every_kind_of_attempt_is_on_the_page() -> None:
    record = read()

    assert record["kills"]["kills"] > 0
    assert record["kills"]["letters"] > record["kills"]["kills"]
    assert all(one["executions"] > one["seeds"] for one in record["fuzzing"])
    assert {row["side"] for row in record["faults"]} >= {"IMAP"}
    assert all(f"| {row['name']} |" in PAGE.read_text(encoding="utf-8") for row in record["faults"])
