"""Kernels and strides of other sizes."""

from __future__ import annotations

from cnnspec.elaborate.bind import factors, given_arguments
from cnnspec.layers.argument import show
from cnnspec.lint.finding import several
from cnnspec.lint.fix.proposals.waste import each
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.rules.skipped_positions import jumps
from cnnspec.syntax.tree import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk

RATES = (1, 2, 5)  # of hybrid dilated convolution, for kernels of 3


def of_each(desk: Desk, nodes: Sequence[Node], size: Callable[[int, int], int]) -> Proposal:
    """Kernels made of each one's sizes and strides; what has another stride than 1 by default keeps it."""
    written: list[str] = []

    def write(some: Sequence[Node]) -> list[Edit]:
        layer, windows = some[0].layer, desk.context.facts.windows[some[0].index]
        kernel = getattr(layer, "kernel", None)
        sizes = kernel if isinstance(kernel, tuple) else (kernel,)
        strides = [stride_of(layer, axis) for axis in range(len(sizes))]
        new = tuple([size(k or 1, s) for k, s in zip(sizes, strides, strict=True)])
        written.append("x".join(map(str, new * len(windows) if len(new) == 1 else new)))
        return desk.set(some, kernel=new if isinstance(kernel, tuple) else new[0])

    edits, parts = each(nodes, desk, write)
    return Proposal(f"use a kernel of {' and '.join(dict.fromkeys(written))}", edits, False, parts)


def stride_of(layer: Any, axis: int) -> int:
    stride = getattr(layer, "stride", 1)
    found = stride[axis] if isinstance(stride, tuple) and axis < len(stride) else stride
    return found if isinstance(found, int) else 1


def each_axis(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W212: a size for each axis, in the place of a product, or of a kernel and its stride."""
    nodes = desk.nodes(found)
    node = nodes[0]
    call, layer = node.site.node, node.layer
    if not isinstance(call, Call) or layer is None or found.span is None:
        return
    for name, argument in given_arguments(call, layer).items():
        if argument.value.start != found.span.start:
            continue
        sizes = tuple(factors(argument.value))
        if sizes:
            yield Proposal(f"write {name}={show(sizes)} for {several(nodes)}", tuple(desk.set(nodes, **{name: sizes})))
        else:
            kernel = tuple([window.kernel for window in desk.context.facts.windows[node.index]])
            yield Proposal(
                f"write kernel={show(kernel)} for {several(nodes)}", tuple(desk.set(nodes, kernel=kernel, stride=1))
            )


def odd(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """R306, L811: one less, or one more."""
    nodes = desk.nodes(found)
    yield of_each(desk, nodes, lambda kernel, _: kernel - 1 if kernel % 2 == 0 else kernel)
    yield of_each(desk, nodes, lambda kernel, _: kernel + 1 if kernel % 2 == 0 else kernel)


def multiple_of_stride(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """R307: the next multiples of the stride."""
    nodes = desk.nodes(found)
    yield of_each(desk, nodes, lambda kernel, stride: -(-kernel // stride) * stride)
    yield of_each(desk, nodes, lambda kernel, stride: max(1, kernel // stride) * stride)


def small(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L803: 3 or 5."""
    nodes = desk.nodes(found)
    for most in (5, 3):
        yield of_each(desk, nodes, lambda kernel, _, most=most: min(kernel, most))  # type: ignore[misc]


def usual_pool(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L804: 2x2 with stride 2."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, kernel=2, stride=2))
    yield Proposal("pool 2x2 with stride 2", edits, False, parts)


def stride_two(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L810: stride 2."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, stride=2))
    yield Proposal("write stride=2 for {}", edits, False, parts)


def rates(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """R303, R304: rates of 1, 2 and 5 in turn."""
    nodes = desk.sites(desk.nodes(found))
    turn = {node.index: RATES[number % len(RATES)] for number, node in enumerate(nodes)}
    edits = [edit for node in nodes for edit in desk.set([node], dilation=turn[node.index])]
    yield Proposal(f"write rates of {', '.join(map(str, turn.values()))}", tuple(edits))


def dead_taps(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W203: the taps alone that see something."""
    from cnnspec.lost.lost import find_dead_taps

    context = desk.context
    taps = {t.node: t for n in desk.nodes(found) for t in find_dead_taps(n.index, context.liveness.real, context.facts)}
    nodes = [desk.graph.nodes[i] for i in taps]
    edits, parts = each(nodes, desk, lambda some: desk.set(some, kernel=taps[some[0].index].seeing))
    sizes = dict.fromkeys(["x".join(map(str, taps[node.index].seeing)) for node in nodes])
    yield Proposal(f"use a kernel of {' and '.join(sizes)} for {{}}", edits, False, parts)


def skipped_positions(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W202: a mean before the layers that jump, or kernels as wide as their strides."""
    skipped = {node.index for node in desk.nodes(found)}
    readers = [n for n in desk.graph.nodes if skipped & set(n.inputs) and jumps(n, desk.context)]

    def averaged(some: Sequence[Node]) -> list[Edit]:
        sizes = [window.stride for window in desk.context.facts.windows[some[0].index]]
        return [*desk.before(some, f"avgpool({'x'.join(map(str, sizes))})"), *desk.set(some, stride=1)]

    edits, parts = each(readers, desk, averaged)
    yield Proposal("put an avgpool before {}, and stride=1 there", edits, False, parts)
    yield of_each(desk, readers, lambda kernel, stride: max(kernel, stride))


def factorised(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """P504: several 3x3 one behind another."""
    for node in desk.nodes(found)[:1]:
        windows = desk.context.facts.windows[node.index]
        sizes = {window.kernel for window in windows}
        size = sizes.pop()
        if sizes or size % 2 == 0:
            return
        times = (size - 1) // 2
        pen = desk.pen(node.site.source)
        end = node.site.node.end
        edits = (*desk.set([node], kernel=(3,) * len(windows)), pen.edit(end, end, f" * {times}"))
        yield Proposal(f"{times} kernels of {'x'.join(['3'] * len(windows))} one behind another", edits)
