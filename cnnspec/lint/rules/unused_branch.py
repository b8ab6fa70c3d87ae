"""W204 unused-branch: a layer, or an input, that no output depends on.

Keras leaves such layers out of the model without a word; elsewhere they cost time and memory for nothing. Usually a
name was meant to be used further down, or an `output` is missing.

Bad:

    input 8x8x3
    conv(4, 3x3) as stem
    stem -> conv(64, 3x3) as forgotten
    stem -> gap

Good:

    input 8x8x3
    conv(4, 3x3) as stem
    concat(stem -> gap, stem -> conv(64, 3x3) -> gap)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.reporting import trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "W204"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    if context.broken:  # what could not be understood may be what uses it
        return
    used = graph.used()
    readers = graph.consumers()
    for node in graph.nodes:
        if used[node.index] or readers[node.index]:  # told of the end of an unused branch alone
            continue
        branch, queue = {node.index}, [node.index]
        while queue:
            for index in graph.nodes[queue.pop()].inputs:
                if not used[index] and index not in branch:
                    branch.add(index)
                    queue.append(index)
        parameters = sum([sum(context.facts.parameters[i] or ()) for i in branch])
        what = "this input feeds" if node.index in graph.inputs else f"{node.name} feeds"
        cost = (
            f", with {len(branch)} layer{'s' * (len(branch) > 1)} and {parameters:,} parameters" if parameters else ""
        )
        message = f"{what} no output{cost}"
        help = "use it, name it in an output, or drop it"
        yield Diagnostic(CODE, message, node.site.span, help, trail(node.site), WARNING, tuple(sorted(branch)))
