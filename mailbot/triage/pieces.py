"""Words cut into the pieces that a pre-trained network knows: the likeliest way to build each from its list (unigram
segmentation by Viterbi, T. Kudo 2018; SentencePiece does the same to words whose letters it knows).

Public: `Pieces.numbers_of(text)`, `Pieces.sentences_of(text)`, `Pieces.places_of(text)`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

STRANGE, BEGIN, END = 0, 1, 2  # the first three of every list stand for what is no piece of a word
BLANK = "\u2581"  # stands where a word begins
CHANCE_OF_STRANGE = -30.0  # log-chance of a letter that no piece has
LONGEST_WORD = 40  # letters; a longer one is cut into several
_WORD = re.compile(r"\S+")
_BETWEEN_SENTENCES = re.compile(r"(?<=\w{4}\.)\s|(?<=[!?…])\s|(?<=\.\.)\s|\n")  # «кл. 5», «ул. Мира» are one
REMEMBERED_WORDS = 20_000  # 5 to 9 MB


@dataclass(frozen=True)
class Pieces:
    """`names` in the order of their numbers; `chances`: the logarithm of how often each occurs."""

    names: Sequence[str]
    chances: Sequence[float]

    def numbers_of(self, text: str) -> list[int]:
        """The pieces of a text between BEGIN and END."""
        return list(chain.from_iterable(self.sentences_of(text)))

    def sentences_of(self, text: str) -> list[list[int]]:
        """The same by sentence."""
        sentences = [
            [number for word in one.split() for number in self._of_any(word)] for one in _BETWEEN_SENTENCES.split(text)
        ]
        sentences[0].insert(0, BEGIN)
        sentences[-1].append(END)
        return sentences

    def places_of(self, text: str) -> list[slice]:
        """For each number of `numbers_of` the word that it is a piece of."""
        places = [slice(*word.span()) for word in _WORD.finditer(text) for _ in self._of_any(word.group())]
        return [slice(0, 0), *places, slice(len(text), len(text))]

    def _of_any(self, word: str) -> Iterator[int]:
        return chain.from_iterable(
            self._of_word(word[start : start + LONGEST_WORD]) for start in range(0, len(word), LONGEST_WORD)
        )

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.names) if number > END}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._numbers))

    @cached_property
    def _of_word(self):  # type: ignore[no-untyped-def]  # lru_cache keeps no useful type here
        return lru_cache(maxsize=REMEMBERED_WORDS)(self._cut)

    def _cut(self, word: str) -> tuple[int, ...]:
        """The likeliest pieces of one word, a blank before it."""
        letters = BLANK + word
        number_of, chances, longest = self._numbers.get, self.chances, self._longest
        best: list[tuple[float, int, int]] = [(0.0, 0, STRANGE)]
        """Up to each letter: the best chance, where its last piece begins, which that is."""
        for end in range(1, len(letters) + 1):
            way = (best[end - 1][0] + CHANCE_OF_STRANGE, end - 1, STRANGE)
            for start in range(max(0, end - longest), end):
                number = number_of(letters[start:end])
                if number is not None and (chance := best[start][0] + chances[number]) >= way[0]:
                    way = (chance, start, number)
            best.append(way)
        found: list[int] = []
        place = len(letters)
        while place:
            _, place, number = best[place]
            found.append(number)
        return tuple(reversed(found))
