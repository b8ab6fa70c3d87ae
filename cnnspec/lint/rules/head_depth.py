"""S702 head-depth: more than three dense layers in a row.

They hold most weights and see no neighbourhood. VGG16 has three; the lectures teach one or two, or none behind gap.

Source: lectures 1 to 3, on the classifier.

Bad:

    input 128
    dense(64, relu) -> dense(64, relu) -> dense(64, relu) -> dense(10, softmax)

Good:

    input 128
    dense(64, relu) -> dense(64, relu) -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import list_other_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "S702"
SEVERITY = INFO
DEFAULT = False
MOST = 3


def check(context: Context) -> Iterator[Diagnostic]:
    rows: list[tuple[int, ...]] = []
    longest: tuple[int, ...] = ()
    for node in context.graph.nodes:
        row = rows[node.inputs[0]] if len(node.inputs) == 1 else ()
        if node.shape is None or len(node.shape) != 1:
            row = ()
        elif node.layer is not None and node.layer.counted:
            row = (*row[-MOST:], node.index)  # one more than is allowed is enough to know
        rows.append(row)
        longest = max(longest, row, key=len)
    if len(longest) > MOST:
        nodes = [context.graph.nodes[i] for i in longest]
        message = f"more than {MOST} dense layers in a row, from {nodes[0].name} to {nodes[-1].name}"
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            "one or two are enough behind convolutions",
            list_other_places(nodes),
            SEVERITY,
        )
