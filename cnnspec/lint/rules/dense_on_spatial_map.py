"""E105 dense-on-spatial-map: a dense layer ends the network on a map, so that it gives an answer at every position.

Keras applies Dense to the last axis alone: on 8x8x16, dense(10) has 170 parameters and yields 8x8x10, not 10 values.
Nearly always a flatten was forgotten, which a paper's table leaves out before its FC, or a gap. It is an error where the labels of `data` are one class an image. Dense
layers inside a network whose map is pooled later (ConvNeXt) are 1x1 convolutions and fine, and so are sequences (LxC),
where an answer at every step is usual.

Source: measured on Keras 3.15, which says nothing; keras-contrib#229.

Bad:

    input 28x28x1
    conv(16, 3x3, activation=relu)
    dense(10, softmax)

Good:

    input 28x28x1
    conv(16, 3x3, activation=relu)
    flatten -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, WARNING, Diagnostic
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.size import Size
from cnnspec.elaborate.report import trail
from cnnspec.layers.argument import word_of
from cnnspec.layers.base import show_shape
from cnnspec.layers.window import EACH
from cnnspec.lint.finding import UNSAFE, name_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Node
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E105"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("a map at the end",)
FIX = UNSAFE
OFFER = "{}; for an answer at every position write a convolution with a kernel of 1"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what is missed
        return
    graph, shapes = context.graph, context.facts.shapes
    setting = context.train.get("data")
    labelled = setting is not None and word_of(setting.value) in NAMED_DATA
    for index in graph.outputs:
        shape = shapes[index]
        if shape is None or len(shape) < 3 or all([n == 1 for n in shape[:-1]]):
            continue
        head = first_dense(graph.nodes[index], context)
        if head is None:
            continue
        inputs, output = context.facts.inputs_of(head.index), shapes[head.index]
        assert inputs is not None and output is not None
        trainable, frozen = context.facts.parameters[head.index] or (0, 0)
        message = f"{head.name} gets {show_shape(inputs[0])} and acts at every position: its output is {show_shape(output)}, with {trainable + frozen:,} parameters, not {output[-1]} value{'s' * (output[-1] != 1)}"
        sizes = inputs[0][:-1]
        word = "gap" if any([isinstance(n, Size) for n in sizes]) else "flatten"
        help = f"put {word} before it; for an answer at every position write a convolution with a kernel of 1"
        severity = ERROR if labelled else WARNING
        yield Diagnostic(CODE, message, head.site.span, help, trail(head.site), severity, (head.index,))


def first_dense(node: Node, context: Context) -> Node | None:
    """The first of the dense layers at the end of a branch that work position by position."""
    found = None
    while node.layer is not None and len(node.inputs) == 1:
        kernel, reach = context.facts.kernels[node.index], context.reaches[node.index]
        if kernel is not None and kernel.dense:
            found = node
        elif kernel is not None or reach is None or any([axis != EACH for axis in reach]):
            break
        node = context.graph.nodes[node.inputs[0]]
    return found


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """flatten before it, as a paper's table means it; or gap, where channels are features that can be averaged."""
    nodes = repair.nodes(found)[:1]
    yield repair.propose(f"put flatten before {name_layers(nodes)}", repair.before(nodes, "flatten"), meant=True)
    if can_average(nodes[0], repair):
        yield repair.propose(f"put gap before {name_layers(nodes)}", repair.before(nodes, "gap"))


def can_average(node: Node, repair: RepairContext) -> bool:
    """Whether means of the channels that enter a layer could tell what the network does: at least as many of them as it
    has outputs, made by layers with weights."""
    channels, outputs = repair.inputs(node)[0][-1], repair.graph.nodes[repair.graph.outputs[0]].shape
    enough = (
        isinstance(channels, int) and outputs is not None and isinstance(outputs[-1], int) and channels >= outputs[-1]
    )
    above = [repair.graph.nodes[i] for i in node.inputs]
    while enough and above:
        node = above.pop()
        if repair.context.facts.kernels[node.index] is not None:
            return True
        above += [repair.graph.nodes[i] for i in node.inputs]
    return False
