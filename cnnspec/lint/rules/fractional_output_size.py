"""E113 fractional-output-size: (N + 2P - F)/S + 1 is no whole number.

The strict reading of the lecture: every remainder is illegal, also one that leaves only padding unread, as in ResNet-50
at 224. Off by default, where illegal-stride reports the remainders that lose data.

Source: Convolutional Neural Networks, lecture 2, "Illegal stride for input & filter size", "Fractions are illegal".

Bad:

    input 8x8x3
    conv(8, 3x3, stride=2, padding=1)

Good:

    input 9x9x3
    conv(8, 3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.lint.finding import SAFE, find_place
from cnnspec.lint.rules.illegal_stride import fit_strides, formula

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E113"
SEVERITY = ERROR
DEFAULT = False
FIX = SAFE
OFFER = "what fits: {}"
PROFILE = "lecture"


def check(context: Context) -> Iterator[Diagnostic]:
    for node in context.graph.nodes:
        layer, inputs = node.layer, context.facts.inputs_of(node.index)
        if layer is None or inputs is None or layer.rounds_up():
            continue
        for window, n in zip(context.facts.windows[node.index], inputs[0] if inputs else (), strict=False):
            if isinstance(n, int) and (rest := window.remainder(n)):
                padding = window.before + window.after
                room = f"{n} + padding {padding}" if padding != 0 else f"{n} position{'s' * (n != 1)}"
                message = f"{formula(window, n)} is no whole number: {rest} of {room} left over"
                fitting = [size for size in (n - rest, n - rest + window.stride) if size > 0]
                help = f"{' or '.join(map(str, fitting))} positions here fit"
                yield Diagnostic(
                    CODE, message, find_place(node, "stride", "strides", "s"), help, trail(node.site), SEVERITY
                )
                break


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Without the padding that no window reads, where that is all that is left over; else as W201."""
    from cnnspec.lint.fix.paddings import write_sides
    from cnnspec.lint.fix.spelling import Raw

    for node in repair.nodes(found)[:1]:
        sides = []
        for window, n in zip(repair.context.facts.windows[node.index], repair.inputs(node)[0], strict=False):
            if isinstance(n, int) and isinstance(window.before, int) and isinstance(window.after, int):
                sides.append((window.before, window.after - window.remainder(n)))
        if len(sides) == len(repair.inputs(node)[0]) - 1 and min([after for _, after in sides]) >= 0:
            text = write_sides(sides)
            yield repair.propose(f"write padding={text}", repair.set([node], padding=Raw(text)), safe=True)
    yield from fit_strides(repair, found, strict=True)
