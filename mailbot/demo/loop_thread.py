"""An asyncio server in a thread of its own, so that plain code and tests can stand beside it.

Verbs: `start` and `stop`. `start` raises whatever opening the server raised; after `stop` neither the port, nor a
connection, nor the thread is left.
"""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Thread

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 10.0


class LoopThread:
    """Runs one server; used once: started, stopped, thrown away."""

    def __init__(self, name: str, open_server: Callable[[], Awaitable[asyncio.Server]]) -> None:
        self._open_server = open_server
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name=name, daemon=True)

    def start(self) -> int:
        """Opens the server and returns its port."""
        self._thread.start()
        try:
            opening = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
            self._server = opening.result(START_TIMEOUT_S)
        finally:
            if self._server is None:
                self.stop()
        return int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Closes the port, ends every connection and waits for the thread; a second call does nothing."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(STOP_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_S)
        self._loop.close()

    async def _open(self) -> asyncio.Server:
        return await self._open_server()

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()  # not wait_closed(): from Python 3.12 on it waits for clients to go by themselves
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()
        await asyncio.sleep(0)  # one more turn, in which the transports that were just closed let go of their sockets
