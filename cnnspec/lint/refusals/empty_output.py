"""E101 empty-output: a kernel does not fit into its input: there would be no output."""

from __future__ import annotations

from math import prod

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
    """Padding, no dilation, a kernel that fits, a larger input; the sizes that were meant by a product, or by an input."""
    from cnnspec.elaborate.likely_meaning import read_product
    from cnnspec.lint.fix.arguments import find_refused, propose_remedies, propose_setting
    from cnnspec.lint.fix.input_sizes import find_legal, propose_likely, resize

    for node in repair.nodes(found)[:1]:
        if node.layer is None:
            yield from propose_likely(repair, node)
            return
    node, problem = find_refused(repair, found)
    written = repair.written(node, problem.argument)
    sizes = read_product(written, len(repair.inputs(node)[0]) - 1)
    if sizes:
        made = propose_setting(repair, [node], **{problem.argument: sizes})
        number = f"{repair.editor(node.site.source).text_of(written)} is the number {prod(sizes)}"
        yield made.replace(message=f"{made.message} ({number})")
    else:
        yield from propose_remedies(repair, node, problem.remedies)
    for shape in find_legal(repair, (1,))[:1]:
        yield resize(repair, shape)
