"""N601 same-padding-portability: uneven padding in front of a stride, which PyTorch places differently.

With padding=same and a stride TensorFlow puts the odd row and column of padding at the end; PyTorch's padding=1 puts one on
each side. The sampling grids then differ by one position: weights carried over give other outputs. PyTorch takes no
padding=same with a stride at all, so that the padding must be its own step there.

Source: keras#16363, tensornets#25, tf2onnx#1028; pytorch#67551.

Bad:

    input 224x224x3
    conv(32, 3x3, stride=2, padding=same)

Good:

    input 224x224x3
    conv(32, 3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import SAFE, indices, list_other_places, name_layers, write_for_each
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "N601"
SEVERITY = WARNING
DEFAULT = False
FIX = SAFE
UNDERSTOOD = ", which both understand"
OFFER = "{}" + UNDERSTOOD
TARGETS = ("torch",)


def check(context: Context) -> Iterator[Diagnostic]:
    found = [layer for layer in sliding_layers(context) if any(map(uneven, layer.windows))]
    if not found:
        return
    nodes, first = [layer.node for layer in found], found[0]
    window = next(w for w in first.windows if uneven(w))
    message = (
        f"{name_layers(nodes)} pad{'s' * (len(nodes) == 1)} unevenly before a stride, {window.before} in front and {window.after} "
        f"behind in {first.node.name}: PyTorch's padding has the same on both sides"
    )
    help = write_pads(nodes, context) + UNDERSTOOD
    yield Diagnostic(CODE, message, first.node.site.span, help, list_other_places(nodes), SEVERITY, indices(nodes))


def uneven(window: Window) -> bool:
    """Whether a window that takes strides has more padding on one side; False where that depends on the size."""
    return window.stride > 1 and isinstance(window.before, int) and window.before != window.after


def write_pads(nodes: Sequence[Node], context: Context) -> str:
    """Which layers are given which padding by a layer of its own."""

    def write(node: Node) -> str:
        sides = ", ".join([f"({window.before}, {window.after})" for window in context.facts.windows[node.index]])
        return f"pad(({sides})) and padding=valid" if sides.count("(") > 1 else f"pad({sides}) and padding=valid"

    return f"write {write_for_each(nodes, write)}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The padding as a layer of its own."""
    from cnnspec.lint.fix.paddings import find_sides, write_sides

    nodes = repair.nodes(found)

    def pad(some: Sequence[Node]) -> list[Edit]:
        sides = find_sides(repair, some[0], nodes)
        return [*repair.before(some, f"pad({write_sides(sides)})"), *repair.set(some, padding="valid")]

    made = repair.propose_each(lambda some: write_pads(some, repair.context), nodes, pad, safe=True)
    yield made
    yield made.replace(safe=False)
