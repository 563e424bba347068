"""Runs mailbot with a mistake in it: thinking about any letter that holds the word СБОЙ raises an error quoting it.

python -m tests.fail_on once --config FILE
"""

from mailbot.cases.events import Arrival, Event
from mailbot.cli import main
from mailbot.daemon import taking

rightly = taking.sort


def mistaken(arrival: Arrival, *rest: object) -> Event:
    if "СБОЙ" in arrival.letter.text:
        raise ValueError(arrival.letter.text)
    return rightly(arrival, *rest)  # type: ignore[arg-type]


if __name__ == "__main__":
    taking.sort = mistaken
    main()
