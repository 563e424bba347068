"""A minute of what `make soak` does for half an hour, and everything that such runs have found so far."""

from pathlib import Path

import pytest

from mailbot.letters.read import read_letter
from tests.soak import FUZZ_S_IN_CI
from tests.soak.fuzzing import fuzz
from tests.soak.seeds import found
from tests.soak.targets import TARGETS, assert_clean, reading

SEED = 20261127


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_breaks_under_a_fuzzer(target: str, tmp_path: Path) -> None:
    (done,) = fuzz((target,), FUZZ_S_IN_CI, SEED, tmp_path)

    assert done.failures == (), (tmp_path / target / "report").read_text()[:3000]
    assert done.executions > done.seeds


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_found_once_is_mended(target: str) -> None:
    for data in found(target):
        TARGETS[target](data)


@pytest.mark.slow
def test_a_promise_that_is_broken_comes_to_light_with_the_bytes_that_break_it(tmp_path: Path) -> None:
    (done,) = fuzz(("canary",), FUZZ_S_IN_CI, SEED, tmp_path)

    assert [read_letter((tmp_path / "canary" / name).read_bytes()).calendar for name in done.failures] == [True]


def test_mail_with_a_foreign_header_or_a_bare_line_end_is_not_clean() -> None:
    for raw in (b"Bcc: spy@evil.example\r\n\r\nx", b"Subject: x\nBcc: y\r\n\r\nx", "Subject: я\r\n\r\nx".encode()):
        with pytest.raises(AssertionError):
            assert_clean(raw)


def test_reading_insists_on_what_it_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.soak.targets.letter_key", lambda data: "other")

    with pytest.raises(AssertionError):
        reading(b"From: a@b.example\r\n\r\nx")
