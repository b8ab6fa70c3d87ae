"""Arrays, of which the shape is known, as far as it is, and where their values come from; and data sets of them."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.shapes import Misfit
from cnnspec.python_source.values import Call, External, Method, Unknown, Value, can_walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.machine import Machine

MOST_VALUES = 4096  # of an array that keeps them
MOST_ITEMS = 1000  # that a loop over an array meets
MOST_BATCHES = 16  # that a loop over a data set meets one by one
NO_SHAPE = "the shape of an array is not known"


class Labels(Record):
    """What is known of an array of labels: how many classes there are, whether all of them occur in it (so that the highest
    and the number of different ones are known), and whether each is a vector that is 1 at its class."""

    classes: int
    complete: bool = False
    one_hot: bool = False


NEVER = tuple([f"builtins.{name}" for name in ("list", "tuple", "dict", "set", "str", "bytes", "bool")])


class ArrayValue(Value):
    """An array, or a tensor that is not symbolic. `values`: those of a small one, as numbers in their order in memory, None
    where they are not known. `data`: the set of keras.datasets whose examples or labels it holds, all classes of it. `why`:
    the cause of what is not known."""

    __slots__ = ("_alive", "_values", "data", "dtype", "labels", "shape", "why")

    def __init__(
        self,
        shape: Sizes | None,
        dtype: str = "",
        values: Sequence[Any] | None = None,
        data: str = "",
        labels: Labels | None = None,
        why: Unknown | None = None,
        alive: list[bool] | None = None,
    ) -> None:
        self.shape, self.dtype, self.data, self.labels, self.why = shape, dtype, data, labels, why
        self._values = None if values is None or len(values) > MOST_VALUES else tuple(values)
        self._alive = alive or [True]  # shared by all views of one memory: whether nobody wrote into it

    @property
    def values(self) -> tuple[Any, ...] | None:
        return self._values if self._alive[0] else None

    def forget_values(self) -> None:
        """After somebody wrote into it."""
        self._alive[0] = False

    def make_view(self, shape: Sizes | None, **others: Any) -> ArrayValue:
        """The same values in another shape, in the same memory."""
        given = {"dtype": self.dtype, "values": self._values, "data": self.data, "labels": self.labels, "why": self.why}
        return ArrayValue(shape, **{**given, "alive": self._alive, **others})

    def make_like(self, shape: Sizes | None, **others: Any) -> ArrayValue:
        """Other values that come from these."""
        return ArrayValue(shape, **{"dtype": self.dtype, "why": self.why, **others})

    # ---- what is asked of it -------------------------------------------------------------------------------
    def is_instance(self, name: str) -> bool | None:
        """It is none of Python's own containers or texts; one number of NumPy's may be a float."""
        return False if name in NEVER else None

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name == "shape":
            return self.list_sizes(machine, node)
        if name == "ndim":
            return self.make_unknown(machine, node) if self.shape is None else len(self.shape)
        if name == "size":
            return self._name_size(None if self.shape is None else shapes.multiply(self.shape), machine, node)
        if name == "T":
            return self if self.shape is None else self.make_like(self.shape[::-1])
        if name == "dtype":
            return (
                External(f"numpy.{self.dtype}") if self.dtype else machine.make_unknown("the dtype is not known", node)
            )
        return find_method(self, "numpy.ndarray", name, machine) or super().get_attribute(name, machine, node)

    def list_sizes(self, machine: Machine, node: ast.AST) -> Any:
        """Its `shape` for a program: an unknown in place of each size that is not known."""
        if self.shape is None:
            return self.make_unknown(machine, node)
        return tuple([self._name_size(n, machine, node) for n in self.shape])

    def _name_size(self, size: int | None, machine: Machine, node: ast.AST) -> Any:
        return self.make_unknown(machine, node) if size is None else size

    def make_unknown(self, machine: Machine, node: ast.AST) -> Unknown:
        return self.why or machine.make_unknown(NO_SHAPE, node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        if name == "shape":
            made = self._ask(".reshape", machine, node, value)
            self.shape = made.shape if isinstance(made, ArrayValue) else None

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return self._ask("[]", machine, node, key)

    def _ask(self, method: str, machine: Machine, node: ast.AST, *arguments: Any) -> Any:
        return answer(machine.libraries.functions[f"numpy.ndarray{method}"], Call(machine, node, (self, *arguments)))

    def set_item(self, key: Any, value: Any, machine: Machine, node: ast.AST) -> None:
        self.forget_values()
        self.data, self.labels = "", None

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        count = self.count_items(machine, node)
        return None if count is None or count > MOST_ITEMS else [self.get_item(i, machine, node) for i in range(count)]

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        return self.shape[0] if self.shape else None

    def find_truth(self) -> bool | None:
        return bool(self.values[0]) if self.values is not None and len(self.values) == 1 else None

    def compute(self, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
        if isinstance(other, Value) and not isinstance(other, (ArrayValue, Unknown)):
            return other.compute(operator, self, not swapped, machine, node)
        return self._ask(" operator", machine, node, operator, other, swapped)

    def describe(self) -> str:
        return "an array"

    def __repr__(self) -> str:
        return f"ArrayValue({self.shape}, {self.dtype!r})"


class DatasetValue(Value):
    """A data set, or a generator of batches. `element` is what a loop over it meets: a structure of arrays, or unknown.
    `length`: how many elements it has. `batch`: the number of examples that were asked for in each, and where.
    `attributes`: what a generator of Keras tells of itself."""

    __slots__ = ("attributes", "batch", "element", "length")

    def __init__(
        self, element: Any, length: int | None = None, batch: tuple[int, Site] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.element = element if can_walk(element) else Unknown("the elements of a data set are too deep", None)
        self.length, self.batch, self.attributes = length, batch, attributes or {}

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.attributes:
            return self.attributes[name]
        if name == "element_spec":
            return self.element
        return find_method(self, "tensorflow.data.DatasetV2", name, machine) or super().get_attribute(
            name, machine, node
        )

    def get_item(self, key: Any, machine: Machine, node: ast.AST) -> Any:
        return self.element

    def count_items(self, machine: Machine, node: ast.AST) -> int | None:
        return self.length

    def list_items(self, machine: Machine, node: ast.AST) -> list[Any] | None:
        few = self.length is not None and self.length <= MOST_BATCHES
        return [self.element] * (self.length or 0) if few else None

    def find_first_item(self) -> Any:
        """Nobody trains on a data set without an element."""
        return self.element

    def describe(self) -> str:
        return "a data set"


def find_batch_shape(value: Any) -> Sizes | None:
    """The shape of a batch of what fit, predict and a model are given, None first: of an array, or of the inputs of a data
    set. None where its rank is not known, or where it has several."""
    if isinstance(value, DatasetValue):
        value = value.element[0] if isinstance(value.element, tuple) and value.element else value.element
    if isinstance(value, ArrayValue) and value.shape:
        return (None, *value.shape[1:])
    return None


# ---- methods and numbers -----------------------------------------------------------------------------------
def find_method(value: Value, kind: str, name: str, machine: Machine) -> Method | None:
    """The method of a value that the table has under the name of a library's class; the value is its first argument."""
    function = machine.libraries.functions.get(f"{kind}.{name}")
    if function is None:
        return None
    return Method(name, lambda call: answer(function, call.replace(arguments=(value, *call.arguments))))


def make_number(reason: str, why: Unknown | None = None) -> Unknown:
    """A number that is not known, for a reason, or because of another unknown."""
    return Unknown(reason, None, True) if why is None else Unknown(why.reason, why.site, True)


def is_unknown_number(value: Any) -> bool:
    return isinstance(value, Unknown) and value.is_number


def answer(function: Callable[[Call], Any], call: Call) -> Any:
    """What a function of arrays gives; unknown where NumPy refuses what it is given, or that is too large."""
    if not can_walk([call.arguments, call.keywords]):
        return call.make_unknown("the arguments are too many, or too deep in one another")
    try:
        return function(call)
    except Misfit as why:
        return call.make_unknown(str(why))
