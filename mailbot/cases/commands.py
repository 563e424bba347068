"""Commands of staff: one on the first line of a reply, with words after it and text below it."""

import re
from dataclasses import dataclass
from enum import StrEnum

SPACES = re.compile(r"[\s_.!,:;]+")


class Command(StrEnum):
    """What a colleague can ask of the program, as it is written after the «#»."""

    ANSWER = "ответить"
    INSIDE = "внутри"
    STOP = "стоп"
    CLOSE = "закрыть"
    REOPEN = "вернуть"
    FORWARD = "переслать"
    CANNOT = "не могу"
    REFUSE = "отказать"
    TOPIC = "тема"
    TERM = "срок"
    HELP = "помощь"


@dataclass(frozen=True, slots=True)
class Order:
    """One command as it was given: `command` None if there is none of that name; `argument` is the rest of its line."""

    command: Command | None
    argument: str
    text: str


def order_in(words: str) -> Order | None:
    """The command on the first line that is not blank, None where a reply begins with anything else."""
    first, _, rest = words.lstrip().partition("\n")
    line = first.strip().lstrip("*_ ").rstrip("*_")
    if not line.startswith("#"):
        return None
    said = line.lstrip("# ")
    command, length = _named(said)
    return Order(command, said[length:].strip(" :.,—–-"), rest.strip())


def _named(said: str) -> tuple[Command | None, int]:
    """The command a line begins with and how many of its characters name it; «#не_могу» and «#немогу» are one."""
    for end in range(len(said), 0, -1):
        if end < len(said) and said[end].isalpha():
            continue
        bare = SPACES.sub("", said[:end].lower().replace("ё", "е"))
        for command in Command:
            if bare == command.value.replace(" ", ""):
                return command, end
    return None, len(said)
