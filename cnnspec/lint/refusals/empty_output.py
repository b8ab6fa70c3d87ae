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


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Padding, a kernel that fits, no dilation, a larger input."""
    from cnnspec.lint.fix.arguments import find_refused, propose_setting
    from cnnspec.lint.fix.input_sizes import find_legal, resize

    for node in find_refused(repair, found)[:1]:
        values, room = node.layer.argument_values() if node.layer else {}, repair.inputs(node)[0][:-1]
        if "padding" in values:
            yield propose_setting(repair, [node], padding="same")
        kernel = values.get("kernel")
        if values.get("dilation", 1) not in (1, (1,) * len(room)):
            yield propose_setting(repair, [node], dilation=1)
        if kernel is not None and all(isinstance(n, int) for n in room):
            sizes = kernel if isinstance(kernel, tuple) else (kernel,) * len(room)
            smaller = tuple([min(k, n) for k, n in zip(sizes, room, strict=False)])
            yield propose_setting(repair, [node], kernel=smaller if len(smaller) > 1 else smaller[0])
        if "size" in values:
            yield propose_setting(repair, [node], size=min([n for n in room if isinstance(n, int)], default=1))
        for sizes in find_legal(repair, (1,))[:1]:
            yield resize(repair, sizes)
