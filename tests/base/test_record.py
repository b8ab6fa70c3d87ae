"""Records: equal by their fields, and frozen for whoever checks types."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.base.record import Record, compared_values


class Point(Record):
    _uncompared = frozenset({"name"})
    x: int
    y: int = 0
    name: str = ""


class Place(Point):
    z: int = 0


def test_records_are_equal_where_their_compared_fields_are() -> None:
    assert Point(1, name="a") == Point(1, 0, "b")
    assert Point(1) != Place(1)
    assert hash(Point(1, name="a")) == hash(Point(1))
    assert compared_values(Point(1, name="a")) == (1, 0)


def test_a_subclass_compares_its_own_fields_too() -> None:
    """Whichever of the two is made first."""
    assert Point(1) == Point(1)
    assert Place(1, z=2) != Place(1, z=3)
    assert compared_values(Place(1, z=2)) == (1, 0, 2)


TYPED = """from cnnspec.base.record import Record
from cnnspec.layers.dense import Dense

class Point(Record):
    x: int

point = Point(1).replace(x=2)
point.x = 2
Dense(3).units = 2
Point("one")
"""
REFUSED = (
    '8: error: Property "x" defined in "Point" is read-only',
    '9: error: Property "units" defined in "Dense" is read-only',
    '10: error: Argument 1 to "Point" has incompatible type "str"; expected "int"',
)


def test_types_say_that_a_record_is_frozen(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    path = tmp_path / "typed.py"
    path.write_text(TYPED, encoding="utf-8")
    said, errors, _ = api.run(["--config-file=", f"--cache-dir={tmp_path}", "--follow-imports=silent", str(path)])
    assert not errors
    found = [line.removeprefix(f"{path}:") for line in said.splitlines()[:-1]]
    assert [line.partition("  [")[0] for line in found] == list(REFUSED)
