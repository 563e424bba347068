"""sd_notify (systemd): a datagram to $NOTIFY_SOCKET. Outside systemd it does nothing."""

import os
import socket


def notify(message: str) -> None:
    """Tells systemd «READY=1», «WATCHDOG=1», «STATUS=…»; from the main loop only, so that a hang is noticed."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.send(message.encode())
