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
    units = shape[0]
    setting = context.train.get("data")
    named = word_of(setting.value) if setting is not None else None
    notes: tuple[Note, ...] = ()
    if setting is not None and named in NAMED_DATA:
        classes = NAMED_DATA[named][1]
        fits = units == classes
        whose, notes = named, (Note(f"{named} has {classes} classes", setting.site.span),)
    else:
        given = graph.parameters.get("classes")
        if isinstance(given, bool) or not isinstance(given, int) or function != "softmax":
            return
        classes, whose = given, "the model's parameter classes"
        fits = units in (classes, classes + 1)
    if not fits:
        noun = "output" if units == 1 else "outputs"
        message = f"{node.name} has {units} {noun}, and {whose} {'says' if not notes else 'has'} {classes}{' classes' if notes else ''}"
        yield Diagnostic(
            CODE, message, node.site.span, f"give it {classes} outputs", (*notes, *trail(node.site)), SEVERITY
        )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """As many outputs as classes."""
    from cnnspec.lint.fix.spelling import Raw

    setting = repair.network.train.get("data")
    named = word_of(setting.value) if setting is not None else None
    for node in repair.nodes(found)[:1]:
        name = next((n for n in ("units", "filters") if node.layer is not None and n in node.layer.arguments), "")
        own = "classes" in repair.graph.parameters and node.site.caller is None
        known = NAMED_DATA[named][1] if named in NAMED_DATA else None
        given = repair.graph.parameters.get("classes")
        if known is None or known == given:
            classes = Raw("classes") if own else given
        else:
            classes = known
        yield repair.propose(f"write {name}={classes}", repair.set([node], **{name: classes}))
