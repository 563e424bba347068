"""The bytes of the rules and templates, read once; the hash by which decisions name the rules they were made under."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mailbot.errors import Words
from mailbot.rulebook.positions import MAX_BYTES
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.types import Place

RULE_FILES = (
    "school.yaml",
    "regulation.yaml",
    "topics.yaml",
    "flags.yaml",
    "lifecycle.yaml",
    "screening.yaml",
    "calendar.yaml",
)
PACKS = "regulations"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFolder:
    """Everything read: `rules` by path inside the folder, `packs` by regulation name, `templates` by file name."""

    name: str
    templates_name: str
    rules: Mapping[str, bytes]
    packs: Mapping[str, bytes]
    templates: Mapping[str, bytes]
    problems: tuple[Problem, ...]

    def hash_with(self, pack: str) -> str:
        """First 12 hex digits of SHA-256 over names and bytes of all files in force, sorted by name."""
        in_force = {f"rules/{name}": data for name, data in self.rules.items()}
        in_force |= {f"rules/{PACKS}/{pack}": self.packs.get(pack, b"")}
        in_force |= {f"templates/{name}": data for name, data in self.templates.items()}
        digest = sha256()
        for name, data in sorted(in_force.items()):
            digest.update(f"{name} {len(data)}\n".encode())
            digest.update(data)
        return digest.hexdigest()[:12]


def read_folder(folder: Path, templates: Path) -> RuleFolder:
    """All files that can be read; the others are told in `problems`."""
    problems: list[Problem] = []
    if not folder.is_dir():
        nothing: Mapping[str, bytes] = {}
        return RuleFolder(
            name=folder.name, templates_name=templates.name, rules=nothing, packs=nothing, templates=nothing,
            problems=(_no_folder(folder),),
        )  # fmt: skip
    rules = _read(tuple(folder / name for name in RULE_FILES), folder.name, problems)
    packs = _read(tuple(sorted((folder / PACKS).glob("*.yaml"))), f"{folder.name}/{PACKS}", problems)
    files = _read(tuple(sorted([*templates.glob("*.txt"), *templates.glob("*.html")])), templates.name, problems)
    return RuleFolder(
        name=folder.name,
        templates_name=templates.name,
        rules=rules,
        packs={name.removesuffix(".yaml"): data for name, data in packs.items()},
        templates=files,
        problems=tuple(problems),
    )


def _read(paths: tuple[Path, ...], shown: str, problems: list[Problem]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                found[path.name] = file.read(MAX_BYTES + 1)  # one more, so that «too large» can be told
        except OSError as error:
            problems.append(_unreadable(Place(f"{shown}/{path.name}", 1), error))
    return found


def _no_folder(folder: Path) -> Problem:
    what = Words(ru="такой папки правил нет", en="there is no such folder of rules")
    mend = Words(
        ru="Перейдите в папку школы или назовите её правила: --rules ПАПКА (для службы – rules в mailbot.yaml)",
        en="Go to the school's folder or name its rules: --rules FOLDER (for the daemon: rules in mailbot.yaml)",
    )
    return Problem(place=Place(str(folder), 1), code=ProblemCode.MISSING_FILE, what=what, mend=mend)


def _unreadable(place: Place, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        what = Words(ru="файла нет", en="the file is missing")
        mend = Words(ru="Верните файл из поставки", en="Put back the file that was shipped")
        return Problem(place=place, code=ProblemCode.MISSING_FILE, what=what, mend=mend)
    what = Words(ru=f"файл не читается ({error.strerror})", en=f"the file cannot be read ({error.strerror})")
    mend = Words(ru="Проверьте права на файл", en="Check the rights of the file")
    return Problem(place=place, code=ProblemCode.UNREADABLE_FILE, what=what, mend=mend)
