"""Groups of calls of a block: for a block that needs several Python functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_printer import find_keras_calls
from cnnspec.elaborate.values import BlockFunction, Closure, Function, Tensor
from cnnspec.layers.argument import show

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from cnnspec.compile.trace import Use


def group_calls(function: BlockFunction, calls: list[Use]) -> list[list[Use]]:
    """Calls of a block, in the largest groups of calls that are alike; one group only where there is one call."""
    for key in find_keys(function, calls):
        groups: dict[Hashable, list[Use]] = {}
        for call in calls:
            groups.setdefault(key(call), []).append(call)
        if len(groups) > 1:
            return list(groups.values())
    return [calls]


def find_keys(function: BlockFunction, calls: list[Use]) -> Iterator[Callable[[Use], Hashable]]:
    """Keys by which calls of a block may be grouped, the coarsest first.

    By the layers that the calls make, by their arguments, by the shape that enters, and each call alone.
    """
    structures = {id(call): find_structure(call) for call in calls}
    sites = {site for found in structures.values() for site in found}
    differing = [s for s in sites if len({f[s] for f in structures.values() if s in f}) > 1]
    yield lambda call: tuple([structures[id(call)].get(s) for s in differing])
    names = [p.name.text for p in function.block.parameters]
    yield lambda call: tuple(
        [find_value_key(call.kids[-1].scope.names.get(name)) for name in names if call.kids[-1].scope]
    )
    yield lambda call: call.shapes
    yield id


def find_structure(call: Use) -> dict[int, Hashable]:
    """The Keras layers that each part of the text makes in one call, the calls inside it included."""
    found: dict[int, set[Hashable]] = {}
    queue = [call]
    while queue:
        use = queue.pop()
        if use.layer is not None:
            found.setdefault(id(use.node), set()).add(tuple([(c.name, c.helper) for c in find_keras_calls(use)]))
        queue += use.kids
    return {site: frozenset(made) for site, made in found.items()}


def find_value_key(value: Any) -> Hashable:
    """A key for a value, the same for values that make no difference between calls."""
    if isinstance(value, Closure):
        return id(value.expression)
    if isinstance(value, BlockFunction):
        return id(value.block)
    return type(value).__name__ if isinstance(value, (Function, Tensor)) else show(value)
