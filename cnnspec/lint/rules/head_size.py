"""E112 head-size: the network's last layer has another number of outputs than there are classes.

The classes are those of the named data set, or the model's parameter `classes`. One sigmoid output serves two classes;
beside a parameter `classes`, a head for one class more (the background) passes.

Source: Convolutional Neural Networks, lecture 0: as many outputs as classes; Humbatova et al., "Taxonomy of real
faults in deep learning systems" (2020), "wrong defined output shape".

Bad:

    model Net(classes=10) {
      input 8x8x1
      conv(8, 3x3, activation=relu) -> gap -> dense(12, softmax)
    }

Good:

    model Net(classes=10) {
      input 8x8x1
      conv(8, 3x3, activation=relu) -> gap -> dense(classes, softmax)
    }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.elaborate.report import trail
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.layers.argument import word_of
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E112"
SEVERITY = ERROR
DEFAULT = True
LOOKS_AT = ("a number of classes",)
FIX = UNSAFE
OFFER = "{}"


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    if len(graph.outputs) != 1 or context.broken:
        return
    shape, end = context.facts.shapes[graph.outputs[0]], find_last_function(graph, graph.outputs[0])
    if shape is None or len(shape) != 1 or end is None:
        return
    node, function = end
    while context.facts.kernels[node.index] is None and len(node.inputs) == 1:  # a softmax of its own
        node = graph.nodes[node.inputs[0]]
    units, (classes, named) = shape[0], find_classes(context)
    if classes is None or not named and function != "softmax":
        return
    setting = context.train.get("data")
    wanted = f"{classes} class{'es' * (classes != 1)}"
    notes = (Note(f"{named} has {wanted}", setting.site.span),) if named and setting else ()
    if units != classes and (named or units != classes + 1):
        noun, who = "output" if units == 1 else "outputs", named or "the model's parameter classes"
        message = (
            f"{node.name} has {units} {noun}, and {who} {'has' if named else 'says'} {wanted if named else classes}"
        )
        yield Diagnostic(
            CODE,
            message,
            node.site.span,
            f"give it {classes} output{'s' * (classes != 1)}",
            (*notes, *trail(node.site)),
            SEVERITY,
        )


def find_classes(context: Context) -> tuple[int | None, str]:
    """How many classes there are, and the data whose classes they are; "" where the model's parameter says it."""
    setting, given = context.train.get("data"), context.graph.parameters.get("classes")
    named = word_of(setting.value) if setting is not None else None
    if named in NAMED_DATA:
        return NAMED_DATA[named][1], named
    return (None if isinstance(given, bool) or not isinstance(given, int) else given), ""


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """As many outputs as classes."""
    from cnnspec.lint.fix.spelling import Raw

    classes, _ = find_classes(repair.context)
    for node in repair.nodes(found)[:1]:
        name = node.layer.channels_from if node.layer is not None else ""
        if name and classes is not None:
            own = node.site.caller is None and repair.graph.parameters.get("classes") == classes
            value = Raw("classes") if own else classes
            yield repair.propose(f"write {name}={value}", repair.set([node], **{name: value}))
