"""`mailbot check`: everything that is wrong is told at once, at its place, with its mend; nothing is loaded for it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.desk.check import check_rules
from mailbot.errors import Language
from mailbot.rulebook.problems import Problem

ROOT = Path(__file__).parent.parent
TO_FILL_IN = ("placeholder", "unproven-staff")


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """The shipped rules and templates, to be broken."""
    for name in ("rules", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(school: Path, *, warnings: bool = False) -> list[str]:
    found = check_rules(school / "rules", school / "templates").problems
    return [one.said_in(Language.RU) for one in found if warnings or not one.warning]


def warned(school: Path) -> list[str]:
    found = check_rules(school / "rules", school / "templates").problems
    return [one.said_in(Language.RU) for one in found if one.warning and one.code not in TO_FILL_IN]


def coded(school: Path, code: str) -> list[Problem]:
    return [one for one in check_rules(school / "rules", school / "templates").problems if one.code == code]


def line_of(path: Path, words: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if words in line)


def test_the_shipped_rules_have_no_problem_and_no_warning_but_what_the_school_must_fill_in() -> None:
    found = check_rules(ROOT / "rules", ROOT / "templates")

    assert found.value is not None
    assert [one.said_in(Language.RU) for one in found.problems if one.code not in TO_FILL_IN] == []


@pytest.mark.parametrize(
    "regulation", ["tyukalinsk-dnevnik", "adilsoltanova-portal", "kansk-eljur", "osh-dnevnik", "lindovo-ais"]
)
def test_under_each_of_the_five_regulations_every_mail_can_be_written(regulation: str) -> None:
    found = check_rules(ROOT / "rules", ROOT / "templates", regulation)

    assert [one.said_in(Language.RU) for one in found.problems if not one.warning] == []


def test_an_unknown_filter_in_a_template_is_told_with_the_nearest_one(school: Path) -> None:
    change(school / "templates" / "receipt.txt", "| until_day", "| untill_day")
    line = line_of(school / "templates" / "receipt.txt", "untill_day")

    (said,) = told(school)

    assert said.startswith(f"templates/receipt.txt:{line}:")
    assert said.endswith("фильтра «untill_day» нет. Возможно, имелось в виду «until_day». [unknown-variable]")


def test_an_unknown_variable_is_told_even_on_a_branch_nobody_takes(school: Path) -> None:
    change(
        school / "templates" / "receipt.txt",
        "{% if extra.handed_to %}",
        "{% if false %}{{ numbr }}{% endif %}\n{% if extra.handed_to %}",
    )
    line = line_of(school / "templates" / "receipt.txt", "numbr")

    assert told(school) == [
        f"templates/receipt.txt:{line}:18: неизвестная переменная «numbr». "
        "Возможно, имелось в виду «number». [unknown-variable]"
    ]


def test_a_part_that_a_name_does_not_have_is_told(school: Path) -> None:
    change(school / "templates" / "_signature.txt", "{{ school.signature", "{{ school.signatur")

    (said,) = told(school)

    assert "неизвестная переменная «school.signatur»" in said
    assert "«school.signature»" in said


def test_a_template_that_fails_only_when_written_is_told_with_its_line(school: Path) -> None:
    change(school / "templates" / "questions.txt", "{{ number }}.", "{{ number }}. {{ missing[99].label }}")
    line = line_of(school / "templates" / "questions.txt", "missing[99]")

    (said,) = told(school)

    assert said.startswith(f"templates/questions.txt:{line}:1: шаблон не сработал")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{{ trouble.mendd }}", "у этого значения нет части «mendd». Проверьте имя после точки"),
        ("{{ digest.titl }}", "неизвестная переменная «digest.titl». Возможно, имелось в виду «digest.title»"),
        ("{% if digest.calm %}", "здесь стоит «endfor», а ждали «elif / else / endif»"),
        ("{% iff digest.calm %}", "здесь стоит «iff», а ждали «endfor / else»"),
        ("{{ trouble.mend }", "лишний знак «}». Проверьте скобки"),
        ("{{ trouble mend }}", "непонятно, что значит здесь «mend»"),
    ],
)
def test_the_digest_is_written_before_staff_get_it(wrong: str, said: str, school: Path) -> None:
    change(school / "templates" / "digest.txt", "{{ trouble.mend }}", wrong)

    (line,) = told(school)

    assert line.startswith("templates/digest.txt:")
    assert said in line


def test_an_empty_name_of_the_mail_server_is_a_warning_for_no_word_of_staff_counts(school: Path) -> None:
    unnamed = coded(school, "unproven-staff")
    change(school / "rules" / "screening.yaml", "authserv_ids: []", "authserv_ids: [mx.school.example]")
    named = coded(school, "unproven-staff")

    assert [one.place.line for one in unnamed] == [line_of(school / "rules" / "screening.yaml", "authserv_ids")]
    assert "ответы и команды сотрудников не действуют" in unnamed[0].said_in(Language.RU)
    assert named == []


def test_everything_left_from_the_sample_is_pointed_at_where_it_stands(school: Path) -> None:
    lines = (school / "rules" / "school.yaml").read_text(encoding="utf-8").splitlines()

    pointed = [lines[one.place.line - 1][one.place.column - 1 :] for one in coded(school, "placeholder")]

    samples = ("help@school", "school.example.org]", "https://school", '"8 (000)', "journal@school", "admin@school")
    for sample in samples:
        assert any(one.startswith(sample) for one in pointed), sample


def test_a_zone_far_from_the_regulations_school_is_pointed_at(school: Path) -> None:
    change(school / "rules" / "regulation.yaml", "use: osh-dnevnik", "use: tyukalinsk-dnevnik")
    change(school / "rules" / "regulation.yaml", "  training_working_days:   ", "  # training_working_days: ")

    (said,) = warned(school)

    assert said.startswith(f"rules/school.yaml:{line_of(school / 'rules' / 'school.yaml', 'zone:')}:7: указан пояс")
    assert "напишите zone: Asia/Omsk" in said


def test_a_mail_without_a_subject_line_is_told(school: Path) -> None:
    change(school / "templates" / "notice.txt", "Тема:", "Тем:")

    assert any("templates/notice.txt:1:1" in said and "Тема: …" in said for said in told(school))


def test_a_missing_template_is_told_once(school: Path) -> None:
    (school / "templates" / "relay.html").unlink()

    assert "templates/relay.html:1:1: шаблона письма «relay» нет. Верните файл из поставки. [missing-template]" in told(
        school
    )


def test_a_filter_unknown_in_guidance_is_told_at_its_line_of_the_rules(school: Path) -> None:
    change(school / "rules" / "topics.yaml", "{{ school.phones }}. Многое", "{{ school.phones | uper }}. Многое")
    line = line_of(school / "rules" / "topics.yaml", "| uper")

    (said,) = told(school)

    assert said.startswith(f"rules/topics.yaml:{line}:")
    assert "«upper»" in said


def test_broken_rules_and_a_missing_template_are_told_together(school: Path) -> None:
    change(school / "rules" / "lifecycle.yaml", "rounds: 3", "rouns: 3")
    (school / "templates" / "relay.html").unlink()

    said = told(school)

    assert any("rouns" in one for one in said)
    assert any("relay.html" in one for one in said)


def test_a_phrase_that_its_own_exception_undoes_is_a_warning(school: Path) -> None:
    change(
        school / "rules" / "topics.yaml",
        "phrases: [опоздание, опоздать урок]",
        "phrases: [опоздание]\n      unless: [опоздан*]",
    )

    (said,) = warned(school)

    assert "фраза «опоздание» никогда не сработает: её отменяет исключение «опоздан*»" in said


def test_a_phrase_that_another_phrase_of_the_rule_hears_anyway_is_a_warning(school: Path) -> None:
    change(
        school / "rules" / "topics.yaml",
        "phrases: [опоздание, опоздать урок]",
        "phrases: [опоздание, опоздание на урок]",
    )

    (said,) = warned(school)

    assert "фраза «опоздание на урок» лишняя: её слышит и «опоздание»" in said


def test_a_phrase_that_a_sure_rule_of_another_topic_always_outweighs_is_a_warning(school: Path) -> None:
    change(
        school / "rules" / "topics.yaml", "phrases: [опоздание, опоздать урок]", "phrases: [опоздание, опоздание ктп]"
    )

    assert any(
        "«опоздание ктп» ничего не решает: её всегда перевешивает правило «planning-ktp»" in one
        for one in warned(school)
    )


def test_a_phrase_that_a_lookalike_of_its_flag_covers_is_a_warning(school: Path) -> None:
    change(school / "rules" / "flags.yaml", '- чужой "человек"', "- чужой человек")

    (said,) = warned(school)

    assert "фраза «чужие люди ... видят|читают|смотрят|наш» никогда не сработает" in said


def test_two_rules_that_want_different_things_of_the_same_words_are_shown_with_a_letter(school: Path) -> None:
    change(
        school / "rules" / "topics.yaml",
        "phrases: [опоздание, опоздать урок]",
        "phrases: [опоздание, опоздать урок, вечером долго не грузится журнал]",
    )

    (said,) = warned(school)

    assert "в письме «вечером долго не грузится журнал» говорят сразу два правила" in said
    assert "«attendance-late» (attendance) и «outage-does-not-open» (outage, problem, rules/topics.yaml:" in said
    assert "какое верно, правила не решают" in said


def test_a_longer_phrase_of_a_stronger_rule_is_no_overlap(school: Path) -> None:
    change(school / "rules" / "topics.yaml", "phrases: [опоздание, опоздать урок]\n      strength: strong",
           "phrases: [опоздание, вечером не грузится журнал]\n      strength: sure")  # fmt: skip

    assert not any("говорят сразу два правила" in one for one in warned(school))


def test_two_sure_rules_that_meet_in_a_common_word_are_shown_with_a_letter(school: Path) -> None:
    change(school / "rules" / "topics.yaml", "phrases: [опоздание, опоздать урок]\n      strength: strong",
           "phrases: [опоздание звонок]\n      strength: sure")  # fmt: skip
    change(school / "rules" / "topics.yaml", "phrases: [ктп", "phrases: [звонок перенесли, ктп")

    (said,) = warned(school)

    assert "в письме «опоздание звонок перенесли» говорят сразу два правила" in said


def mailbot(*words: str, cwd: Path, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mailbot", *words], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "LANG": locale, "LC_ALL": locale},
    )  # fmt: skip


def test_warnings_alone_end_the_command_well_and_a_problem_does_not(school: Path) -> None:
    fine = mailbot("check", cwd=school)
    change(school / "rules" / "lifecycle.yaml", "rounds: 3", "rouns: 3")
    broken = mailbot("check", cwd=school)
    nowhere = mailbot("check", "--rules", "нет", cwd=school)

    assert (fine.returncode, broken.returncode, nowhere.returncode) == (0, 1, 65)
    assert "0 ошибок" in fine.stdout
    assert "Возможно, имелось в виду «rounds»" in broken.stdout
    assert "такой папки правил нет" in nowhere.stderr


def test_editors_get_json_with_the_path_of_each_file(school: Path) -> None:
    change(school / "rules" / "lifecycle.yaml", "rounds: 3", "rouns: 3")

    found = json.loads(mailbot("check", "--json", cwd=school, locale="en_US.UTF-8").stdout)

    (error,) = [one for one in found if one["severity"] == "error"]
    line = line_of(school / "rules" / "lifecycle.yaml", "rouns")
    assert (error["path"], error["line"], error["column"]) == (str(school / "rules" / "lifecycle.yaml"), line, 1)
    assert error["code"] == "unknown-key"
    assert "unknown key «rouns»" in error["message_en"]


def test_check_loads_no_learned_model() -> None:
    code = (
        "import sys; from pathlib import Path; from mailbot.desk.check import check_rules; "
        "check_rules(Path('rules'), Path('templates')); "
        "print('numpy' in sys.modules, 'mailbot.triage.model' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
