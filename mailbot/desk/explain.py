"""`explain`: why a letter is understood as it is, and why a rule of the admin did not speak in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.consider import Mind
from mailbot.desk.reasons import reason_said
from mailbot.desk.triage_text import triage_text
from mailbot.desk.trying import Tried
from mailbot.errors import BadInput, Language, Words
from mailbot.rulebook.types import Phrase, Rule, Rulebook
from mailbot.triage.finding import Source
from mailbot.triage.flags import insult_overruled
from mailbot.triage.impression import impression_of
from mailbot.triage.phrases import heard, speaks
from mailbot.triage.text import Reading, Word, readable

SOURCES = {
    Source.SUBJECT: Words("тема письма", "subject"),
    Source.BODY: Words("текст", "body"),
    Source.SIGNATURE: Words("подпись", "signature"),
    Source.QUOTED: Words("цитата", "quoted"),
    Source.ATTACHMENT: Words("вложение", "attachment"),
    Source.SENDER: Words("имя отправителя", "sender’s name"),
}
"""Where a fact stands."""


@dataclass(frozen=True, slots=True)
class OwnedRule:
    """A rule with what it belongs to: a topic or a flag."""

    owner: str
    rule: Rule


def explained(tried: Tried, mind: Mind, language: Language) -> str:
    """The whole reasoning about one letter, a line a reason: rule's place, words heard, the runner-up."""
    finding = tried.outcome.finding
    lines = [triage_text(tried, language)]
    if finding and finding.runner_up:
        title = Words("вторая по вероятности тема", "runner-up").said_in(language)
        lines.append(f"  {title}: {finding.runner_up.topic} ({finding.runner_up.score:.2f})")
    if finding:
        lines += [
            f"  {filled.slot} = {filled.value} («{filled.heard}», {SOURCES[filled.source].said_in(language)})"
            for filled in finding.slots
        ]
        lines.append(f"  {_sender(finding.screening.reason).said_in(language)}")
    if tried.letter and (word := insult_overruled(impression_of(tried.letter, mind.brain()))):
        lines.append(f"  {_overruled(word).said_in(language)}")
    lines.append(f"  {Words('почему', 'why').said_in(language)}:")
    lines += [f"    {reason_said(reason, language)}" for reason in tried.outcome.why]
    lines.append(f"  {Words('правила', 'rules').said_in(language)}: {mind.book.hash}")
    return "\n".join(lines)


def _sender(reason: str) -> Words:
    """Who wrote; the name of the test that tells a machine stays as the rules call it."""
    is_person = reason in ("", "person")
    return Words(f"отправитель: {'человек' if is_person else reason}", f"sender: {'a person' if is_person else reason}")


def _overruled(word: str) -> Words:
    return Words(
        f"«{word}»: слово из списка оскорблений, но, судя по письму, никто не оскорблён",
        f"“{word}”: a word of the insult lists, but by the whole letter nobody is insulted",
    )


def why_not(tried: Tried, rule_id: str, mind: Mind, language: Language) -> str:
    """The first condition of a rule that this letter does not meet; or what it heard, and what weighed more."""
    owned = _rule(rule_id, mind.book)
    if tried.letter is None:
        return Words("письмо не прочитано", "the letter could not be read").said_in(language)
    told = _verdict(owned, readable(tried.letter), tried)
    return f"{owned.rule.id} ({owned.rule.place}, {owned.owner}): {told.said_in(language)}"


def _verdict(owned: OwnedRule, reading: Reading, tried: Tried) -> Words:
    evidence = speaks(owned.rule, reading)
    if evidence:
        return _spoke(owned, evidence.words, tried)
    exception = _first_heard(owned.rule.unless, reading)
    if exception and _first_heard(owned.rule.phrases, reading):
        return Words(
            f"молчит: сработало исключение {exception.place}: «{exception.written}»",
            f"silent: the exception {exception.place} «{exception.written}» was heard",
        )
    if phrase := _first_heard(owned.rule.phrases, reading):
        return Words(
            f"молчит: «{phrase.written}» есть в письме, но с отрицанием",
            f"silent: «{phrase.written}» is there, but denied",
        )
    return _nearest_miss(owned.rule, reading)


def _spoke(owned: OwnedRule, words: str, tried: Tried) -> Words:
    """The rule did speak: what it heard, and the topic or flag that came out."""
    finding = tried.outcome.finding
    topics = ", ".join(topic.topic for topic in finding.topics) if finding else "—"
    won = owned.owner in topics or bool(finding and owned.owner in finding.flags)
    if won:
        return Words(f"сработало: «{words}»", f"spoke: «{words}»")
    return Words(
        f"сработало: «{words}», но перевесило другое: {topics}",
        f"spoke: «{words}», but something else weighed more: {topics}",
    )


def _first_heard(phrases: Sequence[Phrase], reading: Reading) -> Phrase | None:
    return next((phrase for phrase in phrases if heard(phrase, reading.words, reading.text)), None)


def _nearest_miss(rule: Rule, reading: Reading) -> Words:
    """The phrase most of whose words are there, and its first word that is not."""
    if not any(phrase.tokens for phrase in rule.phrases):
        return Words("молчит: шаблон не найден", "silent: its pattern is not found")
    best = max((phrase for phrase in rule.phrases if phrase.tokens), key=lambda one: _found(one, reading))
    absent = next(iter(_absent(best, reading.words, reading.text)), "")
    if absent:
        return Words(
            f"молчит: во фразе «{best.written}» ({best.place}) не найдено слово «{absent}»",
            f"silent: of «{best.written}» ({best.place}) the word «{absent}» is not found",
        )
    return Words(
        f"молчит: слова фразы «{best.written}» ({best.place}) есть, но не подряд в одном предложении",
        f"silent: the words of «{best.written}» ({best.place}) are there, but not together in one sentence",
    )


def _found(phrase: Phrase, reading: Reading) -> float:
    absent = sum(1 for _ in _absent(phrase, reading.words, reading.text))
    return 1 - absent / len(phrase.tokens)


def _absent(phrase: Phrase, words: Sequence[Word], text: str) -> Iterator[str]:
    """The words of a phrase that stand nowhere in the letter."""
    for token in phrase.tokens:
        alone = Phrase(written="", tokens=(token,), pattern="", place=phrase.place)
        if heard(alone, words, text) is None:
            yield "|".join(token.forms) + ("*" if token.prefix else "")


def _rule(rule_id: str, book: Rulebook) -> OwnedRule:
    rules = tuple(_all_rules(book))
    found = next((owned for owned in rules if owned.rule.id == rule_id), None)
    if found:
        return found
    known = ", ".join(sorted(owned.rule.id for owned in rules)[:40])
    raise BadInput(
        where=f"--rule {rule_id}",
        what=Words("такого правила нет", "there is no such rule"),
        mend=Words(f"Есть: {known}", f"There are: {known}"),
    )


def _all_rules(book: Rulebook) -> Iterator[OwnedRule]:
    for topic in book.topics.values():
        yield from (OwnedRule(topic.id, rule) for rule in topic.rules)
    for flag in book.flags.values():
        yield from (OwnedRule(flag.id, rule) for rule in flag.rules)
