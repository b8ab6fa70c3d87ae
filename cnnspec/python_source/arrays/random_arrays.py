"""Random arrays: numpy.random's functions, and its generators, which have them as methods."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue, answer, make_number
from cnnspec.python_source.arrays.reading import get_array, is_int, read_int, read_shape, simplify
from cnnspec.python_source.values import Method, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

REASON = "it is a random number"


def make_sized(position: int, dtype: str) -> Callable[[Call], Any]:
    """np.random.normal(loc, scale, size): the position of `size`."""

    def make(call: Call) -> Any:
        size = call.find(position, "size")
        return make_number(REASON) if size is None else simplify(ArrayValue(read_shape(size), dtype))

    return make


def make_of_sizes(call: Call) -> Any:
    """np.random.rand(3, 4)"""
    return simplify(ArrayValue(tuple([read_int(n) for n in call.arguments]), "float64"))


def choose(call: Call) -> Any:
    """np.random.choice(a, size): items of its first axis; of a list they may be anything."""
    given, size = call.find(0, "a"), call.find(1, "size")
    if size is None:
        return make_number(REASON) if is_int(given) else call.make_unknown(REASON)
    shape = read_shape(size)
    array = ArrayValue(()) if is_int(given) else get_array(call, 0, "a")
    if shape is None or array.shape is None:
        return ArrayValue(None)
    return ArrayValue((*shape, *array.shape[1:]), array.dtype)


def permute(call: Call) -> ArrayValue:
    """np.random.permutation of the numbers below n, or of an array's first axis."""
    given = call.find(0, "x")
    if is_int(given):
        return ArrayValue((given,), "int64")
    array = get_array(call, 0, "x")
    return array.make_like(array.shape, labels=array.labels)


def shuffle(call: Call) -> None:
    """In place: what the items are is not known behind it."""
    given = call.find(0, "x")
    if isinstance(given, ArrayValue):
        given.forget_values()
    elif isinstance(given, list) and given:
        given[:] = [call.make_unknown("a list was shuffled")] * len(given)


FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    "rand": make_of_sizes, "randn": make_of_sizes, "choice": choose, "permutation": permute, "permuted": permute,
    "shuffle": shuffle, "seed": lambda call: None,
    **dict.fromkeys(("random", "random_sample", "sample", "ranf", "standard_normal"), make_sized(0, "float64")),
    **dict.fromkeys(("uniform", "normal", "laplace", "gamma", "beta", "gumbel", "logistic", "lognormal"), make_sized(2, "float64")),
    **dict.fromkeys(("exponential", "rayleigh"), make_sized(1, "float64")), "poisson": make_sized(1, "int64"),
    "binomial": make_sized(2, "int64"), "randint": make_sized(2, "int64"), "integers": make_sized(2, "int64"),
    "random_integers": make_sized(2, "int64"),
}  # fmt: skip


class GeneratorValue(Value):
    """np.random.default_rng(0)"""

    __slots__ = ()

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in FUNCTIONS:
            return Method(name, lambda call: answer(FUNCTIONS[name], call))
        return super().get_attribute(name, machine, node)

    def describe(self) -> str:
        return "a random generator"


def make_generator(call: Call) -> GeneratorValue:
    return GeneratorValue()
