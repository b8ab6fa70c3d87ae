"""What Keras refuses of the arguments of fit, evaluate and predict, whatever the shapes of an example: numbers that are none, data
that are not as many as the model's inputs and outputs, arrays of other lengths.

Source: measured on Keras 3.15 (tests/python_source/refused).
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.keras.method_mistakes import OF_KERAS, find_method_signature
from cnnspec.python_source.keras.problems import show
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.training.places import find_stretch
from cnnspec.python_source.values import External, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.values import Call

COUNTS = (
    "batch_size",
    "epochs",
    "initial_epoch",
    "steps_per_epoch",
    "steps",
    "validation_steps",
    "validation_batch_size",
)
CALLBACKS = "keras.callbacks."
RAISES = ("ValueError", "TypeError")
MOST_DATA = 3  # arrays that a batch is: examples, labels and their weights


class Fitting:
    """One call of a method of a model that is given data; it is built."""

    def __init__(self, model: ModelValue, name: str, call: Call) -> None:
        self.model, self.name, self.call = model, name, call
        signature = find_method_signature(model.kind, name)
        self.positions = signature.positional if signature is not None else ()

    def find(self, key: str) -> Any:
        return self.call.find(self.positions.index(key), key) if key in self.positions else None

    def report(self, key: str, message: str, help: str = "", item: int | None = None) -> bool:
        stretch = find_stretch(self.call, self.positions.index(key), key, item)
        self.call.machine.report("E030", message, self.call.site, stretch, help, raises=RAISES)
        return True

    # ---- what is no data -------------------------------------------------------------------------------------
    def refuse_values(self) -> None:
        """Report numbers that are none, and callbacks that are not made."""
        for key in COUNTS:
            value = self.find(key)
            if isinstance(value, ArrayValue):
                help = "predict takes no labels" if self.name == "predict" and key not in self.call.keywords else ""
                self.report(key, f"{key} of {self.name} is a whole number, and this is an array", help)
            elif isinstance(value, (float, str)) or type(value) is int and value < 0 and key == "batch_size":
                whole = isinstance(value, float) and value.is_integer()
                help = f"write {int(value)}, or divide with //" if whole else ""
                self.report(key, f"{key} of {self.name} is a whole number, and is {show(value)}", help)
        share = self.find("validation_split")
        if isinstance(share, str):
            self.report("validation_split", f"validation_split is a number from 0 to 1, and is {show(share)}")
        if isinstance(self.find("class_weight"), (list, tuple)):
            self.report("class_weight", "class_weight is a dict, from each class to its weight", "write {0: …, 1: …}")
        callbacks = self.find("callbacks")
        for number, one in enumerate(callbacks if isinstance(callbacks, (list, tuple)) else ()):
            if isinstance(one, External) and one.name.startswith(CALLBACKS):
                kind = one.name.removeprefix(CALLBACKS)
                self.report(
                    "callbacks", f"a callback is an object, and this is the class {kind}", f"write {kind}(…)", number
                )
            elif isinstance(one, (str, int, float)):
                self.report(
                    "callbacks", f"a callback is an object of keras.callbacks, and this is {show(one)}", "", number
                )

    # ---- data ------------------------------------------------------------------------------------------------
    def refuse_data(self) -> bool:
        """Report data that are not those that the model takes; whether there are such."""
        if self.model.kind not in OF_KERAS:
            return False
        x, y = self.find("x"), self.find("y")
        if isinstance(x, TensorValue) and x.is_certain and not self.call.machine.tracing:
            return self.report("x", f"{self.name} takes data, and this is a tensor of the network")
        return (
            self.refuse_inputs(x, y)
            or "y" in self.positions
            and (self.refuse_targets(x, y) or self.refuse_lengths(x, y))
        )

    def refuse_inputs(self, x: Any, y: Any) -> bool:
        """Report more or fewer arrays than the model has inputs."""
        if isinstance(x, dict):
            return self.refuse_names(x)
        arrays, count = list_arrays(x), len(self.model.list_inputs())
        if not arrays or not count or len(arrays) == count:
            return False
        help = ""
        if isinstance(x, tuple) and len(arrays) == count + 1 and y is None:
            help = f"examples and labels are two arguments: {self.name}(x, y)"
        elif len(arrays) < count:
            help = f"give it a list: [{', '.join(['…'] * count)}]" if count <= MOST_DATA else ""
        message = (
            f"the model has {count_nouns(count, 'input')}, and {self.name} is given {count_nouns(len(arrays), 'array')}"
        )
        return self.report("x", message, help)

    def refuse_names(self, x: dict[Any, Any]) -> bool:
        """Report inputs of a model, all of them named, that a dict of data lacks."""
        names = [tensor.node.name for tensor in self.model.list_inputs()]
        lacking = [name for name in names if name not in x]
        plain = self.model.kind == "Functional" and not isinstance(self.model.state["inputs"], dict)
        if not plain or not all(names) or not lacking or find_unknown(list(x)) is not None:
            return False
        return self.report("x", f"{self.name} is given no data for the input {join_words(lacking)}")

    def refuse_targets(self, x: Any, y: Any) -> bool:
        """Report labels that are missing, or not as many as the outputs, where one loss is for all of them."""
        compiled, outputs = self.model.compiled, self.model.state["outputs"]
        if not isinstance(compiled, dict) or "loss" not in compiled or outputs is None:
            return False
        if y is None:
            if not isinstance(x, ArrayValue) or "y" in self.call.keywords or len(self.call.arguments) > 1:
                return False
            message = f"{self.name} is given no labels, and the loss needs them"
            stretch = find_stretch(self.call, 0, "x")
            self.call.machine.report(
                "E030", message, self.call.site, stretch, f"write {self.name}(x, y)", raises=RAISES
            )
            return True
        arrays = list_arrays(y)
        count = len(outputs) if isinstance(outputs, (list, tuple)) else 1
        if not arrays or isinstance(outputs, dict) or len(arrays) == count:
            return False
        message = f"the model has {count_nouns(count, 'output')}, and {self.name} is given labels for {len(arrays)}"
        return self.report("y", message)

    def refuse_lengths(self, x: Any, y: Any, key: str = "y") -> bool:
        """Report labels of another number of examples, at the argument `key`."""
        one, other = list_lengths(x), list_lengths(y)
        if self.name not in ("fit", "evaluate") or len(one) != 1 or len(other) != 1 or one == other:
            return False
        of = "" if key == "y" else f" of {key}"
        return self.report(key, f"x{of} has {count_nouns(one[0], 'example')}, and y has {other[0]:,}")

    def refuse_validation(self) -> None:
        """Report validation data that are no pair of examples and labels."""
        given, compiled = self.find("validation_data"), self.model.compiled
        listed = list_arrays(given)
        count = len(given) if isinstance(given, (tuple, list)) else 1
        if self.model.kind not in OF_KERAS or not isinstance(given, (ArrayValue, tuple, list)):
            return
        if not isinstance(given, ArrayValue) and count in (2, MOST_DATA):
            self.refuse_lengths(given[0], given[1], "validation_data")
        elif listed and count > MOST_DATA:
            self.report("validation_data", f"validation_data is a pair (x, y), and this is {count} arrays")
        elif listed and isinstance(compiled, dict) and "loss" in compiled:
            self.report("validation_data", "validation_data is a pair (x, y), and this is examples alone")


def list_arrays(value: Any) -> list[ArrayValue]:
    """The arrays that a value is, one or a list of them; none where it is anything else."""
    if isinstance(value, ArrayValue):
        return [value]
    listed = isinstance(value, (list, tuple)) and bool(value) and all([isinstance(one, ArrayValue) for one in value])
    return list(value) if listed else []


def list_lengths(value: Any) -> list[int]:
    """The different numbers of examples that arrays have, as far as they are known."""
    return sorted({array.shape[0] for array in list_arrays(value) if array.shape and array.shape[0] is not None})


def report_fitting(model: ModelValue, name: str, call: Call) -> bool:
    """Report what Keras refuses of a call's arguments; whether the data are refused."""
    fitting = Fitting(model, name, call)
    fitting.refuse_values()
    fitting.refuse_validation()
    return fitting.refuse_data()
