"""A loopback proxy for plain SMTP: it knows commands by their names, counts them, and lets answers drip."""

import re
from collections import Counter
from collections.abc import Callable

from tests.servers.toxi import Line, Toxi

COMMAND = re.compile(rb"(EHLO|AUTH|MAIL|RCPT|DATA|RSET|QUIT)\b[^\r\n]*\r\n")


class SmtpToxi(Toxi):
    """A Toxi for a client that awaits each answer: then a command is a chunk by itself, and a letter's body is none.

    `on_command`: what to do with the connection once, when a command (e.g. "MAIL") has come, before it passes.
    `commands`: how often each has come. `drip_s`: the server's answers come byte by byte, so many seconds apart.
    """

    def __init__(self, upstream_port: int) -> None:
        super().__init__(upstream_port)
        self.on_command: dict[str, Callable[[Line], None]] = {}
        self.commands: Counter[str] = Counter()
        self.drip_s = 0.0

    def _upwards(self, line: Line, chunk: bytes) -> None:
        if found := COMMAND.fullmatch(chunk):
            command = found[1].decode()
            self.commands[command] += 1
            if strike := self.on_command.pop(command, None):
                strike(line)
        super()._upwards(line, chunk)

    def _downwards(self, line: Line, chunk: bytes) -> None:
        while self.drip_s and len(chunk) > 1:
            super()._downwards(line, chunk[:1])
            chunk = chunk[1:]
            self._over.wait(self.drip_s)
        super()._downwards(line, chunk)
