"""Kernels and strides of other sizes, and rates of dilation."""

from __future__ import annotations

from cnnspec.layers.argument import same_on_every_axis
from cnnspec.lint.finding import name_layers, write_for_each
from cnnspec.lint.fix.edits import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def resize_kernels(repair: RepairContext, nodes: Sequence[Node], size: Callable[[int, int], int]) -> Proposal:
    """Kernels made of each one's sizes and strides along the axes."""

    def sizes(node: Node) -> tuple[int, ...]:
        return tuple([size(window.kernel, window.stride) for window in repair.context.facts.windows[node.index]])

    def write(some: Sequence[Node]) -> list[Edit]:
        given, new = some[0].layer.sliding() if some[0].layer else None, sizes(some[0])
        if given is None:
            raise Inexpressible
        return repair.set(some, kernel=new if isinstance(given.kernel, tuple) else same_on_every_axis(new))

    def describe(some: Sequence[Node]) -> str:
        return "use " + write_for_each(some, lambda node: "a kernel of " + "x".join(map(str, sizes(node))))

    return repair.propose_each(describe, nodes, write)


def propose_odd_kernels(repair: RepairContext, nodes: Sequence[Node]) -> Iterator[Proposal]:
    """Even kernels made one smaller, or one larger."""
    yield resize_kernels(repair, nodes, lambda kernel, _: kernel - 1 if kernel % 2 == 0 else kernel)
    yield resize_kernels(repair, nodes, lambda kernel, _: kernel + 1 if kernel % 2 == 0 else kernel)


def in_turn(kernel: int) -> tuple[int, ...]:
    """Rates that leave no gaps between the taps of kernels of a size, one behind another."""
    return (1, 2, 5) if kernel > 2 else (1, 2, 4)


def propose_rates(repair: RepairContext, nodes: Sequence[Node]) -> Proposal:
    """Rates that leave no gaps, in turn."""
    sites = repair.sites(nodes)
    kernel = min([window.kernel for node in sites for window in repair.context.facts.windows[node.index]], default=3)
    rates = in_turn(kernel)
    turn = {node.index: rates[number % len(rates)] for number, node in enumerate(sites)}
    edits = [edit for node in sites for edit in repair.set([node], dilation=turn[node.index])]
    words = f"rates of {', '.join(map(str, turn.values()))} in turn" if len(turn) > 1 else f"dilation={rates[0]}"
    return repair.propose(f"write {words} for {name_layers(sites)}", edits)


def other_windows(layer: Layer) -> Iterator[dict[str, Any]]:
    """Other arguments for a layer's windows, the gentlest first."""
    given = layer.sliding()
    if given is None:
        return
    kernel, stride, padding = given.kernel, given.stride, given.padding
    if "ceil" in layer.arguments and not isinstance(padding, str):  # which padding=same would replace
        yield {"ceil": True}
    yield {"padding": "same"}
    if not isinstance(padding, tuple):
        least = padding if isinstance(padding, int) else 0
        yield from [{"padding": least + more} for more in (1, 2, 3)]
    stride = stride[0] if isinstance(stride, tuple) and len(set(stride)) == 1 else stride
    if not isinstance(stride, int):
        return
    yield from [{"stride": other} for other in (stride - 1, stride + 1) if other > 0]
    for change in (1, -1):
        other = tuple([k + change for k in kernel]) if isinstance(kernel, tuple) else kernel + change
        if (min(other) if isinstance(other, tuple) else other) >= stride:  # a smaller one would skip positions
            follows = layer.replace(kernel=other).sliding() != given.replace(kernel=other)
            yield {"kernel": other, "stride": stride} if follows else {"kernel": other}
