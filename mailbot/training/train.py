"""`python -m mailbot.training.train`: learn from the whole corpus and write the packaged model."""

from pathlib import Path

import mailbot.triage
from mailbot.training.corpus import corpus_files, labelled_letters, phrasebook
from mailbot.training.learn import learn
from mailbot.triage.model import brain_from


def main() -> None:
    """Write `model.npz`; the same corpus gives the same bytes."""
    letters = (*labelled_letters(corpus_files()), *phrasebook())
    raw = learn(letters)
    Path(mailbot.triage.__path__[0], "model.npz").write_bytes(raw)
    print(f"{len(letters)} letters and pieces, {len(raw)} bytes, model {brain_from(raw).hash}")


if __name__ == "__main__":
    main()
