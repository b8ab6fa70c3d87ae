"""Parts of a file that are never run, such as a block that nothing calls: the unknown names that stand in them.

Without this, a misspelt layer in an unused block would be found only on the day when somebody calls it.
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import PASTED_MODULES
from cnnspec.elaborate.arithmetic import BUILTINS
from cnnspec.elaborate.branches import split_branches
from cnnspec.elaborate.static_checks import bindings
from cnnspec.layers import find
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.values import Scope

KNOWN = {"Sequential", *BUILTINS, *PASTED_MODULES}


def unknown_in_block(block: tree.Block, scope: Scope) -> Iterator[tree.Name]:
    """Names that a block's body uses as steps and that nothing binds."""
    yield from unknown_in_body(block.body, scope, set(bindings(block.body, block.parameters)))


def unknown_in_body(body: tree.Body, scope: Scope, local: set[str]) -> Iterator[tree.Name]:
    for item in body.items:
        if isinstance(item, tree.Step):
            yield from unknown_steps(item.value, scope, local)
        elif isinstance(item, (tree.Assign, tree.Shared)):
            yield from unknown_steps(item.value, scope, local) if _names_layers(item.value) else ()
        elif isinstance(item, (tree.Loop, tree.Branch)):
            yield from unknown_in_body(item.body, scope, local)
            other = item.otherwise if isinstance(item, tree.Branch) else None
            if isinstance(other, tree.Branch):
                yield from unknown_in_body(tree.Body(other.start, other.end, (other,)), scope, local)
            elif other is not None:
                yield from unknown_in_body(other, scope, local)


def unknown_steps(node: tree.Node, scope: Scope, local: set[str]) -> Iterator[tree.Name]:
    """Names in an expression that is applied as a step, where they stand for a function that nothing binds."""
    if isinstance(node, tree.Name):
        if (
            node.text not in local
            and scope.find(node.text) is None
            and find(node.text) is None
            and node.text not in KNOWN
        ):
            yield node
    elif isinstance(node, tree.Call):
        yield from unknown_steps(node.function, scope, local)
        layer = find(node.function.text) if isinstance(node.function, tree.Name) else None
        if layer is not None and layer.merges:
            for argument in split_branches(layer, node.arguments)[0]:
                yield from unknown_steps(argument.value, scope, local)
    elif isinstance(node, tree.Attribute):
        if not isinstance(node.value, tree.Here):
            yield from unknown_steps(node.value, scope, local)
    elif isinstance(node, tree.Chain):
        for stage in node.stages:
            yield from unknown_steps(stage, scope, local)
    elif isinstance(node, tree.Naming):
        yield from unknown_steps(node.value, scope, local)
    elif isinstance(node, tree.Ternary):
        yield from unknown_steps(node.then, scope, local)
        yield from unknown_steps(node.otherwise, scope, local)
    elif isinstance(node, tree.Arithmetic):
        if node.rest[0][0] == "*":
            yield from unknown_steps(node.first, scope, local)
    elif isinstance(node, tree.Braces):
        yield from unknown_in_body(node.body, scope, local | set(bindings(node.body, ())))


def _names_layers(node: tree.Node) -> bool:
    """Whether a constant's value can only be a layer function; a word or a call alone may be an option (same, l2(0.1))."""
    return isinstance(node, (tree.Chain, tree.Braces, tree.Naming))
