"""What can be said of our dependencies without asking anybody: pinned, hashed, complete, installed so, and free to use.

    python .ci/supply_chain.py [FOLDER]        FOLDER holds pyproject.toml and the locks

Prints each fault on a line; exit 1 if there is one. Known vulnerabilities need a service that knows them: `make audit`.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = {
    "requirements.lock": (),
    "requirements-demo.lock": ("demo",),
    "requirements-dev.lock": ("dev",),
    "requirements-audit.lock": ("audit",),
}
INSTALLED = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;]+)(?P<rest>.*)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
FREE = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"),
        *("MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Zlib"),
    )
)
"""Licences that ask for notice only (MPL: also for changes of its own files); nothing of ours becomes bound by them."""
WORDED = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
}
READ_BY_HAND = {"imapclient": "BSD-3-Clause", "atheris": "Apache-2.0"}
"""Packages whose metadata name no licence; read in the file COPYING or LICENSE they ship."""


def faults(folder: Path) -> Iterator[str]:
    """Everything wrong with the locks of a project, and with what is installed beside this program."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, extras in LOCKS.items():
        pins = dict(pins_of(folder / name))
        optional = (one for extra in extras for one in project["optional-dependencies"][extra])
        asked = [*project["dependencies"], *optional]
        told = (unhashed(folder / name), unlocked(asked, pins), incomplete(pins) if name in INSTALLED else ())
        yield from (f"{name}: {fault}" for each in told for fault in each)
    yield from strangers(dict(pins_of(folder / INSTALLED[-1])))


def requirements_of(lock: Path) -> Iterator[str]:
    """The requirements of a lock, each on one line with its hashes."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return (line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def pins_of(lock: Path) -> Iterator[tuple[str, str]]:
    """Name and version of every pinned requirement."""
    found = (PINNED.match(line) for line in requirements_of(lock))
    return ((canonicalize_name(one["name"]), one["version"]) for one in found if one)


def unhashed(lock: Path) -> Iterator[str]:
    """Requirements that are not pinned to one version, or to no bytes."""
    for line in requirements_of(lock):
        found = PINNED.match(line)
        if found is None:
            yield f"not pinned: {line.split()[0]}"
        elif not HASH.search(found["rest"]):
            yield f"no hash: {found['name']}"


def unlocked(asked: list[str], pins: dict[str, str]) -> Iterator[str]:
    """What pyproject.toml asks for and the lock does not give."""
    for one in map(Requirement, asked):
        pinned = pins.get(canonicalize_name(one.name))
        if pinned is None:
            yield f"{one.name} is asked for and not locked: make lock"
        elif not one.specifier.contains(pinned, prereleases=True):
            yield f"{one.name} {pinned} is locked, {one.specifier} asked for: make lock"


def incomplete(pins: dict[str, str]) -> Iterator[str]:
    """Locked packages that are not installed so, ask for others that are not locked, or are not free to use."""
    for name, version in pins.items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            yield f"{name} is locked and not installed"
            continue
        if found.version != version:
            yield f"{name} {found.version} is installed, {version} locked"
        wanted = (Requirement(one) for one in found.requires or ())
        needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
        yield from (
            f"{name} needs {one.name}, which is not locked" for one in needed if canonicalize_name(one.name) not in pins
        )
        if not is_free(found):
            yield f"{name}: licence not on the list ({licence_of(found) or 'none named'})"


def is_free(package: Distribution) -> bool:
    """Whether one of the licences offered (OR) asks, in all its parts (AND), for nothing beyond the list."""
    offers = re.split(r"\s+OR\s+", licence_of(package))
    return any(all(part.strip("() ") in FREE for part in re.split(r"\s+AND\s+", offer)) for offer in offers)


def licence_of(package: Distribution) -> str:
    """The licence as an SPDX expression, from whichever field says it; "" where none does."""
    told = package.metadata
    name = canonicalize_name(told["Name"])
    worded = [WORDED[one] for one in told.get_all("Classifier", []) if one in WORDED]
    for said in (told.get("License-Expression"), " OR ".join(worded), told.get("License"), READ_BY_HAND.get(name)):
        try:
            if said:
                return canonicalize_license_expression(said)
        except ValueError:
            continue
    return ""


def strangers(pins: dict[str, str]) -> Iterator[str]:
    """What is installed beside us although nobody locked it."""
    names = {canonicalize_name(one.metadata["Name"]) for one in distributions()} - {"mailbot"}
    return (f"{name} is installed and not locked" for name in sorted(names - pins.keys()))


if __name__ == "__main__":
    told = list(faults(Path(sys.argv[1] if sys.argv[1:] else ".")))
    print("\n".join(told) or "dependencies: pinned, hashed, complete, free to use")
    sys.exit(1 if told else 0)
