"""W210 uneven-padding: a strided layer reads more of the padding on one side than on the other.

With 3 rows of padding on both sides but a remainder of 1, the last row is never read: the map is seen slightly off its
centre, and filters grow asymmetric. Sizes whose windows end with the padding avoid it (225 instead of 224). Off by
default: most of the canonical networks do this at their native size.

Source: Alsallakh et al., "Mind the Pad: CNNs can develop blind spots" (2021).

Bad:

    input 224x224x3
    conv(8, 7x7, stride=2, padding=3)

Good:

    input 225x225x3
    conv(8, 7x7, stride=2, padding=3)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, merge_findings, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W210"
SEVERITY = WARNING
DEFAULT = False
FIX = UNSAFE
ADVICE = "choose an input size for which (N + 2P - F)/S is whole: `cnnspec sizes` lists them"


def check(context: Context) -> Iterator[Diagnostic]:
    found = [(node, sides) for node in context.graph.nodes if (sides := uneven(node, context))]
    if not found:
        return
    nodes, (before, given, used) = [node for node, _ in found], found[0][1]
    example = "" if len(nodes) == 1 else f"; {nodes[0].name}:"
    message = f"{name_layers(nodes)} read{'s' * (len(nodes) == 1)} padding unevenly{example or ':'} {before} + {given} stand around its input, {before} + {used} are read"
    yield merge_findings(CODE, nodes, message, ADVICE, SEVERITY)


def uneven(node: Node, context: Context) -> tuple[int, int, int] | None:
    """Padding before, behind, and what is read of that behind, of the first axis where the two sides differ in use."""
    inputs = context.facts.inputs_of(node.index)
    if not inputs:
        return None
    for axis, (window, n) in enumerate(zip(context.facts.windows[node.index], inputs[0], strict=False)):
        if (
            window.stride == 1
            or not isinstance(n, int)
            or not isinstance(window.before, int)
            or not isinstance(window.after, int)
        ):
            continue
        pad_before, pad_after = pads(node, axis, context)
        before, after = window.before + pad_before, window.after + pad_after
        used = after - window.remainder(n)
        if after > 0 and 0 <= used != before:
            return before, after, used
    return None


def pads(node: Node, axis: int, context: Context) -> tuple[int, int]:
    """The padding of a layer of its own directly before a node, on both sides of an axis."""
    source = context.graph.nodes[node.inputs[0]]
    inputs, reach = context.facts.inputs_of(source.index), context.reaches[source.index]
    if source.layer is None or not inputs or not reach or axis >= len(reach) or source.shape is None:
        return 0, 0
    shift = reach[axis].low
    if shift is None or shift != reach[axis].high or shift > 0 or reach[axis].step != 1:
        return 0, 0
    after = source.shape[axis] - inputs[0][axis] + shift
    return (-shift, after) if isinstance(after, int) and after >= 0 else (0, 0)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The input sizes next to this."""
    from cnnspec.lint.fix.input_sizes import find_input_shape, lengthen, resize

    shape = find_input_shape(repair)
    for distance in (1, -1, 2, -2, 3, -3, 4, -4):
        yield resize(repair, lengthen(shape, distance, [True] * (len(shape) - 1)))
