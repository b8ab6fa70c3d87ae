"""L801 input-not-divisible-by-two: the input cannot be halved as often as the network halves it.

With padding=same, or 2x2 pools, each halving is exact only for an even size. For networks of valid 3x3 windows with stride
2 other sizes are right (227, 299): `cnnspec sizes` computes those of a network.

Source: lecture 3, "the input layer should be divisible by two many times".

Bad:

    input 30x30x3
    conv(8, 3x3, padding=same) -> relu -> maxpool(3x3, stride=2, padding=same)
    conv(8, 3x3, padding=same) -> relu -> maxpool(3x3, stride=2, padding=same)

Good:

    input 32x32x3
    conv(8, 3x3, padding=same) -> relu -> maxpool(3x3, stride=2, padding=same)
    conv(8, 3x3, padding=same) -> relu -> maxpool(3x3, stride=2, padding=same)
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

CODE = "L801"
SEVERITY = INFO
DEFAULT = False
FIX = UNSAFE
OFFER = "what fits: {}; `cnnspec sizes` lists all that do"
ADVICE = "`cnnspec sizes` lists those that fit this network"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    fields = [field for field in context.facts.fields if isinstance(field, tuple)]
    if len(graph.inputs) != 1 or not fields or graph.nodes[graph.inputs[0]].shape is None:
        return
    node = graph.nodes[graph.inputs[0]]
    assert node.shape is not None
    for axis, n in enumerate(node.shape[:-1]):
        strides = [field[axis].stride for field in fields if axis < len(field)]
        halvings = int(max(strides, default=1)).bit_length() - 1
        whole = 2**halvings
        if isinstance(n, int) and n % whole:
            message = (
                f"{n} is halved {halvings} time{'s' * (halvings > 1)} and is no multiple of 2^{halvings} = {whole}"
            )
            yield Diagnostic(CODE, message, node.site.span, ADVICE, (), SEVERITY)
            return


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The nearest input sizes that can be halved as often."""
    from cnnspec.lint.fix.input_sizes import find_input_shape, resize

    shape = find_input_shape(repair)
    for field in [f for f in repair.network.facts.fields if isinstance(f, tuple)][-1:]:
        whole = [2 ** (int(axis.stride).bit_length() - 1) for axis in field]
        for up in (0, 1):
            sizes = [(n // w + up) * w for n, w in zip(shape, whole, strict=False)]
            if min(sizes) > 0:
                yield resize(repair, (*sizes, shape[-1]))
