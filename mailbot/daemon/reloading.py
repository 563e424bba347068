"""A saved change of the rules is taken up with the next round, after check and test; until then the old ones stay.

What keeps a change out is mailed to the admin once for each content, and stands in state/rules.json for `status`.
"""

import json
from datetime import timedelta

from mailbot.casebook.durable import disk_errors, write_beside
from mailbot.casebook.rows import Told
from mailbot.cases.case import Kind
from mailbot.cases.draft import Writing, mail_of
from mailbot.consider import Mind
from mailbot.daemon.rules_kept import content_of, examined, keep, stamp_of
from mailbot.daemon.world import World
from mailbot.errors import BadInput, MailbotError, Words
from mailbot.replies.compose import compose
from mailbot.replies.facts import Extra
from mailbot.replies.matter import Matter
from mailbot.rulebook.files import RuleFolder, read_folder
from mailbot.rulebook.problems import RuleProblems

SETTLED_AFTER = timedelta(seconds=2)  # an editor may still be writing
MOST_LINES = 12
RULES_FILE = "rules.json"


def take_up_rules(world: World) -> None:
    """Looks whether the rules were changed; costs a few stats where they were not."""
    stamp = stamp_of(world.settings)
    if stamp == world.rules.stamp or not _settled(world, stamp):
        return
    world.rules.stamp = stamp
    read = read_folder(world.settings.rules, world.settings.templates)
    content = content_of(read)
    if content == world.rules.in_force:
        world.rules.refused = ""
        _tell_status(world, "")
    elif content != world.rules.refused:
        _examine(world, read, content)


def _settled(world: World, stamp: tuple[tuple[str, int, int], ...]) -> bool:
    """Whether the latest change is some seconds old; a clock that lies in the past settles nothing for ever."""
    newest = max((changed for _, changed, _ in stamp), default=0) / 1e9
    age_s = world.clock().timestamp() - newest
    return age_s >= SETTLED_AFTER.total_seconds() or age_s < 0


def _examine(world: World, read: RuleFolder, content: str) -> None:
    old = world.mind
    try:
        mind = examined(read, old.secret)
        _refuse_another_mailbox(mind, old)
    except BadInput as error:
        world.rules.refused = content
        world.log.error("rules refused", refused=content, in_force=old.book.hash)
        _tell_status(
            world, error.what.ru if not isinstance(error, RuleProblems) else error.said_in(world.settings.language)
        )
        _tell_admin(world, error, content)
        return
    world.mind, world.rules.in_force, world.rules.refused = mind, content, ""
    world.reader.judge_by(mind.book)
    keep(world.settings.state, read)
    _tell_status(world, "")
    world.log.info("rules taken up", old=old.book.hash, new=mind.book.hash)


def _refuse_another_mailbox(mind: Mind, old: Mind) -> None:
    """The address is part of the open connections: it changes with a restart only."""
    if mind.book.school.mailbox != old.book.school.mailbox:
        raise BadInput(
            where="rules/school.yaml",
            what=Words("адрес ящика (mailbox) изменён", "the mailbox's address was changed"),
            mend=Words(
                "Перезапустите mailbot: systemctl restart mailbot", "Restart mailbot: systemctl restart mailbot"
            ),
        )


def _tell_status(world: World, reason: str) -> None:
    """What `status` shows of the rules."""
    told = {"in_force": world.mind.book.hash, "refused": reason, "at": world.clock().isoformat()}
    path = world.settings.state / RULES_FILE
    with disk_errors(path):
        write_beside(path, json.dumps(told, ensure_ascii=False).encode())


def _tell_admin(world: World, error: MailbotError, content: str) -> None:
    """One letter to the admin for each content that was refused, also over restarts."""
    job = f"rules {content}"
    if job in world.casebook.ledger.last_run:
        return
    now, mind = world.clock(), world.mind
    admin = mind.book.school.admin
    writing = Writing(
        kind=Kind.ALARM,
        recipient=admin.address,
        recipient_name=admin.name,
        thread_ids=(),
        subject_of="",
        round=int(content[:8], 16),  # tells one refused content from another in the Message-ID
        extra=((Extra.WHAT.value, reason_said(error)), (Extra.MEND.value, MEND)),
    )
    about = Matter(case=None, letter=None, raw=None, finding=None)
    draft = compose(writing, about, mind.book, mind.wording, mind.secret, now)
    world.casebook.stage(Told(at=now, job=job, mails=(mail_of(draft),)), (draft,))
    world.casebook.commit(now)


MEND = (
    "исправьте правила и сохраните: изменение вступит в силу само. Все ошибки сразу показывает команда mailbot check."
)


def reason_said(error: MailbotError) -> str:
    """Why the old rules stay, as the admin reads it."""
    if isinstance(error, RuleProblems):
        lines = [f"{one.place}: {one.what.ru}. {one.mend.ru}." for one in error.problems]
    else:
        lines = f"{error.where}: {error.what.ru}. {error.mend.ru}.".splitlines()
    shown = lines[:MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"… и ещё строк: {len(lines) - len(shown)}")
    listed = "\n".join(f"- {line.strip()}" for line in shown)
    return f"Изменённые правила не приняты, поэтому в силе остаются прежние. Причина:\n{listed}"
