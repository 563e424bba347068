"""`mailbot replay` from its words on the command line to the report; the bar is shown on a terminal only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mailbot.desk.many_hands import judged_by_many
from mailbot.desk.mind import mind_for_trying
from mailbot.desk.past_letters import count_letters, imap_letters, past_letters
from mailbot.desk.replay import Judge, Past, summed
from mailbot.desk.replay_text import replay_text
from mailbot.errors import BadInput, Language, Words
from mailbot.settings import load_settings


def run_replay(letters: Path | None, imap: str, changed: Path | None, config: Path, language: Language) -> bool:
    """Prints the report; false if danger or automatic mail would come out otherwise. Raises BadInput."""
    if (letters is None) == (not imap):
        raise BadInput(
            where="mailbot replay",
            what=Words("не сказано, какие письма взять", "it is not said which letters to take"),
            mend=Words("Укажите папку, mbox или --imap ПАПКА", "Name a folder, an mbox or --imap FOLDER"),
        )
    today = load_settings(config).rules if config.exists() else Path("rules")
    minds = mind_for_trying(today), mind_for_trying(changed) if changed else None
    past = past_letters(letters) if letters else imap_letters(config, imap)
    expected = count_letters(letters) if letters else None
    judge = Judge(*minds, datetime.now(UTC))
    done = summed(judged_by_many(judge, _watched(past, expected, language)), judge.last.book)
    print(replay_text(done, changed is not None, language))
    return not done.grave


def _watched(past: Iterator[Past], expected: int | None, language: Language) -> Iterator[Past]:
    """The letters as they come, with a bar on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        title = Words("прочитано писем", "letters read").said_in(language)
        task = progress.add_task(title, total=expected)
        for one in past:
            yield one
            progress.advance(task)
