"""W206 redundant-activation: an activation directly behind another, which undoes or weakens it.

A relu behind a relu changes nothing; a sigmoid behind a relu can never fall below 0.5; a softmax behind a softmax
makes all classes nearly equally likely. Keras and PyTorch say nothing.

Source: Nikanjam et al., "Automatic fault detection for deep learning programs using graph transformations"
(NeuraLint, 2021).

Bad:

    input 28x28x1
    conv(8, 3x3, activation=relu) -> relu

Good:

    input 28x28x1
    conv(8, 3x3, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import SAFE, merge_findings, name_layers
from cnnspec.lint.rules.activation_on_logits import HEADS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph, Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "W206"
SEVERITY = WARNING
DEFAULT = True
FIX = SAFE
OFFER = "{}"

# What an activation is when its input went through another already, in words; others behind one another may be meant.
NEVER_NEGATIVE = {"relu", "relu6", "sigmoid", "hard_sigmoid", "sparse_sigmoid", "softplus", "softmax", "sparsemax", "exponential"}  # fmt: skip
AS_THEY_ARE = {"relu", "leaky_relu", "prelu", "elu", "celu"}  # what is not negative
IDEMPOTENT = {"relu6", "hard_tanh", "hard_shrink", "log_softmax"}
SHARES = {"softmax", "sparsemax"}
BOUNDED = {"sigmoid", "hard_sigmoid", "sparse_sigmoid", "tanh", "hard_tanh", "softsign"}


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what is missed
        return
    found: dict[tuple[str, str], list[Node]] = {}
    for node in context.graph.nodes:
        if node.layer is None or not node.layer.in_place or len(node.inputs) != 1:
            continue
        second = node.layer.ends_in()
        if second is None or second == "linear":
            continue
        if node.index in context.graph.outputs and second in HEADS:  # activation-on-logits says what that costs
            continue
        first = before(node, context.graph)
        if first is not None and effect(first, second) and node.layer.acts_as_named():
            found.setdefault((first, second), []).append(node)
    for (first, second), nodes in found.items():
        message = f"{name_layers(nodes)} stand{'s' * (len(nodes) == 1)} behind {first}: {effect(first, second)}"
        yield merge_findings(CODE, nodes, message, "drop one of the two", SEVERITY)


def before(node: Node, graph: Graph) -> str | None:
    """The function that a node's input went through last, whatever leaves values as they are between them."""
    while True:
        node = graph.nodes[node.inputs[0]]
        if node.layer is None or len(node.inputs) != 1:
            return None
        function = node.layer.ends_in()
        if function is not None:
            return function
        if not (node.layer.in_place and node.layer.affine) or any(node.layer.own_weights((node.shape or (),))):
            return None


def effect(first: str, second: str) -> str:
    """What the second does behind the first; "" where nothing is wrong with it."""
    if first in NEVER_NEGATIVE and second in AS_THEY_ARE:
        return "nothing is negative any more, so it changes nothing"
    if first == second and first in IDEMPOTENT:
        return "it changes nothing"
    if first in SHARES and second in SHARES:
        return "of shares that sum to 1 it makes nearly equal ones"
    if first in NEVER_NEGATIVE and second in ("sigmoid", "hard_sigmoid"):
        return "it can never fall below 0.5"
    if first == second and first in BOUNDED:
        return f"{first} twice uses a part of its range alone"
    return ""


def changes_nothing(node: Node, first: Node) -> bool:
    """Whether a node is an activation that leaves every value of the one directly before it as it is."""
    if node.layer is None or first.layer is None or not node.layer.in_place:
        return False
    before, function = first.layer.ends_in(), node.layer.ends_in()
    if before is None or function is None or not (node.layer.acts_as_named() and first.layer.acts_as_named()):
        return False
    return effect(before, function).endswith("changes nothing")


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The text without the second activation; where that has an effect, without the one or the other."""
    from cnnspec.lint.fix.functions import drop_function

    nodes, before = repair.nodes(found), repair.graph.nodes
    idle = all(changes_nothing(node, before[node.inputs[0]]) for node in nodes)
    yield repair.propose_each("drop {}", nodes, repair.drop, safe=idle)
    if not idle:
        yield drop_function(repair, [before[node.inputs[0]] for node in nodes])
