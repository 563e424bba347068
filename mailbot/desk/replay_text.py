"""What `replay` found, as a person at a terminal reads it."""

from collections.abc import Iterator

from mailbot.desk.reasons import reason_said
from mailbot.desk.replay import Change, Fate, Replayed
from mailbot.errors import Language, Words
from mailbot.replies.words import plural

MOST_SHOWN = 20
MOST_REASONS = 3


def replay_text(done: Replayed, compared: bool, language: Language) -> str:
    """Changes first, the grave ones before the others; then dead rules, doubts and the sum."""
    lines: list[str] = []
    for change in sorted(done.changes, key=lambda change: not change.grave):
        lines += _change_lines(change, language)
    if done.silent:
        title = Words("ни в одном письме не сработали правила", "rules that spoke in no letter")
        lines += [f"{title.said_in(language)}:", *(f"  {rule.place}: {rule.id}" for rule in done.silent)]
    if done.unsure:
        title = Words("программа не уверена, письмо уходит человеку", "not confident, the letter goes to a person")
        lines += [f"{title.said_in(language)}:", *(f"  {name}" for name in done.unsure[:MOST_SHOWN])]
        if len(done.unsure) > MOST_SHOWN:
            lines.append(f"  … {len(done.unsure) - MOST_SHOWN}")
    if done.unread:
        lines.append(Words("не прочитаны", "could not be read").said_in(language) + ": " + ", ".join(done.unread))
    return "\n".join([*lines, _sum(done, compared).said_in(language)])


def _sum(done: Replayed, compared: bool) -> Words:
    grave = sum(change.grave for change in done.changes)
    letters = plural(done.letters, "письмо", "письма", "писем")
    if not compared:
        return Words(
            f"{letters}; не уверены: {len(done.unsure)}", f"{done.letters} letters; unsure: {len(done.unsure)}"
        )
    return Words(
        f"{letters}; исход меняется: {len(done.changes)}, из них опасность или автоматические письма: {grave}",
        f"{done.letters} letters; {len(done.changes)} change, {grave} of them in danger or automatic mail",
    )


def _change_lines(change: Change, language: Language) -> Iterator[str]:
    grave = Words("ВАЖНО ", "GRAVE ").said_in(language) if change.grave else ""
    yield f"{grave}{change.name}"
    for title, old, new in _differences(change.old, change.new):
        yield f"  {title.said_in(language)}: {old or '–'} → {new or '–'}"
    for title, fate, other in (
        (Words("было", "was"), change.old, change.new),
        (Words("стало", "is"), change.new, change.old),
    ):
        told = [reason_said(reason, language) for reason in fate.why if reason not in other.why][:MOST_REASONS]
        yield from (f"    {title.said_in(language)}: {reason}" for reason in told)


def _differences(old: Fate, new: Fate) -> Iterator[tuple[Words, str, str]]:
    for (title, before), (_, after) in zip(_shown(old), _shown(new), strict=True):
        if before != after:
            yield title, before, after


def _shown(fate: Fate) -> tuple[tuple[Words, str], ...]:
    """Everything a fate is compared by, as it is printed."""
    return (
        (Words("принято за", "taken for"), fate.taken_for),
        (Words("тема", "topic"), ", ".join(fate.topics)),
        (Words("не хватает", "missing"), ", ".join(fate.missing)),
        (Words("признаки", "flags"), ", ".join(fate.flags)),
        (Words("решение", "decision"), fate.disposition),
        (Words("кому", "route"), fate.route or ""),
        (Words("заявителю", "writer gets"), fate.writer_gets),
        (Words("письма", "mail"), ", ".join(f"{kind} {who}" for kind, who in fate.mail)),
        (Words("уверенность", "confident"), "да" if fate.confident else "нет"),
    )
