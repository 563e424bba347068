"""MIME parts as bytes: 7-bit clean, CRLF line ends, the same for the same content."""

import base64

from mailbot.replies.headers import Field, head


def text_part(subtype: str, text: str) -> bytes:
    """A text part in UTF-8; base64 because Russian text in quoted-printable triples in size."""
    content = "\r\n".join(text.splitlines()) + "\r\n"
    fields = (("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", "base64"))
    return head(fields) + in_base64(content.encode())


def file_part(name: str, content: bytes) -> bytes:
    """A file byte for byte. Its type says nothing of its content, so that no program opens or re-writes it."""
    fields = (
        ("Content-Type", f'application/octet-stream; name="{name}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return head(fields) + in_base64(content)


def multipart(fields: tuple[Field, ...], subtype: str, boundary: str, parts: tuple[bytes, ...]) -> bytes:
    """Parts under one header block (RFC 2046 §5.1). Base64 holds no «_», so a boundary with one never stands inside."""
    content_type = ("Content-Type", f'multipart/{subtype};\r\n boundary="{boundary}"')
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    return head((*fields, content_type)) + body + b"--%b--\r\n" % boundary.encode()


def in_base64(content: bytes) -> bytes:
    """Lines of 76 characters (RFC 2045 §6.8), CRLF after each."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
