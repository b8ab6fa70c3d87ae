"""What a name of a paste can stand for: layers, tensors, models; what is Python's alone."""

from __future__ import annotations

from cnnspec.syntax.tree import Argument, Call, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement


class Value:
    """The value of a variable. `name` is the variable's, `uses` counts the layers that ask for it by that name; `told` says
    that it is written out where it is asked for."""

    def __init__(self, statement: Statement, name: str) -> None:
        self.statement = statement
        self.name = name
        self.uses = 0
        self.told = False


class Python(Value):
    """A value that no layer is made from: data, a history, a callback."""


class Constant(Value):
    """A number, a text or a tuple of such, as `node` writes it; `folded` is its value."""

    def __init__(self, statement: Statement, name: str, node: Node, folded: Node | None) -> None:
        super().__init__(statement, name)
        self.node = node
        self.folded = folded


class Word(Value):
    """An optimizer, a loss or a metric, to be named in compile(…)."""

    def __init__(self, statement: Statement, name: str, node: Node) -> None:
        super().__init__(statement, name)
        self.node = node


class Layer(Value):
    """A layer that is not applied yet: conv = Conv2D(32, 3)."""

    def __init__(self, statement: Statement, name: str, node: Node) -> None:
        super().__init__(statement, name)
        self.node = node


class Tensor(Value):
    """What a layer yields. `node` is an Input, or the layer as a step; of a merge, the call without its tensors."""

    def __init__(
        self, statement: Statement, name: str, node: Node, inputs: tuple[tuple[Tensor, Node], ...], merges: bool = False
    ) -> None:  # fmt: skip
        super().__init__(statement, name)
        self.node = node
        self.inputs = inputs  # each with the place where it is written
        self.merges = merges


class Sequence(Value):
    """Sequential: `steps` are its layers, each with the statement that gives it. `title` is what name="…" calls it."""

    def __init__(self, statement: Statement, name: str, title: str = "") -> None:
        super().__init__(statement, name)
        self.title = title
        self.steps: list[tuple[Statement, Node]] = []
        self.built: Node | None = None  # the shape that build(…) gives, the batch first


class Functional(Value):
    """Model(inputs, outputs). `title` is what name="…" calls it."""

    def __init__(
        self, statement: Statement, name: str, inputs: list[Tensor], outputs: list[Tensor], title: str = ""
    ) -> None:  # fmt: skip
        super().__init__(statement, name)
        self.title = title
        self.inputs = inputs
        self.outputs = outputs

    def tensors(self) -> set[int]:
        """The ids of all that its outputs are computed from."""
        found: set[int] = set()
        queue = [*self.inputs, *self.outputs]
        while queue:
            tensor = queue.pop()
            if id(tensor) not in found:
                found.add(id(tensor))
                queue += [source for source, _ in tensor.inputs]
        return found


Network = Sequence | Functional


def merged(layer: Node, tensors: list[Node]) -> Call:
    """A merge with its tensors as arguments."""
    function, rest = (layer.function, layer.arguments) if isinstance(layer, Call) else (layer, ())
    arguments = tuple([Argument(t.start, t.end, None, t) for t in tensors])
    return Call(layer.start, layer.end, function, (*arguments, *rest))
