"""How far the sender is proven by the Authentication-Results (RFC 8601) of a server we trust.

Only results above the border count: everything below the hop that took the letter from outside is the sender's text.
Alignment is narrower than RFC 7489 §3.1: equal domains or one inside the other; siblings need a list of public
suffixes and stay unproven.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from mailbot.letters.letter import Letter, Oddity, Proof

COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\s*(?P<method>dmarc|dkim|spf|auth)(?:/\d+)?\s*=\s*(?P<result>[a-z]+)(?P<rest>.*)", re.IGNORECASE)
PROPERTY = re.compile(r"\b(header\.(?:from|d|i)|smtp\.(?:mailfrom|mail|helo|auth))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
RECEIVED_BY = re.compile(r"\bby\s+\[?([\w.:-]+)", re.IGNORECASE)
RECEIVED_FROM = re.compile(r"^\s*from\s+\[?([\w.:-]+)\]?(?:\s+\((?!helo\b)\[?([\w.:-]+))?", re.IGNORECASE)
# The property that names the domain a method speaks of, in the order of preference.
SPOKEN_OF = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail"),
    "auth": ("smtp.auth",),
}
LOGGED_IN = re.compile(r"\bwith\s+(?:UTF8)?(?:ESMTPS?A|SMTPSA)\b")  # RFC 3848, RFC 6531 §4.3
IP_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9a-fA-F.:]+)\]")
INNER_NETWORKS = tuple(
    ip_network(one) for one in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's outcome and the domain it is about ("" where the header does not say)."""

    method: str
    outcome: str
    domain: str


def proof_of(letter: Letter, authserv_ids: tuple[str, ...]) -> tuple[Proof, str]:
    """The proof of `letter.sender` and its reason. An id matches exactly; «.yandex.net» matches every host below it."""
    domain = letter.sender.address.partition("@")[2]
    if not domain or Oddity.SEVERAL_FROM in letter.oddities:
        return Proof.UNPROVEN, "From names not exactly one usable address"
    if not authserv_ids:
        return Proof.UNPROVEN, "no authserv-id is configured for this mailbox"
    trusted = trusted_results(letter, authserv_ids)
    if trusted is None:
        return Proof.UNPROVEN, "no Authentication-Results of a trusted server above the border"
    return verdict(trusted, domain)


def verdict(results: tuple[Result, ...], domain: str) -> tuple[Proof, str]:
    """An aligned pass proves; without one, an explicit failure for From's domain is a forgery (RELIABILITY §5.4)."""
    ours = [result for result in results if speaks_for(result, domain)]
    for result in ours:
        if result.outcome == "pass":
            return Proof.PROVEN, f"{result.method}=pass for {result.domain or domain}"
    for result in ours:
        if result.outcome in ("fail", "hardfail"):
            return Proof.FORGED, f"{result.method}={result.outcome} for {result.domain or domain}"
    return Proof.UNPROVEN, f"no method passes for {domain}"


def speaks_for(result: Result, domain: str) -> bool:
    """Whether the result is about From's domain; dmarc always is, even where it does not repeat it."""
    if result.method == "dmarc" and not result.domain:
        return True
    return aligned(result.domain, domain)


def aligned(one: str, other: str) -> bool:
    """Equal domains, or one inside the other; a bare top-level domain is aligned with nothing."""
    if "." not in one or "." not in other:
        return False
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def trusted_results(letter: Letter, authserv_ids: tuple[str, ...]) -> tuple[Result, ...] | None:
    """The results of the topmost header of a trusted server above the border, None where it wrote none.

    A second one, under the very same id, may be the sender's own text: it begins where the border's headers end. Below
    the border so may be the first, for a provider may have written none (Yandex does where a signature is broken):
    where its hosts sign under changing names, the name must be that of the border's own host.
    """
    for value, border in above_border(letter, authserv_ids):
        name, results = parsed(value)
        if matches(name, authserv_ids) and (not border or name in (border, *authserv_ids)):
            return results
    return None


def above_border(letter: Letter, authserv_ids: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Authentication-Results values down to the end of what our own provider wrote, topmost first.

    Received lines of the provider (or of nameless inner hosts) are passed; the one that took the letter from outside
    is the border, and whatever stands below the next Received is foreign. With each value goes the border's host where
    it stands below that hop, "" above it, where nobody outside can write.
    """
    border = ""
    for name, value in letter.headers:
        if name == "received":
            host = host_in(RECEIVED_BY, value)
            if border or not is_own_host(host, authserv_ids):
                return
            border = "" if comes_from_inside(value, authserv_ids) else host or "?"
        elif name == "authentication-results":
            yield value, border


def is_internal(letter: Letter, domains: tuple[str, ...]) -> bool:
    """Whether the school's own server took the letter from somebody who had logged in there, in the school's name.

    Read from the top: the first hop that is not the server's own hand-over decides, for all below it can be made up.
    """
    if letter.sender.address.partition("@")[2] not in domains:
        return False
    for hop in letter.all_headers("received"):
        by = host_in(RECEIVED_BY, hop)
        if not any(by == domain or by.endswith(f".{domain}") for domain in domains):
            return False
        if LOGGED_IN.search(hop):
            return True
        if not comes_from_inside(hop, tuple(f".{domain}" for domain in domains)):
            return False
    return False


def comes_from_inside(received: str, authserv_ids: tuple[str, ...]) -> bool:
    """Whether a hop took the letter from the provider's own hosts; a host without a usable name is told by address."""
    host = host_in(RECEIVED_FROM, received)
    if "." in host:
        return is_own_host(host, authserv_ids)
    told = IP_ADDRESS.findall(received.partition(" by ")[0])
    return all(is_inner_address(address) for address in told)


def is_inner_address(address: str) -> bool:
    """Whether an address belongs to no public network."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in INNER_NETWORKS)


def host_in(pattern: re.Pattern[str], received: str) -> str:
    """The host a Received line names, by reverse DNS where given rather than by what it called itself."""
    found = pattern.search(received)
    if not found:
        return ""
    return (found[found.lastindex or 1] or found[1]).lower().rstrip(".")


def is_own_host(host: str, authserv_ids: tuple[str, ...]) -> bool:
    """Whether a host belongs to the provider of the mailbox; names without a dot are its inner hosts."""
    if "." not in host:
        return True
    return any(host == home or host.endswith("." + home) for home in map(home_of, authserv_ids))


def home_of(authserv_id: str) -> str:
    """The provider's domain: «mxs.mail.ru» and «.mail.ru» both live in mail.ru."""
    labels = authserv_id.lower().strip(".").split(".")
    return ".".join(labels[1:] if len(labels) > 2 and not authserv_id.startswith(".") else labels)


def matches(name: str, authserv_ids: tuple[str, ...]) -> bool:
    """Whether an authserv-id is one we trust."""
    return any(name == known or (known[:1] == "." and name.endswith(known)) for known in map(str.lower, authserv_ids))


def parsed(value: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id and the results of one header value; comments are no part of it (RFC 8601 §2.2)."""
    bare = value
    for _ in range(5):
        bare = COMMENT.sub(" ", bare)
    front, *rest = bare.split(";")
    words = front.split()
    return (words[0].lower() if words else ""), tuple(result for part in rest if (result := result_of(part)))


def result_of(part: str) -> Result | None:
    """One `method=result property=value …`, None for methods that say nothing about From."""
    found = RESULT.match(part)
    if not found:
        return None
    method = found["method"].lower()
    properties = {key.lower(): text for key, text in PROPERTY.findall(found["rest"])}
    named = next((properties[key] for key in SPOKEN_OF[method] if key in properties), "")
    return Result(method, found["result"].lower(), named.lower().rpartition("@")[2].strip("<>."))
