"""One letter's triage for people at a terminal."""

from mailbot.desk.trying import Tried
from mailbot.errors import Language, Words


def triage_text(tried: Tried, language: Language) -> str:
    """A few lines: what it is, what would be done, what is missing, why."""
    finding, decision = tried.outcome.finding, tried.outcome.decision
    if finding is None:
        unread = Words("письмо не прочитано; передано сотруднику", "could not be read; handed to a person")
        return f"{tried.path}: {unread.said_in(language)}"
    topics = ", ".join(f"{topic.topic}/{topic.intent}" for topic in finding.topics)
    done = f"{decision.disposition} → {decision.route or '—'}, {decision.writer_gets}" if decision else "ignore"
    lines = [
        f"{tried.path}",
        f"  {Words('тема', 'topic').said_in(language)}: {topics} ({finding.audience}, {finding.confidence:.2f})",
        f"  {Words('решение', 'decision').said_in(language)}: {done}",
    ]
    if finding.missing:
        lines.append(f"  {Words('не хватает', 'missing').said_in(language)}: {', '.join(finding.missing)}")
    if finding.flags:
        lines.append(f"  {Words('признаки', 'flags').said_in(language)}: {', '.join(finding.flags)}")
    return "\n".join(lines)
