"""What `init` finds in the mailbox: capabilities, folders, the copy in Sent, the server that proves senders."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot.errors import Language, Words
from mailbot.letters.read import read_letter
from mailbot.mailroom.imap_session import ImapSession
from mailbot.settings import Settings, read_secret

NEWEST = 30
ENOUGH = 3  # letters that must name the same server before it is believed
WANTED = ("IDLE", "MOVE", "UIDPLUS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The mailbox as it is. `authserv_id` "": the newest letters name no server, or no single one."""

    letters: int
    capabilities: frozenset[str]
    folders: tuple[str, ...]
    sent: str
    spam: str
    authserv_id: str


def probe(settings: Settings, config: Path) -> Found:
    """Looks into the mailbox, changing nothing. Raises BadSettings or Setback."""
    session = ImapSession(settings.imap, read_secret(settings.imap, config))
    try:
        uids = session.uids()
        newest = session.fetch(uids[-NEWEST:])
        return Found(
            letters=len(uids),
            capabilities=session.capabilities & frozenset(WANTED),
            folders=session.folders,
            sent=session.sent,
            spam=session.spam,
            authserv_id=common_server(one.raw or one.head for one in newest),
        )
    finally:
        session.close()


def common_server(letters: Iterator[bytes]) -> str:
    """The server that nearly all letters name on top; hosts of one provider become «.provider.net»."""
    named = Counter(server for raw in letters if (server := _server(raw)))
    if named.total() < ENOUGH:
        return ""
    server, count = named.most_common(1)[0]
    if count * 10 >= named.total() * 9:
        return server
    below = Counter(one.partition(".")[2] for one in named.elements())
    domain, count = below.most_common(1)[0]
    return f".{domain}" if "." in domain and count * 10 >= named.total() * 9 else ""


def _server(raw: bytes) -> str:
    """The authserv-id of the topmost Authentication-Results (RFC 8601 §2.2)."""
    words = read_letter(raw).header("authentication-results").partition(";")[0].split()
    return words[0].lower() if words and "." in words[0] else ""


def probe_text(found: Found, noted: bool, language: Language) -> str:
    """What was found, and what it means for the school."""
    lacking = [name for name in WANTED if name not in found.capabilities]
    lines = [
        Words(f"Ящик открыт: писем во входящих {found.letters}; программа их не тронет.",
              f"The mailbox is open: {found.letters} letters in the inbox, which are left alone."),
        Words("Сервер умеет всё нужное (IDLE, MOVE, UIDPLUS).", "The server can do all that is needed.")
        if not lacking
        else Words(f"Сервер не умеет {', '.join(lacking)}: программа обойдётся без этого, только медленнее.",
                   f"The server lacks {', '.join(lacking)}: mailbot does without, only more slowly."),
        Words(f"Папки: {', '.join(found.folders)}.", f"Folders: {', '.join(found.folders)}."),
        Words(f"Отправленные: «{found.sent}». Кладёт ли сервер туда копию сам, видно только по письму: пошлите его "
              "программой, которая копий не хранит; копии нет – поставьте copy: bcc.",
              f"Sent mail: «{found.sent}». Only a mail shows whether the server files a copy there by itself: send one "
              "from a program that keeps none; if no copy turns up, write copy: bcc.")
        if found.sent
        else Words("Папки отправленных нет: в mailbot.yaml поставьте copy: bcc.",
                   "There is no folder of sent mail: write copy: bcc into mailbot.yaml."),
        _of_server(found, noted),
    ]  # fmt: skip
    return "\n".join(line.said_in(language) for line in lines)


def _of_server(found: Found, noted: bool) -> Words:
    server = found.authserv_id
    if not server:
        return Words(
            "Кто подтверждает отправителей, по письмам не видно. Пока сервер не назван в screening.yaml "
            "(authserv_ids), ответы сотрудников не действуют и сведения из обращений заявителям не повторяются. "
            f"Когда в ящике будет хотя бы {ENOUGH} письма, запустите init снова.",
            "The letters do not show which server proves senders. Until it is named in screening.yaml (authserv_ids), "
            "no answer of staff counts and nothing of a case is repeated to writers. "
            f"Run init again once there are {ENOUGH} letters.",
        )
    if noted:
        return Words(
            f"Отправителей подтверждает {server}: записано в screening.yaml. Проверьте, что это сервер вашей почты.",
            f"Senders are proven by {server}: noted in screening.yaml. Make sure that it is your mail's server.",
        )
    return Words(f"Отправителей подтверждает {server}.", f"Senders are proven by {server}.")
