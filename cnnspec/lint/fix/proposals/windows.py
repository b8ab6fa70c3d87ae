"""Windows that do not fit: the input N, the padding P, the kernel F and the stride S, each a little different."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.layers.argument import show
from cnnspec.layers.windowed import Windowed
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.proposals.sizes import fitting, legal, resized
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import Raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.fix.repair_context import Desk

FEWER = 4  # smaller paddings that are tried


def refused(desk: Desk, found: Diagnostic) -> list[Node]:
    """The layers at a finding's place that refuse their input for its reason."""
    nodes = []
    for node in desk.nodes(found):
        inputs = desk.graph.input_shapes(node)
        problem = node.layer.problem(inputs) if node.layer is not None and inputs is not None else None
        if problem is not None and problem.code == found.code:
            nodes.append(node)
    return nodes


def setting(desk: Desk, nodes: list[Node], **values: Any) -> Proposal:
    """Other arguments, named as they are written."""
    words = ", ".join([f"{name}={show(value)}" for name, value in values.items()])
    return Proposal(f"write {words}", tuple(desk.set(nodes, **values)))


def takes(node: Node, name: str) -> bool:
    return node.layer is not None and name in node.layer.arguments


def empty_output(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E101: padding, a kernel that fits, no dilation, a larger input."""
    for node in refused(desk, found)[:1]:
        layer, room = node.layer, desk.inputs(node)[0][:-1]
        if takes(node, "padding"):
            yield setting(desk, [node], padding="same")
        kernel = getattr(layer, "kernel", None)
        if getattr(layer, "dilation", 1) not in (1, (1,) * len(room)):
            yield setting(desk, [node], dilation=1)
        if kernel is not None and all(isinstance(n, int) for n in room):
            sizes = kernel if isinstance(kernel, tuple) else (kernel,) * len(room)
            smaller = tuple([min(k, n) for k, n in zip(sizes, room, strict=False)])
            yield setting(desk, [node], kernel=smaller if len(set(smaller)) > 1 or len(smaller) > 1 else smaller[0])
        if takes(node, "size"):
            yield setting(desk, [node], size=min([n for n in room if isinstance(n, int)], default=1))
        for sizes in legal(desk, (1,))[:1]:
            yield resized(desk, sizes)


def illegal_stride(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W201: the layer's padding, stride and kernel, and the input."""
    for node in desk.nodes(found)[:1]:
        assert node.layer is not None
        for changed in other_windows(node.layer):
            with suppress(Inexpressible):  # the input may do then
                if stands(desk, node, changed):
                    yield setting(desk, [node], **changed)
        for sizes in fitting(desk, node, strict=found.code == "E113"):
            yield resized(desk, sizes)


def stands(desk: Desk, node: Node, changed: dict[str, Any]) -> bool:
    """Whether no layer would refuse its input if all layers that a node's text makes had other arguments; soon said."""
    if None in desk.context.facts.shapes:
        return True
    twins = [n for n in desk.graph.nodes if n.site.span == node.site.span]
    layers = {n.index: n.layer.replace(**changed) for n in twins if n.layer is not None}
    return desk.context.what_if.shapes(layers=layers) is not None


def other_windows(layer: Layer) -> Iterator[dict[str, Any]]:
    """Other arguments for a layer's windows, the gentlest first."""
    if not isinstance(layer, Windowed):
        return
    given = layer.window_arguments()
    kernel, stride, padding = given["kernel"], given["stride"], given["padding"]
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
            follows = layer.replace(kernel=other).window_arguments()["stride"] != given["stride"]
            yield {"kernel": other, "stride": stride} if follows else {"kernel": other}


def strict_stride(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E113: without the padding that no window reads, where that is all that is left over; else as W201."""
    for node in desk.nodes(found)[:1]:
        sides = []
        for window, n in zip(desk.context.facts.windows[node.index], desk.inputs(node)[0], strict=False):
            if isinstance(n, int) and isinstance(window.before, int) and isinstance(window.after, int):
                sides.append((window.before, window.after - window.remainder(n)))
        if len(sides) == len(desk.inputs(node)[0]) - 1 and min([after for _, after in sides]) >= 0:
            text = written(sides)
            yield Proposal(f"write padding={text}", tuple(desk.set([node], padding=Raw(text))), True)
    yield from illegal_stride(desk, found)


def written(sides: Sequence[tuple[int, int]]) -> str:
    """Padding of each side of each axis, as an argument."""
    return "(" + ", ".join([f"({before}, {after})" for before, after in sides]) + ("," if len(sides) == 1 else "") + ")"


def stride_with_dilation(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E104: the stride as a pool behind, where it makes a map smaller; or no dilation, or no stride."""
    for node in refused(desk, found)[:1]:
        stride = getattr(node.layer, "stride", 1)
        rank = len(desk.inputs(node)[0]) - 1
        if node.layer is not None and node.layer.windows(desk.inputs(node)):
            text = "x".join(map(str, stride if isinstance(stride, tuple) else (stride,) * rank))
            edits = (*desk.set([node], stride=1), *desk.behind([node], f"maxpool({text}, padding=same)"))
            yield Proposal(f"write stride=1, and maxpool({text}, padding=same) behind", edits)
        yield setting(desk, [node], dilation=1)
        yield setting(desk, [node], stride=1)


def output_padding(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E108: none, or the largest that is legal."""
    for node in refused(desk, found)[:1]:
        stride = getattr(node.layer, "stride", 1)
        least = min(stride) if isinstance(stride, tuple) else stride
        if least > 1:
            yield setting(desk, [node], output_padding=least - 1)
        yield setting(desk, [node], output_padding=None)


def pool_padding(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E109: the most that the pool takes, or less."""
    for node in refused(desk, found)[:1]:
        kernel = getattr(node.layer, "kernel", 1)
        most = min(kernel) // 2 if isinstance(kernel, tuple) else kernel // 2
        for amount in range(most, max(-1, most - FEWER), -1):
            yield setting(desk, [node], padding=amount or "valid")
