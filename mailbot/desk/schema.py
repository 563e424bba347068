"""`schema`: JSON Schema of every rules file, made from the very models that read them, for editors that complete.

The first line of each rules file names its schema (`# yaml-language-server: $schema=…`), which VS Code, Vim and
JetBrains understand. A schema describes; what is right is decided by `check`.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from mailbot.rulebook.files import read_folder
from mailbot.rulebook.models import CalendarForm, FlagsForm, LifecycleForm, SchoolForm, ScreeningForm, TopicsForm
from mailbot.rulebook.problems import RuleProblems
from mailbot.rulebook.regulation_models import PackForm, RegulationForm
from mailbot.rulebook.topics import EXPECTED, WORDED_FLAGS

FOLDER = "schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"
FORMS: Mapping[str, type[BaseModel]] = {
    "school": SchoolForm,
    "regulation": RegulationForm,
    "topics": TopicsForm,
    "flags": FlagsForm,
    "lifecycle": LifecycleForm,
    "screening": ScreeningForm,
    "calendar": CalendarForm,
    "regulation-pack": PackForm,
}
TITLES = {
    "school": "Школа: кто мы, чей это ящик и кто стоит за каждой дверью",
    "regulation": "Регламент, по которому школа помогает",
    "topics": "Темы обращений",
    "flags": "Признаки, которые меняют судьбу письма",
    "lifecycle": "Жизнь обращения",
    "screening": "Кому программа не пишет и сколько писем может уйти",
    "calendar": "Рабочее время школы",
    "regulation-pack": "Документ: пункты, сроки и контакты",
}

Node = dict[str, object]


def schemas() -> Mapping[str, str]:
    """The text of every schema by file name."""
    return {f"{name}.json": json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n" for name in FORMS}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Writes them into `folder`/schemas; the files. Raises RuleProblems if there is no such folder of rules."""
    if not folder.is_dir():
        raise RuleProblems(read_folder(folder, folder).problems)
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (target / name).write_text(text, encoding="utf-8")
    return tuple(target / name for name in schemas())


def schema_of(name: str) -> Node:
    """One file's schema: closed sections, Russian descriptions, the contract's words as keys where they are keys."""
    made = FORMS[name].model_json_schema(by_alias=True)
    definitions = made.get("$defs", {})
    told = _told(made, definitions)
    assert isinstance(told, dict)
    return {"$schema": DRAFT, "title": TITLES[name]} | {
        key: value for key, value in told.items() if key != "description"
    }


def _told(node: object, definitions: Mapping[str, Node]) -> object:
    """The node without what pydantic took from our English docstrings, keys of closed sets written out."""
    if isinstance(node, list):
        return [_told(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    return _with_keys({key: _part(key, one, definitions) for key, one in node.items() if key != "title"}, definitions)


def _part(key: str, value: object, definitions: Mapping[str, Node]) -> object:
    """Definitions lose their docstrings; the names of properties are no keywords."""
    if key == "$defs" and isinstance(value, dict):
        return {name: _told(_undocumented(one), definitions) for name, one in value.items()}
    if key == "properties" and isinstance(value, dict):
        return {name: _property(name, one, definitions) for name, one in value.items()}
    if key in ("enum", "examples", "default", "required"):
        return value
    return _told(value, definitions)


def _undocumented(node: Node) -> Node:
    return {key: value for key, value in node.items() if key not in ("description", "title")}


def _property(name: str, node: Node, definitions: Mapping[str, Node]) -> object:
    if name == "expect":
        return {"type": "object", "additionalProperties": False, "properties": _expectations()} | {
            "description": node.get("description", "")
        }
    return _told(node, definitions)


def _expectations() -> Node:
    """What an example may expect, each with the contract's words."""
    words = {key: [*(word.value for word in known), "[]"] for key, known in EXPECTED.items()}
    return {
        key: {"anyOf": [{"type": "string"}, {"type": "array", "items": {"enum": known[:-1]}}], "examples": known}
        for key, known in words.items()
    }


def _with_keys(node: Node, definitions: Mapping[str, Node]) -> Node:
    """A section whose keys are a closed set lists them, so that editors offer them."""
    names = node.pop("propertyNames", None)
    if not isinstance(names, dict):
        return node
    target = definitions.get(str(names.get("$ref", "")).rpartition("/")[2], names)
    if "enum" not in target:
        return node | {"propertyNames": names}
    value = node.pop("additionalProperties", {})
    keys = target["enum"]
    assert isinstance(keys, list)
    chosen = [key for key in keys if "abuse" not in keys or key in WORDED_FLAGS]
    return node | {"properties": dict.fromkeys(chosen, value), "additionalProperties": False}
