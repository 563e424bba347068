"""Corpus letters as raw messages in the shapes that mail programs really make; the shape follows from the letter's id.

The same bytes as the corpus' own generator gives, so that a reading that is right here is right there.
"""

import hashlib
import html
import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
SHAPES = [
    ("utf-8", "base64", False),
    ("utf-8", "quoted-printable", True),
    ("utf-8", "8bit", False),
    ("koi8-r", "base64", False),
    ("windows-1251", "quoted-printable", False),
    ("windows-1251", "8bit", False),
    ("utf-8", "base64", True),
    ("utf-8", "quoted-printable", False),
]
PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "heic")


def text_of(markup: str) -> str:
    text = re.sub(r"(?is)<(script|style).*?</\1>", "", markup)
    text = re.sub(r"(?i)<(br|/p|/div|/tr|/li|/h\d)[^>]*>", "\n", text)
    return html.unescape(re.sub(r"<[^>]+>", " ", text)).strip()


def message(letter: dict[str, Any]) -> bytes:
    pick = int(hashlib.sha256(letter["id"].encode()).hexdigest(), 16)
    body = letter.get("body") or ""
    charset, transfer, alternative = SHAPES[pick % len(SHAPES)]
    try:
        body.encode(charset)
    except UnicodeEncodeError:
        charset, transfer = "utf-8", "base64"
    msg = EmailMessage()
    received = datetime(2026, 11, 20, 6, tzinfo=UTC) + timedelta(seconds=pick % 86000)
    relay = "from mx.example.net (mx.example.net [192.0.2.7]) by mail.school.example.org with ESMTPS; "
    msg["Received"] = relay + format_datetime(received)
    msg["From"] = formataddr((letter.get("from_name") or "", letter["from_addr"]), "utf-8")
    msg["To"] = "help@school.example.org"
    msg["Subject"] = letter.get("subject") or ""
    sent = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=3))) + timedelta(seconds=pick % 40000)
    msg["Date"] = format_datetime(sent)
    msg["Message-ID"] = f"<{letter['id']}.{pick % 10**10}@example.com>"
    put_body(msg, body, bool(letter.get("html")), (charset, transfer, alternative))
    for name in letter.get("attachments") or []:
        attach(msg, name)
    return re.sub(rb"\r?\n", b"\r\n", msg.as_bytes())


def put_body(msg: EmailMessage, body: str, is_html: bool, shape: tuple[str, str, bool]) -> None:
    charset, transfer, alternative = shape
    if is_html and not alternative:
        msg.set_content(body, subtype="html", charset=charset, cte=transfer)
        return
    msg.set_content((text_of(body) if is_html else body) + "\n", charset=charset, cte=transfer)
    if alternative:
        markup = "<html><body><div>" + html.escape(body).replace("\n", "<br>") + "</div></body></html>"
        msg.add_alternative(body if is_html else markup, subtype="html", charset=charset, cte=transfer)


def attach(msg: EmailMessage, name: str) -> None:
    kind = name.rsplit(".", 1)[-1].lower()
    if kind in PICTURES:
        msg.add_attachment(PNG, maintype="image", subtype="jpeg" if kind.startswith("jp") else "png", filename=name)
    else:
        data = b"%PDF-1.4\n%%EOF\n" if kind == "pdf" else b"data"
        msg.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
