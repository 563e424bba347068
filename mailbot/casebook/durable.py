"""Durable files: what is written here survives a kill at any instant, and a power cut as far as the disk keeps fsync.

Rules of RELIABILITY §4.6: write beside, fsync, rename, fsync the folder. Errors of the disk become `DiskTrouble`, after
which memory may be ahead of the disk: whoever catches it must load everything anew.
"""

import contextlib
import errno
import fcntl
import os
import pwd
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mailbot.errors import BadSettings, BadState, Setback, Words


class DiskTrouble(Setback):
    """The disk did not take what we wrote; the state in memory must not be believed any more."""


def disk_trouble(path: Path, error: OSError) -> DiskTrouble:
    """The right words for a full disk, lost rights or a failing device."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        mend = Words("Освободите место на диске: работа продолжится сама", "Free some space: work resumes by itself")
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        mend = Words(
            "Верните пользователю mailbot право записи в эту папку",
            "Give the user that mailbot runs as the right to write there",
        )
    else:
        mend = Words("Проверьте диск; после исправления работа продолжится сама", "Check the disk; work then resumes")
    cause = error.strerror or str(error)
    what = Words(f"состояние не записано ({cause})", f"the state was not written ({cause})")
    return DiskTrouble(where=str(path), what=what, mend=mend)


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns the operating system's errors about `path` into `DiskTrouble`."""
    try:
        yield
    except OSError as error:
        raise disk_trouble(path, error) from error


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_beside(path: Path, blob: bytes) -> None:
    """Writes and fsyncs `path` by way of a temporary name; the caller fsyncs the folder (once for many files)."""
    beside = path.with_name(path.name + ".tmp")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(handle, blob)
        os.fsync(handle)
    except BaseException:
        os.close(handle)
        beside.unlink(missing_ok=True)
        raise
    os.close(handle)
    beside.replace(path)


def write_all(handle: int, blob: bytes) -> None:
    """All of `blob`; os.write may take less at a time."""
    rest = memoryview(blob)
    while rest:
        rest = rest[os.write(handle, rest) :]


def replace_durably(path: Path, blob: bytes) -> None:
    """Replaces one file whole: after a crash there is the old content or the new one, nothing between."""
    with disk_errors(path):
        write_beside(path, blob)
        sync_folder(path.parent)


class AlreadyRunning(BadSettings):
    """Another process holds the state."""


class Lock:
    """One daemon a state folder: an flock that the kernel frees when its holder dies."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Takes the lock or raises AlreadyRunning saying who holds it."""
        self._path = folder / "lock"
        with disk_errors(self._path):
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._handle, 200, 0).decode("utf-8", "replace").strip() or "?"
            os.close(self._handle)
            raise AlreadyRunning(
                where=str(self._path),
                what=Words(f"mailbot уже работает: {holder}", f"mailbot is already running: {holder}"),
                mend=Words(
                    "Второй экземпляр не нужен; остановите первый, если хотите запустить заново",
                    "A second one is not needed; stop the first to start anew",
                ),
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"pid {os.getpid()}, {now:%Y-%m-%d %H:%M:%S} UTC\n".encode(), 0)

    def release(self) -> None:
        """Gives the lock back; also happens by itself when the process ends."""
        os.close(self._handle)


def prepare_folder(folder: Path) -> None:
    """The state folder with its rooms, readable by nobody else."""
    for room in (folder, folder / "owed", folder / "orders"):
        with disk_errors(room):
            room.mkdir(mode=0o700, parents=True, exist_ok=True)
            if room.stat().st_uid == os.getuid():
                room.chmod(0o700)


def own_state(folder: Path) -> None:
    """Refuses to write into a state that is another user's: the daemon could not read it. Raises BadSettings."""
    if not folder.exists():
        raise BadSettings(
            where=str(folder),
            what=Words("здесь ещё нет состояния", "there is no state here yet"),
            mend=Words("Проверьте state в настройках; его создаёт mailbot run", "Check state in the settings"),
        )
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        name = _name_of(owner)
        raise BadSettings(
            where=str(folder),
            what=Words(f"состояние принадлежит пользователю {name}", f"the state belongs to the user {name}"),
            mend=Words(f"Запустите команду от него: sudo -u {name} …", f"Run the command as that user: sudo -u {name}"),
        )


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def bad_state(path: Path, ru: str, en: str) -> BadState:
    """A file of the state folder that cannot be believed."""
    return BadState(
        where=str(path),
        what=Words(ru, en),
        mend=Words(
            "Верните файл из резервной копии; пустым его считать нельзя: ответы ушли бы второй раз",
            "Restore it from the backup; it is not taken for empty, or people would be answered twice",
        ),
    )
