"""What the admin is told of broken rules: each folder of bad_rules/ lies over base; expected.txt is the message."""

import random
import shutil
from pathlib import Path

import pytest

from mailbot.errors import ExitCode, Language
from mailbot.rulebook.files import RULE_FILES
from mailbot.rulebook.load import check_rulebook, load_rulebook
from mailbot.rulebook.problems import ProblemCode, RuleProblems

ROOT = Path(__file__).parent.parent
BAD_RULES = Path(__file__).parent / "bad_rules"
CASES = sorted(path for path in BAD_RULES.iterdir() if path.name[0].isdigit())


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A small correct school that a test may break."""
    folder = tmp_path / "rules"
    shutil.copytree(BAD_RULES / "base", folder)
    shutil.copytree(ROOT / "rules" / "regulations", folder / "regulations")
    return folder


def problems_of(rules: Path) -> RuleProblems:
    with pytest.raises(RuleProblems) as caught:
        load_rulebook(rules, rules.parent / "templates")
    return caught.value


def said_of(rules: Path) -> str:
    return problems_of(rules).said_in(Language.RU)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_school_all_broken_rules_are_made_of_is_itself_correct(rules: Path) -> None:
    assert load_rulebook(rules, rules.parent / "templates").school.name == "Школа из примера"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_broken_rules_are_told_with_place_cause_and_mend(case: Path, rules: Path) -> None:
    for file in case.glob("*.yaml"):
        shutil.copy(file, rules / file.name)

    assert said_of(rules) == (case / "expected.txt").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_broken_folder_differs_from_the_correct_school(case: Path) -> None:
    assert any(file.read_bytes() != (BAD_RULES / "base" / file.name).read_bytes() for file in case.glob("*.yaml"))


def test_problems_are_told_in_english_as_well(rules: Path) -> None:
    change(rules / "topics.yaml", "lessons:", "lesons:")

    assert problems_of(rules).said_in(Language.EN) == (
        "rules/topics.yaml:21:1: unknown word «lesons». Perhaps «lessons» was meant. [unknown-word]"
    )


def test_a_broken_file_does_not_hide_what_is_wrong_in_the_others(rules: Path) -> None:
    for name in RULE_FILES:
        (rules / name).write_text("- вовсе не раздел\n", encoding="utf-8")

    assert {problem.place.file for problem in problems_of(rules).problems} == {f"rules/{name}" for name in RULE_FILES}


def test_broken_rules_end_a_command_as_bad_input(rules: Path) -> None:
    (rules / "topics.yaml").write_text("", encoding="utf-8")

    assert problems_of(rules).exit_code is ExitCode.BAD_INPUT


@pytest.mark.parametrize("name", RULE_FILES)
def test_a_missing_file_is_named(name: str, rules: Path) -> None:
    (rules / name).unlink()

    assert f"rules/{name}:1:1: файла нет. Верните файл из поставки. [missing-file]" in said_of(rules)


def test_a_folder_that_does_not_exist_is_told_once(tmp_path: Path) -> None:
    (found,) = problems_of(tmp_path / "nowhere").problems

    assert (found.place.file, found.what.ru) == (str(tmp_path / "nowhere"), "такой папки правил нет")


def test_a_folder_in_place_of_a_file_is_told(rules: Path) -> None:
    (rules / "calendar.yaml").unlink()
    (rules / "calendar.yaml").mkdir()

    assert "rules/calendar.yaml:1:1: файл не читается" in said_of(rules)


def test_a_file_of_a_megabyte_is_refused_unread(rules: Path) -> None:
    (rules / "topics.yaml").write_text("# пусто\n" * 130_000, encoding="utf-8")

    assert said_of(rules) == "rules/topics.yaml:1:1: файл больше 256 кБ. Сократите файл. [too-large]"


def test_a_file_saved_in_the_windows_code_page_is_told_with_its_line(rules: Path) -> None:
    text = (rules / "school.yaml").read_text(encoding="utf-8")
    (rules / "school.yaml").write_bytes(b"# school\n" + text.replace("–", "-").encode("cp1251"))

    assert said_of(rules) == (
        "rules/school.yaml:2:1: файл не в кодировке UTF-8. Сохраните файл в кодировке UTF-8. [yaml]"
    )


def test_a_file_saved_by_notepad_with_a_mark_and_crlf_is_read(rules: Path) -> None:
    text = (rules / "school.yaml").read_text(encoding="utf-8")
    (rules / "school.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert load_rulebook(rules, rules.parent / "templates").school.name == "Школа из примера"


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "? " * 50_000,
        "a: !!binary |\n  " + "A" * 200_000,
        "%YAML 9.9\n---\na: 1\n",
        "--- a\n--- b\n",
        'a: "\\UFFFFFFFF"\n',
        'a: "\\ud800"\n',
        "a: " + "9" * 5_000 + "\n",
    ],
    ids=[
        "aliases",
        "brackets",
        "braces",
        "lists",
        "keys",
        "binary",
        "version",
        "documents",
        "escape",
        "half",
        "number",
    ],
)
def test_a_yaml_bomb_is_refused(bomb: str, rules: Path) -> None:
    (rules / "calendar.yaml").write_text(bomb, encoding="utf-8")

    assert {problem.place.file for problem in problems_of(rules).problems} == {"rules/calendar.yaml"}


def test_values_yaml_would_bend_stay_as_they_are_written(rules: Path) -> None:
    change(rules / "school.yaml", "where: кабинет 21, how: лично", "where: 012, how: no")

    line = load_rulebook(rules, rules.parent / "templates").school.help_hours[0]

    assert (line.where, line.how, line.start.hour) == ("012", "no", 15)


def test_an_address_outside_is_allowed_if_only_the_number_goes_there(rules: Path) -> None:
    change(
        rules / "school.yaml",
        "address: office@school.example.org",
        "address: office@mail.example.com, outside: number-only",
    )

    book = load_rulebook(rules, rules.parent / "templates")

    assert [desk.number_only for desk in book.school.desks.values()] == [False, False, False, False, True]


def test_a_subdomain_is_not_the_schools_own_domain(rules: Path) -> None:
    change(rules / "school.yaml", "office@school.example.org", "office@mail.school.example.org")

    assert "[outside-address]" in said_of(rules)


def test_a_typo_in_the_regulation_asked_for_on_the_command_line_is_told(rules: Path) -> None:
    with pytest.raises(RuleProblems) as caught:
        load_rulebook(rules, rules.parent / "templates", regulation="osh-dnevnk")

    assert "--regulation:1:1: регламента «osh-dnevnk» нет. Возможно, имелось в виду «osh-dnevnik»" in (
        caught.value.said_in(Language.RU)
    )


def test_an_own_address_on_the_command_line_that_is_none_is_told(rules: Path) -> None:
    with pytest.raises(RuleProblems) as caught:
        load_rulebook(rules, rules.parent / "templates", own=("help",))

    assert caught.value.problems[0].code is ProblemCode.BAD_ADDRESS


def test_a_template_that_cannot_be_read_as_jinja_is_told_at_its_line(rules: Path) -> None:
    templates = rules.parent / "templates"
    templates.mkdir()
    (templates / "receipt.txt").write_text("Тема: Принято\n\n{% if number %}№ {{ number }}\n", encoding="utf-8")

    assert said_of(rules).startswith("templates/receipt.txt:3:1: шаблон написан с ошибкой")


def test_a_template_that_is_not_utf_8_is_told_at_its_line(rules: Path) -> None:
    templates = rules.parent / "templates"
    templates.mkdir()
    (templates / "receipt.html").write_bytes("<p>\nПринято".encode("cp1251"))

    assert said_of(rules).startswith("templates/receipt.html:2:1: шаблон написан с ошибкой: файл не в кодировке UTF-8")


def test_the_check_warns_of_placeholders_but_the_rules_load(rules: Path) -> None:
    found = check_rulebook(rules, rules.parent / "templates")

    assert ProblemCode.PLACEHOLDER in {problem.code for problem in found}
    assert all(problem.warning for problem in found)


def test_the_check_warns_of_a_phrase_that_speaks_for_two_topics(rules: Path) -> None:
    change(
        rules / "topics.yaml",
        "{title: Уроки, required: [class, subject, date], rules: []}",
        "{title: Уроки, required: [class], rules: [{id: l, phrases: [двойка|тройка], strength: weak}]}",
    )

    found = check_rulebook(rules, rules.parent / "templates")

    assert [problem.place.line for problem in found if problem.code is ProblemCode.SAME_PHRASE] == [21]


def test_the_check_warns_of_rules_without_examples(rules: Path) -> None:
    found = check_rulebook(rules, rules.parent / "templates")

    assert {problem.place.file for problem in found if problem.code is ProblemCode.NO_EXAMPLE} == {"rules/flags.yaml"}


def test_the_check_tells_a_fault_in_a_regulation_that_is_not_in_use(rules: Path) -> None:
    change(rules / "regulations" / "lindovo-ais.yaml", "emergency: p5", "emergency: p55")

    found = [problem for problem in check_rulebook(rules, rules.parent / "templates") if not problem.warning]

    assert [problem.code for problem in found] == [ProblemCode.UNKNOWN_CLAUSE]


def damaged(text: str, dice: random.Random) -> str:
    """Some letters replaced, lost, doubled or moved."""
    letters = list(text)
    for _ in range(dice.randint(1, 6)):
        where = dice.randrange(len(letters))
        length = dice.choice((1, 1, 1, 5, 40))
        match dice.randrange(4):
            case 0:
                letters[where] = dice.choice("\t :-#[]{}&*!|>'\"%@`\n\x00\ud7ffё0я\\,?")
            case 1:
                del letters[where : where + length]
            case 2:
                letters[where:where] = letters[where : where + length]
            case _:
                letters[where:where] = dice.choice(
                    ("null", "- ", "  ", "key: ", "99999999999999999999", "{{", "{% x", "/(/")
                )
        letters = letters or [" "]
    return "".join(letters)


@pytest.mark.parametrize("name", RULE_FILES)
def test_damaged_rules_load_or_are_told_and_nothing_else_happens(name: str, rules: Path) -> None:
    dice = random.Random(20261121)
    correct = (rules / name).read_text(encoding="utf-8")
    found = []
    for _ in range(25):
        (rules / name).write_text(damaged(correct, dice), encoding="utf-8")
        found.extend(check_rulebook(rules, rules.parent / "templates"))

    told = [problem for problem in found if not problem.warning]
    assert len(told) > 10
    assert all(problem.place.line >= 1 and problem.what.ru and problem.mend.ru for problem in told)
