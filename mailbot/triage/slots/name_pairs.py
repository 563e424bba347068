"""Neighbouring words that are a surname and a given name, brought to the nominative together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailbot.triage.language import is_russian, parses_of, plain
from mailbot.triage.slots.names import (
    NameForm,
    agreed,
    given_forms,
    guessed_given_forms,
    is_patronymic,
    looks_like_surname,
)
from mailbot.triage.slots.passage import Passage

_WORD = re.compile(r"[А-ЯЁа-яё]{2,}(?:['’-][А-ЯЁа-яё]+)*")
_BETWEEN = re.compile(r" {1,2}|\n| ?\(|, ")
_NEVER_SURNAMES = frozenset(
    re.findall(
        r"\w+",
        """здравствуйте добрый доброе доброго день утро вечер прошу сын сына сыну дочь дочери дочка дочку ребенок ребенка
        ученик ученика ученица ученицы ученицу внук внука внучка внучки мама мамы папа отец мать бабушка дедушка дед тетя
        мой моя моего моей мою наш наша нашего нашей уважаемая уважаемый уважаемые класс класса мальчик девочка учитель
        учительница директор завуч дневник дневнике журнал школа школе школы спасибо пожалуйста сегодня завтра вчера январь
        понедельник вторник среда четверг пятница суббота воскресенье фамилия имя отчество фио меня зовут пишет привет
        помогите проверьте исправьте подскажите скажите посмотрите сообщаю просим это его ее она оно они вот для без при
        под над про или как что где когда если чтобы уже еще тоже только раз два три все всё всех всем брат брата сестра
        сестры близнецы дети детей класснаяруководитель классный классная рук кл по на не ни но да из за от до со об во
        ему ей им нам вам мне тебе нас вас них себя свой своего кто никто опять снова потом теперь тут там здесь была был
        были быть есть нет стоит пропала пропали заболел заболела болеет будет учится учиться переведите отвяжите привяжите
        добавьте удалите уберите верните господин госпожа товарищ дорогая дорогие милые коллега коллеги логин пароль код
        адрес телефон почта дата рождения снилс паспорт ваш ваша ваши письмо вопрос тема ответ оценка оценки отметка
        математике русскому алгебре геометрии физике химии истории биологии географии литературе музыке английскому вместо
        между перед после около возле против кроме ради зато либо ведь даже лишь хотя пусть пускай январе феврале марте
        один одна одного одной оба обоих обе него нее ней ним нему мы вы ты он я поставили поставил поставила тест
        мамы папы мамой папой мужа муж жена жены зам которая который которого которую которой группа группе елжур сферум
        моему нашему нашу вашему вашей мною мной дома больше меньше очень просто почему зачем сам сама самого можно нужно
        надо нельзя учащийся учащегося учащаяся учащейся учащуюся обучающийся обучающегося обучающаяся обучающейся
        обучающуюся опекун справка заявление согласие родитель родители родителей одноклассник одноклассница друг подруга
        подруги подругу ребята молодец зовите звать репетитор репетитора ученику ученице учеником ученицей внуку внучке внучку
        дочерью сыном сынок доченька дочурка дочурки сынишка племянник племянника племянница племянницы племяннице пункт""",
    )
)
_MAX_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class NamePair:
    """A surname and a given name: `name` in the nominative, the case they stand in, how much they are like a name.

    `adult_order`: a patronymic is there, as in an adult's full name; a `likeness` below 0 needs a strong cue.
    """

    name: str
    surname: str
    given: str
    case: str
    start: int
    end: int
    likeness: float
    adult_order: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    form: str
    start: int
    end: int
    capital: bool
    opens_sentence: bool


def pairs_in(passage: Passage) -> tuple[NamePair, ...]:
    """Every surname beside a given name; a word belongs to one pair only, the likelier one."""
    tokens = _tokens(passage)
    shouted = sum(token.text.isupper() for token in tokens) > 0.6 * len(tokens)
    found = [pair for at in range(len(tokens)) for pair in _pairs_at(passage, tokens, at, shouted)]
    found.sort(key=lambda pair: -pair.likeness)
    kept: list[NamePair] = []
    for pair in found:
        if not any(pair.start < other.end and other.start < pair.end for other in kept):
            kept.append(pair)
    return tuple(sorted(kept, key=lambda pair: pair.start))


def _tokens(passage: Passage) -> list[_Token]:
    tokens = []
    for match in list(_WORD.finditer(passage.text))[:_MAX_WORDS]:
        lead = passage.text[: match.start()].rstrip(' "«(')
        opens = not lead or lead[-1] in ".!?:;\n-–—>|" or passage.text[: match.start()].rstrip(" ")[-1:] == "\n"
        text = match.group()
        tokens.append(_Token(text, plain(text), match.start(), match.end(), text[0].isupper(), opens))
    return tokens


def _pairs_at(passage: Passage, tokens: Sequence[_Token], at: int, shouted: bool) -> Iterator[NamePair]:
    """Pairs whose given name is word `at`: «Иванов Пётр», «Пётр Иванов», «Пётр Сергеевич Иванов», «Пётр (Иванов)»."""
    given = tokens[at]
    names = _given(given, shouted)
    if not names:
        yield from _guessed_pairs(passage, tokens, at, shouted)
        return
    follows = _follows(passage, tokens, at)
    patronymic = follows is not None and is_patronymic(follows.form)
    if at and _touch(passage, tokens[at - 1], given, brackets=False):
        yield from _pair(tokens[at - 1], given, names, shouted, follows.end if follows and patronymic else given.end)
    surname = _follows(passage, tokens, at + 1) if patronymic else follows
    if surname is not None:
        yield from _pair(surname, given, names, shouted, surname.end)
    yield from _family(passage, tokens, at, names, shouted)


def _follows(passage: Passage, tokens: Sequence[_Token], at: int) -> _Token | None:
    """The next word if nothing but a space or a bracket stands between."""
    if at + 1 < len(tokens) and _touch(passage, tokens[at], tokens[at + 1]):
        return tokens[at + 1]
    return None


def _pair(surname: _Token, given: _Token, names: tuple[NameForm, ...], shouted: bool, end: int) -> Iterator[NamePair]:
    likeness = _likeness(surname, shouted) - 1.5 * (not given.capital and _has_everyday_meaning(given.form))
    if likeness <= 0:
        return
    both = agreed(_titled(surname.text), names)
    if both is None:
        if likeness < 2:
            return
        both = (NameForm(_titled(surname.text), "", names[0].case), names[0])
        likeness -= 1.2
    mine, name = both
    start = min(surname.start, given.start)
    yield NamePair(
        name=f"{mine.nominative} {name.nominative}",
        surname=mine.nominative,
        given=name.nominative,
        case=name.case,
        start=start,
        end=end,
        likeness=likeness,
        adult_order=end > max(surname.end, given.end)
        or (start == given.start and _GAP_OF_A_NAME < surname.start - given.end),
    )


def _guessed_pairs(passage: Passage, tokens: Sequence[_Token], at: int, shouted: bool) -> Iterator[NamePair]:
    """«Байгильдин Ырыс»: the second word is in no list of names; believed only beside a class or after «сын»."""
    if (
        shouted
        or not at
        or not _is_strange(tokens[at])
        or not _touch(passage, tokens[at - 1], tokens[at], brackets=False)
    ):
        return
    surname, given = tokens[at - 1], tokens[at]
    if (
        not surname.capital
        or surname.form in _NEVER_SURNAMES
        or _given(surname, shouted)
        or is_patronymic(surname.form)
    ):
        return
    both = agreed(_titled(surname.text), guessed_given_forms(given.text))
    second = _follows(passage, tokens, at)
    if both is None or (surname.opens_sentence and _is_verb_or_particle(surname.form)):
        return
    name, end = both[1].nominative, given.end
    if second and _is_strange(second) and len(given.text) <= _SYLLABLE and len(second.text) <= _SYLLABLE:
        name, end = f"{given.text} {second.text}", second.end
    yield NamePair(
        name=f"{both[0].nominative} {name}",
        surname=both[0].nominative,
        given=name,
        case="nomn",
        start=surname.start,
        end=end,
        likeness=-0.5,
        adult_order=False,
    )


_SYLLABLE = 4  # letters of one part of a given name of two words («Чжи Ён»)
_GAP_OF_A_NAME = 4  # a patronymic stands between given name and surname


def _is_strange(token: _Token) -> bool:
    """A capitalised word that the dictionary does not know and that is no patronymic."""
    return token.capital and not is_russian(token.form) and not is_patronymic(token.form) and not token.text.isupper()


def _titled(surname: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in surname.split("-"))


def _family(
    passage: Passage, tokens: Sequence[_Token], at: int, names: tuple[NameForm, ...], shouted: bool
) -> Iterator[NamePair]:
    """«Лука и Варя Агаповы», «Агаповы Лука и Варя», «двух Гасановых Фаридов»: a surname in the plural."""
    for other in (at - 3, at - 2, at - 1, at + 1, at + 2, at + 3):
        if not 0 <= other < len(tokens) or not tokens[other].capital:
            continue
        plural = _plural_surname(tokens[other].form)
        between = tokens[min(at, other) + 1 : max(at, other)]
        if plural and all(token.form == "и" or _given(token, shouted) for token in between):
            yield _of_family(*plural, names, tokens[at])


def _of_family(masculine: str, case: str, names: tuple[NameForm, ...], given: _Token) -> NamePair:
    name = next((name for name in names if name.case == case), names[0])
    surname = masculine
    if name.gender == "femn":
        surname = masculine[:-2] + "ая" if masculine.endswith("ий") else masculine + "а"
    return NamePair(
        name=f"{_titled(surname)} {name.nominative}",
        surname=_titled(surname),
        given=name.nominative,
        case=name.case,
        start=given.start,
        end=given.end,
        likeness=4,
        adult_order=False,
    )


_PLURAL = re.compile(
    r"(?P<stem>.+(?:[ое]в|[иы]н))(?P<ending>ы|ых|ым|ыми)$|(?P<sky>.+[сц]к)(?P<sky_ending>ие|их|им|ими)$"
)
_PLURAL_CASES = {"ы": "nomn", "ие": "nomn", "ых": "gent", "их": "gent", "ым": "datv", "им": "datv"}


def _plural_surname(form: str) -> tuple[str, str] | None:
    """The masculine nominative of a family's surname and its case: «петровых» → («петров», "gent")."""
    match = _PLURAL.match(form)
    if not match or len(form) < 5:
        return None
    masculine = match["stem"] or match["sky"] + "ий"
    return masculine, _PLURAL_CASES.get(match["ending"] or match["sky_ending"], "ablt")


def _given(token: _Token, shouted: bool) -> tuple[NameForm, ...]:
    """A given name; words of everyday meaning only with a capital, unless the surname and its company say otherwise."""
    return () if token.form in _NEVER_SURNAMES else given_forms(token.form)


@lru_cache(maxsize=10_000)
def _has_everyday_meaning(form: str) -> bool:
    """Whether the dictionary knows the form first of all as something else than a name."""
    names = {"Name", "Surn", "Patr", "Geox", "Orgn", "Init"}
    return is_russian(form) and any(not names & parse.grammemes and parse.score > 0.3 for parse in parses_of(form))


@lru_cache(maxsize=10_000)
def _is_known_surname(form: str) -> bool:
    """A surname to the dictionary, or an unknown word that ends like one."""
    listed = any("Surn" in parse.grammemes for parse in parses_of(form)) and is_russian(form)
    return looks_like_surname(form) and (listed or not is_russian(form))


def _touch(passage: Passage, first: _Token, second: _Token, brackets: bool = True, comma: bool = False) -> bool:
    """Whether only a space, a line end or an opening bracket stands between two words."""
    between = passage.text[first.end : second.start]
    if between == ", " and not comma:
        return False
    return bool(_BETWEEN.fullmatch(between)) and (brackets or "(" not in between)


def _likeness(surname: _Token, shouted: bool) -> float:
    """How much the word is like a surname: its ending, the dictionary, a capital in mid-sentence."""
    form = surname.form
    if form in _NEVER_SURNAMES or is_patronymic(form) or form.startswith("по-"):
        return 0
    typical = _is_known_surname(form)
    if not surname.capital or shouted:
        unknown = not is_russian(form) and len(form) > 2
        return 2.5 if typical else 1.5 if unknown else 0
    likeness = 1.3 + 1.5 * typical + 1.0 * (not surname.opens_sentence) - 1.0 * bool(given_forms(form))
    if surname.opens_sentence and not typical:
        likeness -= 1.2 * _is_verb_or_particle(form)
    return max(likeness, 0.1)


@lru_cache(maxsize=10_000)
def _is_verb_or_particle(form: str) -> bool:
    """Words that open a sentence and are no nouns or adjectives: «Переведите», «Где»."""
    first = parses_of(form)[0].grammemes
    return not first & {"NOUN", "ADJF", "ADJS", "UNKN"}
