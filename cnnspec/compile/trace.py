"""What happened while a network was built: for each part of the text, every time it was used, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape


class Use:
    """One use of a part of the text. `kids` are the uses inside it, in order."""

    def __init__(self, node: tree.Node, scope: Scope | None, current: Tensor | None, ghost: bool) -> None:
        self.node = node
        self.scope = scope
        self.current = current
        self.ghost = ghost
        self.kids: list[Use] = []
        self.result: Tensor | None = None
        self.values: dict[int, Any] = {}  # of the expressions in it, by the id of their node
        self.ranks: dict[int, int] = {}  # axes beside the channels of the tensors whose attributes it asks for
        self.value: Any = None  # where a value is applied, or bound by `shared`
        self.block: BlockFunction | None = None  # where a block is called
        self.arguments: tuple[tree.Argument, ...] = ()
        self.cls: type[Layer] | None = None  # where a layer is made
        self.word = ""
        self.layer: Layer | None = None
        self.shapes: tuple[Shape, ...] = ()
        self.made: Node | None = None
        self._inside: dict[int, list[Use]] | None = None

    def inside(self, node: tree.Node) -> list[Use]:
        """The uses of a part of the text directly inside this one."""
        if self._inside is None:
            self._inside = {}
            for kid in self.kids:
                self._inside.setdefault(id(kid.node), []).append(kid)
        return self._inside.get(id(node), [])


class Trace:
    """All uses. `applied` finds them by the id of the value applied, `calls` by the id of the block called."""

    def __init__(self, ghosts: bool) -> None:
        self.ghosts = ghosts
        self.ghost = False
        self.tried: set[int] = set()  # sides of conditions, by the id of their node
        self.times: dict[int, int] = {}
        self.applied: dict[int, list[Use]] = {}
        self.calls: dict[int, list[Use]] = {}
        self.top: dict[int, Use] = {}  # what was evaluated at the top of the file, by the id of the item
        self.graph: Graph | None = None
        self.body: Use | None = None


def is_false(value: Any) -> bool:
    """Whether a condition's value counts as false: false, or the word none."""
    return value is False or isinstance(value, Term)


def kids(uses: Iterable[Use], node: tree.Node) -> list[Use]:
    """The uses of a part directly inside others; what really happened, else what was tried."""
    return real([kid for use in uses for kid in use.inside(node)])


def real(uses: list[Use]) -> list[Use]:
    return [use for use in uses if not use.ghost] or uses


def idle(uses: Iterable[Use]) -> bool:
    """Whether uses made no layer, named no tensor and left theirs as it was: nothing needs to be written for them."""
    waiting = list(uses)
    if any(use.result != use.current for use in waiting):
        return False
    while waiting:
        use = waiting.pop()
        if use.made is not None or isinstance(use.node, tree.Naming):
            return False
        waiting += use.kids
    return True
