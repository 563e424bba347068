"""Replaying on all cores: letters go in batches to forked workers, which have the rules and the model already.

The first letters are judged here: a short past is not worth a worker, and what they teach (the words looked up, the
patterns compiled) is inherited by the workers instead of being found out again by each.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from mailbot.desk.replay import Judge, Judged, Past
from mailbot.mailroom.reader import Reader

BATCH = 50
_AT_WORK: list[tuple[Judge, Reader]] = []
"""In a worker: the judge it was forked with, and its own reader, which ends with it."""


def judged_by_many(judge: Judge, past: Iterable[Past]) -> Iterator[Judged]:
    """Each letter's fates, in order; few letters are held in memory, however long the past is."""
    letters, cores = iter(past), len(os.sched_getaffinity(0))
    with Reader() as reader:
        yield from judge.judged(islice(letters, BATCH) if cores > 1 else letters, reader)
    batch = tuple(islice(letters, BATCH))
    if not batch:
        return
    with ProcessPoolExecutor(cores, get_context("fork"), _begin, (judge,)) as workers:
        waiting: deque[Future[tuple[Judged, ...]]] = deque()
        while batch or waiting:
            while batch and len(waiting) < 2 * cores:
                waiting.append(workers.submit(_judged, batch))
                batch = tuple(islice(letters, BATCH))
            yield from waiting.popleft().result()


def _begin(judge: Judge) -> None:
    _AT_WORK.append((judge, Reader()))


def _judged(batch: tuple[Past, ...]) -> tuple[Judged, ...]:
    judge, reader = _AT_WORK[-1]
    return tuple(judge.judged(batch, reader))
