"""The printers of source: who asks whom is as the drawing says, and what a name of the text may be printed as."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from cnnspec.compile.keras_source import printers
from cnnspec.compile.keras_source.frame import Differs, Frame
from cnnspec.compile.keras_source.name_scope import (
    DataName,
    FunctionName,
    InlineFunction,
    NameMeaning,
    NameScope,
    TensorName,
    Unwritten,
)
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

DRAWN = re.findall(r"^    (\w+) +asks (.*)$", printers.__doc__ or "", flags=re.M)


def test_the_drawing_has_every_printer() -> None:
    made = [name for name in vars(printers) if name.endswith("Printer") and name != "PartPrinter"]
    assert sorted(name for name, _ in DRAWN) == sorted(made)


@pytest.mark.parametrize(("name", "drawn"), DRAWN)
def test_a_printer_is_given_those_that_it_asks(name: str, drawn: str) -> None:
    kinds: list[str] = getattr(printers, name).__init__.__annotations__.values()
    given = {kind for kind in kinds if kind.endswith("Printer")}
    assert given == set(re.findall(r"(?<!its )\b\w+Printer\b", drawn))
    earlier = [other for other, _ in DRAWN[: [one for one, _ in DRAWN].index(name)]]
    assert given <= {*earlier, "PartPrinter"}


def test_a_printer_that_is_not_given_is_its_own() -> None:
    for name, drawn in DRAWN:
        for own in re.findall(r"its (\w+Printer)", drawn):
            module = importlib.import_module(getattr(printers, name).__module__)
            assert hasattr(module, own)


PRINTED: list[tuple[NameMeaning, str | None, str | None, str | None]] = [  # as a value, as a function, as a call
    (DataName("n"), "n", "n", None),
    (TensorName("t"), "t", None, None),
    (FunctionName("f"), "f", "f", "f(x)"),
    (Unwritten(), None, None, None),
    (InlineFunction(tree.Here(0, 0), NameScope(None)), None, None, None),
]


@pytest.mark.parametrize(("meaning", "value", "function", "call"), PRINTED, ids=lambda m: type(m).__name__)
def test_what_a_name_is_printed_as(meaning: Any, value: str | None, function: str | None, call: str | None) -> None:
    assert meaning.print_function() == function
    assert meaning.print_call("x") == call
    if value is not None:
        assert meaning.print_value([3]) == value
    else:
        with pytest.raises(Differs):
            meaning.print_value([3])


def test_a_word_that_names_a_function_is_no_value() -> None:
    with pytest.raises(Differs):
        FunctionName("f").print_value([Term("relu")])


def test_a_tensor_that_is_named_in_a_loop_belongs_to_the_body_around_it() -> None:
    frame, outer = Frame(None), NameScope(None)
    loop, braces = NameScope(outer, passing=True), NameScope(outer)
    assert loop.name_tensor("a", frame) == outer.find_tensor("a") == "a"
    assert loop.name_tensor("a", frame) == "a"
    assert braces.name_tensor("a", frame) == "a2"
    assert outer.find_tensor("a") == "a"
    assert outer.find_tensor("b") is None
