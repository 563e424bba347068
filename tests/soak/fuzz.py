"""One target under a coverage-guided fuzzer (atheris over libFuzzer), to which what follows PLACE is passed on.

    python -m tests.soak.fuzz TARGET PLACE -max_total_time=60 -seed=1 INPUTS

An input that fails is left in the folder PLACE.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mailbot", "mailparser"]):
    from tests.soak import targets


def keeping(target: Callable[[bytes], None], place: Path) -> Callable[[bytes], None]:
    """The target, which writes down what it fails on: libFuzzer does, too, under the same name, if it comes to it."""

    def tried(data: bytes) -> None:
        try:
            target(data)
        except BaseException:
            (place / f"crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}").write_bytes(data)
            raise

    return tried


if __name__ == "__main__":
    name, folder = sys.argv.pop(1), Path(sys.argv.pop(1))
    atheris.Setup([*sys.argv, f"-artifact_prefix={folder}/"], keeping(getattr(targets, name), folder))
    atheris.Fuzz()
