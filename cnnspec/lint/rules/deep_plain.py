"""T411 deep-plain: more than twenty layers with weights in a row, without a normalisation or a skip.

Such networks train badly however they are initialised: with 34 plain layers the training error is higher than with 18,
where the same 34 with skips do better. VGG19, the deepest that was trained so with success, has 19. selu, made for rows
without normalisation, is not counted.

Source: He et al., "Deep Residual Learning for Image Recognition" (2016), figure 4.

Bad:

    input 64x64x3
    conv(16, 3x3, padding=same, activation=relu) * 24

Good:

    input 64x64x3
    (conv(16, 3x3, padding=same, bias=false) -> bn -> relu) * 24
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.elaborate.report import trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "T411"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("more than 20 layers with weights",)
MANY = 20


def check(context: Context) -> Iterator[Diagnostic]:
    depths: list[tuple[int, int]] = []  # layers in a row up to a node, and the first of them
    best = (0, 0)
    for node in context.graph.nodes:
        layer = node.layer
        depth, first = depths[node.inputs[0]] if len(node.inputs) == 1 else (0, -1)
        if layer is None or layer.merges or layer.normalizes or layer.ends_in() == "selu":
            depth, first = 0, -1
        elif layer.counted:
            depth, first = depth + 1, first if depth else node.index
        depths.append((depth, first))
        best = max(best, (depth, -first))
    if best[0] <= MANY:
        return
    node = context.graph.nodes[-best[1]]
    message = f"{best[0]} layers with weights in a row, from {node.name} on, without a normalisation or a skip"
    skip = "add(in, …)" if node.site.in_spec else "a skip"
    help = f"put bn behind each convolution, or {skip} around every two"
    yield Diagnostic(CODE, message, node.site.span, help, trail(node.site), SEVERITY)
