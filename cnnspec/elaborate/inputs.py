"""Inputs: declared, pasted from Keras, or missing."""

from __future__ import annotations

from cnnspec.elaborate.calls import Calls
from cnnspec.elaborate.graph import Site
from cnnspec.elaborate.placing import MAX_LAYERS
from cnnspec.elaborate.unmet import unknown_steps
from cnnspec.elaborate.values import UNKNOWN, Scope, Tensor
from cnnspec.layers.argument import Term
from cnnspec.layers.base import Shape
from cnnspec.size import Size
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

AXES = {1: "L", 2: "HW", 3: "DHW"}


def with_unknowns(sizes: tuple[int | None, ...], number: int) -> Shape:
    """The shape of the input of that number, counted from 1: unknown sizes are called H and W, of a second input H2 and W2."""
    letters, suffix = AXES.get(len(sizes) - 1, ""), str(number) if number > 1 else ""
    return tuple([Size.unknown(letters[i] + suffix) if size is None else size for i, size in enumerate(sizes)])


class Inputs(Calls):
    """Makes the inputs of a network."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__(name, max_layers)
        self.unread = False  # whether an item was met that could not be parsed

    def empty(self, value: tree.Node, scope: Scope) -> bool:
        """Whether this is `Sequential()`, as pasted: its layers are added by the steps below it."""
        if not isinstance(value, tree.Call) or self.callee(value.function, scope) != "Sequential":
            return False
        return all(argument.name is not None and argument.name.text == "name" for argument in value.arguments)

    def first_input(self, value: tree.Node, scope: Scope) -> Tensor | None:
        """The input that a pasted `input_shape=` of the first layer declares."""
        first = value.stages[0] if isinstance(value, tree.Chain) else value
        while isinstance(first, tree.Call) and not any(_named(a, "input_shape") for a in first.arguments):
            inner = first.arguments[0].value if first.arguments else None  # Sequential([Conv2D(…), …])
            first = inner.items[0] if isinstance(inner, tree.List) and inner.items else tree.Bad(0, 0)
        if isinstance(first, tree.Input):
            return self.input(first, scope, None)
        if isinstance(first, tree.Call):
            shape = next(a.value for a in first.arguments if _named(a, "input_shape"))
            return self.input(tree.Input(shape.start, shape.end, None, shape), scope, None)
        if self.graph.inputs or self.unread:  # an input was refused, or may stand in what could not be read
            self.unmet(unknown_steps(value, scope, set()), scope)
            return None
        self.error("E016", value, scope, "there is no input before this step", "begin with, for example, input 28x28x1")
        self.unread = True
        self.unmet(unknown_steps(value, scope, set()), scope)
        return None

    def input(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Tensor | None:
        shape = self.input_shape(item, scope, current)
        label = item.name.text if item.name else "input"
        node = self.new_node(None, (), shape, label, Site(scope.source, item, scope.caller, scope.block))
        self.graph.inputs.append(node.index)
        tensor = Tensor(node.index)
        if item.name:
            self.name_node(node, item.name.text)
            self.bind_name(item.name, tensor, scope)
        result = tensor
        for stage in item.stages:
            result = self.apply(stage, scope, result)
        return result

    def input_shape(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Shape | None:
        if item.shape is None:
            self.error("E011", item, scope, "an input needs a shape", "write, for example, input 28x28x1")
            return None
        value = self.evaluate(item.shape, scope, current)
        if value is UNKNOWN:
            return None
        if isinstance(value, Term):
            self.unknown_name(item.shape, value.name, scope)
            return None
        sizes = value if isinstance(value, tuple) else (value,)
        sizes = tuple([None if isinstance(s, Term) and s.name == "None" else s for s in sizes])
        if not sizes or not all(s is None or isinstance(s, int) and not isinstance(s, bool) and s > 0 for s in sizes):
            self.error(
                "E012",
                item.shape,
                scope,
                "an input's shape is made of whole numbers from 1",
                "write, for example, 28x28x1; ? is an unknown size",
            )
            return None
        if len(sizes) > 4:
            self.error(
                "E012",
                item.shape,
                scope,
                f"an input has at most 3 spatial axes and channels, not {len(sizes)} sizes",
                "leave the batch out",
            )
            return None
        if sizes[-1] is None:
            self.error(
                "E017",
                item.shape,
                scope,
                "the channels of an input must be known: they decide the weights",
                "give the last size a number",
            )
            return None
        return with_unknowns(sizes, len(self.graph.inputs) + 1)

    def unmet(self, names: Iterator[tree.Name], scope: Scope) -> None:
        """Say that names are unknown in a part that is not run."""
        for name in names:
            self.unknown_name(name, name.text, scope)


def _named(argument: tree.Argument, name: str) -> bool:
    return argument.name is not None and argument.name.text == name
