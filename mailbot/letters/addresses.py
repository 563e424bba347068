"""Address headers → `Address`es, strictly: what is not surely one mailbox has no address and is never written to.

The text is cut into mailboxes before encoded words are decoded, so that a decoded name cannot smuggle in a comma or
a second address; in `a@school.example <evil@x.example>` the angle brackets count (CVE-2023-27043).
"""

import re
from collections.abc import Iterator

from mailbot.letters.charsets import decode
from mailbot.letters.headers import decode_words
from mailbot.letters.letter import Address
from mailbot.letters.printable import printable_line

# dot-atom of RFC 5322 §3.2.3 within the lengths of RFC 5321 §4.5.3.1; quoted local parts are not accepted.
LOCAL = re.compile(r"(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@", re.ASCII)
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*", re.ASCII)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|\([^()]*\)?|<[^<>]*>?|[,;:]|[^",;:<(]+|.', re.DOTALL)
MOST_ADDRESSES = 1000


def parse_addresses(raw: bytes) -> tuple[Address, ...]:
    """The mailboxes of one address header in their order; a group gives its name without an address, then members."""
    if not raw.strip():
        return ()
    text = decode(raw).text
    mailboxes = (mailbox(tokens) for tokens in mailboxes_of(text))
    return tuple(found for found, _ in zip(mailboxes, range(MOST_ADDRESSES), strict=False))


def mailboxes_of(text: str) -> Iterator[list[str]]:
    """The tokens of each mailbox; a group's name comes as tokens that end with ":"."""
    tokens: list[str] = []
    for token in TOKEN.findall(text):
        if token in (",", ";", ":"):
            if token == ":":
                tokens.append(token)
            if "".join(tokens).strip():
                yield tokens
            tokens = []
        else:
            tokens.append(token)
    if "".join(tokens).strip():
        yield tokens


def mailbox(tokens: list[str]) -> Address:
    """One mailbox: `name <addr>`, `addr` or `addr (name)`; no address where two are offered or none is sound."""
    angles = [token for token in tokens if token.startswith("<")]
    comments = [token.strip("()") for token in tokens if token.startswith("(")]
    words = "".join(token for token in tokens if token[0] not in "<(:").strip()
    if angles:
        spec = angles[0].strip("<> \t") if len(angles) == 1 and ":" not in tokens else ""
        return Address(display(words or " ".join(comments)), addr_spec(spec))
    spec = addr_spec(words) if ":" not in tokens else ""
    return Address(display(" ".join(comments) if spec else words), spec)


def display(name: str) -> str:
    """A display name as a person reads it: quotes and encoding taken off."""
    unquoted = re.sub(r'"((?:[^"\\]|\\.)*)"?', lambda found: re.sub(r"\\(.)", r"\1", found[1]), name)
    return printable_line(decode_words(unquoted)[0]).strip("\"' ")


def addr_spec(text: str) -> str:
    """`text` as a lower-cased addr-spec with an ASCII domain; "" unless it is a sound one."""
    local = LOCAL.match(text)
    if local is None:
        return ""
    domain = ascii_domain(text[local.end() :])
    return text[: local.end()].lower() + domain if domain else ""


def ascii_domain(domain: str) -> str:
    """A domain in lower case, an internationalised one in its xn-- form (RFC 5890); "" if it is not one."""
    name = domain.lower()
    if not name.isascii():
        try:
            name = name[:253].encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return name if DOMAIN.fullmatch(name) else ""
