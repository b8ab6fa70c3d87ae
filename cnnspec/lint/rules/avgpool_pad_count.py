"""N602 avgpool-pad-count: a mean over windows that reach into padding, which frameworks count differently.

TensorFlow leaves cells of padding out of the mean; PyTorch and, unless told otherwise, ONNX's exporters count them as
zeros. At the border the outputs differ by up to the share of the window that is padding.

Source: PyTorch, `AvgPool2d`, count_include_pad; ONNX, AveragePool, count_include_pad.

Bad:

    input 28x28x8
    avgpool(3x3, stride=1, padding=same)

Good:

    input 28x28x8
    avgpool(3x3, stride=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "N602"
SEVERITY = WARNING
DEFAULT = False
FIX = UNSAFE
ADVICE = "write count_include_pad=False there, or padding=valid here"
TARGETS = ("torch", "onnx")


def check(context: Context) -> Iterator[Diagnostic]:
    found = []
    for node in context.graph.nodes:
        inputs = context.facts.inputs_of(node.index)
        if node.layer is not None and inputs is not None and node.layer.leaves_out_padding(inputs):
            found.append(node)
    if found:
        message = f"the means of {name_layers(found)} leave padding out, and PyTorch's count it as zeros"
        yield Diagnostic(CODE, message, found[0].site.span, ADVICE, list_other_places(found), SEVERITY, indices(found))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """padding=valid, or windows that lie side by side."""
    from cnnspec.lint.fix.paddings import drop_padding

    return drop_padding(repair, repair.nodes(found))
