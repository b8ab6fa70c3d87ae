"""Channels: groups that divide them, shapes that hold them, and what mixes or bends them between two layers."""

from __future__ import annotations

from math import gcd

from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.proposals.heads import ending_in
from cnnspec.lint.fix.proposals.waste import each
from cnnspec.lint.fix.proposals.windows import refused, setting
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.rules.isolated_channel_groups import source
from cnnspec.lint.rules.misaligned_channels import EIGHT
from cnnspec.syntax.tree import Call

TRIED = 4096  # divisors; with what they leave, that is all of them up to its square

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk


def groups(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E103: the nearest number of filters, and of groups, that go up."""
    for node in refused(desk, found)[:1]:
        entering, given = desk.inputs(node)[0][-1], getattr(node.layer, "groups", None)
        filters = getattr(node.layer, "filters", None)
        if not isinstance(entering, int) or not isinstance(given, int) or given < 1:
            return
        if isinstance(filters, int) and entering % given == 0:
            for number in (filters // given * given, (filters // given + 1) * given):
                if number:
                    yield setting(desk, [node], filters=number)
        common = gcd(entering, filters) if isinstance(filters, int) else entering
        small = [g for g in range(1, min(common, TRIED) + 1) if common % g == 0]
        divisors = sorted({*small, *[common // g for g in small]}, key=lambda g: (abs(g - given), g))
        for number in divisors[:2]:
            yield setting(desk, [node], groups=number)


def reshape(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E110: one axis left to what there is."""
    for node in refused(desk, found)[:1]:
        shape = getattr(node.layer, "shape", ())
        for axis in range(len(shape)):
            if -1 not in shape:
                yield setting(desk, [node], shape=(*shape[:axis], -1, *shape[axis + 1 :]))


def broadcast(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E114: a 1x1 convolution on the branch with too few channels."""
    for node in desk.nodes(found)[:1]:
        written = node.site.node
        free = [a.value for a in written.arguments if a.name is None] if isinstance(written, Call) else []
        shapes = desk.inputs(node)
        if node.shape is None or len(free) != len(shapes):
            return
        pen = desk.pen(node.site.source)
        edits: list[Edit] = []
        for value, shape in zip(free, shapes, strict=True):
            if shape[-1] != node.shape[-1]:
                layer = f"conv({node.shape[-1]}, {'x'.join(['1'] * (len(shape) - 1))})"
                edits += pen.put(value, layer if len(shape) > 1 else f"dense({node.shape[-1]})", first=False)
        yield Proposal(f"bring the branches of {node.name} to {node.shape[-1]} channels", tuple(edits))


def linear_chain(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W207: relu behind the first."""
    firsts = []
    for node in desk.nodes(found):
        first = desk.graph.nodes[node.inputs[0]]
        while desk.context.facts.kernels[first.index] is None and first.inputs:
            first = desk.graph.nodes[first.inputs[0]]
        firsts.append(first)
    edits, parts = each(firsts, desk, lambda some: list(ending_in(desk, some, "relu")))
    yield Proposal("put relu behind {}", edits, False, parts)


def isolated_groups(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W208: a shuffle, or a 1x1 convolution, between the two."""
    nodes = desk.nodes(found)

    def shuffled(some: Sequence[Node]) -> list[Edit]:
        first, second = [desk.context.facts.kernels[n.index] for n in (source(some[0], desk.context), some[0])]
        if first is None or second is None:
            raise Inexpressible
        return desk.before(some, f"channel_shuffle({gcd(first.groups, second.groups)})")

    def mixed(some: Sequence[Node]) -> list[Edit]:
        shape = desk.inputs(some[0])[0]
        return desk.before(some, f"conv({shape[-1]}, {'x'.join(['1'] * (len(shape) - 1))}, activation=relu)")

    edits, parts = each(nodes, desk, shuffled)
    yield Proposal("put channel_shuffle before {}", edits, False, parts)
    edits, parts = each(nodes, desk, mixed)
    yield Proposal("put a 1x1 convolution before {}", edits, False, parts)


def aligned(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """P502: the next multiple of 8."""

    def write(some: Sequence[Node]) -> list[Edit]:
        filters = getattr(some[0].layer, "filters", None)
        if not isinstance(filters, int):
            raise Inexpressible
        return desk.set(some, filters=-(-filters // EIGHT) * EIGHT)

    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, write)
    yield Proposal(f"the next multiples of {EIGHT} for {{}}", edits, False, parts)
