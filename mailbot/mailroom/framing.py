"""What goes over the socket between the daemon and the process that reads for it: messages behind their length."""

import socket
from time import monotonic

LENGTH_BYTES = 4
READY = b"ready"
NO_MEMORY = b"no memory"


def send(connection: socket.socket, message: bytes) -> None:
    """Send one length-prefixed message."""
    connection.sendall(len(message).to_bytes(LENGTH_BYTES) + message)


def receive(connection: socket.socket, deadline: float) -> bytes:
    """One length-prefixed message. Raises TimeoutError at `deadline` (monotonic), EOFError if the other end is gone."""
    length = int.from_bytes(receive_exactly(connection, LENGTH_BYTES, deadline))
    return receive_exactly(connection, length, deadline)


def receive_exactly(connection: socket.socket, count: int, deadline: float) -> bytes:
    """`count` bytes; errors as in `receive`."""
    pieces: list[bytes] = []
    while count:
        connection.settimeout(max(deadline - monotonic(), 0.001))
        piece = connection.recv(min(count, 1 << 20))
        if not piece:
            raise EOFError("the other end of the reader's socket is closed")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
