"""Small programs, run by Python and followed by the interpreter: each name has the same value, or is unknown where the
program says so ("# unknown: a, b")."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.python_source.values import find_unknown, is_known
from tests.python_source.interpreter.following import follow, follow_names

FOLDER = Path(__file__).parent / "programs"
PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), tuple, list, dict, set, frozenset, range, slice)


def list_programs() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        for text in path.read_text(encoding="utf-8").split("# ---- ")[1:]:
            title, _, body = text.partition("\n")
            found.append(pytest.param(body, id=f"{path.stem}: {title}"))
    return found


def find_names(text: str) -> dict[str, Any]:
    """What the interpreter makes of a program's names."""
    machine = follow(text)
    assert not machine.found
    assert machine.interpreter.budget.levels == machine.interpreter.budget.calls == 0
    assert not machine.doubt and not machine.interpreter.journal.layers
    return follow_names(machine)


def run(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "program.py", "exec", dont_inherit=True), names)
    return names


def is_plain(value: Any) -> bool:
    """Whether a value of Python's is one that the interpreter has as it is."""
    if type(value) is dict:
        return all(is_plain(key) and is_plain(item) for key, item in value.items())
    if type(value) in (list, tuple, set, frozenset):
        return all(map(is_plain, value))
    return type(value) in PLAIN


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("text", list_programs())
def test_a_program(text: str) -> None:
    _, _, last = text.rpartition("# unknown: ")
    unknown = {name.strip() for name in last.split(",")} if "# unknown: " in text else set()
    truth, found = run(text), find_names(text)
    for name, value in truth.items():
        if name.startswith("__") or not is_plain(value):
            continue
        if name in unknown:
            assert find_unknown(found[name]) is not None, f"{name} is {found[name]!r}"
        else:
            assert is_known(found[name]), f"{name} is {found[name]!r}"
            assert repr(found[name]) == repr(value) or found[name] == value, name
    assert len(truth) > 2


def test_there_are_many() -> None:
    assert len(list_programs()) >= 120
