import re
from functools import cache
from pathlib import Path

import pytest

from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.types import Regulation

ROOT = Path(__file__).parent.parent
SEEDS = Path(__file__).parent / "seeds"
PACKS = ("adilsoltanova-portal", "kansk-eljur", "lindovo-ais", "osh-dnevnik", "tyukalinsk-dnevnik")


@cache
def regulation(name: str) -> Regulation:
    return load_rulebook(ROOT / "rules", ROOT / "templates", regulation=name).regulation


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", PACKS)
def test_every_clause_is_printed_word_for_word_in_the_document(name: str) -> None:
    document = folded((SEEDS / f"{name}.txt").read_text(encoding="utf-8"))

    foreign = [clause.id for clause in regulation(name).clauses.values() if clause.text not in document]

    assert foreign == []


@pytest.mark.parametrize("name", PACKS)
def test_every_clause_says_where_a_person_finds_it(name: str) -> None:
    assert all(clause.printed and clause.place.line > 1 for clause in regulation(name).clauses.values())


def test_only_the_vendors_rules_of_adilsoltanova_and_kansk_are_locked() -> None:
    locked = {name: {c.id.split("-")[0] for c in regulation(name).clauses.values() if c.locked} for name in PACKS}

    assert locked == {
        "adilsoltanova-portal": {"p5", "p6"},
        "kansk-eljur": {"p5", "p6"},
        "lindovo-ais": set(),
        "osh-dnevnik": set(),
        "tyukalinsk-dnevnik": set(),
    }


def test_new_staff_are_taught_within_three_or_five_days_or_the_document_names_no_term() -> None:
    terms = {name: regulation(name).training_working_days for name in PACKS}

    assert terms == {
        "adilsoltanova-portal": None,
        "kansk-eljur": 3,
        "lindovo-ais": 5,
        "osh-dnevnik": None,
        "tyukalinsk-dnevnik": 3,
    }


def test_only_osh_has_a_clause_on_etiquette_and_lets_pupils_ask() -> None:
    assert [name for name in PACKS if regulation(name).etiquette] == ["osh-dnevnik"]
    assert [name for name in PACKS if "student" in regulation(name).audiences] == ["osh-dnevnik"]


def test_the_vendors_reasons_to_reject_stand_in_three_documents() -> None:
    with_reasons = [name for name in PACKS if regulation(name).rejection_incomplete]

    assert with_reasons == ["adilsoltanova-portal", "kansk-eljur", "tyukalinsk-dnevnik"]
    assert [name for name in PACKS if regulation(name).rejection_not_constructive] == with_reasons


def test_time_zones_are_inferred_and_osh_leaves_its_own_to_the_school() -> None:
    zones = {name: regulation(name).zone for name in PACKS}

    assert zones == {
        "adilsoltanova-portal": "Europe/Moscow",
        "kansk-eljur": "Asia/Krasnoyarsk",
        "lindovo-ais": "Europe/Moscow",
        "osh-dnevnik": "",
        "tyukalinsk-dnevnik": "Asia/Omsk",
    }
    assert all("zone" in regulation(name).inferred for name in PACKS if zones[name])


def test_the_vendor_is_reached_as_each_document_says() -> None:
    vendors = {name: regulation(name).vendor for name in PACKS}

    assert vendors["tyukalinsk-dnevnik"].mail == "team@company.dnevnik.ru"
    assert vendors["tyukalinsk-dnevnik"].phone == "8 (812) 490-70-33"
    assert vendors["adilsoltanova-portal"].site == "https://support.dnevnik.ru"
    assert vendors["adilsoltanova-portal"].hours[0].zone == ""
    assert vendors["adilsoltanova-portal"].hours[0].except_holidays
    assert vendors["lindovo-ais"].phone == "8 (831) 429-04-85"
    assert (vendors["kansk-eljur"].mail, vendors["kansk-eljur"].phone, vendors["osh-dnevnik"].mail) == ("", "", "")


def test_the_schedule_is_not_among_the_topics_that_adilsoltanova_lists() -> None:
    assert "schedule" not in regulation("adilsoltanova-portal").staff_topics
    assert "schedule" in regulation("kansk-eljur").staff_topics


def test_the_documents_of_the_packs_carry_no_persons_mailbox() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (*SEEDS.glob("*.txt"), *ROOT.glob("rules/**/*.yaml")))

    domains = set(re.findall(r"[\w.-]@([\w-]+(?:\.[\w-]+)+)", text))

    assert domains == {"example.org", "school.example.org", "company.dnevnik.ru"}
