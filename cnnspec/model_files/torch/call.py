"""One call of an operator, as its translation sees it: arguments by name, each of the kind that is asked for.

An argument that is not of that kind contradicts the operator's schema, so that the file is damaged. What is of its kind and
has no layer is Inexpressible.
"""

from __future__ import annotations

from math import isfinite, prod

from cnnspec.base.record import Record
from cnnspec.model_files.channels_first import axes
from cnnspec.model_files.torch.program import PARAMETER, count_values
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, unsqueeze
from cnnspec.model_files.views.weight_ref import WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.torch.program import ProgramNode, ProgramWeight
    from cnnspec.model_files.torch.value_uses import History
    from cnnspec.model_files.views.graph_builder import GraphBuilder


class Learned(Record):
    """A weight, or what is computed of weights and numbers alone. `operators` are the names of those that compute its values,
    none where it is a view of a weight; `view`: what it holds of that one, without repetitions."""

    shape: tuple[int, ...]
    sources: tuple[ProgramWeight, ...] = ()
    operators: frozenset[str] = frozenset()
    view: WeightRef | None = None

    @property
    def standardized(self) -> bool:
        """Whether it is brought to mean 0 and variance 1: by a normalisation without figures, or by hand."""
        return bool(self.operators & NORMALIZING) or bool(self.operators & SPREADS and self.operators & CENTERS)

    def find_source(self) -> ProgramWeight | None:
        """The weight that it is, or is made of: of several, the one parameter with as many values."""
        if len(self.sources) == 1:
            return self.sources[0]
        fits = [
            source for source in self.sources if source.kind == PARAMETER and count_values(source) == prod(self.shape)
        ]
        return fits[0] if len(fits) == 1 else None


NORMALIZING = {"batch_norm", "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_functional"}
SPREADS, CENTERS = {"var", "std", "var_mean", "std_mean"}, {"sub", "rsub"}


class LowPadded(Record):
    """A tensor with values below all others around it, as a maximum pool has them: both sides of each axis."""

    tensor: Tensor
    sides: tuple[tuple[int, int], ...]


class Stacked(Record):
    """Tensors of one shape along a new axis; a sum over it adds them up."""

    tensors: tuple[Tensor, ...]
    axis: int


class Call:
    """An operator's call. `arguments` have the operator's defaults filled in, and values in the place of references.

    `history`: how the arguments were made. `is_repeated_later`: all that read its output repeat axes of size 1 themselves.
    """

    def __init__(
        self,
        builder: GraphBuilder,
        node: ProgramNode,
        arguments: dict[str, Any],
        history: History,
        is_repeated_later: bool = False,
    ) -> None:
        self.builder = builder
        self.node = node
        self.arguments = arguments
        self.history = history
        self.is_repeated_later = is_repeated_later
        self.computed: list[ProgramWeight] = []  # weights that are computed of others before they are used

    # ---- tensors and weights ---------------------------------------------------------------------------------
    def tensor(self, name: str) -> Tensor:
        return need_tensor(self.builder, self._take(name), f"its {name}")

    def operand(self, name: str) -> Any:
        """A tensor, a number or what is learned."""
        value = self._take(name)
        return self.tensor(name) if isinstance(value, (Stacked, LowPadded)) else value

    def low_padded(self, name: str) -> LowPadded:
        """A tensor for a maximum pool, with the padding that it has already."""
        value = self._take(name)
        return value if isinstance(value, LowPadded) else LowPadded(self.tensor(name), ())

    def tensors(self, name: str) -> list[Tensor]:
        values = self._take(name)
        if not isinstance(values, tuple) or not values:
            raise self._mistake(name, "a list of tensors")
        if not all([isinstance(value, Tensor) for value in values]):
            raise Inexpressible(f"its {name} are not all computed of the input")
        return list(values)

    def weight(self, name: str) -> WeightRef:
        made = self.optional_weight(name)
        if made is None:
            raise Inexpressible(f"it has no {name}")
        return made

    def optional_weight(self, name: str, shape: Sequence[int] | None = None) -> WeightRef | None:
        """`shape`: that of the weight where the argument repeats it, None: the argument's."""
        return self.refer_to(self._take(name), name, shape)

    def refer_to(self, value: Any, name: str, shape: Sequence[int] | None = None) -> WeightRef | None:
        """The weight that a value is, called by `name` in messages; None for None."""
        if value is None:
            return None
        if isinstance(value, Tensor):
            raise Inexpressible(f"its {name} is computed of the input")
        source = value.find_source() if isinstance(value, Learned) else None
        if source is None:
            raise Inexpressible(f"its {name} is no weight of the model")
        if value.operators and not value.standardized:
            self.computed.append(source)
        wanted = value.shape if shape is None else tuple(shape)
        view: WeightRef | None = value.view
        if view is not None and prod(view.shape) == prod(wanted):
            return view.reshape(wanted)
        return view and view.repeat(wanted) or WeightRef(source.name, wanted, trainable=source.is_trained)

    def factor(self, value: Any, name: str) -> WeightRef:
        """A weight that values are multiplied with or added to: each of its own is one number there."""
        made = self.refer_to(value, name)
        source = value.find_source() if isinstance(value, Learned) else None
        if made is None or source is None or count_values(source) != prod(made.shape):
            raise Inexpressible(f"its {name} is computed of a weight of another size")
        return made

    def find_gain(self, name: str, count: int) -> WeightRef | None:
        """The one other parameter of a computed weight that has this many values: a factor for each filter."""
        value = self.learned(name)
        kernel = value.find_source() if value is not None else None
        if value is None or kernel is None or not value.standardized:
            return None
        others = [source for source in value.sources if source is not kernel and source.kind == PARAMETER]
        fits = [source for source in others if count_values(source) == count]
        return (
            WeightRef(fits[0].name, (count,), trainable=fits[0].is_trained) if len(fits) == len(others) == 1 else None
        )

    def learned(self, name: str) -> Learned | None:
        """The argument where it is computed of weights, else None."""
        value = self._take(name)
        return value if isinstance(value, Learned) else None

    # ---- numbers ---------------------------------------------------------------------------------------------
    def value(self, name: str) -> Any:
        """The argument, whatever it is."""
        return self._take(name)

    def is_number(self, name: str) -> bool:
        return type(self._take(name)) in (int, float)

    def number(self, name: str) -> float:
        value = self._take(name)
        if type(value) is int or type(value) is float and isfinite(value):
            return value
        if type(value) is float:
            raise Inexpressible(f"its {name} is {value}")
        if isinstance(value, (Tensor, Learned)):
            raise Inexpressible(f"its {name} is no number that the file states")
        raise self._mistake(name, "a number")

    def optional_number(self, name: str) -> float | None:
        return None if self._take(name) is None else self.number(name)

    def integer(self, name: str) -> int:
        value = self._take(name)
        if type(value) is not int:
            raise self._mistake(name, "a whole number")
        return value

    def flag(self, name: str) -> bool:
        value = self._take(name)
        if type(value) is not bool:
            raise self._mistake(name, "true or false")
        return value

    def word(self, name: str) -> str:
        value = self._take(name)
        if type(value) is not str:
            raise self._mistake(name, "a text")
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        value = self._take(name)
        value = (value,) if type(value) is int else value
        if not isinstance(value, tuple) or not all([type(n) is int for n in value]):
            raise self._mistake(name, "whole numbers")
        return value

    def for_axes(self, name: str, count: int) -> tuple[int, ...]:
        """One whole number for each of some axes; a single one is for all."""
        values = self.integers(name)
        values = values * count if len(values) == 1 else values
        if len(values) != count:
            raise Damaged(f"{self.node.target} has {len(values)} numbers in {name}, and {count} axes")
        return values

    def sizes(self, index: int = 0) -> tuple[int | None, ...] | None:
        """The sizes that the file states of an output, None where it states none."""
        outputs = self.node.outputs
        value = outputs[index] if index < len(outputs) else None
        return None if value is None else value.sizes

    def _take(self, name: str) -> Any:
        if name not in self.arguments:
            raise Damaged(f"{self.node.target} has no argument {name}")
        return self.arguments[name]

    def _mistake(self, name: str, wanted: str) -> Damaged:
        return Damaged(f"{name} of {self.node.target} is not {wanted}")


def need_tensor(builder: GraphBuilder, value: Any, what: str) -> Tensor:
    """A value as a tensor; `what` it is begins the sentence that says why it is none."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Stacked):
        return axes.concatenate(builder, [unsqueeze(x, value.axis) for x in value.tensors], value.axis)
    if isinstance(value, LowPadded):
        raise Inexpressible("a padding of -inf that no maximum pool follows")
    raise Inexpressible(f"{what} is computed of weights alone")


def find_tensors(given: Sequence[Any]) -> list[Tensor]:
    """The tensors that some values are or hold, each once."""
    found: dict[int, Tensor] = {}
    for value in given:
        held = (
            value.tensors if isinstance(value, Stacked) else (value.tensor if isinstance(value, LowPadded) else value,)
        )
        found |= {id(x): x for x in held if isinstance(x, Tensor)}
    return list(found.values())


def both_sides(amounts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Torch's padding, which is the same on both sides of an axis."""
    return tuple([(amount, amount) for amount in amounts])
