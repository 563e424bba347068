"""rules/topics.yaml and rules/flags.yaml as frozen values, and what their rules and examples say wrong.

An example without `topics` (or `flags`) expects the topic (or flag) it stands under; one under `not` expects that it
is *not* so, and whatever else it says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from mailbot.errors import Words
from mailbot.rulebook.ids import Audience, Disposition, Flag, Intent, Route, Slot, Topic, WriterGets
from mailbot.rulebook.models import ExampleForm, FlagForm, FlagsForm, RuleForm, TopicForm, TopicsForm
from mailbot.rulebook.positions import Document, Path
from mailbot.rulebook.problems import Problem, ProblemCode, nearest
from mailbot.rulebook.types import Example, FlagRules, Guidance, Phrase, Place, Rule, TopicRules

WORDED_FLAGS = (Flag.SAFETY, Flag.LEAK, Flag.PRIVACY, Flag.ABUSE)
EXPECTED: Mapping[str, type[StrEnum]] = {
    "audience": Audience,
    "topics": Topic,
    "intent": Intent,
    "missing": Slot,
    "flags": Flag,
    "disposition": Disposition,
    "route": Route,
    "writer_gets": WriterGets,
}


def topics_of(form: TopicsForm, document: Document) -> Mapping[Topic, TopicRules]:
    """All topics in the contract's order."""
    return {topic: _topic(topic, form.root[topic], document) for topic in Topic if topic in form.root}


def flags_of(form: FlagsForm, document: Document) -> Mapping[Flag, FlagRules]:
    """All flags that wording raises."""
    return {flag: _flag(flag, form.root[flag], document) for flag in Flag if flag in form.root}


def _topic(topic: Topic, form: TopicForm, document: Document) -> TopicRules:
    guidance = {
        audience: Guidance(
            text=said.text,
            links=tuple(said.links.items()),
            place=document.key(topic, "guidance", audience, "text"),
        )
        for audience, said in form.guidance.items()
    }
    return TopicRules(
        id=topic,
        title=form.title,
        required=tuple(slot for slot in Slot if slot in form.required),
        rules=_rules(form.rules, document, topic),
        guidance=guidance,
        examples=_examples(form, document, topic, {"topics": topic.value}),
        place=document.key(topic),
    )


def _flag(flag: Flag, form: FlagForm, document: Document) -> FlagRules:
    return FlagRules(
        id=flag,
        rules=_rules(form.rules, document, flag),
        lookalikes=_phrases(form.lookalikes, document, (flag, "lookalikes")),
        examples=_examples(form, document, flag, {"flags": flag.value}),
        place=document.key(flag),
    )


def _rules(forms: tuple[RuleForm, ...], document: Document, section: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            id=form.id,
            phrases=_phrases(form.phrases, document, (section, "rules", number, "phrases")),
            unless=_phrases(form.unless, document, (section, "rules", number, "unless")),
            strength=form.strength,
            intent=form.intent,
            audience=form.audience,
            place=document.place(section, "rules", number),
        )
        for number, form in enumerate(forms)
    )


def _phrases(phrases: tuple[Phrase, ...], document: Document, path: Path) -> tuple[Phrase, ...]:
    return tuple(replace(phrase, place=document.place(*path, number)) for number, phrase in enumerate(phrases))


def _examples(
    form: TopicForm | FlagForm, document: Document, section: str, standing: Mapping[str, str]
) -> tuple[Example, ...]:
    def made(example: ExampleForm, key: str, number: int) -> Example:
        negative = key == "not"
        return Example(
            subject=example.subject,
            text=example.text,
            expect=dict(example.expect) if negative else {**standing, **example.expect},
            negative=negative,
            place=document.place(section, key, number),
        )

    positive = tuple(made(example, "examples", number) for number, example in enumerate(form.examples))
    return positive + tuple(made(example, "not", number) for number, example in enumerate(form.negative))


def topic_problems(form: TopicsForm, document: Document) -> Iterator[Problem]:
    """Topics nobody described, rules and examples that cannot be."""
    for topic in Topic:
        if topic not in form.root:
            yield _absent(document, topic)
    for topic, rules in form.root.items():
        yield from _rule_problems(rules.rules, document, topic)
        yield from _example_problems(rules, document, topic)


def flag_problems(form: FlagsForm, document: Document) -> Iterator[Problem]:
    """Flags without wording, or with wording that is never asked for."""
    for flag in WORDED_FLAGS:
        if flag not in form.root:
            yield _absent(document, flag)
    for flag, rules in form.root.items():
        if flag not in WORDED_FLAGS:
            what = Words(ru=f"«{flag}» определяется не словами", en=f"«{flag}» is not raised by wording")
            mend = nearest(flag, WORDED_FLAGS)
            yield Problem(place=document.key(flag), code=ProblemCode.UNKNOWN_WORD, what=what, mend=mend)
        yield from _rule_problems(rules.rules, document, flag)
        yield from _example_problems(rules, document, flag)


def rule_ids(form: TopicsForm | FlagsForm, document: Document) -> Iterator[tuple[str, Place]]:
    """The id of every rule and where it stands."""
    for section, rules in form.root.items():
        for number, rule in enumerate(rules.rules):
            yield rule.id, document.place(section, "rules", number, "id")


def duplicate_ids(ids: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    """Rule ids used twice anywhere; each later one is told with the first's place."""
    first: dict[str, Place] = {}
    for name, place in ids:
        if name in first:
            what = Words(ru=f"правило «{name}» уже есть", en=f"there is a rule «{name}» already")
            mend = Words(
                ru=f"Дайте другое имя (первое: {first[name]})", en=f"Name it differently (the first: {first[name]})"
            )
            yield Problem(place=place, code=ProblemCode.DUPLICATE_ID, what=what, mend=mend)
        first.setdefault(name, place)


def _absent(document: Document, section: str) -> Problem:
    what = Words(ru=f"нет раздела «{section}»", en=f"the section «{section}» is missing")
    mend = Words(ru=f"Добавьте «{section}:»", en=f"Add «{section}:»")
    return Problem(place=document.place(), code=ProblemCode.MISSING_KEY, what=what, mend=mend)


def _rule_problems(rules: tuple[RuleForm, ...], document: Document, section: str) -> Iterator[Problem]:
    for number, rule in enumerate(rules):
        counts = Counter(phrase.written for phrase in rule.phrases)
        for place_number, phrase in enumerate(rule.phrases):
            if counts[phrase.written] > 1 or any(phrase.written == other.written for other in rule.unless):
                what = Words(ru=f"фраза «{phrase.written}» стоит в правиле дважды",
                             en=f"the phrase «{phrase.written}» stands twice in the rule")  # fmt: skip
                mend = Words(ru="Оставьте её в одном месте", en="Keep it in one place")
                place = document.place(section, "rules", number, "phrases", place_number)
                yield Problem(place=place, code=ProblemCode.SAME_PHRASE, what=what, mend=mend)
                counts[phrase.written] = 0


def _example_problems(form: TopicForm | FlagForm, document: Document, section: str) -> Iterator[Problem]:
    for key, examples in (("examples", form.examples), ("not", form.negative)):
        for number, example in enumerate(examples):
            for name, value in example.expect.items():
                yield from _expectation_problems(name, value, document, (section, key, number, "expect", name))


def _expectation_problems(name: str, value: str, document: Document, path: Path) -> Iterator[Problem]:
    if name not in EXPECTED:
        what = Words(ru=f"неизвестный ключ «{name}»", en=f"unknown key «{name}»")
        mend = nearest(name, EXPECTED)
        yield Problem(place=document.key(*path), code=ProblemCode.UNKNOWN_KEY, what=what, mend=mend)
        return
    known = tuple(EXPECTED[name])
    for word in filter(None, (part.strip() for part in value.split(","))):
        if word not in known:
            what = Words(ru=f"неизвестное слово «{word}»", en=f"unknown word «{word}»")
            yield Problem(
                place=document.place(*path), code=ProblemCode.UNKNOWN_WORD, what=what, mend=nearest(word, known)
            )
