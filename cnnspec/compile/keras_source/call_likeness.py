"""Which calls of a block are alike: for blocks that one Python function cannot serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_printer import keras_calls
from cnnspec.elaborate.values import BlockFunction, Closure, Function, Tensor
from cnnspec.layers.argument import show

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from cnnspec.compile.trace import Use


def keys(function: BlockFunction, calls: list[Use]) -> Iterator[Callable[[Use], Hashable]]:
    """Ways to tell calls of a block apart, the coarsest first: the layers they make, their arguments, the shape
    that enters, each alone."""
    structures = {id(call): structure(call) for call in calls}
    sites = {site for found in structures.values() for site in found}
    differing = [s for s in sites if len({f[s] for f in structures.values() if s in f}) > 1]
    yield lambda call: tuple([structures[id(call)].get(s) for s in differing])
    names = [p.name.text for p in function.block.parameters]
    yield lambda call: tuple([told(call.kids[-1].scope.names.get(name)) for name in names if call.kids[-1].scope])
    yield lambda call: call.shapes
    yield id


def structure(call: Use) -> dict[int, Hashable]:
    """The Keras layers that each part of the text makes in one call, the calls inside it included."""
    found: dict[int, set[Hashable]] = {}
    queue = [call]
    while queue:
        use = queue.pop()
        if use.layer is not None:
            found.setdefault(id(use.node), set()).add(tuple([(c.name, c.helper) for c in keras_calls(use)]))
        queue += use.kids
    return {site: frozenset(made) for site, made in found.items()}


def told(value: Any) -> Hashable:
    """A value as far as calls are told apart by it."""
    if isinstance(value, Closure):
        return id(value.expression)
    if isinstance(value, BlockFunction):
        return id(value.block)
    return type(value).__name__ if isinstance(value, (Function, Tensor)) else show(value)
