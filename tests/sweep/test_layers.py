"""Every layer's example with its numbers as parameters: what a sweep says of other numbers is what the analysis alone says."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base import tape as tapes
from cnnspec.base.recording import RECORDER
from cnnspec.base.source import Source
from cnnspec.layers import CATALOGUE
from cnnspec.sweep import engine as engine_module
from cnnspec.sweep.candidates import Sample
from cnnspec.sweep.structure import Structure, find_answer
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse
from tests.support import THOROUGH
from tests.sweep.asking import answers, ask

SAMPLES, AXES = (60, 4) if THOROUGH else (4, 2)
FOR_PEOPLE = {
    "lint/budget.py",
    "layers/shape.py",
    "facts/precision.py",
}  # who write numbers of legal networks for people
OF_EQUAL_SIZE = {"layers/merging.py"}  # who asks for the length of a text, of numbers that are equal


def parametrise(text: str) -> tuple[str, dict[str, Any]]:
    """A spec whose numbers are parameters of a model, and their values."""
    parsed = parse(Source("example.cnn", text))
    spots = [(n.start, n.end, (n.value,)) for n in tree.walk(parsed.body) if isinstance(n, tree.Number)]
    spots += [(n.start, n.end, n.sizes) for n in tree.walk(parsed.body) if isinstance(n, tree.Dims)]
    pieces, values, end = [], {}, 0
    for start, stop, numbers in sorted(spots):
        if start < end or not all([type(n) in (int, float) for n in numbers]):
            continue
        names = []
        for number in numbers:
            names.append(f"p{len(values)}")
            values[names[-1]] = number
        pieces += [text[end:start], names[0] if len(names) == 1 else f"({', '.join(names)})"]
        end = stop
    head = ", ".join([f"{name}={value}" for name, value in values.items()])
    return f"model Example({head}) {{\n{''.join(pieces)}{text[end:]}\n}}", values


def find_options(value: float) -> tuple[float, ...]:
    others = (
        {value / 2, min(1.0, 2 * value), 0.0} if isinstance(value, float) else {value + 1, max(0, value - 1), 2 * value}
    )
    return tuple(sorted({value, *others}))


EXAMPLES = [
    (layer.names[0], text)
    for layer in CATALOGUE
    for text in ((layer.example, *layer.more_examples) if THOROUGH else (layer.example,))
]


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Where numbers on tapes are written as texts while legal networks are analysed."""
    found: Counter[str] = Counter()
    now: Counter[str] = Counter()

    def watch(name: str) -> None:
        write = getattr(tapes.Taped, name)

        def written(self: Any, *spec: str) -> str:
            if RECORDER.tape is self.tape:
                now[Path(sys._getframe(1).f_code.co_filename).as_posix().split("/cnnspec/")[-1]] += 1
            return write(self, *spec)

        monkeypatch.setattr(tapes.Taped, name, written)

    trace = engine_module.trace

    def traced(*asked: Any) -> Structure:
        now.clear()
        structure = trace(*asked)
        if structure.answer.error is None:
            found.update(now)
        return structure

    for name in ("__str__", "__repr__", "__format__"):
        watch(name)
    monkeypatch.setattr(engine_module, "trace", traced)
    return found


def test_the_numbers_of_every_example_may_be_others(texts: Counter[str]) -> None:
    chance = random.Random(5)
    met = 0
    for name, example in EXAMPLES:
        text, values = parametrise(example)
        if not values:
            continue
        over = {p: find_options(values[p]) for p in chance.sample([*values], min(AXES, len(values)))}
        engine = ask(text, over)
        for digits, answer in answers(engine, Sample(engine.space, SAMPLES, chance.randrange(99))):
            alone = find_answer(engine.question, engine.space.candidate(digits))
            wanted = alone.error.code if alone.error else [[*(values or ())] for values in alone.figures]
            assert answer == wanted, (name, text, engine.space.candidate(digits))
            met += 1
        assert not engine.singly, (name, engine.trouble)
    assert met > 2 * len(EXAMPLES)
    assert set(texts) <= FOR_PEOPLE | OF_EQUAL_SIZE  # a text decides nothing: the tape does not know that it was read
