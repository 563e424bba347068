"""The process that reads letters for others, bounded in memory and CPU: `python -m mailbot.mailroom.reading_child FD`.

It needs nothing but `read_letter`, so it is small and soon there; `thinking_child` also judges what it reads.
"""

import gc
import logging
import pickle
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress

from mailbot.errors import end_without_words
from mailbot.letters.read import read_letter
from mailbot.mailroom.framing import LENGTH_BYTES, NO_MEMORY, READY, send

MEMORY_BYTES = 600 * 1024 * 1024
CPU_S = 5


def serve(descriptor: int, prepared: Callable[[], Callable[[bytes], object]]) -> None:
    """The child's life: answer letters until the socket is closed. A programming error ends it; it never quotes one.

    `prepared` makes what answers a letter's bytes, within the bounds, too. Whoever asked may be gone with answers
    unread (a command broken off): that is an end like any other.
    """
    end_without_words()
    logging.disable()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    with (
        suppress(ConnectionError),
        socket.socket(fileno=descriptor) as connection,
        connection.makefile("rb") as requests,
    ):
        answered = prepared()
        gc.freeze()  # rules and model stay: to look for garbage among them cost a twelfth of the thinking
        send(connection, READY)
        while len(length := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
            allow_cpu(CPU_S)
            try:
                answer = pickle.dumps(answered(requests.read(int.from_bytes(length))), pickle.HIGHEST_PROTOCOL)
            except MemoryError:
                send(connection, NO_MEMORY)
                return
            send(connection, answer)


def allow_cpu(seconds: int) -> None:
    """Bound the CPU time of the next letter; RLIMIT_CPU counts from the start of the process, hence the sum."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    serve(int(sys.argv[1]), lambda: lambda raw: (read_letter(raw), None))
