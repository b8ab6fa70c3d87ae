"""E102 merge-shape-mismatch: tensors that are merged have shapes that do not agree."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E102"
SEVERITY = ERROR
FIX = UNSAFE


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The nearest input sizes for which the merges agree."""
    from cnnspec.lint.fix.input_sizes import find_legal, resize

    for sizes in find_legal(repair, (-1, 1)):
        yield resize(repair, sizes)
