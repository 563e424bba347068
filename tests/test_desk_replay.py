"""`mailbot replay`: what a change of the rules would have meant for past letters; the world stays as it is."""

import mailbox
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from mailbot.demo.smtp_sink import Sink
from mailbot.desk.many_hands import BATCH, judged_by_many
from mailbot.desk.mind import mind_for_trying
from mailbot.desk.replay import Judge, Past, summed
from mailbot.desk.replay import replay as replay_here
from tests.conftest import MailUser
from tests.school import School, found_school, letter
from tests.servers.dovecot import Dovecot

ROOT = Path(__file__).parent.parent
TO = "help@school.example.org"
LETTERS = {
    "01-password.eml": "Здравствуйте! Подскажите, пожалуйста, как восстановить пароль от электронного дневника?",
    "02-mark.eml": "У Беловой Анны, 7В, пропала оценка по физике за контрольную, посмотрите, пожалуйста.",
    "03-bullying.eml": "Сына после уроков избили старшеклассники, он боится идти в школу.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A school's rules, a copy of them to be changed, and some letters."""
    for name in ("rules", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "rules", tmp_path / "new" / "rules")
    (tmp_path / "past").mkdir()
    for number, (name, text) in enumerate(LETTERS.items()):
        (tmp_path / "past" / name).write_bytes(letter(text, to=TO, sender=f"<p{number}@mail.example>", n=number))
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "new" / "rules" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def replay(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailbot", "replay", *words], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_the_same_rules_change_nothing(folder: Path) -> None:
    done = replay(folder, "past", "--rules", "new/rules")

    assert done.returncode == 0, done.stderr
    assert "3 письма; исход меняется: 0" in done.stdout


def test_a_letter_that_would_go_to_another_person_is_told_with_old_and_new(folder: Path) -> None:
    change(folder, "school.yaml", "address: journal@school.example.org", "address: eljur@school.example.org")

    done = replay(folder, "past", "--rules", "new/rules")

    assert done.returncode == 0, done.stderr
    assert "02-mark.eml\n  письма: " in done.stdout
    assert "forward journal@school.example.org" in done.stdout
    assert "forward eljur@school.example.org" in done.stdout
    assert "01-password.eml" not in done.stdout
    assert "из них опасность или автоматические письма: 0" in done.stdout


def test_a_change_of_automatic_mail_is_grave_and_ends_the_command_with_1(folder: Path) -> None:
    change(
        folder, "topics.yaml", "  required: [student, class, subject]", "  required: [student, class, subject, date]"
    )

    done = replay(folder, "past", "--rules", "new/rules")

    assert done.returncode == 1, done.stderr
    assert "ВАЖНО 02-mark.eml" in done.stdout
    assert "  не хватает: – → date" in done.stdout
    assert "  заявителю: receipt → questions" in done.stdout


def test_a_change_of_what_counts_as_danger_is_grave(folder: Path) -> None:
    change(folder, "flags.yaml", "phrases: [наши данные видны", "phrases: [пропасть оценка физике, наши данные видны")

    grave = replay(folder, "past", "--rules", "new/rules")

    assert grave.returncode == 1
    assert "ВАЖНО 02-mark.eml" in grave.stdout
    assert "признаки: – → leak" in grave.stdout
    assert "кому: consultant → director" in grave.stdout


def test_rules_that_never_spoke_are_told_with_their_place(folder: Path) -> None:
    done = replay(folder, "past")

    assert "ни в одном письме не сработали правила:" in done.stdout
    assert ": planning-ktp" in done.stdout
    assert ": access-password" not in done.stdout


def test_an_mbox_is_replayed_as_a_folder_is(folder: Path) -> None:
    box = mailbox.mbox(folder / "past.mbox")
    for path in sorted((folder / "past").iterdir()):
        box.add(path.read_bytes())
    box.close()

    done = replay(folder, "past.mbox")

    assert done.returncode == 0, done.stderr
    assert "3 письма; не уверены:" in done.stdout


def test_many_letters_are_judged_on_all_cores_as_few_are_on_one(folder: Path) -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    texts = tuple(LETTERS.values())
    past = [Past(f"{n:03}", letter(texts[n % 3], to=TO, sender=f"<p{n}@mail.example>", n=n)) for n in range(BATCH + 20)]
    change(
        folder, "topics.yaml", "  required: [student, class, subject]", "  required: [student, class, subject, date]"
    )
    minds = mind_for_trying(folder / "rules"), mind_for_trying(folder / "new" / "rules")

    alone = replay_here(past, *minds, now)
    together = summed(judged_by_many(Judge(*minds, now), past), minds[1].book)

    assert together == alone
    assert len(alone.changes) == (BATCH + 20) // 3


def test_a_folder_that_is_not_there_is_bad_input(folder: Path) -> None:
    missing, neither = replay(folder, "нет"), replay(folder)

    assert (missing.returncode, neither.returncode) == (65, 65)
    assert "такого файла нет" in missing.stderr
    assert "--imap" in neither.stderr


def test_nothing_that_sends_or_stores_is_even_loaded(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mailbot.errors import Language; "
        "from mailbot.desk.replaying import run_replay; "
        "run_replay(Path('past'), '', Path('new/rules'), Path('mailbot.yaml'), Language.RU); "
        "print([name for name in sys.modules if 'casebook' in name or 'outbox' in name or 'aiosmtplib' in name])"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_a_folder_on_the_server_is_only_read_and_neither_mail_nor_state_changes(
    tmp_path: Path, dovecot: Dovecot, mail_user: MailUser, sink: Sink
) -> None:
    school: School = found_school(tmp_path, mail_user, sink, copy="none")
    for number, text in enumerate(LETTERS.values()):
        dovecot.deliver(
            mail_user.address, letter(text, to=mail_user.address, sender=f"<p{number}@mail.example>", n=number)
        )
    school.once(since="")
    before, sent = contents(school.state), len(sink.accepted)
    inbox = dovecot.folder_letters(mail_user.address)

    done = school.mailbot("replay", "--imap", "INBOX")
    unknown = school.mailbot("replay", "--imap", "Нет такой")

    assert done.returncode == 0, done.stderr
    assert "3 письма" in done.stdout
    assert contents(school.state) == before
    assert len(sink.accepted) == sent == 0
    assert dovecot.folder_letters(mail_user.address) == inbox
    with dovecot.client(mail_user.address) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == client.search("ALL")
    assert unknown.returncode == 65
    assert "такой папки на сервере нет" in unknown.stderr
