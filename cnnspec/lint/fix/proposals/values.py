"""Single values: a rate, a batch, the axes that share a slope, another normalisation, another activation."""

from __future__ import annotations

from cnnspec.lint.finding import several
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.proposals.heads import ending_in
from cnnspec.lint.fix.proposals.waste import each
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import Raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk

GROUPS = 32  # of a group normalisation, as its paper has them


def late_dropout(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T405: the dropout behind the last normalisation, and the activation behind that."""
    nodes, readers = desk.nodes(found), desk.context.readers
    last = next((n for n in reversed(desk.graph.nodes) if n.layer is not None and n.layer.normalizes), None)
    if last is None or len(desk.sites(nodes)) > 1:
        return
    behind = [desk.graph.nodes[i] for i in readers[last.index]]
    if len(behind) == 1 and behind[0].layer is not None and behind[0].layer.ends_in() and behind[0].layer.in_place:
        last = behind[0]
    text = desk.pen(nodes[0].site.source).written(desk.whole(nodes[0]))
    edits = (*desk.drop(nodes), *desk.behind([last], text))
    yield Proposal(f"put {several(nodes)} behind {last.name}", edits)


def small_batch(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T406: a normalisation that does not look at the batch."""
    nodes = desk.nodes(found)

    def grouped(some: Sequence[Node]) -> list[Edit]:
        channels = desk.inputs(some[0])[0][-1]
        if not isinstance(channels, int):
            raise Inexpressible
        groups = max([g for g in range(1, GROUPS + 1) if channels % g == 0 and (g == 1 or channels > g)])
        return desk.replace(some, f"group_norm({groups})")

    edits, parts = each(nodes, desk, grouped)
    yield Proposal("write group_norm in the place of {}", edits, False, parts)
    edits, parts = each(nodes, desk, lambda some: desk.replace(some, "layer_norm"))
    yield Proposal("write layer_norm in the place of {}", edits, False, parts)


def saturating(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T409: relu."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: list(ending_in(desk, some, "relu")))
    yield Proposal("write relu for {}", edits, False, parts)


def rate(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T410: the share to drop where that to keep was written."""
    nodes = desk.nodes(found)
    dropped = {round(1 - node.layer.drops(), 6) for node in nodes if node.layer is not None}
    for share in dropped:
        yield Proposal(f"write rate={share:g}", tuple(desk.set(nodes, rate=share)))


def memory(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """P505: the largest batch that fits."""
    from cnnspec.cost.memory import training
    from cnnspec.facts.optimizer_slots import held
    from cnnspec.facts.precision import precision

    settings = desk.context.settings
    if settings is None or settings.memory is None:
        return
    need = training(desk.context.facts, precision(settings.precision), held(settings.optimizer))
    fits, span = need.largest_batch(settings.memory), settings.span("batch")
    if not fits:
        return
    if span is not None:
        pen = desk.pen(span.source)
        yield Proposal(f"batch = {fits}", (pen.edit(span.start, span.end, str(fits)),))
        return
    at = settings.span("memory")
    if at is not None:
        yield Proposal(f"batch = {fits}", (desk.pen(at.source).edit(at.end, at.end, f"; batch = {fits}"),))


def unshared_slopes(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """P507: one slope a channel."""
    nodes = desk.nodes(found)

    def shared(some: Sequence[Node]) -> list[Edit]:
        axes = range(1, len(desk.inputs(some[0])[0]))
        return desk.set(some, shared_axes=Raw(f"({', '.join(map(str, axes))})" if len(axes) > 1 else "1"))

    edits, parts = each(nodes, desk, shared)
    yield Proposal("share the slopes of {}", edits, False, parts)
