"""E104 stride-with-dilation: stride and dilation above 1 stand in one convolution, which Keras refuses."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E104"
SEVERITY = ERROR
FIX = UNSAFE


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The stride as a pool behind, where it makes a map smaller; or no dilation, or no stride."""
    from cnnspec.lint.fix.arguments import find_refused, propose_setting

    for node in find_refused(repair, found)[:1]:
        assert node.layer is not None
        stride = node.layer.argument_values().get("stride", 1)
        rank = len(repair.inputs(node)[0]) - 1
        if node.layer.windows(repair.inputs(node)):
            text = "x".join(map(str, stride if isinstance(stride, tuple) else (stride,) * rank))
            edits = [*repair.set([node], stride=1), *repair.behind([node], f"maxpool({text}, padding=same)")]
            yield repair.propose(f"write stride=1, and maxpool({text}, padding=same) behind", edits)
        yield propose_setting(repair, [node], dilation=1)
        yield propose_setting(repair, [node], stride=1)
