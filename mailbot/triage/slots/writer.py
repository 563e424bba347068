"""A pupil who writes: the display name in From is the pupil's own, if nothing speaks against it.

Public: `writers_name(letter, audience, folded)`.
"""

import re

from mailbot.letters.letter import Letter
from mailbot.rulebook.ids import Audience
from mailbot.triage.finding import Source
from mailbot.triage.language import parses_of, plain
from mailbot.triage.script import settle
from mailbot.triage.slots.given_names import given_forms
from mailbot.triage.slots.passage import Passage

_SURNAME_AND_GIVEN = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)* [А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*")
_I_DID = re.compile(r"\bя(?: [а-я]+){0,2}? (?P<verb>[а-я]+(?:л|ла|лся|лась))\b")
_GENDERS = frozenset(("masc", "femn"))


def writers_name(letter: Letter, audience: Audience, folded: str) -> tuple[Passage, ...]:
    """From's name as a passage of its own; () unless a pupil writes («я») and it may be that pupil's name.

    `folded`: the letter's words in lower case. A pupil may write from a parent's mailbox: «я болел» is not by Ольга.
    """
    if audience is not Audience.STUDENT:
        return ()
    name = settle(letter.sender.name).text.strip()
    if not _SURNAME_AND_GIVEN.fullmatch(name):
        return ()
    genders = {form.gender for word in name.split() for form in given_forms(plain(word)) if form.case == "nomn"}
    told = _genders_told(folded)
    if genders and told and genders.isdisjoint(told):
        return ()
    return (Passage(name, plain(name), Source.SENDER, len(name)),)


def _genders_told(folded: str) -> frozenset[str]:
    """The writer's gender by what they say they did."""
    verbs = (parses_of(match["verb"])[0].grammemes for match in _I_DID.finditer(folded))
    return frozenset().union(*(verb & _GENDERS for verb in verbs if "past" in verb))
