"""A school for tests: its rules (those shipped, with the mailbox's address), its settings, its mailbot as a process."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from email.header import Header
from pathlib import Path

from mailbot.demo.smtp_sink import Sink
from tests.conftest import MailUser

ROOT = Path(__file__).parent.parent
LONG_AGO = "2020-01-01"


@dataclass(frozen=True, slots=True)
class School:
    """Where this school's files lie; `folder` holds mailbot.yaml, rules/, templates/, state/."""

    folder: Path
    user: MailUser

    @property
    def config(self) -> Path:
        return self.folder / "mailbot.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def mailbot(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end; commands that take settings get this school's."""
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=120, env=self._env(environment), check=False
        )

    def once(self, *, since: str = LONG_AGO) -> subprocess.CompletedProcess[str]:
        """One pass over the mailbox; fails the test with mailbot's own words if it does not end well.

        `since` "": as at a real first contact, what lies there already is left alone.
        """
        done = self.mailbot("once", *(("--since", since) if since else ()))
        assert done.returncode == 0, done.stderr
        return done

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Starts the daemon and waits until its first round has ended well."""
        daemon = subprocess.Popen(
            self.command("run", *words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=self._env(environment),
        )
        until = time.monotonic() + 30
        while not (self.state / "health.json").exists():
            assert daemon.poll() is None, daemon.stderr.read() if daemon.stderr else ""
            assert time.monotonic() < until, "the daemon did not get ready"
            time.sleep(0.05)
        return daemon

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "mailbot", *words, "--config", str(self.config)]

    def _env(self, more: dict[str, str]) -> dict[str, str]:
        return {**os.environ, "LANG": "C.UTF-8", **more}


def end(daemon: subprocess.Popen[str]) -> str:
    """Ends a daemon as systemd would; its log."""
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=30)
    return log


def found_school(
    folder: Path,
    user: MailUser,
    sink: Sink,
    *,
    copy: str = "sent",
    copy_wait_s: int = 3,
    imap_port: int = 0,
    mailbox: str = "",
    poll_s: int = 60,
) -> School:
    """Writes a school's files: the shipped rules and templates, the mailbox's own address, plain loopback servers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("rules", "templates"):
        _copy(ROOT / name, folder / name)
    school_yaml = folder / "rules" / "school.yaml"
    school_yaml.write_text(
        school_yaml.read_text(encoding="utf-8").replace("help@school.example.org", mailbox or user.address)
    )
    (folder / "password").write_text(user.password + "\n", encoding="utf-8")
    (folder / "mailbot.yaml").write_text(
        f"""\
language: ru
imap:
  host: {user.imap_host}
  port: {imap_port or user.imap_port}
  tls: plain
  user: {user.address}
  password_file: password
  poll_seconds: {poll_s}
smtp:
  host: 127.0.0.1
  port: {sink.port}
  tls: plain
  user: {user.address}
  password_file: password
  copy: {copy}
  copy_wait_seconds: {copy_wait_s}
""",
        encoding="utf-8",
    )
    return School(folder, user)


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())


def letter(
    text: str, *, to: str, sender: str = "Мама <mama@mail.example>", subject: str = "вопрос", n: int = 1
) -> bytes:
    """A parent's plain letter, byte for byte the same each time; `n` tells letters apart."""
    head = (
        f"Received: from mx.example.net by mail.school.example.org; Fri, 20 Nov 2026 09:00:00 +0300\r\n"
        f"From: {_encoded(sender)}\r\nTo: {to}\r\nSubject: {_encoded(subject)}\r\n"
        f"Date: Fri, 20 Nov 2026 09:00:00 +0300\r\nMessage-ID: <letter-{n}@mail.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + text.replace("\n", "\r\n").encode() + b"\r\n"


def _encoded(text: str) -> str:
    """Non-ASCII words as RFC 2047 asks."""
    return re.sub(r"[^\x00-\x7f]+(?:[ .,]+[^\x00-\x7f]+)*", lambda found: Header(found[0], "utf-8").encode(), text)
