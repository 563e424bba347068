"""docs/rules.md and docs/rules.ru.md: every key is explained, and every example in them is one that works."""

import re
import shutil
from pathlib import Path

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from mailbot.desk.answers import Answers, read_answers
from mailbot.desk.check import check_rules
from mailbot.desk.init import set_up
from mailbot.desk.mind import mind_for_trying
from mailbot.desk.rule_tests import examples_text, tried_examples
from mailbot.errors import Language
from mailbot.rulebook import models, regulation_models
from mailbot.rulebook.load import load_rulebook

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs" / "rules.md", ROOT / "docs" / "rules.ru.md")
BLOCK = re.compile(r"```yaml\n# rules/(?P<file>[\w.]+)\n(?P<text>.*?)```", re.DOTALL)
SECTIONED = ("topics.yaml", "flags.yaml")
FORMS = [
    form
    for module in (models, regulation_models)
    for form in vars(module).values()
    if isinstance(form, type) and issubclass(form, BaseModel) and form.__module__ == module.__name__
]


def blocks(doc: Path) -> list[tuple[str, str]]:
    return [(found["file"], found["text"]) for found in BLOCK.finditer(doc.read_text(encoding="utf-8"))]


def laid_over(folder: Path, file: str, text: str) -> None:
    """The example in place of the same keys of the shipped rules; in topics and flags inside each section."""
    yaml = YAML(typ="safe", pure=True)
    path = folder / file
    shipped, example = yaml.load(path.read_text(encoding="utf-8")), yaml.load(text)
    for key, value in example.items():
        shipped[key] = shipped[key] | value if file in SECTIONED else value
    yaml.default_flow_style = False  # a rule a line: places name lines
    with path.open("w", encoding="utf-8") as target:
        yaml.dump(shipped, target)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_the_examples_for_every_file_work_together(doc: Path, tmp_path: Path) -> None:
    for name in ("rules", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    found = blocks(doc)

    for file, text in found:
        laid_over(tmp_path / "rules", file, text)

    problems = check_rules(tmp_path / "rules", tmp_path / "templates").problems
    assert [one.said_in(Language.RU) for one in problems if not one.warning] == []
    assert {file for file, _ in found} == {path.name for path in (ROOT / "rules").glob("*.yaml")}
    done = tried_examples(mind_for_trying(tmp_path / "rules"))
    assert not done.failed, examples_text(done, Language.RU)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_key_is_explained(form: type[BaseModel], doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")

    for name, field in form.model_fields.items():
        if name != "root":
            assert f"`{field.alias or name}`" in text


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_the_sample_of_answers_names_every_key_and_sets_up_a_school(doc: Path, tmp_path: Path) -> None:
    found = re.search(r"```yaml\n# answers.yaml\n(.*?)```", doc.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    (tmp_path / "answers.yaml").write_text(found[1], encoding="utf-8")

    answers = read_answers(tmp_path / "answers.yaml")
    set_up(answers, tmp_path)

    assert answers.model_fields_set == set(Answers.model_fields)
    assert load_rulebook(tmp_path / "rules", tmp_path / "templates").school.admin.address == "admin@school.example.org"


def test_both_languages_show_the_same_examples() -> None:
    assert blocks(DOCS[0]) == blocks(DOCS[1])
