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
from cnnspec.sweep.reasons import find_key
from cnnspec.sweep.space import numbers_in
from cnnspec.sweep.structure import Structure, find_answer
from tests.support import IN_THOROUGH, THOROUGH
from tests.sweep.asking import agree, answers, ask, choose, load
from tests.sweep.families import FAMILIES

# candidates that are compared; that are traced; on the sides of comparisons, of one structure at most; and tried for these
SAMPLES, TRACED, SIDES, MOST_SIDES, TRIED = (5000, 400, 400, 20, 500) if THOROUGH else (8, 8, 4, 2, 20)
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
    answers(engine, Sample(engine.space, TRACED, 1))
    chance = random.Random(0)
    rows: dict[tuple[int, ...], None] = {}
    for structure in chance.sample(structures, len(structures)):
        sides = find_sides(engine, structure, chance)
        within, breaking = sides.pop(None, None), [*sides.values()]
        if within and breaking:
            rows |= dict.fromkeys([within, *chance.sample(breaking, min(len(breaking), MOST_SIDES))])
        if len(rows) >= SIDES:
            break
    assert len(rows) > 1
    for digits, answer in answers(engine, choose(engine, [[*row] for row in rows])):
        loaded = load(engine, text, digits)
        assert agree(answer, loaded), (engine.space.candidate(digits), answer, loaded)


def find_sides(engine: Engine, structure: Structure, chance: random.Random) -> dict[int | None, tuple[int, ...]]:
    """For the place of a guard the digits of a candidate that breaks it and none before it, and for None those of one that
    breaks none; as far as some candidates drawn by chance have them."""
    found: dict[int | None, tuple[int, ...]] = {}
    guards = [*structure.tape.guards.items()]
    for number in chance.sample(range(engine.space.count), min(TRIED, engine.space.count)):
        digits = find_digits(number, engine.space.sizes)
        values = work_out(engine, structure, digits)
        found.setdefault(
            next((n for n, (g, answer) in enumerate(guards) if hold(g, values) is not answer), None), digits
        )
    return found


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


@pytest.mark.parametrize("name", FAMILIES)
def test_a_reason_is_the_candidates_own(name: str) -> None:
    """Whichever candidate of a structure was analysed for the others, each is counted for what its own error says."""
    text, over = FAMILIES[name]
    engine = ask(text, over, ())
    for batch in engine.run(Sample(engine.space, 10 * SAMPLES, 2)):
        for row in range(batch.count):
            if not batch.legal[row]:
                candidate = engine.space.candidate([int(digits[row]) for digits in batch.digits])
                error = find_answer(engine.question, candidate).error
                assert error is not None
                assert engine.reasons.keys[batch.reasons[row]] == find_key(error), candidate
