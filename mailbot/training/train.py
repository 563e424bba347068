"""`python -m mailbot.training.train`: learn from the whole corpus and write the packaged model."""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import mailbot.triage
from mailbot.training.corpus import corpus_files, labelled_letters, phrasebook
from mailbot.training.held_out import judged, record_of
from mailbot.training.learn import learn
from mailbot.training.sensing import learn_sense
from mailbot.training.watching import learn_watch
from mailbot.triage.model import brain_from


def main() -> None:
    """Write `model.npz`, `watch.npz` and `sense.npz`; the same corpus on the same machine gives the same bytes."""
    letters, pieces = labelled_letters(corpus_files()), phrasebook()
    everything = (*letters, *pieces)
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:  # it takes as long as what is held out
        sensing = beside.submit(learn_sense, everything)
        record = record_of(judged(letters, pieces, _progress))
        _progress("the model itself")
        made = {"model": learn(everything, record), "watch": learn_watch(everything), "sense": sensing.result()}
    for name, raw in made.items():
        Path(mailbot.triage.__path__[0], f"{name}.npz").write_bytes(raw)
    size = sum(map(len, made.values()))
    print(f"{len(letters)} letters, {len(pieces)} pieces, {size} bytes, model {brain_from(*made.values()).hash}")


def _progress(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    main()
