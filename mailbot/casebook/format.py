"""In which form the state lies on the disk: state/format holds its number. Older ones are brought forward at the start,
newer ones refused, for an older program would misread them.
"""

from collections.abc import Callable
from pathlib import Path

from mailbot.casebook.durable import replace_durably
from mailbot.casebook.journal import months
from mailbot.errors import BadState, Words

FORMAT_FILE = "format"
Step = Callable[[Path], None]


def _no_change(folder: Path) -> None:
    """1 → 2: only the number itself is new."""


STEPS: tuple[Step, ...] = (_no_change,)
"""STEPS[n - 1] makes format n + 1 of format n. A step may be cut short by a crash: it must be safe to do again."""
FORMAT = len(STEPS) + 1


def brought_forward(folder: Path) -> None:
    """Makes the state one of today's format. Only for who holds the lock. Raises BadState for a newer one."""
    begun = format_of(folder)
    for number in range(begun, FORMAT):
        STEPS[number - 1](folder)
        _mark(folder, number + 1)
    if not (folder / FORMAT_FILE).exists():
        _mark(folder, FORMAT)


def format_of(folder: Path) -> int:
    """The format of what lies there; today's where nothing does yet. Raises BadState for one we do not know."""
    path = folder / FORMAT_FILE
    try:
        told = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return 1 if months(folder) else FORMAT
    except UnicodeDecodeError:
        told = ""
    if not told.isdecimal() or not 1 <= int(told) <= FORMAT:
        raise _unknown(path, told)
    return int(told)


def _mark(folder: Path, number: int) -> None:
    replace_durably(folder / FORMAT_FILE, f"{number}\n".encode())


def _unknown(path: Path, told: str) -> BadState:
    return BadState(
        where=str(path),
        what=Words(
            f"состояние записано другой версией mailbot (формат «{told[:20]}», известны до {FORMAT})",
            f"another version of mailbot wrote this state (format «{told[:20]}», known up to {FORMAT})",
        ),
        mend=Words(
            "Верните прежнюю версию программы или копию состояния, сделанную перед обновлением",
            "Install that version again, or restore the copy of the state made before the upgrade",
        ),
    )
