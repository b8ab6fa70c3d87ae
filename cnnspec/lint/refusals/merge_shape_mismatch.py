"""E102 merge-shape-mismatch: tensors that are merged have shapes that do not agree."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic, Problem
    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E102"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "what fits: {}, or branches that end in the same shape"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The channels of the branch at fault; the nearest input sizes for which the merges agree."""
    from contextlib import suppress

    from cnnspec.lint.fix.arguments import find_refused
    from cnnspec.lint.fix.edits import Inexpressible
    from cnnspec.lint.fix.input_sizes import find_legal, resize

    with suppress(Inexpressible):
        node, problem = find_refused(repair, found)
        yield from propose_channels(repair, node, problem)
        if problem.channels is not None and len(repair.inputs(node)[0]) > 1:
            return  # on maps of the same height and width: those of the input are not what is wrong
    for sizes in find_legal(repair, (-1, 1)):
        yield resize(repair, sizes)


def propose_channels(repair: RepairContext, node: Node, problem: Problem) -> Iterator[Proposal]:
    """As many channels in the branch at fault as the others have: made by its last layer, or by one behind it."""
    from cnnspec.base.source import brief
    from cnnspec.elaborate.layer_placer import find_channels_layer
    from cnnspec.lint.fix.arguments import propose_setting

    branches = repair.branches(node)
    if problem.channels is None or len(branches) != len(node.inputs):
        return
    branch = branches[int(problem.argument[1:]) - 1]
    layer = find_channels_layer(repair.graph, problem, node.inputs, branches)
    if layer is not None and layer.layer is not None:
        yield propose_setting(repair, [layer], **{layer.layer.channels_from: problem.channels})
        return
    for remedy in problem.remedies:
        editor = repair.editor(node.site.source)
        edits = editor.insert(branch, remedy.behind, first=False)
        yield repair.propose(f"put {remedy.behind} behind {brief(editor.text_of(branch))}", edits)
