"""KerasTuner's hyperparameters: outside of a search each has its default.

Source: keras_tuner.HyperParameters; without a default, an Int or Float is at its least, a Choice its first.
"""

from __future__ import annotations

from cnnspec.python_source.values import Method, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

NAMES = (
    "keras_tuner.HyperParameters", "keras_tuner.engine.hyperparameters.HyperParameters", "kerastuner.HyperParameters",
    "kerastuner.engine.hyperparameters.HyperParameters",
)  # fmt: skip


class HyperParametersValue(Value):
    """What was asked for under a name is the same when it is asked for again."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        kinds = {
            "Int": lambda call: call.find(1, "min_value"),
            "Float": lambda call: call.find(1, "min_value"),
            "Boolean": lambda call: False,
            "Fixed": lambda call: call.find(1, "value"),
            "Choice": find_first,
        }
        if name in kinds:
            return Method(name, lambda call: self.ask(call, kinds[name]))
        if name == "get":
            return Method(name, self.get)
        return super().get_attribute(name, machine, node)

    def ask(self, call: Call, find_least: Any) -> Any:
        name, default = call.find(0, "name"), call.find(None, "default")
        if call.open_arguments or call.open_keywords or not isinstance(name, str):
            return find_unknown(name) or call.make_unknown("which hyperparameter it is is not known")
        if call.find(None, "parent_name") is not None:
            return call.make_unknown("whether a hyperparameter under a condition is taken is not known")
        if name not in self.values:
            call.machine.note_change(self.values)
            self.values[name] = find_least(call) if default is None else default
        return self.values[name]

    def get(self, call: Call) -> Any:
        name = call.find(0, "name")
        if isinstance(name, str) and name in self.values:
            return self.values[name]
        return call.make_unknown("the value of this hyperparameter is not known")

    def describe(self) -> str:
        return "KerasTuner's hyperparameters"


def find_first(call: Call) -> Any:
    values = call.find(1, "values")
    if isinstance(values, (list, tuple)) and values:
        return values[0]
    return find_unknown(values) or call.make_unknown("the values of a choice are not known")


def make_hyperparameters(call: Call) -> Any:
    return HyperParametersValue()


def register(libraries: Libraries) -> None:
    for name in NAMES:
        libraries.functions[name] = make_hyperparameters
