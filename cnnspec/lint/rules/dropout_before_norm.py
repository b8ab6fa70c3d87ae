"""T405 dropout-before-norm: dropout feeds a batch normalisation, whose moving variance then fits training alone.

While training, dropout at rate p raises the mean square of its output to 1/(1 - p) times what it is when the network is
used. A batch normalisation behind it keeps that larger variance in its moving figures, and normalises too weakly
afterwards. It is reported from a factor of 1.5 (p = 1/3): wide residual networks profit from 0.3 between their
convolutions. Whole examples dropped (stochastic depth) and alpha_dropout do not count, and a merge ends the search.

Source: Li et al., "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift" (CVPR 2019).

Bad:

    input 16x16x3
    conv(16, 3x3, activation=relu) -> dropout(0.5)
    conv(32, 3x3, bias=false) -> bn -> relu

Good:

    input 16x16x3
    conv(16, 3x3, activation=relu)
    conv(32, 3x3, bias=false) -> bn -> relu -> dropout(0.5)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T405"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("dropout", "a normalisation")
FIX = UNSAFE
OFFER = "{}, where no normalisation follows"
LEAST = 1.5  # factor of the mean square


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    source: list[Node | None] = []  # the dropout whose larger variance a node's output has
    pairs: list[tuple[Node, Node]] = []
    for node in graph.nodes:
        above = source[node.inputs[0]] if len(node.inputs) == 1 else None
        inputs = context.facts.inputs_of(node.index)
        if node.layer is None or inputs is None:
            source.append(None)
        elif above is not None and node.layer.normalizes:
            if node.layer.batch_values(inputs) is not None:
                pairs.append((above, node))
            source.append(None)
        elif not node.layer.keeps_moments and 1 / (1 - node.layer.drops()) >= LEAST:
            source.append(node)
        else:
            source.append(above)
    if not pairs:
        return
    first, norm = pairs[0]
    assert first.layer is not None
    rate = first.layer.drops()
    dropouts = list(dict.fromkeys([dropout for dropout, _ in pairs]))
    message = (
        f"{name_layers(dropouts)} feed{'s' * (len(dropouts) == 1)} {norm.name}: while training, "
        f"the mean square there is 1/(1 - {rate:g}) = {1 / (1 - rate):.2g} times what it is in use"
    )
    yield Diagnostic(
        CODE,
        message,
        first.site.span,
        "put dropout behind the last normalisation",
        list_other_places(dropouts),
        SEVERITY,
        indices(dropouts),
    )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The dropout behind the last normalisation, and the activation behind that."""
    nodes, readers = repair.nodes(found), repair.context.readers
    last = next((n for n in reversed(repair.graph.nodes) if n.layer is not None and n.layer.normalizes), None)
    if last is None or len(repair.sites(nodes)) > 1:
        return
    behind = [repair.graph.nodes[i] for i in readers[last.index]]
    if len(behind) == 1 and behind[0].layer is not None and behind[0].layer.ends_in() and behind[0].layer.in_place:
        last = behind[0]
    text = repair.editor(nodes[0].site.source).text_of(repair.whole(nodes[0]))
    edits = [*repair.drop(nodes), *repair.behind([last], text)]
    yield repair.propose(f"put {name_layers(nodes)} behind {last.name}", edits)
