"""«Не отвечено и почему»: letters whose writer got nothing, by reason, and what to do if a person wrote them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbot.cases.history import Folder
from mailbot.reports.entries import Taken

REASONS = (
    (("own-", "list-robot"), "письмо с нашего же адреса или возврат нашего"),
    (("autoreply", "auto-subject", "away", "received", "auto-response", "exchange"), "автоответ"),
    (("auto-header", "auto-", "robot", "precedence"), "письмо составлено программой"),
    (("list", "bulk", "campaign", "mailing", "firm", "offer", "bait"), "рассылка или реклама"),
    (("spam",), "почтовый сервер считает письмо спамом"),
    (("read-receipt", "receipt", "calendar", "feedback", "report"), "уведомление о прочтении, встрече или доставке"),
    (("no-reply", "no-sender", "null-return", "mailer-daemon", "postmaster", "bounce"), "отправителю нельзя ответить"),
    (("reads-like",), "по словам похоже на письмо программы"),
    (("not-to-us",), "письмо адресовано не нам: скрытая копия или пересылка"),
    (("forged",), "адрес отправителя, похоже, поддельный"),
    (("voice", "site-form", "form-"), "сообщение телефонии, сканера или формы на сайте без адреса"),
    (("authority",), "органы власти: передано в канцелярию"),
    (("unreadable",), "письмо не удалось прочитать"),
    (("strange-word",), "ответ от имени сотрудника без подтверждения"),
    (("twice",), "то же письмо пришло второй раз"),
    (("old",), "письмо пролежало слишком долго до первого прочтения"),
    (("held",), "достигнут предел автоматических писем или адрес не работает"),
    (("thanks",), "благодарность, ответа не ждёт"),
    (("in-work",), "дополнение к обращению, которое уже у сотрудника"),
)
"""How reason codes begin, and what staff are told; the order decides."""
MOST_REASONS = 10
NEEDS_NOTHING = frozenset({"thanks", "twice"})


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One reason: its stable code, what it means, how many letters, and how a person releases one."""

    code: str
    meaning: str
    count: int
    release: str


def unanswered_of(letters: Iterable[Taken], folders: Mapping[Folder, str]) -> tuple[Unanswered, ...]:
    """The reasons by number of letters; `folders` are the names of the folders on the server."""
    counts = Counter((letter.code, letter.folder) for letter in letters if letter.code)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [
        Unanswered(code, _meaning(code), count, _release(code, folder, folders))
        for (code, folder), count in ranked[:MOST_REASONS]
    ]
    rest = sum(count for _, count in ranked[MOST_REASONS:])
    if rest:
        release = f"папка «{folders[Folder.NOT_ANSWERED]}» или у сотрудника"
        shown.append(Unanswered("and-more", "по другим причинам", rest, release))
    return tuple(shown)


def _meaning(code: str) -> str:
    return next((said for begins, said in REASONS if code.startswith(begins)), "похоже на письмо программы")


def _release(code: str, folder: Folder, folders: Mapping[Folder, str]) -> str:
    if code in NEEDS_NOTHING:
        return "ничего не нужно"
    if folder in (Folder.HANDED_OVER, Folder.ANSWERED):
        return "письмо у сотрудника"
    return f"папка «{folders[folder]}»: если писал человек, ответьте ему оттуда сами"
