"""What holds of any mail of ours, whatever a stranger has written into the letter it answers."""

import re
from email.message import EmailMessage

from lxml import html

from mailbot.rulebook.types import Rulebook

HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "X-Mailbot-Loop", "Content-Language", "MIME-Version", "Content-Type"),
    *("Importance", "X-Priority", "Priority"),
}
ACTIVE = (
    *("script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "textarea", "select"),
    *("link", "base", "audio", "video", "svg", "math"),
)
LOADS = ("src", "srcset", "background", "data", "poster", "action", "formaction", "ping", "cite", "longdesc")


def assert_only_ours(mail: EmailMessage, book: Rulebook) -> None:
    """No header, recipient, part or file but those that we put there."""
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    assert len(mail["To"].addresses) == 1
    assert [one.addr_spec for one in mail["From"].addresses] == [book.school.mailbox]
    assert "spy@" not in str(mail["References"])
    parts = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert parts in (["text/plain", "text/html"], ["text/plain", "text/html", "application/octet-stream"])
    assert [part.get_filename() for part in mail.iter_attachments()] in ([], ["pismo-2026-00017.eml"])


def active_in(page: str) -> list[str]:
    """Whatever in a page could run, load, send or lead elsewhere than to the web or to a mailbox."""
    tree = html.document_fromstring(page)
    found = [f"<{node.tag}>" for node in tree.iter(*ACTIVE)]
    found += [f"<meta {node.get('http-equiv')}>" for node in tree.iter("meta") if node.get("http-equiv")]
    for node in (one for one in tree.iter() if isinstance(one.tag, str)):
        for name, value in node.attrib.items():
            leads = name == "href" and not re.match(r"(https?|mailto|tel):", value)
            loads = name in LOADS or (name == "style" and re.search(r"url|expression|import|behavior", value, re.I))
            if name.startswith("on") or leads or loads:
                found.append(f"{node.tag} {name}={value}")
    return found + re.findall(
        r"(?i)javascript:|vbscript:|data:text", "".join(node.get("href", "") for node in tree.iter("a"))
    )
