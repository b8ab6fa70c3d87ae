"""Other input sizes: those for which a network is legal, and those for which its strides fit."""

from __future__ import annotations

from cnnspec.elaborate.input_forms import find_likely_sizes
from cnnspec.elaborate.size_probe import resize as probe
from cnnspec.facts.graph_queries import name_stated
from cnnspec.facts.what_if import FARTHEST
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.spelling import spell
from cnnspec.syntax.tree import Dims, Input, List, Number, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

MOST_BUILT = 20_000  # layers, summed over the sizes that are tried


def find_input_shape(repair: RepairContext) -> tuple[int, ...]:
    """The shape of the only input. Inexpressible where there are several, or unknown sizes."""
    graph = repair.graph
    shape = graph.nodes[graph.inputs[0]].shape if len(graph.inputs) == 1 else None
    if shape is None or len(shape) < 2 or not all(isinstance(n, int) for n in shape):
        raise Inexpressible
    return tuple([n for n in shape if isinstance(n, int)])


def resize(repair: RepairContext, sizes: Sequence[int], number: int = 0) -> Proposal:
    """The network with another input, the first if no `number` tells another."""
    node = repair.graph.nodes[repair.graph.inputs[number]]
    written = node.site.node.shape if isinstance(node.site.node, Input) else None
    if not isinstance(written, (Dims, Tuple, List, Number)):
        raise Inexpressible
    shape = "x".join(map(str, sizes))
    text = shape if isinstance(written, (Dims, Number)) else spell(tuple(sizes), pasted=True)
    return repair.propose(f"input {shape}", [repair.editor(node.site.source).edit(written.start, written.end, text)])


def propose_likely(repair: RepairContext, source: Node) -> Iterator[Proposal]:
    """The sizes that an input was probably meant to have; of a picture without channels, one channel or three.
    Inexpressible where nothing tells."""
    likely = find_likely_sizes(source)
    if likely is None:
        raise Inexpressible
    sizes = [n for n in likely[2] if isinstance(n, int)]
    added = len(sizes) > len(source.shape or ()) and sizes[-1] == 1
    for shape in (sizes, [*sizes[:-1], 3]) if added else (sizes,):
        made = resize(repair, shape, repair.graph.inputs.index(source.index))
        yield made.replace(message=f"write {made.message}")


def lengthen(shape: Sequence[int], distance: int, axes: Sequence[bool]) -> tuple[int, ...]:
    """A shape with some of its axes made longer."""
    return tuple([n + distance * grows for n, grows in zip(shape, [*axes, False], strict=True)])


def find_legal(repair: RepairContext, directions: Sequence[int]) -> list[tuple[int, ...]]:
    """The nearest sizes for which the network stands without error: a smaller one (-1), a larger one (1)."""
    for direction in directions:
        if direction not in repair.legal_sizes:
            repair.legal_sizes[direction] = find_nearest_legal(repair, direction)
    return [sizes for direction in directions for sizes in repair.legal_sizes[direction]]


def find_nearest_legal(repair: RepairContext, direction: int) -> list[tuple[int, ...]]:
    """The nearest such size in one direction; [] where none is found. A network for images of less than half the size is
    another network."""
    if name_stated(repair.graph) or not repair.network.in_spec:  # whose output at another size is not known
        return []
    shape, layers = find_input_shape(repair), max(1, len(repair.graph.nodes))
    for distance in range(1, min(FARTHEST, MOST_BUILT // layers) + 1):
        sizes = lengthen(shape, direction * distance, [True] * (len(shape) - 1))
        if any(2 * new < old for new, old in zip(sizes, shape, strict=True)):
            break
        if probe(repair.network, {0: sizes}).legal:
            return [sizes]
    return []


def find_fitting(repair: RepairContext, node: Node, strict: bool) -> Iterator[tuple[int, ...]]:
    """The nearest sizes for which no stride loses anything; `strict`: for which none leaves a remainder."""
    shape = find_input_shape(repair)
    windows, entering = repair.context.facts.windows[node.index], repair.inputs(node)[0]
    axes = [isinstance(n, int) and w.remainder(n) > 0 for w, n in zip(windows, entering, strict=False)]
    if len(axes) != len(shape) - 1 or len(repair.graph.nodes) * FARTHEST > MOST_BUILT * 10:
        return
    yield from repair.context.what_if.fitting(axes, strict)
