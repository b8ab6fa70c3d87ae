"""E114 silent-broadcast: a sum of tensors of different shapes repeats one of them.

Keras's merging layers repeat an axis of size 1 without a word, so that 8x8x16 + 8x8x1 is legal there; in a residual
sum it is nearly always a projection forgotten. A product is exempt: gates scale channels that way.

Source: Keras 3, `layers.Add` (measured: it accepts C=1, H=W=1 and a vector).

Bad:

    input 8x8x16
    add(in, conv(1, 3x3, padding=same))

Good:

    input 8x8x16
    add(in, conv(16, 3x3, padding=same))
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.base.source import brief
from cnnspec.elaborate.report import trail
from cnnspec.layers.base import show_shape
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Edit
    from cnnspec.layers.base import Shape
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E114"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a merge",)
FIX = UNSAFE
OFFER = "{}"


def check(context: Context) -> Iterator[Diagnostic]:
    for node in context.graph.nodes:
        if node.layer is None or not node.layer.merges or not node.layer.sums:
            continue
        inputs = context.facts.inputs_of(node.index)
        if inputs is None or node.shape is None:
            continue
        for shape in inputs:
            if len(shape) != len(node.shape) or any(n == 1 and m != 1 for n, m in zip(shape, node.shape, strict=True)):
                message = (
                    f"{node.label} repeats {show_shape(shape)} to {show_shape(node.shape)}: a sum needs equal shapes"
                )
                yield Diagnostic(CODE, message, node.site.span, remedy(shape, node.shape), trail(node.site), SEVERITY)
                break


def remedy(shape: Shape, whole: Shape) -> str:
    """What makes a shape the whole one: channels come from a convolution, positions that a pool has summed up do not."""
    if len(shape) == len(whole) and shape[:-1] == whole[:-1]:
        return f"bring it to {show_shape(whole)}, for example with {find_layer(shape, whole)}"
    return f"bring it to {show_shape(whole)}, without the pool or kernel that leaves one position; or write multiply, if it is a gate"


def find_layer(shape: Shape, whole: Shape) -> str:
    """The layer that makes the channels of a whole shape of the channels of another."""
    ones = "x".join(["1"] * (len(shape) - 1))
    return f"conv({whole[-1]}, {ones})" if ones else f"dense({whole[-1]})"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """A 1x1 convolution on the branch with too few channels."""

    for node in repair.nodes(found)[:1]:
        free = repair.branches(node)
        shapes = repair.inputs(node)
        if node.shape is None or len(free) != len(shapes):
            return
        editor = repair.editor(node.site.source)
        edits: list[Edit] = []
        words: list[str] = []
        for value, shape in zip(free, shapes, strict=True):
            if shape[-1] != node.shape[-1]:
                layer = find_layer(shape, node.shape)
                edits += editor.insert(value, layer, first=False)
                words.append(f"{layer} behind {brief(editor.text_of(value))}")
        yield repair.propose(f"put {', and '.join(words)}", edits)
