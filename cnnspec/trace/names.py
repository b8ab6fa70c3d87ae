"""What the numbers of a layer are called on the board, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.trace.derivatives import Key
from cnnspec.trace.symbols import INPUTS, Symbol, name_map, name_weight

if TYPE_CHECKING:
    from cnnspec.layers.base import Layer

Place = tuple[int, ...]


class Names(Record):
    """The names of a layer's arrays: of its inputs by their numbers and of its weights by their names, of what it adds up, and
    of what it puts out, which is the same where no function stands between. `short`: all are written with subscripts."""

    arrays: Mapping[Key, Symbol]
    sums: Symbol
    output: Symbol
    short: bool

    def name(self, key: Key, place: Sequence[int]) -> str:
        """The name of a number of an input, whose place has the batch first, or of a weight."""
        return self.arrays[key].name(place[1:] if isinstance(key, int) else place, self.short)

    def name_sum(self, place: Sequence[int]) -> str:
        return self.sums.name(place[1:], self.short)

    def name_output(self, place: Sequence[int]) -> str:
        return self.output.name(place[1:], self.short)


def find_names(layer: Layer, inputs: Sequence[Place], output: Place, function: bool, sums: bool) -> Names:
    """The names for a layer; shapes are without the batch. `function`: whether its output has gone through one last, `sums`:
    whether something was added up before."""
    arrays: dict[Key, Symbol] = {number: name_map(name_input(number), shape) for number, shape in enumerate(inputs)}
    for weight in layer.own_weights(tuple(inputs)):
        arrays[weight.name] = name_weight(weight, tuple([n for n in weight.shape if isinstance(n, int)]))
    last = name_map("a" if function else "h", output)
    before = name_map("h", output) if sums else last
    short = all([symbol.short for symbol in (*arrays.values(), last)])
    return Names(arrays, before, last, short)


def name_input(number: int) -> str:
    """The letter of an input, X for the first."""
    return INPUTS[number] if number < len(INPUTS) else f"X{number + 1}_"


# ---- sentences -----------------------------------------------------------------------------------------------
def explain_names(
    names: Names, layer: str, inputs: Sequence[str], weights: Collection[str], function: str | None
) -> Iterator[str]:  # fmt: skip
    """What the letters are of the inputs, by their names, and of the weights that have a gradient; and how places are counted."""
    said = [f"{names.output.letter}: the output of {layer}"]
    if names.sums != names.output:
        said.append(f"{names.sums.letter}: its sums, before {function}")
    for key in weights:
        if names.arrays[key].letter != key:
            said.append(f"{names.arrays[key].letter}: its {key.replace('_', ' ')}")
    said += [f"{names.arrays[number].letter}: {name}" for number, name in enumerate(inputs)]
    yield "; ".join(said)
    symbols = [
        names.output,
        *[symbol for key, symbol in names.arrays.items() if isinstance(key, int) or key in weights],
    ]
    if not names.short:
        shown = [f"{symbol.letter}[{','.join(symbol.words)}]" for symbol in symbols if symbol.words]
        yield f"places count from 0: {', '.join(shown)}"
        return
    by = [f"{symbol.letter} by {join_words(symbol.words)}" for symbol in symbols if symbol.words in OWN_WORDS]
    if any([symbol.words == ROWS for symbol in symbols]):
        yield "subscripts count rows and columns from 1" + "".join([f", {words}" for words in by])
    elif any([symbol.words for symbol in symbols]):
        yield "subscripts count from 1" + (f": {', '.join(by)}" if by else "")


ROWS = ("row", "column")
OWN_WORDS = (("unit", "input"), ("filter", "channel"), ("channel", "output"))
