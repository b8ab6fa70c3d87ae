"""What may be watched while a network is built."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.syntax import tree


class Observer:
    """An observer's methods are called while a network is built; each does nothing unless overridden.

    Uses of parts of the text nest: every call between an `enter` and its `leave` belongs to that use. A build that is
    given up leaves none of the uses that are open.
    """

    def enter(self, node: tree.Node, scope: Scope, current: Tensor | None, value: Any = None) -> None:
        """A body, a statement or a step begins to run on a tensor; or a value does, at the place of that node."""

    def leave(self, result: Tensor | None) -> None:
        """The use that was entered last has come to a tensor."""

    def evaluated(self, node: tree.Node, value: Any) -> None:
        """An expression has a value."""

    def size_asked(self, node: tree.Attribute, shape: Shape | None) -> None:
        """The text asks for something of a tensor of this shape."""

    def assigned(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> None:
        """A name has been bound to a value."""

    def shared(self, function: Any) -> None:
        """A name has been bound to a shared function; that is UNKNOWN or another where it was refused."""

    def layer_called(self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...]) -> None:
        """A layer is called."""

    def block_called(self, function: BlockFunction, arguments: tuple[tree.Argument, ...], shape: Shape | None) -> None:
        """A block is called, on a tensor of this shape."""

    def node_added(self, node: Node, graph: Graph) -> None:
        """A node is added to the graph."""

    def untaken(self, side: tree.Node, try_out: Callable[[], bool]) -> None:
        """A side of a condition was not taken. `try_out` runs it and undoes it, and says whether it stands."""

    def built(self, graph: Graph) -> None:
        """The network is whole."""
