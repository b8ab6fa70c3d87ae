"""E101 empty-output: a kernel does not fit into its input: there would be no output."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E101"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "what fits: {}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Padding, no dilation, a kernel that fits, a larger input; a size of each axis where a product of these was written."""
    from cnnspec.elaborate.likely_meaning import read_product
    from cnnspec.lint.fix.arguments import find_refused, propose_remedies, propose_setting
    from cnnspec.lint.fix.input_sizes import find_legal, resize

    node, problem = find_refused(repair, found)
    sizes = read_product(repair.written(node, problem.argument), len(repair.inputs(node)[0]) - 1)
    if sizes:
        yield propose_setting(repair, [node], **{problem.argument: sizes})
    else:
        yield from propose_remedies(repair, node, problem.remedies)
    for shape in find_legal(repair, (1,))[:1]:
        yield resize(repair, shape)
