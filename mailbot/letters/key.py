"""The identity of a letter: what its bytes say, whatever server and folder it lies in."""

from hashlib import sha256

KEY_DIGITS = 32


def with_unix_ends(raw: bytes) -> bytes:
    """`raw` with every line end (CRLF, LF or a bare CR) as LF."""
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def letter_key(raw: bytes) -> str:
    """First 32 hex digits of SHA-256 over `raw` with line ends normalised to CRLF.

    Servers and APPEND rewrite line ends, so only the normalised bytes are the same letter everywhere.
    """
    return key_of_unix(with_unix_ends(raw))


def key_of_unix(raw: bytes) -> str:
    """`letter_key` for bytes whose line ends are LF already."""
    return sha256(raw.replace(b"\n", b"\r\n")).hexdigest()[:KEY_DIGITS]
