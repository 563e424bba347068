"""A school for the demo: the shipped rules and templates, settings for the embedded servers, a state of its own."""

import shutil
from pathlib import Path

from mailbot.demo.post_office import PostOffice
from mailbot.demo.samples import MAILBOX
from mailbot.errors import BadInput, Words
from mailbot.shipped import FOLDERS, shipped_folder

MARK = "made by mailbot demo.txt"
BORDER = "mx.school.example.org"


def prepare_out(out: Path) -> None:
    """An empty folder for the demo; what an earlier demo left is removed. Raises BadInput for anybody else's folder."""
    if out.exists() and not out.is_dir():
        raise _not_ours(out)
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise _not_ours(out)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("Следующий показ удалит эту папку. The next demo removes this folder.\n", encoding="utf-8")


def found_school(folder: Path, office: PostOffice) -> Path:
    """Writes the school's files and returns its settings. Raises BadInput if the shipped rules are not to be found."""
    for name in FOLDERS:
        shutil.copytree(shipped_folder() / name, folder / name)
    _replace(folder / "rules" / "school.yaml", MAILBOX, office.mailbox)
    _replace(folder / "rules" / "screening.yaml", "authserv_ids: []", f"authserv_ids: [{BORDER}]")
    (folder / "password").write_text(office.password + "\n", encoding="utf-8")
    settings = folder / "mailbot.yaml"
    settings.write_text(_settings(office), encoding="utf-8")
    return settings


def _settings(office: PostOffice) -> str:
    return f"""\
# Настройки показа: серверы встроенные, поэтому соединение открытое (иначе, чем на 127.0.0.1, оно запрещено).
imap: {{host: 127.0.0.1, port: {office.imap_port}, tls: plain, user: {office.mailbox}, password_file: password}}
smtp: {{host: 127.0.0.1, port: {office.smtp_port}, tls: plain, user: {office.mailbox}, password_file: password}}
"""


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _not_ours(out: Path) -> BadInput:
    return BadInput(
        where=str(out),
        what=Words("здесь лежит что-то не от показа", "this was not left by a demo"),
        mend=Words("Укажите другую папку: --out ПАПКА", "Name another folder: --out FOLDER"),
    )
