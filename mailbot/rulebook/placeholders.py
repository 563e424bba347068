"""What a school must still replace or fill in before the rules mean its own mailbox; warnings, at their places."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from mailbot.errors import Words
from mailbot.rulebook.models import SchoolForm, ScreeningForm
from mailbot.rulebook.positions import Document, Path
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.regulation_models import PackForm
from mailbot.rulebook.school import persons

_DOMAINS = ("example.org", "example.com", "example.net", "example")  # RFC 2606: nobody's
_PHONE = "000-00-00"


def placeholders(form: SchoolForm, document: Document) -> Iterator[Problem]:
    """Addresses, domains, the site and phones that still are the sample's."""
    addresses: dict[Path, str] = {("mailbox",): form.mailbox}
    addresses |= {("own", number): alias for number, alias in enumerate(form.own)}
    addresses |= {(*path, "address"): person.address for path, person in persons(form).items()}
    domains: dict[Path, str] = {("domains", number): domain for number, domain in enumerate(form.domains)}
    for path, written in (addresses | domains).items():
        if _is_nobodys(written.rpartition("@")[2]):
            yield _placeholder(document, path, written)
    if _is_nobodys(urlsplit(form.site).hostname or ""):
        yield _placeholder(document, ("site",), form.site)
    for number, phone in enumerate(form.phones):
        if _PHONE in phone:
            yield _placeholder(document, ("phones", number), phone)


def _is_nobodys(domain: str) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in _DOMAINS)


def _placeholder(document: Document, path: Path, written: str) -> Problem:
    what = Words(ru=f"{written} – из образца", en=f"{written} is a placeholder")
    mend = Words(ru="Впишите настоящее значение", en="Write the real value")
    return Problem(place=document.place(*path), code=ProblemCode.PLACEHOLDER, what=what, mend=mend, warning=True)


def other_zone(form: SchoolForm, document: Document, pack: PackForm) -> Iterator[Problem]:
    """A zone that is not where the regulation's school lies: rarely meant."""
    zone = pack.zone.value if pack.zone else ""
    if zone and zone != form.zone:
        what = Words(
            ru=f"указан пояс {form.zone}, а школа регламента живёт по {zone}",
            en=f"the zone is {form.zone}, the regulation's school lies in {zone}",
        )
        mend = Words(ru=f"Если школа та же, напишите zone: {zone}", en=f"If it is that school, write zone: {zone}")
        place = document.place("zone")
        yield Problem(place=place, code=ProblemCode.OTHER_ZONE, what=what, mend=mend, warning=True)


def unproven_staff(form: ScreeningForm, document: Document) -> Iterator[Problem]:
    """No trusted server: nobody's sender is ever proven, so no colleague's answer or command counts."""
    if form.authserv_ids:
        return
    what = Words(
        ru="почтовый сервер школы не назван (authserv_ids пуст): ответы и команды сотрудников не действуют, "
        "сведения из обращений заявителям не повторяются",
        en="the school's mail server is not named (authserv_ids is empty): no word of staff counts, nothing of a "
        "case is repeated to writers",
    )
    mend = Words(
        ru="Впишите имя из заголовка Authentication-Results любого письма в ящике или запустите mailbot init",
        en="Write the name that Authentication-Results of any letter in the mailbox begins with, or run mailbot init",
    )
    place = document.key("authserv_ids")
    yield Problem(place=place, code=ProblemCode.UNPROVEN_STAFF, what=what, mend=mend, warning=True)
