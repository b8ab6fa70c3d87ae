"""Memory of activations, in values: all of them, and the peak while one example passes through.

The schedule is the order of the text. A tensor lives from the layer that makes it to the last that reads it; a layer
that can work in place (an activation, a normalisation, a reshape) writes over its input when nothing else reads that.
"""

from __future__ import annotations

from cnnspec.layers.base import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.analyses.facts import Facts

BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip


def in_bytes(number: float) -> str:
    """A number of bytes for people: 1.88 KiB."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if number >= size:
            return f"{number / size:,.2f} {unit}"
    return f"{number:,} bytes"


def tensor_sizes(facts: Facts) -> list[int] | None:
    """Values of every node's output; None when one is unknown."""
    sizes = []
    for shape in facts.shapes:
        size = None if shape is None else product(shape)
        if not isinstance(size, int):
            return None
        sizes.append(size)
    return sizes


def activation_values(facts: Facts) -> int | None:
    """Values of all outputs together, the inputs not counted."""
    sizes = tensor_sizes(facts)
    return None if sizes is None else sum([s for s, node in zip(sizes, facts.graph.nodes, strict=True) if node.layer])


def peak_values(facts: Facts) -> tuple[int, int] | None:
    """(the largest number of values alive at once, the node at which that is)."""
    sizes, graph = tensor_sizes(facts), facts.graph
    if sizes is None:
        return None
    last_use = list(range(len(sizes)))
    for node in graph.nodes:
        for index in node.inputs:
            last_use[index] = max(last_use[index], node.index)
    for index in graph.outputs:
        last_use[index] = len(sizes)
    ending: list[list[int]] = [[] for _ in range(len(sizes) + 1)]
    for index, end in enumerate(last_use):
        ending[end].append(index)
    alive, peak, at = 0, 0, 0
    for node in graph.nodes:
        taken_over = [
            i for i in node.inputs
            if node.layer is not None and node.layer.in_place and last_use[i] == node.index and sizes[i] == sizes[node.index]
        ][:1]  # fmt: skip
        needed = alive + sizes[node.index] - sum(sizes[i] for i in taken_over)
        if needed > peak:
            peak, at = needed, node.index
        alive += sizes[node.index] - sum(sizes[i] for i in ending[node.index])
    return peak, at
