"""S704 foldable-pad: a pad of its own in front of a layer that can pad itself.

pad(1) and a convolution with padding=valid are one convolution with padding=1: one tensor and one layer less.

Source: Keras's imported models have such pairs, for weights trained elsewhere.

Bad:

    input 28x28x3
    pad(1) -> conv(8, 3x3, stride=2)

Good:

    input 28x28x3
    conv(8, 3x3, stride=2, padding=1)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import SAFE, indices, list_other_places, name_layers, write_for_each
from cnnspec.lint.sliding_layers import sliding_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "S704"
SEVERITY = INFO
DEFAULT = False
FIX = SAFE
OFFER = "{}"
ADVICE = "give the padding to the convolution"


def check(context: Context) -> Iterator[Diagnostic]:
    nodes = []
    for layer in sliding_layers(context, weighs=True):
        border = context.graph.nodes[layer.node.inputs[0]]
        alone = len(context.readers[border.index]) == 1 and border.index not in context.graph.outputs
        amount = border.layer.zeros_around() if border.layer is not None else None
        if amount is not None and alone and not layer.padded:
            nodes.append(border)
    if nodes:
        message = f"{name_layers(nodes)} can be the padding of the convolution behind"
        yield Diagnostic(
            CODE,
            message,
            nodes[0].site.span,
            ADVICE,
            list_other_places(nodes),
            SEVERITY,
            indices(nodes),
        )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The padding of a pad in the convolution behind it."""
    from cnnspec.lint.fix.spelling import Raw

    nodes, borders = repair.graph.nodes, {node.index for node in repair.nodes(found)}

    def read_amount(node: Node) -> str:
        border = nodes[node.inputs[0]]
        editor = repair.editor(border.site.source)
        amount = editor.text_of(editor.value(border.site.node, border.layer, "amount"))
        pair = len(repair.inputs(border)[0]) == 2 and border.layer and isinstance(border.layer.zeros_around(), tuple)
        return f"({amount},)" if pair else amount  # one pair, of the one axis

    def fold(some: Sequence[Node]) -> list[Edit]:
        (node,) = some
        return [*repair.drop([nodes[node.inputs[0]]]), *repair.set([node], padding=Raw(read_amount(node)))]

    def describe(some: Sequence[Node]) -> str:
        folding = [node for node in behind if node.inputs[0] in {border.index for border in some}]
        texts = write_for_each(folding, lambda node: f"padding={read_amount(node)}")
        return f"write {texts}, and drop {name_layers(some)}"

    behind = [node for node in nodes if node.inputs and node.inputs[0] in borders]
    made = repair.propose_each(describe, behind, fold, safe=True)
    yield made.replace(apart=tuple([(nodes[node.inputs[0]], part) for node, part in made.apart]))
