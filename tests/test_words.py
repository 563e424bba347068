from collections.abc import Mapping
from enum import StrEnum

import pytest

from mailbot import words
from mailbot.errors import Words


@pytest.mark.parametrize(
    "table",
    [words.TOPIC, words.INTENT, words.FLAG, words.DISPOSITION, words.ROUTE, words.KIND, words.STATE, words.DUE],
)
def test_whatever_the_terminal_may_have_to_name_has_a_name(table: Mapping[StrEnum, Words]) -> None:
    members = type(next(iter(table)))

    assert set(table) == set(members)
    assert all(said.ru and said.en for said in table.values())
