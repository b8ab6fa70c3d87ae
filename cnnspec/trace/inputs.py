"""The inputs that a network is computed for, as they are given: numbers, files, or words such as ramp."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.join_words import join_words
from cnnspec.base.source import brief, printable
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.input_files import TABLES, make_exact_whole, read_array, read_picture, read_table
from cnnspec.trace.input_layout import Asked, find_known_shape, lay_out_written
from cnnspec.trace.input_text import read_numbers
from cnnspec.trace.input_values import take_values
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.graph import Graph, Node

FORMS = "numbers such as [[1, 0], [0, 1]], a .csv, .npy or image file, or ramp, ones, zeros or random"
BEGINS_NUMBERS = re.compile(r"\s*[\[(]|\s*[-+\u2212]?\s*\.?[0-9]")


def read_inputs(graph: Graph, given: Sequence[Any], seed: int) -> tuple[Array, ...]:
    """An array (1, *shape) for each input of a network: of Fractions, of floats where a file holds floats. `given`: what, or
    NAME=what, for each; a word may stand for all; or arrays of a program. Sizes that are not known are those that are given. Raises NoTrace, and
    MissingExtra for an image without Pillow."""
    nodes = [graph.nodes[index] for index in graph.inputs]
    arrays = []
    for node, text in zip(nodes, assign_inputs([node.name for node in nodes], given), strict=True):
        words, asked = count_words(graph, node), Asked(f"the input {node.name}", node.name, node.shape)
        array = read_given(asked, text, seed, words)
        arrays.append(array if words is None else check_words(array, words, asked))
    return tuple(arrays)


# ---- which is for which ------------------------------------------------------------------------------------
def assign_inputs(names: Sequence[str], given: Sequence[Any], noun: str = "input") -> list[Any]:
    """What is given for each input, or output, by name or else in order. Raises NoTrace unless that is one for each."""
    named: dict[str, str] = {}
    others: list[Any] = []
    for text in given:
        if not isinstance(text, str):
            others.append(text)
            continue
        name, equals, rest = text.partition("=")
        name = name.strip()
        if equals and name in names:
            if name in named:
                raise NoTrace(f"the {noun} {name} is given twice")
            named[name] = rest
        elif equals and name.isidentifier() and not os.path.exists(text):
            has = f"it has {join_words(names)}"
            raise NoTrace(f'the network has no {noun} "{name}": {has}{write_suggestion(name, names)}')
        else:
            others.append(text)
    left = [name for name in names if name not in named]
    if len(others) == 1 and isinstance(others[0], str) and others[0].strip() in WORDS:
        others *= max(1, len(left))
    if len(others) < len(left):
        raise NoTrace(f"nothing is given for {join_words(left[len(others) :])}: give {FORMS}")
    if len(others) > len(left):
        raise NoTrace(f"the network has {count_nouns(len(names), noun)}, and {len(given):,} are given")
    return [named[name] if name in named else others.pop(0) for name in names]


# ---- what it is --------------------------------------------------------------------------------------------
def read_given(asked: Asked, given: Any, seed: int, words: int | None = None) -> Array:
    """The array (1, *shape) that a text gives, or a program. `words`: how many different ones there are, where its numbers stand for words."""
    from cnnspec.train.data.files import is_image

    if not isinstance(given, str):
        return take_values(given, asked)
    plain = given.strip()
    if plain in WORDS:
        return make_input(plain, asked, seed, words)
    if plain.lower().endswith(".npy"):
        return read_array(plain, asked)
    if plain.lower().endswith(TABLES):
        return read_table(plain, asked)
    if is_image(plain):
        return read_picture(plain, asked)
    if BEGINS_NUMBERS.match(plain):
        return read_numbers(plain, asked)
    what, near = brief(printable(plain)), write_suggestion(plain, WORDS)
    why = f"{what} is of no kind that is read" if os.path.exists(plain) else f'"{what}" is nothing that is read{near}'
    raise NoTrace(f"{asked.what}: {why}; give {FORMS}")


# ---- words -------------------------------------------------------------------------------------------------
DIGITS = 10  # how many different numbers are drawn
WORDS: dict[str, Callable[[int, Random, int], Sequence[int]]] = {  # of how many numbers, and of how many different ones
    "ramp": lambda count, random, different: range(count),
    "ones": lambda count, random, different: [1] * count,
    "zeros": lambda count, random, different: [0] * count,
    "random": lambda count, random, different: [int(different * random.random()) for _ in range(count)],
}


def make_input(word: str, asked: Asked, seed: int, words: int | None) -> Array:
    """The numbers of an input that a word stands for, one channel behind the other. What is drawn depends on the seed and on
    the input's name alone, and is the same on every machine."""
    *space, channels = find_known_shape(asked)
    numbers = WORDS[word](channels * prod(space), Random(f"{seed} {asked.name}"), min(DIGITS, words or DIGITS))
    return lay_out_written(make_exact_whole(np.array(numbers).reshape(channels, *space)), asked)


# ---- numbers that stand for words ----------------------------------------------------------------------------
def count_words(graph: Graph, node: Node) -> int | None:
    """How many words there are where the numbers of an input stand for words; None where they do not."""
    counts = [
        reader.layer.weights(shapes)[0].shape[0]
        for reader in graph.nodes
        if node.index in reader.inputs and reader.layer is not None and reader.layer.indexes
        if (shapes := graph.input_shapes(reader)) is not None
    ]
    return min([n for n in counts if isinstance(n, int)], default=None)


def check_words(array: Array, words: int, asked: Asked) -> Array:
    """The numbers of words, exact. Raises NoTrace for a number that stands for no word."""
    wrong = array[(array < 0) | (array >= words) | (array % 1 != 0)]
    if len(wrong):
        raise NoTrace(f"{asked.what} takes numbers of words, 0 to {words - 1:,}, not {brief(str(wrong[0]))}")
    return make_exact_whole(array.astype(int))
