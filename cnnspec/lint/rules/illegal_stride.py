"""W201 illegal-stride: a stride leaves rows or columns that carry data unread.

The output size (N + 2P - F)/S + 1 is no whole number, the size is rounded down, and the last rows or columns of the
layer's input are in no window. The lecture calls the stride illegal; frameworks say nothing. It is reported when what
is left over carries data of the input and no other layer reads it either: a remainder of padding alone is harmless,
as in ResNet-50 at 224.

Source: Convolutional Neural Networks, lecture 2, "Illegal stride for input & filter size", "Fractions are illegal";
Stanford CS231n, "Constraints on strides".

Bad:

    input 7x7x3
    conv(8, 3x3, stride=3)

Good:

    input 7x7x3
    conv(8, 3x3, stride=2)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.base.percent import percent
from cnnspec.elaborate.report import trail
from cnnspec.facts.liveness import full
from cnnspec.facts.position_words import list_positions
from cnnspec.facts.stride_remainder import find_left_over, find_losses
from cnnspec.layers.window import POSITION_NAMES
from cnnspec.lint.finding import UNSAFE, find_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.graph import Node
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W201"
SEVERITY = WARNING
DEFAULT = True
SIZED = True
LOOKS_AT = ("a stride",)
FIX = UNSAFE
OFFER = "what fits: {}"
ADVICE = "change the input, the padding, the kernel or the stride until (N + 2P - F)/S is a whole number"


def check(context: Context) -> Iterator[Diagnostic]:
    graph, shapes = context.graph, context.facts.shapes
    if not find_left_over(graph, shapes):
        return
    for index, counts in find_losses(graph, shapes, context.liveness).items():
        yield finding(graph.nodes[index], counts, context)


def finding(node: Node, lost: list[int], context: Context) -> Diagnostic:
    shapes = context.facts.shapes
    entering = shapes[node.inputs[0]]
    assert node.layer is not None and entering is not None
    windows = node.layer.windows((entering,))
    assert windows is not None
    axis = next(i for i, count in enumerate(lost) if count)
    message = f"{formula(windows[axis], entering[axis])}: the stride does not fit, {unread(lost)} never read"  # type: ignore[arg-type]
    message += effect_on_input(node, lost, context)
    span = find_place(node, "stride", "strides", "s")
    return Diagnostic(CODE, message, span, ADVICE, trail(node.site), SEVERITY, (node.index,))


def formula(window: Window, n: int) -> str:
    """The output size with its numbers, as the lecture writes it: (7 + 2*0 - 3)/3 + 1 = 2.33."""
    before, after = window.before, window.after
    padding = f"2*{before}" if before == after else f"{before} + {after}"
    exact = (n + before + after - window.extent) / window.stride + 1  # type: ignore[operator]
    return f"({n} + {padding} - {window.extent})/{window.stride} + 1 = {exact:.2f}"


def unread(lost: list[int]) -> str:
    """ "the last row and column are", "the last 2 rows are"."""
    names = POSITION_NAMES[len(lost)]
    parts = [(count, name) for count, name in zip(lost, names, strict=True) if count]
    counts = {count for count, _ in parts}
    if len(counts) == 1:
        count = counts.pop()
        words = " and ".join(name + "s" * (count > 1) for _, name in parts)
        number = f" {count}" if count > 1 else ""
        return f"the last{number} {words} {'are' if count > 1 or len(parts) > 1 else 'is'}"
    words = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in parts)
    return f"the last {words} are"


def effect_on_input(node: Node, lost: list[int], context: Context) -> str:
    """What of the network's input is never read; its share alone where that is what the layer has `lost`."""
    graph, shapes, liveness = context.graph, context.facts.shapes, context.liveness
    if len(graph.inputs) != 1 or context.broken:
        return ""
    index = graph.inputs[0]
    live, shape = liveness.live[index], shapes[index]
    if live is None or shape is None:
        return ""
    read = total = 1
    missing = []
    for mask, n in zip(live, shape, strict=False):
        assert isinstance(n, int)
        missing.append(full(n) - mask)
        read, total = read * (n - missing[-1].size), total * n
    if read == total:
        return ""
    share = percent((total - read) / total)
    if node.inputs[0] == index and [positions.size for positions in missing] == lost:
        return f" ({share} of the input)"
    return f"; of the {'x'.join(map(str, shape[:-1]))} input, {list_positions(missing)} never reach the output ({share} of it)"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The layer's padding, stride and kernel, and the input, each a little different."""
    return fit_strides(repair, found, strict=False)


def fit_strides(repair: RepairContext, found: Diagnostic, strict: bool) -> Iterator[Proposal]:
    """Windows and inputs for which no stride loses anything; `strict`: for which none leaves a remainder."""
    from contextlib import suppress

    from cnnspec.lint.fix.arguments import propose_setting
    from cnnspec.lint.fix.edits import Inexpressible
    from cnnspec.lint.fix.input_sizes import find_fitting, resize
    from cnnspec.lint.fix.kernel_sizes import other_windows

    for node in repair.nodes(found)[:1]:
        assert node.layer is not None
        for values in other_windows(node.layer):
            with suppress(Inexpressible):  # the input may do then
                if is_taken(node, values, repair):
                    yield propose_setting(repair, [node], **values)
        for sizes in find_fitting(repair, node, strict):
            yield resize(repair, sizes)


def is_taken(node: Node, values: dict[str, Any], repair: RepairContext) -> bool:
    """Whether no layer would refuse its input if all layers that a node's text makes had other arguments; soon said."""
    if None in repair.context.facts.shapes:
        return True
    twins = [n for n in repair.graph.nodes if n.site.span == node.site.span]
    layers = {n.index: n.layer.replace(**values) for n in twins if n.layer and type(n.layer) is type(node.layer)}
    return repair.context.what_if.shapes(layers=layers) is not None
