"""Keras's functional API: expressions → tensors, x = Conv2D(32, 3)(x) and all that merges several."""

from __future__ import annotations

from cnnspec.syntax.paste.expressions import write_path
from cnnspec.syntax.paste.names import Lost, Names, Unreadable
from cnnspec.syntax.paste.values import Constant, Functional, Layer, Network, Python, Tensor, Word
from cnnspec.syntax.tree import Argument, Arithmetic, Attribute, Call, List, Name, Node, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement

_SUMS = {"+": "add", "*": "multiply", "-": "subtract"}
_SAYS_NOTHING = ("training", "mask", "name")  # of a layer's call: no layer of the network depends on it
_LAYER = "apply a layer, as in layers.ReLU()(x); a Python function that makes layers is written as a block"
_BEGIN = "begin with, for example, x = keras.Input(shape=(28, 28, 1))"


class Tensors:
    """Makes the tensors of a paste, all of them in `made`, in order."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.made: list[Tensor] = []

    def of(self, node: Node, statement: Statement) -> Tensor | list[Tensor] | None:
        """The tensor that an expression yields, several for a list; None where it yields none."""
        if write_path(node):
            return self.named(node)
        if isinstance(node, (List, Tuple)):
            return self.listed(node, statement)
        if isinstance(node, Arithmetic):
            return self.sum(node, statement)
        return self.call(node, statement) if isinstance(node, Call) else None

    def named(self, node: Node) -> Tensor | list[Tensor] | None:
        value = self.names.values.get(write_path(node))
        if isinstance(value, Lost):
            raise Unreadable(node)
        if isinstance(value, (Tensor, list)):
            return value
        owner = self.names.values.get(write_path(node.value)) if isinstance(node, Attribute) else None
        if isinstance(owner, Functional) and isinstance(node, Attribute):
            found = {"output": owner.outputs, "input": owner.inputs}.get(node.name.text)
            return found[0] if found and len(found) == 1 else found
        return None

    def listed(self, node: List | Tuple, statement: Statement) -> list[Tensor] | None:
        found = [self.of(item, statement) for item in node.items]
        tensors = [item for item in found if isinstance(item, Tensor)]
        if not tensors:
            return None
        if len(tensors) < len(found):
            raise Unreadable(node, "some of these are tensors, and some are not", "list tensors alone")
        return tensors

    def sum(self, node: Arithmetic, statement: Statement) -> Tensor | None:
        """x + y."""
        terms = [node.first, *[term for _, term in node.rest]]
        if not self.names.of_kind(node, Tensor, list):
            return None
        operators = {operator for operator, _ in node.rest}
        tensors = [self.of(term, statement) for term in terms]
        inputs = tuple([(t, term) for t, term in zip(tensors, terms, strict=True) if isinstance(t, Tensor)])
        word = _SUMS.get(operators.pop(), "") if len(operators) == 1 else ""
        if not word or len(inputs) < len(terms) or (word == "subtract" and len(terms) > 2):
            message = "of arithmetic with tensors, a sum, a product or a difference of tensors is read alone"
            raise Unreadable(node, message, "use a layer, such as layers.Rescaling(1/255)(x)")
        return self.new(statement, Name(node.start, node.end, word), inputs, merges=True)

    def call(self, node: Call, statement: Statement) -> Tensor | None:
        if self.names.is_input(node):
            return self.new(statement, self.names.written(node), ())
        inputs: list[tuple[Tensor, Node]] = []
        others: list[Argument] = []
        for argument in node.arguments:
            found = self.of(argument.value, statement) if not argument.name or argument.name.text == "inputs" else None
            if found is None:
                others.append(argument)
            elif isinstance(found, list):
                places = (
                    argument.value.items if isinstance(argument.value, (List, Tuple)) else [argument.value] * len(found)
                )
                inputs += zip(found, places, strict=True)
            else:
                inputs.append((found, argument.value))
        if not inputs:
            self.look_for(node)
            return None
        layer = self.layer(node, others)
        merges = len(inputs) > 1
        if merges and isinstance(self.names.values.get(write_path(node.function)), (Layer, Network)):
            layer = self.merging(node)
        return self.new(statement, layer, tuple(inputs), merges)

    def look_for(self, node: Call) -> None:
        """Say that a name is no tensor where a layer is applied to it."""
        function = node.function
        applies = isinstance(function, Call) or isinstance(self.names.root(function), (Layer, Network))
        if applies:
            argument = node.arguments[0].value if node.arguments else node
            name = write_path(argument)
            message = f'no tensor is called "{name}"' if name else "a layer is applied to a tensor, which this is not"
            raise Unreadable(argument, message, _BEGIN, "E010" if name else "E012")

    def layer(self, node: Call, others: list[Argument]) -> Node:
        """The step that a call applies: Conv2D(32, 3) of Conv2D(32, 3)(x), relu of tf.nn.relu(x)."""
        function = node.function
        applied = isinstance(function, Call) or isinstance(
            self.names.values.get(write_path(function)), (Layer, Network)
        )
        if applied:
            for argument in others:
                if argument.name is None or argument.name.text not in _SAYS_NOTHING:
                    message = "a layer is applied to tensors; this argument of its call is not read"
                    raise Unreadable(argument, message, "drop it, or write the layer as a step")
            return self.names.written(function)
        if not write_path(function) or isinstance(
            self.names.root(function), (Tensor, list, Lost, Python, Constant, Word)
        ):
            what = f'"{write_path(function)}"' if write_path(function) else "this"
            raise Unreadable(function, f"{what} is no layer that can be applied to a tensor", _LAYER)
        made = node.replace(arguments=tuple(others)) if others else function
        return self.names.written(made)

    def merging(self, node: Call) -> Node:
        """The layer that a variable holds, where it merges: it has no weights, so it may be written out."""
        value = self.names.values[write_path(node.function)]
        if isinstance(value, Layer):
            value.uses -= 1
            value.told = True
            return value.node
        message = f"the model {write_path(node.function)} is applied to several tensors, which is not read"
        raise Unreadable(node, message, "write its layers here")

    def new(
        self, statement: Statement, layer: Node, inputs: tuple[tuple[Tensor, Node], ...], merges: bool = False
    ) -> Tensor:  # fmt: skip
        self.made.append(Tensor(statement, "", layer, inputs, merges))
        return self.made[-1]
