"""Layers that are bound to names: made steps whose results have the names."""

from __future__ import annotations

from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.rules.unused_binding import as_step as written_as_step
from cnnspec.lint.rules.unused_binding import in_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.repair_context import Desk


def as_step(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W213, W214: the layer where the binding stands, its result named."""
    binding = next((b for b in desk.graph.bindings.values() if b.site.span == found.span), None)
    step = written_as_step(binding.site.source.text, binding.site.node) if binding is not None else ""
    if binding is None or not step:
        raise Inexpressible
    node = binding.site.node
    edit = desk.pen(binding.site.source).edit(node.start, node.end, step)
    yield Proposal(f"write {in_line(step)}", (edit,))
