"""E111 strided-same-unsupported: PyTorch has no padding='same' for a stride above 1.

PyTorch's convolutions raise ValueError there, because the padding that TensorFlow's `same` means depends on the input
size. At a known size it can be written out: TensorFlow's odd row or column stands at the end.

Source: pytorch#67551; measured on PyTorch.

Bad:

    input 32x32x3
    conv(8, 3x3, stride=2, padding=same)

Good:

    input 32x32x3
    conv(8, 3x3, stride=2, padding=((0, 1), (0, 1)))
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.lint.finding import SAFE, merge_findings, name_layers, write_for_each, write_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E111"
SEVERITY = ERROR
DEFAULT = False
AFTER = "E113"  # that a stride leaves a remainder comes first
FIX = SAFE
OFFER = "{}"
TARGETS = ("torch",)


def check(context: Context) -> Iterator[Diagnostic]:
    found: list[Node] = []
    known = True
    for node in context.graph.nodes:
        windows = context.facts.windows[node.index]
        sliding = node.layer.sliding() if node.layer is not None else None
        if sliding is not None and sliding.padding == "same" and any([window.stride > 1 for window in windows]):
            found.append(node)
            known = known and all([isinstance(n, int) for window in windows for n in (window.before, window.after)])
    if found:
        help = write_paddings(found, context) if known else "give the input a size, and write the padding in numbers"
        message = f"{name_layers(found)} {'has' if len(found) == 1 else 'have'} padding=same with a stride above 1, which PyTorch refuses"
        yield merge_findings(CODE, found, message, help, SEVERITY, ("padding", "pad", "p"))


def write_paddings(nodes: Sequence[Node], context: Context) -> str:
    """Which layers are given which padding in numbers."""

    def write(node: Node) -> str:
        sides = tuple([(window.before, window.after) for window in context.facts.windows[node.index]])
        return write_setting(node.layer, {"padding": sides})

    return f"write {write_for_each(nodes, write)}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """padding=same in numbers."""
    from cnnspec.lint.fix.paddings import find_sides, write_sides
    from cnnspec.lint.fix.spelling import Raw

    nodes = repair.nodes(found)
    made = repair.propose_each(
        lambda some: write_paddings(some, repair.context),
        nodes,
        lambda some: repair.set(some, padding=Raw(write_sides(find_sides(repair, some[0], nodes)))),
        safe=True,
    )
    yield made
    yield made.replace(safe=False)
