"""`init`: from a dozen answers to working rules, templates and settings, with the comments of the shipped ones.

Safe to run again: a file that is there keeps everything but what the answers say, the same answers change nothing, and
topics, flags and templates that a school has made its own are never touched.
"""

import shutil
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from mailbot.desk.answers import Answers
from mailbot.errors import BadInput, Words
from mailbot.shipped import FOLDERS, shipped_folder

SETTINGS = "mailbot.yaml"
TITLES = {
    "consultant": "Ответственный за электронный журнал",
    "class_teacher": "Дежурный администратор",
    "supervisor": "Руководитель",
    "director": "Директор",
    "office": "Канцелярия",
}


def set_up(answers: Answers, folder: Path) -> tuple[Path, ...]:
    """Writes the school's files into `folder`; those that changed. Raises BadInput without the shipped rules."""
    changed = [*_copied(folder)]
    edits: Mapping[Path, Callable[[CommentedMap], None]] = {
        folder / "rules" / "school.yaml": lambda data: _school(data, answers),
        folder / "rules" / "regulation.yaml": lambda data: _regulation(data, answers, folder),
        folder / SETTINGS: lambda data: _settings(data, answers),
    }
    for path, edit in edits.items():
        data = _loaded(path)
        edit(data)
        if _stored(path, data):
            changed.append(path)
    return tuple(dict.fromkeys(changed))


def pack_zone(regulation: str) -> str:
    """The time zone of the school a regulation was written for, "" where it is not known."""
    data = _loaded(shipped_folder() / "rules" / "regulations" / f"{regulation}.yaml")
    zone = data.get("zone")
    return str(zone["value"]) if zone else ""


def set_authserv_id(folder: Path, server: str) -> bool:
    """Notes the trusted mail server in screening.yaml unless the school has named one; whether it was noted."""
    path = folder / "rules" / "screening.yaml"
    data = _loaded(path)
    if data.get("authserv_ids"):
        return False
    data["authserv_ids"] = [server]
    return _stored(path, data)


def _copied(folder: Path) -> list[Path]:
    """Shipped files that the school has not yet."""
    new, shipped = [], shipped_folder()
    for source in sorted(path for name in FOLDERS for path in (shipped / name).rglob("*") if path.is_file()):
        target = folder / source.relative_to(shipped)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            new.append(target)
    return new


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _loaded(path: Path) -> CommentedMap:
    if not path.exists():
        return CommentedMap()
    data = _yaml().load(path.read_text(encoding="utf-8"))
    if not isinstance(data, CommentedMap):
        raise BadInput(
            where=str(path),
            what=Words("это не файл настроек и не правила", "these are neither settings nor rules"),
            mend=Words("Удалите файл и запустите init снова", "Remove the file and run init again"),
        )
    return data


def _stored(path: Path, data: CommentedMap) -> bool:
    """Writes the file if it differs; whether it did."""
    text = StringIO()
    _yaml().dump(data, text)
    if path.exists() and path.read_text(encoding="utf-8") == text.getvalue():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")
    return True


def _school(data: CommentedMap, answers: Answers) -> None:
    """Each value where it stands, so that its comment stays beside it."""
    domain = answers.mailbox.rpartition("@")[2]
    people = {route: getattr(answers, route) for route in TITLES}
    people["class_teacher"] = answers.class_teacher or answers.consultant
    domains = {domain, *(address.rpartition("@")[2] for address in people.values())}
    _put(data, {"name": answers.name, "short_name": answers.short_name, "zone": answers.zone})
    _put(data, {"mailbox": answers.mailbox, "own": [answers.mailbox], "domains": sorted(domains)})
    _put(data, {"site": answers.site, "phones": list(answers.phones), "signature": f"{answers.short_name}\n"})
    for route, address in people.items():
        _first_person(data["routes"], route, TITLES[route], address)
    data["class_teachers"] = _own_class_teachers(data.get("class_teachers") or {}, domains)
    for key, address in (
        ("director_absent", answers.director_absent),
        ("roster", answers.supervisor),
        ("admin", answers.admin or answers.consultant),
    ):
        data[key]["address"] = address
    _put(data, {"help_hours": [line.model_dump() for line in answers.help_hours]})


def _first_person(routes: CommentedMap, route: str, title: str, address: str) -> None:
    """Who is in charge; the sample's stand-ins go, the school's own stay."""
    people = routes.get(route) or []
    own = [person for person in people[1:] if not str(person["address"]).endswith("@school.example.org")]
    name = people[0]["name"] if people else title
    wanted = [{"name": name, "address": address}, *own]
    if [dict(person) for person in people] != [dict(person) for person in wanted]:
        routes[route] = wanted


def _own_class_teachers(teachers: Mapping[str, object], domains: set[str]) -> Mapping[str, object]:
    """Without the sample's; the school adds its own."""
    sample = "school.example.org" not in domains
    kept = {name: desk for name, desk in teachers.items() if not (sample and "@school.example.org" in str(desk))}
    return teachers if len(kept) == len(teachers) else kept


def _regulation(data: CommentedMap, answers: Answers, folder: Path) -> None:
    """The document, and only such values as it leaves open."""
    pack = _loaded(folder / "rules" / "regulations" / f"{answers.regulation}.yaml")
    opened = set(pack.get("open") or ())
    data["use"] = answers.regulation
    values = data.get("values") or CommentedMap()
    if answers.answer_working_days:
        values["answer_working_days"] = answers.answer_working_days
    for key in [key for key in values if key != "vendor" and key not in opened]:
        values[key] = None
    for key in values.get("vendor") or ():
        if f"vendor.{key}" not in opened:
            values["vendor"][key] = None
    data["values"] = values


def _settings(data: CommentedMap, answers: Answers) -> None:
    for name, server in (("imap", answers.imap), ("smtp", answers.smtp)):
        section = data.setdefault(name, CommentedMap())
        section.setdefault("user", answers.mailbox)
        _put(section, {"host": server.host, "port": server.port, "tls": server.tls.value})
        section.setdefault("password_file", answers.password_file)
    data["smtp"]["copy"] = answers.copy_kept.value


def _put(data: CommentedMap, values: Mapping[str, object]) -> None:
    """Sets what differs; what is equal keeps its form and its comments."""
    for key, value in values.items():
        if _plain(data.get(key)) != value:
            data[key] = value


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, dict) else value
