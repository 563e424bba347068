"""Neighbouring words that are a surname and a given name, brought to the nominative together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailbot.triage.language import parses_of, plain
from mailbot.triage.slots.names import NameForm, agreed, given_forms, is_patronymic, looks_like_surname, surname_forms
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
# Given names that are everyday words in lower case («вера», «слава»): a name only with a capital.
_MAX_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class NamePair:
    """A surname and a given name: `name` in the nominative, both forms as written, their case, how surname-like."""

    name: str
    surname: str
    given: str
    case: str
    start: int
    end: int
    likeness: float
    with_patronymic: bool


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
        return
    if at and _touch(passage, tokens[at - 1], given, brackets=False):
        patronymic = (
            at + 1 < len(tokens) and is_patronymic(tokens[at + 1].form) and _touch(passage, given, tokens[at + 1])
        )
        yield from _pair(
            tokens[at - 1], given, names, patronymic, shouted, tokens[at + 1].end if patronymic else given.end
        )
    after = at + 1
    patronymic = after < len(tokens) and is_patronymic(tokens[after].form) and _touch(passage, given, tokens[after])
    after += patronymic
    if after < len(tokens) and _touch(passage, tokens[after - 1], tokens[after], comma=False):
        yield from _pair(tokens[after], given, names, patronymic, shouted, tokens[after].end)
    yield from _shared_surname(passage, tokens, at, names, shouted)


def _pair(
    surname: _Token, given: _Token, names: tuple[NameForm, ...], patronymic: bool, shouted: bool, end: int
) -> Iterator[NamePair]:
    likeness = _likeness(surname, given, shouted)
    if likeness <= 0:
        return
    both = agreed(surname.text.title() if not surname.capital or surname.text.isupper() else surname.text, names)
    if both is None:
        if likeness < 2:
            return
        both = (NameForm(surname.text, "", names[0].case), names[0])
        likeness -= 1.2
    mine, name = both
    # «Мария Иванова» is less often a pupil than «Иванова Мария» only where a list or a form says so: no preference
    yield NamePair(
        name=f"{_titled(mine.nominative)} {name.nominative}",
        surname=mine.nominative,
        given=name.nominative,
        case=name.case,
        start=min(surname.start, given.start),
        end=max(end, surname.end),
        likeness=likeness,
        with_patronymic=patronymic,
    )


def _titled(surname: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in surname.split("-"))


def _shared_surname(
    passage: Passage, tokens: Sequence[_Token], at: int, names: tuple[NameForm, ...], shouted: bool
) -> Iterator[NamePair]:
    """«Лука и Варя Агаповы», «Агаповы Лука и Варя», «Ивана и Марии Петровых»: one surname for both."""
    given = tokens[at]
    for other in (at - 3, at - 2, at + 2, at + 3):
        if not 0 <= other < len(tokens) or not (plural := plural_surname(tokens[other].form)):
            continue
        between = tokens[min(at, other) + 1 : max(at, other)]
        if not tokens[other].capital or not any(_given(token, shouted) for token in between):
            continue
        if any(token.form != "и" and not _given(token, shouted) for token in between):
            continue
        name = names[0]
        yield _of_family(plural, name, given)
    for other in (at - 1, at + 1):
        if 0 <= other < len(tokens) and tokens[other].capital and (plural := plural_surname(tokens[other].form)):
            if _touch(passage, *sorted((tokens[other], given), key=lambda token: token.start)):
                yield _of_family(plural, names[0], given)


def _of_family(plural: str, name: NameForm, given: _Token) -> NamePair:
    surname = _titled(plural + "а" if name.gender == "femn" and not plural.endswith("ий") else plural)
    if name.gender == "femn" and plural.endswith("ий"):
        surname = _titled(plural[:-2] + "ая")
    return NamePair(
        name=f"{surname} {name.nominative}",
        surname=surname,
        given=name.nominative,
        case=name.case,
        start=given.start,
        end=given.end,
        likeness=3.5,
        with_patronymic=False,
    )


_PLURAL = re.compile(r"(.+(?:[оеё]в|[иы]н))(?:ы|ых|ым|ыми)$")
_PLURAL_SKY = re.compile(r"(.+[сц]к)(?:ие|их|им|ими)$")


def plural_surname(form: str) -> str:
    """The masculine nominative of a family's surname («петровых» → «петров»), "" if it is none."""
    if match := _PLURAL.match(form):
        return match.group(1)
    if match := _PLURAL_SKY.match(form):
        return match.group(1) + "ий"
    return ""


def _given(token: _Token, shouted: bool) -> tuple[NameForm, ...]:
    """A given name; in lower case only if the word means nothing else."""
    forms = given_forms(token.form)
    if not forms or token.form in _NEVER_SURNAMES:
        return ()
    if not token.capital or shouted:
        return () if _has_everyday_meaning(token.form) else forms
    return forms


@lru_cache(maxsize=10_000)
def _has_everyday_meaning(form: str) -> bool:
    """Whether the dictionary knows the form as something else than a name."""
    names = {"Name", "Surn", "Patr", "Geox", "Orgn", "Init"}
    return any(not names & parse.grammemes and parse.score > 0.1 and _is_listed(form) for parse in parses_of(form))


def _is_listed(form: str) -> bool:
    from mailbot.triage.language import is_russian  # noqa: PLC0415

    return is_russian(form)


def _touch(passage: Passage, first: _Token, second: _Token, brackets: bool = True, comma: bool = False) -> bool:
    """Whether only a space, a line end or an opening bracket stands between two words."""
    between = passage.text[first.end : second.start]
    if between == ", " and not comma:
        return False
    return bool(_BETWEEN.fullmatch(between)) and (brackets or "(" not in between)


def _likeness(surname: _Token, given: _Token, shouted: bool) -> float:
    """How much the word is like a surname: its ending, the dictionary, a capital in mid-sentence."""
    form = surname.form
    if form in _NEVER_SURNAMES or len(form) < 2 or is_patronymic(form):
        return 0
    known_surname = any("Surn" in parse.grammemes for parse in parses_of(form)) and not _has_everyday_meaning(form)
    capital = surname.capital and not shouted
    if not capital:
        return 2.5 if (known_surname or looks_like_surname(form)) and not _has_everyday_meaning(form) else 0
    likeness = 1.0
    likeness += 1.5 * (known_surname or (looks_like_surname(form) and not _has_everyday_meaning(form)))
    likeness += 1.0 * (not surname.opens_sentence)
    likeness -= 1.0 * bool(given_forms(form)) + 1.2 * (surname.opens_sentence and _is_verb_or_particle(form))
    return max(likeness, 0.1)


@lru_cache(maxsize=10_000)
def _is_verb_or_particle(form: str) -> bool:
    """Words that open a sentence and are no nouns or adjectives: «Переведите», «Где»."""
    first = parses_of(form)[0].grammemes
    return not first & {"NOUN", "ADJF", "ADJS", "UNKN"}
