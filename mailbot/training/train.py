"""`python -m mailbot.training.train`: learn from the whole corpus and write the packaged model."""

import sys
from pathlib import Path

import mailbot.triage
from mailbot.training.corpus import corpus_files, labelled_letters, phrasebook
from mailbot.training.held_out import judged, record_of
from mailbot.training.learn import learn
from mailbot.training.watching import learn_watch
from mailbot.triage.model import brain_from


def main() -> None:
    """Write `model.npz` and `watch.npz`; the same corpus gives the same bytes."""
    letters, pieces = labelled_letters(corpus_files()), phrasebook()
    record = record_of(judged(letters, pieces, _progress))
    _progress("the model itself")
    raw = learn((*letters, *pieces), record)
    Path(mailbot.triage.__path__[0], "model.npz").write_bytes(raw)
    _progress("the watch")
    watch = learn_watch((*letters, *pieces))
    Path(mailbot.triage.__path__[0], "watch.npz").write_bytes(watch)
    size = len(raw) + len(watch)
    print(f"{len(letters)} letters, {len(pieces)} pieces, {size} bytes, model {brain_from(raw, watch).hash}")


def _progress(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    main()
