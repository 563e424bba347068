"""sd_notify (systemd): a datagram to $NOTIFY_SOCKET. Outside systemd it does nothing.

Only the main loop speaks here, after each step that may wait for somebody else: a hang is noticed, a slow server is
not mistaken for one. The longest single wait is a server's answer to one mail (outbox.DATA_TIMEOUT_S).
"""

import os
import socket


def alive() -> None:
    """The main loop goes round; called after each letter, each answer of a mail server, each wait."""
    notify("WATCHDOG=1")


def works(status: str) -> None:
    """A round has ended well; the first time this tells systemd that the start is over."""
    notify(f"READY=1\nWATCHDOG=1\nSTATUS={status}")


def waits(status: str) -> None:
    """A round has failed and is tried again. That counts as started: a server away at boot must not end in a kill."""
    notify(f"READY=1\nWATCHDOG=1\nSTATUS=waiting: {status}")


def stops() -> None:
    """The process ends as asked."""
    notify("STOPPING=1")


def notify(message: str) -> None:
    """Sends one datagram."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.send(message.encode())
