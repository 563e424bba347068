"""The learned model: a file without surprises, the same for the same letters, explained by the letter's own words."""

import io
import zipfile
from importlib.resources import files

import numpy as np
import pytest

from mailbot.rulebook.ids import Audience, Flag, Intent, Topic
from mailbot.training.corpus import CORPUS, corpus_files, labelled_letters
from mailbot.training.learn import NO_RECORD, learn
from mailbot.triage.model import brain_from, load_brain
from mailbot.triage.text import readable
from tests.test_understanding import letter_from

MODEL = files("mailbot.triage").joinpath("model.npz")
MOST_BYTES = 7_500_000


def test_the_model_has_a_judge_for_every_topic_intent_and_audience() -> None:
    groups = load_brain().groups

    assert groups["topic"][0] == tuple(Topic)
    assert groups["intent"][0] == tuple(Intent)
    assert groups["audience"][0] == tuple(Audience)


def test_the_model_is_small_and_holds_no_pickled_objects() -> None:
    raw = MODEL.read_bytes()

    assert len(raw) <= MOST_BYTES
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_a_model_with_pickled_objects_is_refused() -> None:
    out = io.BytesIO()
    np.savez(out, vocabulary=np.array([{"a": 1}], dtype=object))

    with pytest.raises(ValueError, match="allow_pickle"):
        brain_from(out.getvalue(), out.getvalue())


def test_the_same_letters_give_the_same_model_to_the_byte() -> None:
    shared = labelled_letters((CORPUS / "shared.jsonl",))
    every_topic = {one.topics[0]: one for one in shared}.values()
    every_intent = {one.intent: one for one in shared}.values()
    every_flag = {flag: one for one in shared for flag in one.flags}.values()
    letters = (*shared[:60], *every_topic, *every_intent, *every_flag)

    assert learn(letters, NO_RECORD) == learn(letters, NO_RECORD)


def test_the_model_file_carries_no_time_of_its_making() -> None:
    with zipfile.ZipFile(io.BytesIO(MODEL.read_bytes())) as box:
        assert {info.date_time for info in box.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_letters_kept_for_judging_are_never_learned_from() -> None:
    assert not [path for path in corpus_files() if "kept" in path.name]


def test_what_the_words_say_and_what_no_word_says_add_up_to_the_score() -> None:
    brain = load_brain()
    letter = letter_from("Забыла пароль от дневника, как его восстановить?", "пароль")
    reading = readable(letter)
    bag = brain.bag_of(letter, reading)

    _, columns = brain.groups["topic"]
    said = brain.said_by_words(bag, "topic", len(reading.words)).sum(axis=0)
    whole = brain.scores_of(bag)[columns] - brain.bias[columns]

    assert np.argmax(said) == np.argmax(whole)
    assert np.allclose(said, whole, atol=1.5)


def test_an_empty_letter_is_judged_without_words() -> None:
    brain = load_brain()
    reading = readable(letter := letter_from(""))

    alarms = brain.alarms_of(brain.scores_of(brain.bag_of(letter, reading)), brain.watch.alarms_of(reading), None)

    assert set(alarms) == {Flag.SAFETY, Flag.LEAK, Flag.PRIVACY}
    assert all(alarm.score < 0 and not alarm.words for alarm in alarms.values())
