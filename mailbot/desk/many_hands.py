"""Replaying on all cores: letters go in batches to forked workers, which have the rules and the model already.

A short past is judged at once: starting workers costs more than a hundred letters do.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from mailbot.desk.replay import Judge, Judged, Past

BATCH = 100
_AT_WORK: list[Judge] = []
"""In a worker: the judge it was forked with."""


def judged_by_many(judge: Judge, past: Iterable[Past]) -> Iterator[Judged]:
    """Each letter's fates, in order; few letters are held in memory, however long the past is."""
    letters = iter(past)
    first = tuple(islice(letters, BATCH))
    if len(first) < BATCH or (os.cpu_count() or 1) < 2:
        yield from judge.judged(chain(first, letters))
        return
    with ProcessPoolExecutor(mp_context=get_context("fork"), initializer=_AT_WORK.append, initargs=(judge,)) as workers:
        waiting: deque[Future[tuple[Judged, ...]]] = deque()
        whole = chain(first, letters)
        while batch := tuple(islice(whole, BATCH)):
            waiting.append(workers.submit(_judged, batch))
            if len(waiting) > 2 * (os.cpu_count() or 1):
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _judged(batch: tuple[Past, ...]) -> tuple[Judged, ...]:
    return tuple(_AT_WORK[-1].judged(batch))
