"""What should be seen but keeps no rules from use: untested rules, doubtful phrases, faults of packs not in use."""

from collections.abc import Iterator

from mailbot.errors import Words
from mailbot.rulebook.assembly import part
from mailbot.rulebook.files import PACKS, RuleFolder
from mailbot.rulebook.ids import Topic
from mailbot.rulebook.problems import Problem, ProblemCode
from mailbot.rulebook.regulation import pack_problems
from mailbot.rulebook.regulation_models import PackForm
from mailbot.rulebook.types import Example, Phrase, Place, Rule, Rulebook, Token


def pack_findings(read: RuleFolder) -> Iterator[Problem]:
    """Problems of every regulation in the folder, in use or not."""
    for name, data in read.packs.items():
        pack = part(f"{read.name}/{PACKS}/{name}.yaml", data, PackForm)
        yield from pack.problems
        yield from pack.problems_by(pack_problems)


def warnings_of(book: Rulebook) -> Iterator[Problem]:
    """Warnings about rules that can be used."""
    yield from _untested(book)
    yield from _topics_without_guidance(book)
    yield from _same_phrases(book)


def _untested(book: Rulebook) -> Iterator[Problem]:
    """Sections that have rules but no example of what they mean, or none of what they do not."""
    for topic in book.topics.values():
        yield from _missing_examples(topic.id, topic.rules, topic.examples, topic.place)
    for flag in book.flags.values():
        yield from _missing_examples(flag.id, flag.rules, flag.examples, flag.place)


def _missing_examples(
    name: str, rules: tuple[Rule, ...], examples: tuple[Example, ...], place: Place
) -> Iterator[Problem]:
    if not rules:
        return
    for key, negative in (("examples", False), ("not", True)):
        if not any(example.negative is negative for example in examples):
            what = Words(ru=f"в разделе «{name}» нет «{key}»", en=f"the section «{name}» has no «{key}»")
            mend = Words(
                ru="Добавьте письмо, на котором правила проверяются", en="Add a letter by which the rules are tested"
            )
            yield Problem(place=place, code=ProblemCode.NO_EXAMPLE, what=what, mend=mend, warning=True)


def _topics_without_guidance(book: Rulebook) -> Iterator[Problem]:
    for topic in book.topics.values():
        if not topic.guidance:
            what = Words(ru=f"на тему «{topic.title}» нечего ответить", en=f"nothing to answer on «{topic.id}»")
            mend = Words(ru="Добавьте guidance", en="Add guidance")
            yield Problem(place=topic.place, code=ProblemCode.NO_GUIDANCE, what=what, mend=mend, warning=True)


def _same_phrases(book: Rulebook) -> Iterator[Problem]:
    """A phrase that speaks for two topics decides for neither."""
    first: dict[tuple[tuple[Token, ...], str], tuple[Phrase, Topic]] = {}
    for topic in book.topics.values():
        for phrase in (phrase for rule in topic.rules for phrase in rule.phrases):
            other, owner = first.setdefault((phrase.tokens, phrase.pattern), (phrase, topic.id))
            if owner is not topic.id:
                what = Words(ru=f"фраза «{phrase.written}» есть и в теме «{owner}» ({other.place})",
                             en=f"the phrase «{phrase.written}» stands in «{owner}», too ({other.place})")  # fmt: skip
                mend = Words(ru="Оставьте её в одной теме или уточните", en="Keep it in one topic or make it narrower")
                yield Problem(place=phrase.place, code=ProblemCode.SAME_PHRASE, what=what, mend=mend, warning=True)
