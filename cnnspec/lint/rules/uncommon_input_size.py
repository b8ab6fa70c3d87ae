"""L802 uncommon-input-size: an image size that no well-known network has.

Common are 32 (CIFAR), 64, 96 (STL), 224 (ImageNet), 227 (AlexNet) and 299 (Inception; lecture 3 prints 229).

Source: lecture 3, on the size of the input layer.

Bad:

    input 200x200x3
    conv(8, 3x3)

Good:

    input 224x224x3
    conv(8, 3x3)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "L802"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
ADVICE = "take the nearest of these sizes"
PROFILE = "lecture"
COMMON = (32, 64, 96, 224, 227, 299)


def check(context: Context) -> Iterator[Diagnostic]:
    for index in context.graph.inputs:
        node = context.graph.nodes[index]
        if node.shape is None or len(node.shape) != 3:
            continue
        odd = [n for n in node.shape[:-1] if isinstance(n, int) and n not in COMMON]
        if odd:
            near = min(COMMON, key=lambda n: abs(n - odd[0]))
            message = f"{odd[0]} is no common image size: {', '.join(map(str, COMMON))}; {near} is the nearest"
            yield Diagnostic(CODE, message, node.site.span, ADVICE, (), SEVERITY)


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The sizes that images usually have, the nearest first."""
    from cnnspec.lint.fix.input_sizes import find_input_shape, resize

    shape = find_input_shape(repair)
    for size in sorted(COMMON, key=lambda n: abs(n - shape[0]))[:3]:
        yield resize(repair, (*[size] * (len(shape) - 1), shape[-1]))
