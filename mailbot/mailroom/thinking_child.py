"""The process that reads letters for the daemon and judges them, too: `python -m mailbot.mailroom.thinking_child FD`.

While it thinks about the next letters, the daemon decides, writes and sends for those before: two cores are of use, and
a letter that is endless to think about ends this process, not the daemon. The rules come by standard input, pickled by
the daemon itself; the learned model is loaded here and nowhere else.
"""

import pickle
import sys
from collections.abc import Callable

from mailbot.cases.judging import judged
from mailbot.letters.letter import Letter
from mailbot.letters.read import read_letter
from mailbot.mailroom.reading_child import serve
from mailbot.rulebook.types import Rulebook
from mailbot.triage.finding import Finding
from mailbot.triage.model import load_brain


def thinking() -> Callable[[bytes], tuple[Letter, Finding]]:
    """What reads a letter and judges it by the rules that lie in standard input."""
    book: Rulebook = pickle.load(sys.stdin.buffer)  # the daemon's own bytes, by way of no file
    brain = load_brain()

    def answered(raw: bytes) -> tuple[Letter, Finding]:
        letter = read_letter(raw)
        return letter, judged(letter, book, brain)

    return answered


if __name__ == "__main__":
    serve(int(sys.argv[1]), thinking)
