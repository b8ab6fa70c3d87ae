"""Memory of activations, in values: all of them, and the peak while one example passes through.

The schedule is the order of the text. A tensor lives from the layer that makes it to the last that reads it; a layer
that can work in place (an activation, a normalisation, a reshape) writes over its input when nothing else reads that.
What no output depends on is not there: it takes nothing.
"""

from __future__ import annotations

from cnnspec.base.size import add_up
from cnnspec.facts.symbolic_max import find_largest
from cnnspec.layers.base import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision
    from cnnspec.layers.base import Shape


def output_bytes(shape: Shape | None, precision: Precision, batch: int = 1) -> Dim | None:
    """Bytes of a layer's output for a batch; None where its shape is unknown."""
    return None if shape is None else product(shape) * precision.activation * batch


def tensor_sizes(facts: Facts) -> list[Dim] | None:
    """Values of every node's output, 0 where no output of the network depends on it; None when one is unknown."""
    made: list[Dim] = []
    for shape, used in zip(facts.shapes, facts.graph.used(), strict=True):
        if used and shape is None:
            return None
        made.append(product(shape) if used and shape is not None else 0)
    return made


def activation_values(facts: Facts) -> Dim | None:
    """Values of all outputs together, the inputs not counted."""
    sizes = tensor_sizes(facts)
    if sizes is None:
        return None
    return add_up([size for size, node in zip(sizes, facts.graph.nodes, strict=True) if node.layer])


def peak_values(facts: Facts) -> tuple[Dim, int] | None:
    """(the largest number of values alive at once, the node at which that is)."""
    needs = alive_values(facts)
    if not needs:  # some are unknown, or there is no layer
        return None
    found = find_largest([values for _, values in needs])
    return None if found is None else (found[0], needs[found[1]][0])


def alive_values(facts: Facts) -> list[tuple[int, Dim]] | None:
    """For every node that an output depends on, in order: the values that are alive while it works. None when one is unknown."""
    sizes, graph = tensor_sizes(facts), facts.graph
    if sizes is None:
        return None
    last_use, used = list(range(len(sizes))), graph.used()
    nodes = [node for node in graph.nodes if used[node.index]]
    for node in nodes:
        for index in node.inputs:
            last_use[index] = max(last_use[index], node.index)
    for index in graph.outputs:
        last_use[index] = len(sizes)
    ending: list[list[int]] = [[] for _ in range(len(sizes) + 1)]
    for index, end in enumerate(last_use):
        ending[end].append(index)
    alive: Dim = 0
    needs: list[tuple[int, Dim]] = []
    for node in nodes:
        taken_over = [
            i for i in node.inputs
            if node.layer is not None and node.layer.in_place and last_use[i] == node.index and sizes[i] == sizes[node.index]
        ][:1]  # fmt: skip
        needed = alive + sizes[node.index]
        for i in taken_over:
            needed = needed - sizes[i]
        needs.append((node.index, needed))
        alive = alive + sizes[node.index]
        for i in ending[node.index]:
            alive = alive - sizes[i]
    return needs
