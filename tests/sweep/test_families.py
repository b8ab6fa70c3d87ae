"""A sweep says of every candidate what `load` says: legal or not, the error, and all figures."""

from __future__ import annotations

import math
import operator
import random
from typing import Any

import pytest

from cnnspec.sweep import engine as engine_module
from cnnspec.sweep.candidates import Sample, find_digits
from cnnspec.sweep.engine import Engine
from cnnspec.sweep.space import numbers_in
from cnnspec.sweep.structure import Structure
from tests.support import IN_THOROUGH, THOROUGH
from tests.sweep.asking import agree, answers, ask, choose, load
from tests.sweep.families import FAMILIES

SAMPLES, SIDES, TRIED = (1500, 400, 1000) if THOROUGH else (8, 4, 20)
OPERATIONS: dict[str, Any] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "floordiv", "mod", "truediv")},
    "max": max, "round": round, "floor": math.floor, "ceil": math.ceil,
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_a_sample_is_as_load_has_it(name: str) -> None:
    text, over = FAMILIES[name]
    engine = ask(text, over)
    found = answers(engine, Sample(engine.space, SAMPLES, 3))
    for digits, answer in found:
        loaded = load(engine, text, digits)
        assert agree(answer, loaded), (engine.space.candidate(digits), answer, loaded)
    assert not engine.singly


@IN_THOROUGH
@pytest.mark.parametrize("name", FAMILIES)
def test_many_are_legal_and_many_are_not(name: str) -> None:
    text, over = FAMILIES[name]
    engine = ask(text, over, ())
    found = [answer for _, answer in answers(engine, Sample(engine.space, 2000, 0))]
    assert 0.3 <= found.count([]) / len(found) <= 0.7


@pytest.mark.parametrize("name", FAMILIES)
def test_both_sides_of_comparisons_are_as_load_has_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates within a structure, and such as break one of its guards alone of all that were recorded before."""
    text, over = FAMILIES[name]
    engine = ask(text, over)
    structures: list[Structure] = []
    trace = engine_module.trace

    def keep(*asked: Any) -> Structure:
        structures.append(trace(*asked))
        return structures[-1]

    monkeypatch.setattr(engine_module, "trace", keep)
    answers(engine, Sample(engine.space, SAMPLES, 1))
    chance = random.Random(0)
    guards = [(structure, place) for structure in structures for place in range(len(structure.tape.guards))]
    rows: dict[tuple[int, ...], None] = {}
    for structure, place in chance.sample(guards, len(guards)):
        if len(rows) < SIDES and (breaking := find_side(engine, structure, place, chance)):
            rows |= dict.fromkeys([breaking])
            if within := find_side(engine, structure, None, chance):
                rows |= dict.fromkeys([within])
    assert len(rows) > 1
    for digits, answer in answers(engine, choose(engine, [[*row] for row in rows])):
        loaded = load(engine, text, digits)
        assert agree(answer, loaded), (engine.space.candidate(digits), answer, loaded)


def find_side(engine: Engine, structure: Structure, place: int | None, chance: random.Random) -> tuple[int, ...] | None:
    """The digits of a candidate that breaks the guard at a place and none before it, or with None no guard at all; None where
    none is found by chance."""
    guards = [*structure.tape.guards.items()]
    guards = guards if place is None else guards[: place + 1]
    for _ in range(TRIED):
        digits = find_digits(chance.randrange(engine.space.count), engine.space.sizes)
        values = work_out(engine, structure, digits)
        first = next((n for n, (guard, answer) in enumerate(guards) if hold(guard, values) is not answer), None)
        if first == place:
            return digits
    return None


def work_out(engine: Engine, structure: Structure, digits: tuple[int, ...]) -> list[Any]:
    """The value of every expression of a tape, with Python's own numbers; None behind a division by zero."""
    values: list[Any] = []
    for operation, *operands in structure.tape.expressions:
        if operation == "leaf":
            axis, place = operands[0]
            values.append(numbers_in(engine.space.axes[axis].options[digits[axis]])[place])
        elif operation == "const":
            values.append(operands[0])
        else:
            sides = [values[i] for i in operands]
            divides = operation in ("floordiv", "mod", "truediv") and sides[1] == 0
            values.append(None if None in sides or divides else OPERATIONS[operation](*sides))
    return values


def hold(guard: tuple[str, int, int], values: list[Any]) -> bool | None:
    operation, a, b = guard
    if values[a] is None or values[b] is None:
        return None
    return bool(values[a] < values[b] if operation == "lt" else values[a] == values[b])
