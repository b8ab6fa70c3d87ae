"""T409 saturating-hidden: sigmoids, or many tanhs, one behind another inside the network; or a softmax there.

A sigmoid's slope is at most 1/4, so that five of them pass on at most a thousandth of a gradient. A tanh's slope is at
most 1, and less wherever it works: six in a row without a normalisation or a skip are reported. A softmax inside lets
channels through only at each other's cost. Gates are what they should be: a sigmoid or softmax that is multiplied with
something is not counted. Nor are the answers of an ensemble's members, which a stacked layer weighs: softmaxes over as many
classes that are joined, averaged or added before it.

Source: lecture 0, "ReLU instead of sigmoid"; lecture 4, on the flat regions of the sigmoid; Glorot & Bengio,
"Understanding the difficulty of training deep feedforward neural networks" (2010); of ensembles Wolpert, "Stacked
generalization" (1992).

Bad:

    input 28x28x1
    conv(8, 3x3, activation=sigmoid) -> maxpool(2x2)
    conv(16, 4x4, activation=sigmoid) -> maxpool(2x2)
    flatten -> dense(10, softmax)

Good:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> maxpool(2x2)
    conv(16, 4x4, activation=relu) -> maxpool(2x2)
    flatten -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T409"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("an s-shaped function inside",)
FIX = UNSAFE
ADVICE = "write relu"
ADVICE_TO_SOFTMAX = "write relu, or multiply something with it if it is attention"
SATURATING = {"sigmoid": 2, "hard_sigmoid": 2, "tanh": 6}  # how many in a row are too many


def check(context: Context) -> Iterator[Diagnostic]:
    named = {
        n.index: f for n in context.graph.nodes if n.layer and (f := n.layer.ends_in()) in (*SATURATING, "softmax")
    }
    if not named:
        return
    hidden = inside(named, context)
    answers = list_answers({i for i, function in named.items() if function == "softmax"}, context)
    soft = [context.graph.nodes[i] for i in hidden if named[i] == "softmax" and i not in answers]
    if soft:
        message = f"{name_layers(soft)} end{'s' * (len(soft) == 1)} in a softmax inside the network: its values share 1"
        yield Diagnostic(
            CODE, message, soft[0].site.span, ADVICE_TO_SOFTMAX, list_other_places(soft), WARNING, indices(soft)
        )
    for function, many in SATURATING.items():
        chain = longest({i for i in hidden if named[i] == function}, context)
        if len(chain) >= many:
            at_most = f": each passes on at most a quarter of a gradient, all at most {0.25 ** len(chain):.1g}"
            message = (
                f"{len(chain)} layers one behind another end in {function}{at_most if function == 'sigmoid' else ''}"
            )
            place, notes = chain[0].site.span, list_other_places(chain)
            yield Diagnostic(CODE, message, place, ADVICE, notes, INFO, indices(chain))


def inside(named: Iterable[int], context: Context) -> list[int]:
    """Those of the nodes behind which a layer with weights stands, and whose values are multiplied with no others."""
    nodes = context.graph.nodes
    weighed, gates = [False] * len(nodes), [False] * len(nodes)
    for node in reversed(nodes):
        if node.layer is None:
            continue
        for index in node.inputs:
            weighed[index] |= bool(node.layer.counted) or weighed[node.index]
            gates[index] |= multiplies(node, node.layer) or passes_on(node, node.layer) and gates[node.index]
    return [i for i in named if weighed[i] and not gates[i]]


def list_answers(softmaxes: set[int], context: Context) -> set[int]:
    """Those of the softmaxes that are answers of an ensemble's members: a layer with weights takes several of them at once, and
    nothing else, all over as many classes."""
    nodes = context.graph.nodes
    found: set[int] = set()
    before: list[set[int]] = []  # of each node: the softmaxes that its values are, where they are nothing else
    for node in nodes:
        taken, counted = [before[i] for i in node.inputs], bool(node.layer and node.layer.counted)
        answers = set().union(*taken) if all(taken) else set()
        classes = {shape[-1] for i in answers if (shape := nodes[i].shape) is not None}
        if counted and len(answers) > 1 and len(classes) == 1:
            found |= answers
        passes = node.layer is not None and not counted and not node.layer.multiplies
        before.append({node.index} if node.index in softmaxes else answers if passes else set())
    return found


def multiplies(node: Node, layer: Layer) -> bool:
    """Whether a layer multiplies its inputs with each other, or may: what one that is stated does with several is not known."""
    return layer.multiplies or layer.stated and len(node.inputs) > 1


def passes_on(node: Node, layer: Layer) -> bool:
    """Whether a layer gives but the values of its one input, as a reshape does."""
    if layer.stated:
        return len(node.inputs) == 1 and not layer.own_weights(())
    return not (layer.counted or layer.merges)


def longest(counted: set[int], context: Context) -> list[Node]:
    """The longest row of such nodes without a normalisation between; a merge goes on with its shortest branch."""
    nodes = context.graph.nodes
    rows: list[tuple[int, int]] = []  # of each node: how many in the row that leads there, and the last of them
    before: dict[int, int] = {}
    best = (0, -1)
    for node in nodes if counted else ():
        row = min([rows[i] for i in node.inputs], default=(0, -1))
        if node.layer is not None and node.layer.normalizes:
            row = (0, -1)
        if node.index in counted:
            before[node.index] = row[1]
            row = (row[0] + 1, node.index)
            best = max(best, row)
        rows.append(row)
    chain, index = [], best[1]
    while index >= 0:
        chain.append(nodes[index])
        index = before[index]
    return chain[::-1]


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """relu."""
    from cnnspec.lint.fix.functions import end_in

    yield repair.propose_each("write relu for {}", repair.nodes(found), lambda some: end_in(repair, some, "relu"))
