"""W211 misread-input: an input whose sizes seem to stand in another order, or to be a picture's without its channels.

Shapes are written without the batch and with the channels last: 32x32x3. PyTorch and many papers write 3x32x32, which is
read as 3 rows and 32 columns of 32 channels; 28x28 is read as 28 positions of 28 channels, and 1x28x28x1, with a batch
of one, as a volume. Each of them is legal, so it is found only where windows show that a picture is meant: they look along
a first axis of 1, 3 or 4 positions, with a square of at least 16x16 (or any sides from 100) behind it, or along
one side of a square from 17x17 without channels. Where no window does, as in flatten -> dense, nothing is said; neither
is where a layer is called by its number of axes, as conv1d.

Source: PyTorch, "Conv2d", input (N, C, H, W); Keras, "Conv2D", data_format "channels_last" by default.

Bad:

    input 3x32x32
    conv(16, 3x3, padding=same) -> relu -> gap -> dense(10)

Good:

    input 32x32x3
    conv(16, 3x3, padding=same) -> relu -> gap -> dense(10)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.lint.features import is_ambiguous
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W211"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("an ambiguous input",)
FIX = UNSAFE
OFFER = "{}; for a sequence name its layers conv1d"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # a window that does not fit has said so
        return
    graph = context.graph
    for source in [graph.nodes[index] for index in graph.inputs if is_ambiguous(graph.nodes[index].shape)]:
        from cnnspec.elaborate.input_forms import find_layers_below, find_likely_sizes, place

        found = find_likely_sizes(source)
        if found is None:
            continue
        windows = context.facts.windows
        looking = [
            node
            for node in find_layers_below(graph, source)
            if windows[node.index] and windows[node.index][0].kernel > 1
        ]
        if looking and not any(map(is_called_1d, looking)):
            message, help, _ = found
            span, notes = place(source).span, trail(source.site)
            yield Diagnostic(CODE, message, span, help, notes, SEVERITY, (source.index,))


def is_called_1d(node: Node) -> bool:
    """Whether the text calls a layer one-dimensional: conv1d, Conv1D."""
    return "1d" in node.site.span.text.partition("(")[0].lower()


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The sizes that were probably meant."""
    from cnnspec.lint.fix.input_sizes import propose_likely

    (source,) = repair.nodes(found)
    return propose_likely(repair, source)
