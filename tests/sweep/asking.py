"""A sweep as the tests ask for it, and the same of one candidate by the analysis alone."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

import cnnspec
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.layers.argument import Term
from cnnspec.lint.budget import QUANTITIES
from cnnspec.sweep.candidates import Candidates, Listed
from cnnspec.sweep.engine import Batch, Engine
from cnnspec.sweep.space import Axis, Space
from cnnspec.sweep.structure import Quantity, Question
from cnnspec.syntax.parse import parse

ALL = tuple([Quantity(name) for name in QUANTITIES if name != "output"])


def ask(text: str, over: dict[str, tuple[Any, ...]], quantities: tuple[Quantity, ...] = ALL) -> Engine:
    """An engine for a spec and the options of its parameters; a str is a word of the language."""
    tree = parse(Source("net.cnn", text))
    assert not tree.diagnostics, tree.diagnostics
    axes = []
    for name, options in over.items():
        parameter, element = re.fullmatch(r"(\??\w+)(?:\[(\d)\])?", name).groups()  # type: ignore[union-attr]
        words = tuple([Term(option) if isinstance(option, str) else option for option in options])
        axes.append(Axis(parameter, words, None if element is None else int(element)))
    defaults = cnnspec.loads(text).analysed.graph.parameters
    fixed = {axis.parameter: defaults[axis.parameter] for axis in axes if axis.element is not None}
    return Engine(Question(tree, None, quantities, read, 100_000), Space(tuple(axes), fixed))


def choose(engine: Engine, rows: list[list[int]]) -> Listed:
    """Candidates with these digits."""
    return Listed([np.array(column) for column in zip(*rows, strict=True)])


def answers(engine: Engine, candidates: Candidates) -> list[tuple[list[int], Any]]:
    """Of every candidate its digits, and what it comes to: the code of its error, or its figures."""
    return [answer for batch in engine.run(candidates) for answer in read_batch(engine, batch)]


def read_batch(engine: Engine, batch: Batch) -> list[tuple[list[int], Any]]:
    found: list[tuple[list[int], Any]] = []
    for row in range(batch.count):
        code = "" if batch.legal[row] else engine.reasons.codes[batch.reasons[row]]
        figures = [[column[row] for column in columns if column[row] is not np.ma.masked] for columns in batch.figures]
        found.append(([int(digits[row]) for digits in batch.digits], code or figures))
    return found


def load(engine: Engine, text: str, digits: list[int]) -> Any:
    """The same of one candidate by `load`, with the codes of all its errors."""
    network = cnnspec.loads(text, **engine.space.candidate(digits))
    errors = [found.code for found in network.analysed.diagnostics if found.severity == "error"]
    facts = network.analysed.facts
    return errors or [[*(quantity.measure(facts) or ())] for quantity in engine.question.quantities]


def agree(answer: Any, loaded: Any) -> bool:
    """Whether an answer is that of `load`: the same figures in the same types, or one of its errors."""
    if isinstance(answer, str):
        return answer in loaded
    kinds = [[type(value.item() if isinstance(value, np.generic) else value) for value in values] for values in answer]
    return bool(answer == loaded and kinds == [[type(value) for value in values] for values in loaded])
