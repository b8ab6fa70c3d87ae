"""T401 softmax-single-unit: a softmax over one value, which is 1 whatever the value.

Softmax shares 1 out among the values of an axis; where there is one value, it gets all. The layer has no gradient, and
the network always says the same. Two classes in one unit are a sigmoid.

Source: Keras 3 warns when it is run, not when it is built; keras#18909.

Bad:

    input 8x8x1
    flatten -> dense(1, softmax)

Good:

    input 8x8x1
    flatten -> dense(1, sigmoid)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.lint.finding import UNSAFE, indices, list_other_places, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "T401"
SEVERITY = ERROR
DEFAULT = True
FIX = UNSAFE
OFFER = "{}, or give it a unit for each class"
ADVICE = "end in sigmoid, or give it a unit for each class"


def check(context: Context) -> Iterator[Diagnostic]:
    at_fault = []
    for node in context.graph.nodes:
        if node.layer is None or node.layer.ends_in() not in ("softmax", "log_softmax", "sparsemax"):
            continue
        inputs = context.facts.inputs_of(node.index)
        if inputs is not None and node.shape is not None and node.layer.competing(inputs) == 1:
            at_fault.append(node)
    if not at_fault:
        return
    first = at_fault[0]
    assert first.layer is not None
    function = first.layer.ends_in()
    value = 0 if function == "log_softmax" else 1
    message = f"the {function} of {name_layers(at_fault)} stands over 1 value: it is always {value}"
    yield Diagnostic(CODE, message, first.site.span, ADVICE, list_other_places(at_fault), SEVERITY, indices(at_fault))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """sigmoid at the end."""
    from cnnspec.lint.fix.functions import end_in

    nodes = repair.nodes(found)
    yield repair.propose(f"end {name_layers(nodes)} in sigmoid", end_in(repair, nodes, "sigmoid"))
