"""Whether a letter asks about one thing or two, and which sentences speak of which.

Public: `asked_in(seen, by_word, topics) -> Asked`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mailbot.rulebook.ids import Intent
from mailbot.triage.impression import Impression
from mailbot.triage.model import SENSE, SENSE_OF_PART, Floats, chance_of
from mailbot.triage.signs import asks_for_something
from mailbot.triage.text import Reading

TWO_TOPICS_AT = 0.35  # chance of a second topic from which it is told
_LINK = re.compile(
    r"\b(?:и еще|еще (?:вопрос|одно|такое|просьба)|второ[ей]|вторая|во-вторых|заодно|также|кстати|пользуясь случаем"
    r"|p\.?s|отдельно|теперь о|а еще|два вопроса|две просьбы|вопроса два|плюс|2[).])"
)
_AND_ASK = re.compile(
    r"(?:^|[.!?,;)\n])\s*(?:и|а|ну и|да и) (?:где|как|когда|куда|кто|кому|до скольки|во сколько|сколько|можно"
    r"|подскаж|скаж|провер|привяж|исправ|постав|запиш|внес|снимит|уточн|вообще|просьба|прошу|если)"
)
_TWO_IN_SUBJECT = re.compile(r"\w+ (?:и|плюс) \w+|\+|2 в 1|дв[аеу]х? (?:вопрос|просьб|дел)")
MOST_LINKS = 3
SIGNS = 16  # numbers that `second_topic_signs` gives


@dataclass(frozen=True, slots=True)
class Asked:
    """The topics asked about (their numbers, the primary first) and how likely there is a second one.

    `own_intents`: for each of two topics how the intents' log-odds differ in the sentences that speak of it, by words
    and by the sense.
    """

    topics: tuple[int, ...]
    second: float
    own_intents: Mapping[int, Floats]


def asked_in(seen: Impression, by_word: Floats, topics: Floats) -> Asked:
    """The likeliest topic, and a second one if the letter shows it. `by_word`: what each word adds to each topic."""
    reading, brain = seen.reading, seen.brain
    first = int(topics.argmax())
    by_sentence = _of_sentences(reading, by_word)
    signs = second_topic_signs(seen, topics, by_sentence)
    chance = float(chance_of(signs @ brain.second[:-1] + brain.second[-1]))
    if chance < TWO_TOPICS_AT:
        return Asked((first,), chance, {})
    second = second_topic(topics, by_sentence, seen)
    speaks_of_second = by_sentence[:, second] > by_sentence[:, first]
    intents = sentence_scores(seen, "intent")
    halves = ((first, ~speaks_of_second), (second, speaks_of_second))
    apart = {first: _heard_apart(seen, first, second), second: _heard_apart(seen, second, first)}
    return Asked((first, second), chance, {topic: _leaning(intents[part]) + apart[topic] for topic, part in halves})


def _leaning(intents: Floats) -> Floats:
    return intents.mean(axis=0) if len(intents) else np.zeros(intents.shape[1], np.float32)


def _heard_apart(seen: Impression, topic: int, beside: int) -> Floats:
    """What the sense makes of the intent by the passages on one of two topics, instead of the whole letter."""
    told = None if seen.heard is None else seen.heard.intents_of_part(topic, beside)
    if told is None:
        return np.zeros(len(Intent), np.float32)
    of_whole = 0 if seen.said is None else SENSE * seen.said.intents
    return np.asarray(SENSE_OF_PART * told - of_whole, np.float32)


def sentence_scores(seen: Impression, kind: str) -> Floats:
    """What each sentence adds to the verdicts of one judge, as if it had the weight of the whole letter."""
    return _of_sentences(seen.reading, seen.brain.said_by_words(seen.bag, kind, len(seen.reading.words)))


def _of_sentences(reading: Reading, by_word: Floats) -> Floats:
    if not len(by_word):
        return np.zeros((0, by_word.shape[1]), np.float32)
    lengths = np.array([len(sentence) for sentence in reading.sentences])
    starts = lengths.cumsum() - lengths
    weight = np.sqrt(len(reading.words) / np.maximum(lengths, 3))
    return np.asarray(np.add.reduceat(by_word, starts, axis=0) * weight[:, None], np.float32)


def second_topic(topics: Floats, by_sentence: Floats, seen: Impression) -> int:
    """The topic beside the first that the letter, or one sentence of it, speaks of most; the sense counts as much."""
    likely = _of_second(topics, by_sentence)
    if seen.said is not None:
        likely = likely + chance_of(seen.said.named)
        likely[int(topics.argmax())] = 0
    return int(likely.argmax())


def second_topic_signs(seen: Impression, topics: Floats, by_sentence: Floats) -> Floats:
    """What tells a letter on two things: the strength of the second topic, words that link, several questions, and
    what the sense says where it was asked."""
    reading, said = seen.reading, seen.said
    ranked = np.sort(topics)[::-1]
    links = min(MOST_LINKS, len(_LINK.findall(reading.folded)))
    of_second = float(_of_second(topics, by_sentence).max())
    asked_too = _share_of_second_in_a_request(reading, topics, by_sentence)
    by_the_way = len(_AND_ASK.findall(reading.folded)) > 0
    subject = _TWO_IN_SUBJECT.search(reading.subject.lower()) is not None
    questions = min(3, reading.text.count("?"))
    sums = (links, of_second * (links > 0), len(by_sentence) / 10, questions)
    by_words = (
        *ranked[:2],
        of_second,
        *sums,
        asked_too,
        by_the_way,
        subject,
        subject * of_second,
        seen.told("wants two"),
    )
    by_sense = (0.0,) * 4 if said is None else (1.0, said.two, np.sort(said.named)[-2], min(said.guidance, said.person))
    return np.array((*by_words, *by_sense), np.float32)


def _share_of_second_in_a_request(reading: Reading, topics: Floats, by_sentence: Floats) -> float:
    """How surely one sentence that asks for something asks about another topic than the first."""
    first = int(topics.argmax())
    asks = np.array([asks_for_something(one, reading.text) for one in reading.sentences], bool)
    shares = _shares(by_sentence[asks]) if asks.any() else np.zeros((1, len(topics)))
    return float(np.delete(shares, first, axis=1).max())


def _of_second(topics: Floats, by_sentence: Floats) -> Floats:
    shares = _shares(by_sentence) if len(by_sentence) else np.zeros((1, len(topics)))
    mixed = (shares.max(axis=0) + topics) / 2
    mixed[int(topics.argmax())] = 0
    return np.asarray(mixed, np.float32)


def _shares(by_sentence: Floats) -> Floats:
    raised = np.exp(by_sentence - by_sentence.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
