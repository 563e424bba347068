"""`mailbot schema`: what editors complete by is made of what the rules are read by, and never falls behind."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailbot.desk.schema import FORMS, schema_of, schemas, write_schemas

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"


def test_the_shipped_schemas_are_those_of_the_models() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (RULES / "schemas").glob("*.json")}

    assert shipped == schemas()


@pytest.mark.parametrize(
    "path", sorted([*RULES.glob("*.yaml"), *RULES.glob("regulations/*.yaml")]), ids=lambda p: p.name
)
def test_every_shipped_file_names_its_schema_in_the_first_line(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]

    head, _, target = first.partition("$schema=")
    assert head == "# yaml-language-server: "
    assert (path.parent / target).is_file()


def properties(node: object, owner: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every property of a schema with what is said of it; keys that are words of the contract explain themselves."""
    if isinstance(node, dict):
        for name, said in (node.get("properties") or {}).items():
            if owner != "expect" and "items" not in name:
                yield name, said
            yield from properties(said, name)
        for key, inner in node.items():
            if key not in ("properties", "default", "examples", "enum"):
                yield from properties(inner, key)


@pytest.mark.parametrize("name", FORMS)
def test_every_key_is_described_in_russian(name: str) -> None:
    words = {"schedule", "safety", "parent", "consultant"}
    for key, said in properties(schema_of(name)):
        section_of_words = words & set(schema_keys_beside(schema_of(name), key))
        if not section_of_words:
            described = str(said.get("description", ""))
            assert any("а" <= letter <= "я" for letter in described.lower()), key


def schema_keys_beside(node: object, key: str) -> set[str]:
    """The keys of the sections in which `key` is one of the keys."""
    if isinstance(node, list):
        return set().union(*(schema_keys_beside(one, key) for one in node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = set(node["properties"]) if isinstance(node.get("properties"), dict) and key in node["properties"] else set()
    return own.union(*(schema_keys_beside(one, key) for one in node.values()))


@pytest.mark.parametrize("name", [name for name in FORMS if name != "regulation-pack"])
def test_every_key_of_the_shipped_rules_is_in_the_schema(name: str) -> None:
    shipped = YAML(typ="safe", pure=True).load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))

    assert set(shipped) <= set(schema_of(name)["properties"])  # type: ignore[call-overload]
    assert schema_of(name)["additionalProperties"] is False


def test_topics_audiences_and_routes_are_offered_as_keys() -> None:
    topics, school = schema_of("topics"), schema_of("school")

    assert "attendance" in topics["properties"]  # type: ignore[operator]
    assert set(school["properties"]["routes"]["properties"]) >= {"consultant", "director"}  # type: ignore[index]
    assert json.dumps(topics).count("English") == 0


def test_the_command_writes_every_schema(tmp_path: Path) -> None:
    written = write_schemas(tmp_path)

    assert {path.name for path in written} == {f"{name}.json" for name in FORMS}
    assert all(json.loads(path.read_text(encoding="utf-8"))["$schema"] for path in written)
