"""Other input sizes: those for which a network is legal, for which its strides fit, and round ones."""

from __future__ import annotations

from cnnspec.elaborate.input_forms import probable
from cnnspec.elaborate.size_probe import resize
from cnnspec.facts.what_if import FARTHEST
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import spelled
from cnnspec.lint.rules.input_not_divisible_by_two import CODE as DIVISIBLE
from cnnspec.lint.rules.uncommon_input_size import COMMON
from cnnspec.syntax.tree import Dims, Input, List, Number, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk

MOST_BUILT = 20_000  # layers, summed over the sizes that are tried


def image(desk: Desk) -> tuple[int, ...]:
    """The shape of the only input. Inexpressible where there are several, or unknown sizes."""
    graph = desk.graph
    shape = graph.nodes[graph.inputs[0]].shape if len(graph.inputs) == 1 else None
    if shape is None or len(shape) < 2 or not all(isinstance(n, int) for n in shape):
        raise Inexpressible
    return tuple([n for n in shape if isinstance(n, int)])


def resized(desk: Desk, sizes: Sequence[int], number: int = 0) -> Proposal:
    """The network with another input, the first if no `number` tells another."""
    node = desk.graph.nodes[desk.graph.inputs[number]]
    written = node.site.node.shape if isinstance(node.site.node, Input) else None
    if not isinstance(written, (Dims, Tuple, List, Number)):
        raise Inexpressible
    shape = "x".join(map(str, sizes))
    text = shape if isinstance(written, (Dims, Number)) else spelled(tuple(sizes), pasted=True)
    pen = desk.pen(node.site.source)
    return Proposal(f"input {shape}", (pen.edit(written.start, written.end, text),))


def along(shape: Sequence[int], distance: int, axes: Sequence[bool]) -> tuple[int, ...]:
    """A shape with some of its axes made longer."""
    return tuple([n + distance * grows for n, grows in zip(shape, [*axes, False], strict=True)])


def legal(desk: Desk, directions: Sequence[int]) -> list[tuple[int, ...]]:
    """The nearest sizes for which the network stands without error: a smaller one (-1), a larger one (1)."""
    for direction in directions:
        if direction not in desk.legal:
            desk.legal[direction] = nearest_legal(desk, direction)
    return [sizes for direction in directions for sizes in desk.legal[direction]]


def nearest_legal(desk: Desk, direction: int) -> list[tuple[int, ...]]:
    """The nearest such size in one direction; [] where none is found."""
    shape, layers = image(desk), max(1, len(desk.graph.nodes))
    for distance in range(1, min(FARTHEST, MOST_BUILT // layers) + 1):
        sizes = along(shape, direction * distance, [True] * (len(shape) - 1))
        if min(sizes) < 1:
            break
        if resize(desk.network, {0: sizes}).legal:
            return [sizes]
    return []


def fitting(desk: Desk, node: Node, strict: bool) -> Iterator[tuple[int, ...]]:
    """The nearest sizes for which no stride loses anything; `strict`: for which none leaves a remainder."""
    shape = image(desk)
    windows, entering = desk.context.facts.windows[node.index], desk.inputs(node)[0]
    axes = [isinstance(n, int) and w.remainder(n) > 0 for w, n in zip(windows, entering, strict=False)]
    if len(axes) != len(shape) - 1 or len(desk.graph.nodes) * FARTHEST > MOST_BUILT * 10:
        return
    yield from desk.context.what_if.fitting(axes, strict)


def merge(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E102: the nearest sizes for which the merges agree."""
    for sizes in legal(desk, (-1, 1)):
        yield resized(desk, sizes)


def divisible(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L801: the nearest sizes that can be halved as often."""
    assert found.code == DIVISIBLE
    shape = image(desk)
    for field in [f for f in desk.network.facts.fields if isinstance(f, tuple)][-1:]:
        whole = [2 ** (int(axis.stride).bit_length() - 1) for axis in field]
        for up in (0, 1):
            sizes = [(n // w + up) * w for n, w in zip(shape, whole, strict=False)]
            if min(sizes) > 0:
                yield resized(desk, (*sizes, shape[-1]))


def common(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L802: the sizes that images usually have, the nearest first."""
    shape = image(desk)
    for size in sorted(COMMON, key=lambda n: abs(n - shape[0]))[:3]:
        yield resized(desk, (*[size] * (len(shape) - 1), shape[-1]))


def other_form(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W211: the sizes that were probably meant."""
    (source,) = desk.nodes(found)
    likely = probable(source)
    sizes = [n for n in likely[2] if isinstance(n, int)] if likely is not None else []
    yield resized(desk, sizes, desk.graph.inputs.index(source.index))


def even_padding(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W210: the sizes next to this."""
    shape = image(desk)
    for distance in (1, -1, 2, -2, 3, -3, 4, -4):
        yield resized(desk, along(shape, distance, [True] * (len(shape) - 1)))
