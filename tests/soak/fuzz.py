"""One target under a coverage-guided fuzzer (atheris, libFuzzer): what follows the name goes to libFuzzer as it is.

python -m tests.soak.fuzz TARGET -max_total_time=60 -seed=1 FOLDER
"""

import sys

import atheris

with atheris.instrument_imports(include=["mailbot", "mailparser"]):
    from tests.soak.targets import TARGETS


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
    name, place = sys.argv.pop(1), Path(sys.argv.pop(1))
    atheris.Setup([*sys.argv, f"-artifact_prefix={place}/"], keeping(TARGETS[name], place))
    atheris.Fuzz()
