"""What a power cut leaves of a state folder: only what was made durable by fsync, as noted by tests/kill_at.py.

Stricter than a real disk: bytes of a file beyond its last fsync are gone, and so is every name that its folder did not
hold when the folder was last synced.
"""

from pathlib import Path


def cut_power(state: Path, durable_log: Path) -> None:
    """Takes from `state` all that no fsync has made durable."""
    sizes, names = _noted(durable_log)
    for folder in (state, state / "owed"):
        for path in folder.iterdir():
            if path.is_dir() or path.name in ("lock", "secret"):
                continue
            if path.name not in names.get(str(folder), set()):
                path.unlink()
                continue
            durable = sizes.get(path.stat().st_ino, 0)
            if path.stat().st_size > durable:
                with path.open("r+b") as file:
                    file.truncate(durable)


def _noted(durable_log: Path) -> tuple[dict[int, int], dict[str, set[str]]]:
    """By inode how many bytes are durable, and by folder which names are."""
    sizes: dict[int, int] = {}
    names: dict[str, set[str]] = {}
    for line in durable_log.read_text().splitlines():
        kind, path, *rest = line.split("\t")
        if kind == "dir":
            names[path] = set(rest[0].split("/"))
        else:
            sizes[int(rest[0])] = int(rest[1])
    return sizes, names
