"""The order in which Keras lists the layers of a Functional model: by their distance from the outputs, the furthest first,
and at one distance as they are met from the outputs back (keras/src/ops/function.py, map_graph)."""

from __future__ import annotations

from cnnspec.python_source.tape import TensorValue, Use, find_tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Maker = Use | TensorValue  # what makes a tensor: a use of a layer, or the input that it is itself


def order_layers(uses: list[Use], inputs: list[TensorValue], outputs: list[TensorValue]) -> list[Any]:
    """The layers and operations that some uses are of, and the inputs, in that order."""
    makers: dict[int, Maker] = {t.node.index: use for use in uses for t in find_tensors(use.outputs)}
    makers.update({tensor.node.index: tensor for tensor in inputs})
    finished, numbers = visit(outputs, makers)
    distances: dict[int, int] = {}  # of a maker, by its identity
    furthest: dict[int, int] = {}  # of what it is a use of
    found: dict[int, Any] = {}
    for maker in reversed(finished):
        layer = find_made(maker)
        distance = max(distances.get(id(maker), 0), furthest.get(id(layer), 0))
        furthest[id(layer)], found[id(layer)] = distance, layer
        for before in list_before(maker, makers):
            distances[id(before)] = max(distance + 1, distances.get(id(before), 0))
    for tensor in inputs:
        if id(tensor) not in found:  # no output needs it
            furthest[id(tensor)], numbers[id(tensor)], found[id(tensor)] = 0, -1, tensor
    return sorted(found.values(), key=lambda layer: (-furthest[id(layer)], numbers[id(layer)]))


def find_made(maker: Maker) -> Any:
    return maker.callee if isinstance(maker, Use) else maker


def list_before(maker: Maker, makers: dict[int, Maker]) -> Iterator[Maker]:
    """What makes the tensors that a use takes."""
    tensors = find_tensors([maker.arguments, maker.keywords]) if isinstance(maker, Use) else []
    return (makers[t.node.index] for t in tensors if t.node.index in makers)


def visit(outputs: list[TensorValue], makers: dict[int, Maker]) -> tuple[list[Maker], dict[int, int]]:
    """All makers that outputs need, each behind those that it needs itself, depth first; and the number, as they are met,
    of what each is a use of, by its identity."""
    finished: list[Maker] = []
    numbers: dict[int, int] = {}
    met: set[int] = set()
    for output in outputs:
        stack: list[tuple[Maker, Iterator[Maker]]] = []
        following: Maker | None = makers.get(output.node.index)
        while following is not None or stack:
            if following is not None and id(following) not in met:
                met.add(id(following))
                numbers.setdefault(id(find_made(following)), len(numbers))
                stack.append((following, list_before(following, makers)))
            following = next(stack[-1][1], None) if stack else None
            if following is None and stack:
                finished.append(stack.pop()[0])
    return finished, numbers
