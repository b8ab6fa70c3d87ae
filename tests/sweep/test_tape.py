"""A number on a tape computes as its value does, and the tape holds what was computed and all that was decided by it."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.recording import for_words, remembers, stop
from cnnspec.base.size import Size, add_up, maximum
from cnnspec.base.tape import Tape, plain
from cnnspec.layers.base import product
from cnnspec.sweep.bounds import find_bounds
from tests.sweep.test_families import OPERATIONS

READS: dict[str, Any] = {
    "a range": lambda n: list(range(n)), "an index": lambda n: "abcdefgh"[n], "repeats": lambda n: [1] * n, "an int": int, "a float": float,
    "a divisor": lambda n: math.gcd(n, 6), "a set": lambda n: {n, 5}, "a table": lambda n: {5: "five"}.get(n), "bits": lambda n: n & 3,
    "a shift": lambda n: 1 << n, "a bit length": lambda n: n.bit_length(), "an exponent": lambda n: 2**n, "a root": lambda n: math.isqrt(n),
    "digits": lambda n: round(n, -1), "a fraction": lambda n: Fraction(n, 3), "bytes": lambda n: bytes(n), "a slice": lambda n: [1, 2, 3][:n],
}  # fmt: skip
COMPARES: dict[str, Any] = {
    "a sum": lambda n: n + 2 * n - 3, "a quotient": lambda n: (n + 1) // 2, "a rest": lambda n: 17 % n, "a share": lambda n: n / 3,
    "a power": lambda n: n**3, "the largest": lambda n: max(n, 3, 7), "the smallest": lambda n: min(2 * n, 9), "an order": lambda n: sorted([n, 2, 9]),
    "a size of a tensor": lambda n: product((n, n, 3)), "many sizes": lambda n: add_up([n, 2 * n, 3]), "a distance": lambda n: abs(n - 9),
    "both": lambda n: divmod(23, n), "a product": lambda n: math.prod([n, n]), "a total": lambda n: sum([n, n]), "a member": lambda n: n in (1, 5),
    "a half, rounded": lambda n: round(n / 2), "a floor": lambda n: math.floor(n / 4), "a ceiling": lambda n: math.ceil(n / 4),
    "a maximum": lambda n: maximum(n, 4), "a truth": lambda n: "some" if n else "none", "the sign": lambda n: -n,
    "whether it is whole": lambda n: (n / 2).is_integer(), "steps": lambda n: [b - a for a, b in pairwise((n, 2 * n, 7))],
}  # fmt: skip


def replay(tape: Tape, value: int) -> list[Any]:
    """The values of a tape's expressions where it had begun with another number."""
    values: list[Any] = []
    for operation, *operands in tape.expressions:
        sides = [values[i] for i in operands] if operation not in ("leaf", "const") else []
        values.append(
            value if operation == "leaf" else operands[0] if operation == "const" else OPERATIONS[operation](*sides)
        )
    return values


def numbers(found: Any) -> list[Any]:
    return [part for inner in found for part in numbers(inner)] if isinstance(found, (list, tuple)) else [found]


@pytest.mark.parametrize("name", [*READS, *COMPARES])
def test_it_is_the_number_that_it_says(name: str) -> None:
    compute = {**READS, **COMPARES}[name]
    with Tape() as tape:
        found = compute(tape.begin("n", 5))
    assert found == compute(5)
    assert isinstance(tape.begin("n", 5), int)
    assert not isinstance(tape.begin("n", 0.5), int)


@pytest.mark.parametrize("name", READS)
def test_what_reads_the_number_pins_it(name: str) -> None:
    with Tape() as tape:
        READS[name](tape.begin("n", 5))
    assert [tape.expressions[place] for place in tape.pins] == [("leaf", "n")]


@pytest.mark.parametrize("name", COMPARES)
def test_what_satisfies_the_guards_comes_to_what_the_tape_says(name: str) -> None:
    with Tape() as tape:
        found = numbers(COMPARES[name](tape.begin("n", 5)))
    assert not tape.pins
    same = 0
    for value in range(1, 40):
        values = replay(tape, value)
        held = [
            (values[a] < values[b] if operation == "lt" else values[a] == values[b]) is answer
            for (operation, a, b), answer in tape.guards.items()
        ]
        if all(held):
            same += 1
            wanted = numbers(COMPARES[name](value))
            assert [values[n.expression] if hasattr(n, "expression") else n for n in found] == wanted, value
    assert same


def test_words_are_written_unseen_and_decide_nothing() -> None:
    @for_words
    def describe(n: int) -> str:
        return "even" if n % 2 == 0 else "odd"

    with Tape() as tape:
        n = tape.begin("n", 5)
        assert (f"{n:,} {n}", describe(n)) == ("5 5", "odd")
    assert not tape.guards


def test_behind_a_mistake_nothing_is_recorded() -> None:
    @for_words
    def report() -> None:
        stop()

    with Tape() as tape:
        n = tape.begin("n", 5)
        assert n < 6
        report()
        assert list(range(n)) == [0, 1, 2, 3, 4]
        assert plain(n + 1) == 6
    assert tape.stopped
    assert len(tape.guards) == 1


def test_what_is_remembered_is_found_again_where_it_is_computed_alike() -> None:
    @remembers
    def look_up(n: Any) -> Any:
        return found.get((1, n))

    found: dict[Any, str] = {}
    with Tape() as tape:
        n = tape.begin("n", 5)

        @remembers
        def keep() -> None:
            found[1, n + 1] = "six"

        keep()
        assert look_up(n + 1) == "six"
        assert look_up(3 * n - 9) is None
    assert not tape.guards


def test_a_size_that_is_not_known_reads_it() -> None:
    with Tape() as tape:
        n = tape.begin("n", 5)
        assert Size.unknown("H") * n + n == Size.unknown("H") * 5 + 5
        assert n + Size.unknown("H") == Size.unknown("H") + 5
    assert tape.pins


NUMBER = st.integers(-9, 9)


@given(
    st.sampled_from(["add", "sub", "mul", "floordiv", "mod", "truediv", "max"]),
    st.tuples(NUMBER, NUMBER),
    st.tuples(NUMBER, NUMBER),
)
def test_bounds_hold_what_lies_between_them(operation: str, a: tuple[int, int], b: tuple[int, int]) -> None:
    a, b = (min(a), max(a)), (min(b), max(b))
    low, high = find_bounds(operation, a, b)
    for x in range(a[0], a[1] + 1):
        for y in range(b[0], b[1] + 1):
            if y or operation not in ("floordiv", "mod", "truediv"):
                assert low <= OPERATIONS[operation](x, y) <= high
