"""rules/school.yaml as a `School`: who is behind which door, and that mail stays inside the school's own domains."""

from collections.abc import Iterator, Mapping

from mailbot.errors import Words
from mailbot.rulebook.ids import Route
from mailbot.rulebook.models import PersonForm, SchoolForm
from mailbot.rulebook.positions import Document, Path
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.public_mail import PUBLIC_DOMAINS
from mailbot.rulebook.types import Absence, Desk, HelpHours, Person, School

_LATIN_TWINS = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")
STAFFED_ROUTES = tuple(route for route in Route if route is not Route.VENDOR)


def school_of(form: SchoolForm, document: Document, own: tuple[str, ...]) -> School:
    """The school; `own`, if not empty, stands in for the mailbox's own addresses (the first is the mailbox)."""
    mailbox = own[0] if own else form.mailbox
    aliases = own or form.own
    return School(
        name=form.name,
        short_name=form.short_name,
        signature=form.signature,
        zone=form.zone,
        mailbox=mailbox,
        own=tuple(dict.fromkeys((mailbox, *aliases))),
        domains=form.domains,
        desks={route: _desk(people, document, ("routes", route)) for route, people in form.routes.items()},
        class_teachers={
            class_name_of(name): _desk(people, document, ("class_teachers", name))
            for name, people in form.class_teachers.items()
        },
        director_absent=_person(form.director_absent, document, ("director_absent",)),
        roster=_person(form.roster, document, ("roster",)),
        admin=_person(form.admin, document, ("admin",)),
        absences=tuple(Absence(address=a.address, first=a.first, last=a.last) for a in form.absences),
        help_hours=tuple(
            HelpHours(days=line.days, start=line.hours[0], end=line.hours[1], where=line.where, how=line.how)
            for line in form.help_hours
        ),
        phones=form.phones,
        site=form.site,
    )


def class_name_of(written: str) -> str:
    """A class as the slots spell it: «5 а» and «5A» typed in Latin are «5А»."""
    return "".join(letter for letter in written.upper() if letter.isalnum()).translate(_LATIN_TWINS)


def _desk(people: tuple[PersonForm, ...], document: Document, path: Path) -> Desk:
    made = tuple(_person(person, document, (*path, number)) for number, person in enumerate(people))
    return Desk(people=made, number_only=any(person.outside for person in people))


def _person(form: PersonForm, document: Document, path: Path) -> Person:
    return Person(name=form.name, address=form.address, place=document.place(*path, "address"))


def school_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    """What a well-formed school.yaml still says wrong."""
    yield from _route_problems(form, document)
    yield from _class_problems(form, document)
    yield from _domain_problems(form, document)
    yield from _stand_in_problems(form, document)
    domains = frozenset(form.domains)
    for path, person in persons(form).items():
        place = document.place(*path, "address")
        if person.address in (form.mailbox, *form.own):
            what = Words(ru="это адрес самого ящика: письма пошли бы по кругу",
                         en="this is the mailbox itself: mail would go round")  # fmt: skip
            mend = Words(ru="Укажите адрес сотрудника", en="Write a person's address")
            yield Problem(place=place, code=ProblemCode.OWN_ADDRESS, what=what, mend=mend)
        elif not inside(person.address, domains) and not person.outside:
            what = Words(ru=f"адрес {person.address} не из доменов школы", en=f"{person.address} lies outside domains")
            mend = Words(
                ru="Возьмите адрес школы или добавьте «outside: number-only»: тогда туда уйдёт только номер обращения",
                en="Take an address of the school or add «outside: number-only»: only the number is sent there then",
            )
            yield Problem(place=place, code=ProblemCode.OUTSIDE_ADDRESS, what=what, mend=mend)
    yield from _absence_problems(form, document)


def _domain_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    """A domain in which anybody can have an address: parents would count as staff."""
    for number, domain in enumerate(form.domains):
        if domain in PUBLIC_DOMAINS:
            what = Words(
                ru=f"{domain} – общая почта, а не домен школы", en=f"{domain} is public mail, not the school's"
            )
            mend = Words(
                ru="Укажите домен школы; сотрудникам с адресом в общей почте – «outside: number-only»",
                en="Write the school's domain; mark staff with public addresses «outside: number-only»",
            )
            yield Problem(place=document.place("domains", number), code=ProblemCode.PUBLIC_DOMAIN, what=what, mend=mend)


def _stand_in_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    """An absent director replaced by the director: an urgent letter would reach nobody."""
    if form.director_absent.address in {person.address for person in form.routes.get(Route.DIRECTOR, ())[:1]}:
        what = Words(ru="в отсутствие директора письма уходят ему же", en="the director stands in for the director")
        mend = Words(ru="Укажите другого человека", en="Name another person")
        place = document.place("director_absent", "address")
        yield Problem(place=place, code=ProblemCode.WRONG_VALUE, what=what, mend=mend)


def vendor_problems(form: SchoolForm, document: Document, vendor: frozenset[str]) -> Iterator[Problem]:
    """The vendor's mailbox as ours or as a colleague's."""
    used: dict[Path, str] = {("own", number): alias for number, alias in enumerate(form.own)}
    used |= {("mailbox",): form.mailbox}
    used |= {(*path, "address"): person.address for path, person in persons(form).items()}
    for path, address in used.items():
        if address in vendor:
            what = Words(ru=f"{address} – адрес службы поддержки системы", en=f"{address} is the vendor's address")
            mend = Words(
                ru="Укажите адрес школы: в службу поддержки люди обращаются самостоятельно",
                en="Write an address of the school: people turn to the vendor themselves",
            )
            yield Problem(place=document.place(*path), code=ProblemCode.VENDOR_ADDRESS, what=what, mend=mend)


def persons(form: SchoolForm) -> Mapping[Path, PersonForm]:
    """Everybody in the file by path."""
    desks = {("routes", str(route)): people for route, people in form.routes.items()}
    desks |= {("class_teachers", name): people for name, people in form.class_teachers.items()}
    found: dict[Path, PersonForm] = {
        (*path, n): person for path, desk in desks.items() for n, person in enumerate(desk)
    }
    return found | {("director_absent",): form.director_absent, ("roster",): form.roster, ("admin",): form.admin}


def inside(address: str, domains: frozenset[str]) -> bool:
    """Whether the address lies in one of the domains itself; a sub-domain is another domain."""
    return address.rpartition("@")[2] in domains


def _route_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    for route in STAFFED_ROUTES:
        if route not in form.routes:
            what = Words(ru=f"не указано, кому писать: {route}", en=f"nobody stands behind the route {route}")
            mend = Words(ru=f"Добавьте в routes строку «{route}:»", en=f"Add «{route}:» to routes")
            yield Problem(place=document.key("routes"), code=ProblemCode.MISSING_KEY, what=what, mend=mend)
    if Route.VENDOR in form.routes:
        what = Words(ru="службе поддержки программа не пишет", en="nothing is mailed to the vendor")
        mend = Words(
            ru="Удалите «vendor»: её контакты стоят в регламенте, люди обращаются туда самостоятельно",
            en="Remove «vendor»: its contacts stand in the regulation, people turn there themselves",
        )
        yield Problem(place=document.key("routes", "vendor"), code=ProblemCode.VENDOR_ADDRESS, what=what, mend=mend)


def _class_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for written in form.class_teachers:
        name = class_name_of(written)
        if not (name[:1].isdigit() and name[-1:].isalpha()):
            what = Words(ru=f"«{written}» – не класс", en=f"«{written}» is not a class")
            mend = Words(ru="Пишите так: 5Б", en="Write 5Б")
            yield Problem(
                place=document.key("class_teachers", written), code=ProblemCode.WRONG_VALUE, what=what, mend=mend
            )
        elif name in seen:
            what = Words(ru=f"класс {name} указан дважды", en=f"class {name} stands twice")
            mend = Words(
                ru=f"Оставьте одну запись (другая: «{seen[name]}»)", en=f"Keep one (the other: «{seen[name]}»)"
            )
            yield Problem(
                place=document.key("class_teachers", written), code=ProblemCode.DUPLICATE_ID, what=what, mend=mend
            )
        seen.setdefault(name, written)


def _absence_problems(form: SchoolForm, document: Document) -> Iterator[Problem]:
    known = {person.address for person in persons(form).values()}
    for number, absence in enumerate(form.absences):
        if absence.first > absence.last:
            what = Words(ru="отсутствие кончается раньше, чем начинается", en="the absence ends before it begins")
            mend = Words(ru="Поменяйте from и to местами", en="Swap from and to")
            yield Problem(
                place=document.place("absences", number, "from"), code=ProblemCode.BAD_DATE, what=what, mend=mend
            )
        if absence.address not in known:
            what = Words(ru=f"{absence.address} ни за что не отвечает", en=f"{absence.address} stands behind no route")
            mend = Words(ru="Проверьте адрес или удалите запись", en="Check the address or remove the entry")
            yield Problem(
                place=document.place("absences", number, "address"),
                code=ProblemCode.BAD_ADDRESS,
                what=what,
                mend=mend,
            )
