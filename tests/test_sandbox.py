"""What an admin may write into a template or a pattern: nothing of it can hang, fill the memory or look around."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import re2

from mailbot.cases.case import Kind
from mailbot.desk.check import check_rules
from mailbot.errors import BadInput
from mailbot.replies.context import facts_of
from mailbot.replies.wording import Wording
from mailbot.rulebook.patterns import PatternError, translated
from mailbot.rulebook.types import TemplateSource
from tests.pictures.samples import NOW, matter, rulebook, writing
from tests.school import ROOT

BOOK = rulebook()
LONG = "{% for a in original.text %}{% for b in original.text %}{% for c in original.text %}"
ENDED = "{% endfor %}" * 3

WRITTEN = {
    "walk": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "walk by filter": "{{ ''|attr('__class__') }}",
    "walk by format": "{{ '{0.__class__}'.format(school) }}",
    "globals": "{{ lipsum.__globals__ }}{{ cycler.__init__.__globals__ }}",
    "settings": "{{ config }}{{ self.__dict__ }}",
    "range": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "loops over words": LONG + ENDED,
    "nothing printed": LONG + "{% if a == b %}{% endif %}" + ENDED,
    "recursion": "{% for a in topics recursive %}{{ loop(topics) }}{% endfor %}",
    "macro": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "itself": "{% include 'alarm.txt' %}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "repetition": "{{ 'a' * 10 ** 10 }}",
    "width": "{{ '%1000000000d' % 1 }}",
    "method": "{{ 'a'.center(10000000000) }}",
    "filter": "{{ 'a'|center(10000000000) }}",
    "doubling": "{% set x = original.text %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "joining": "{% set x = original.text ~ original.text %}{{ original.text|join(x) }}",
    "file": "{% include '/etc/passwd' %}",
    "file by name": "{% include school.name %}",
    "import": "{% from '/etc/passwd' import x %}",
    "unescaped": "{{ original.text|safe }}",
    "long": "{{ original.text }}" * 2000,
}


def said(text: str) -> str:
    """What a mail says whose template is `text`."""
    source = TemplateSource(text=f"Тема: x\n{text}", html=text)
    book = replace(BOOK, templates={**BOOK.templates, "alarm": source})
    about = matter()
    about = replace(about, letter=replace(about.letter, text="слово\n" * 660)) if about.letter else about
    facts = facts_of(writing(Kind.FORWARD, about, BOOK), about, book, NOW)
    return Wording.of(book).say(Kind.ALARM, facts).html


@pytest.mark.parametrize("name", WRITTEN)
def test_a_template_that_could_hang_or_look_around_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        said(WRITTEN[name])

    assert "templates/alarm" in str(refused.value)


def test_words_conditions_and_lists_are_all_a_template_needs() -> None:
    text = (
        "{% for line in original.text.splitlines() %}{{ loop.index }}{% if loop.last %}.{% else %},{% endif %}"
        "{% endfor %}{{ topics|join(', ')|upper }}{% with x = number ~ '!' %}{{ x }}{% endwith %}"
    )

    assert said(text).startswith("1,2,3,")
    assert said(text).endswith("660.УСПЕВАЕМОСТЬ2026-00017!")


def test_what_one_template_took_is_not_held_against_the_next() -> None:
    text = "{% for line in original.text %}{% endfor %}" * 4

    assert [said(text) for _ in range(4)] == [""] * 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["range", "walk", "power", "unescaped", "macro"])
def test_check_tells_the_line_of_such_a_template_and_ends(name: str, tmp_path: Path) -> None:
    for folder in ("rules", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "templates" / "receipt.txt"
    path.write_text(path.read_text(encoding="utf-8") + WRITTEN[name], encoding="utf-8")

    checked = check_rules(tmp_path / "rules", tmp_path / "templates", None, ())

    assert any("receipt.txt" in str(one.place) for one in checked.problems if not one.warning)


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"((((a{100}){100}){100}){100})", "(" * 500])
def test_a_pattern_that_could_hang_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        translated(pattern)


@pytest.mark.parametrize("pattern", [r"^(\w+\s?)*$", r"(а+)+$", r"(а|аа)+$", r"(.*)*х", r"(\w*\w*\w*\w*)!"])
def test_patterns_that_hang_elsewhere_answer_at_once_here(pattern: str) -> None:
    assert re2.search(translated(pattern), "а" * 20_000 + " ?") is None or pattern == r"(.*)*х"
