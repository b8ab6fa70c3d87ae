"""Kernels and strides of other sizes, and rates of dilation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

RATES = (1, 2, 5)  # of hybrid dilated convolution, for kernels of 3


def resize_kernels(repair: RepairContext, nodes: Sequence[Node], size: Callable[[int, int], int]) -> Proposal:
    """Kernels made of each one's sizes and strides; what has another stride than 1 by default keeps it."""
    written: list[str] = []

    def write(some: Sequence[Node]) -> list[Edit]:
        values = some[0].layer.argument_values() if some[0].layer else {}
        windows, kernel = repair.context.facts.windows[some[0].index], values.get("kernel")
        sizes = kernel if isinstance(kernel, tuple) else (kernel,)
        strides = [stride_along(values.get("stride", 1), axis) for axis in range(len(sizes))]
        new = tuple([size(k or 1, s) for k, s in zip(sizes, strides, strict=True)])
        written.append("x".join(map(str, new * len(windows) if len(new) == 1 else new)))
        return repair.set(some, kernel=new if isinstance(kernel, tuple) else new[0])

    made = repair.propose_each("", nodes, write)
    return made.replace(message=f"use a kernel of {' and '.join(dict.fromkeys(written))}")


def stride_along(stride: Any, axis: int) -> int:
    """The stride along an axis, 1 where the layer's own is no number."""
    found = stride[axis] if isinstance(stride, tuple) and axis < len(stride) else stride
    return found if isinstance(found, int) else 1


def propose_odd_kernels(repair: RepairContext, nodes: Sequence[Node]) -> Iterator[Proposal]:
    """Even kernels made one smaller, or one larger."""
    yield resize_kernels(repair, nodes, lambda kernel, _: kernel - 1 if kernel % 2 == 0 else kernel)
    yield resize_kernels(repair, nodes, lambda kernel, _: kernel + 1 if kernel % 2 == 0 else kernel)


def propose_rates(repair: RepairContext, nodes: Sequence[Node]) -> Proposal:
    """Rates of 1, 2 and 5 in turn."""
    sites = repair.sites(nodes)
    turn = {node.index: RATES[number % len(RATES)] for number, node in enumerate(sites)}
    edits = [edit for node in sites for edit in repair.set([node], dilation=turn[node.index])]
    return repair.propose(f"write rates of {', '.join(map(str, turn.values()))}", edits)


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
