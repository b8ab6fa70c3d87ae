"""W203 dead-kernel-taps: parts of a kernel only ever see padding, so that their weights never matter.

Where a map is smaller than the kernel reaches, the outer taps lie in the padding wherever the window stands: a padded
3x3 on a 1x1 map is a 1x1 convolution with eight dead taps of nine. The usual cause is a network made for 224x224
images, used on 32x32 ones. A pool has no weights; it is reported when its window holds the whole map wherever it stands,
so that all positions of the result are the same.

Source: Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation" (2017), section 3.3: at a rate
near the size of the map a 3x3 "degenerates to a simple 1x1".

Bad:

    input 16x16x3
    conv(8, 3x3, padding=same, dilation=16, activation=relu)

Good:

    input 16x16x3
    conv(8, 3x3, padding=same, activation=relu)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.lint.finding import UNSAFE, merge_findings, name_layers, share
from cnnspec.lint.pads_and_crops import moves_edges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.base.size import Dim
    from cnnspec.graph import Node
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lost.lost import DeadTaps

CODE = "W203"
SEVERITY = WARNING
DEFAULT = True
SIZED = True
LOOKS_AT = ("a window",)
FIX = UNSAFE
OFFER = "{}, fewer strides before, less dilation, or a larger input"


def check(context: Context) -> Iterator[Diagnostic]:
    yield from weights_at_padding(context)
    holding = {node.index for node in context.facts.firsts if holds_all(node, context)}
    alike, weighty = context.facts.alike, context.facts.weighty
    same = [n for n in context.graph.nodes if holding and alike[n.index] in holding and not weighty(n.index)]
    if same:
        inputs = context.facts.inputs_of(same[0].index)
        assert inputs is not None
        window = "x".join([str(window.extent) for window in context.facts.windows[same[0].index]])
        what = "has the same value at every position" if len(same) == 1 else "have the same value at every position"
        message = f"{name_layers(same)} {what}: the window of {window} holds the whole map of {'x'.join(map(str, inputs[0][:-1]))} wherever it stands"
        yield merge_findings(CODE, same, message, "use a smaller window, or pool the map globally", SEVERITY)


def holds_all(node: Node, context: Context) -> bool:
    """Whether a pool yields several positions, from windows each of which holds the whole map."""
    found, inputs = context.facts.windows[node.index], context.facts.inputs_of(node.index)
    if not found or inputs is None:
        return False
    several = False
    for window, n in zip(found, inputs[0], strict=False):
        outputs = window.output(n)
        if not (isinstance(n, int) and isinstance(outputs, int) and isinstance(window.before, int)):
            return False
        first, last = -window.before, window.stride * (outputs - 1) - window.before
        if window.dilation > 1 or last > 0 or first + window.extent < n:
            return False
        several |= outputs > 1
    return several


def weights_at_padding(context: Context) -> Iterator[Diagnostic]:
    """Taps of layers with weights."""
    graph, facts = context.graph, context.facts
    padded = any([moves_edges(node, context) for node in facts.firsts])
    if not padded and not any([misses(window, n) for window, n in windows(context)]):
        return
    found = find_taps_of_weights(context)
    if not found:
        return
    nodes, worst = [graph.nodes[taps.node] for taps in found], max(found, key=lambda taps: taps.weights)
    inputs = facts.inputs_of(worst.node)
    assert inputs is not None
    seeing, all_taps = 1, 1
    for alive, count in zip(worst.seeing, worst.taps, strict=True):
        seeing, all_taps = seeing * alive, all_taps * count
    weights = sum([taps.weights for taps in found])
    size = "x".join(map(str, inputs[0][:-1]))
    counted = f"{all_taps - seeing} of {all_taps}"
    if len(nodes) == 1:
        see = f"see{'s' * (all_taps - seeing == 1)}"
        what = f"{counted} taps of {nodes[0].name} only ever {see} padding on its map of {size}"
    else:
        what = f"taps of {name_layers(nodes)} only ever see padding, {counted} of {graph.nodes[worst.node].name} on its map of {size}"
    message = f"{what}; {weights:,} weight{'s' * (weights != 1)}{share(weights, facts.total.parameters)} never matter{'s' * (weights == 1)}"
    one = max(worst.seeing) == 1 and dilates(nodes[found.index(worst)], context)
    kernel = "x".join(map(str, worst.seeing)) + " without dilation" * one
    help = f"use a kernel of {kernel} there, fewer strides before, less dilation, or a larger input"
    yield merge_findings(CODE, nodes, message, help, SEVERITY)


def find_taps_of_weights(context: Context) -> list[DeadTaps]:
    """The dead taps of each kernel; of one that several layers share, where all of them use it on maps alike."""
    from cnnspec.lost.lost import find_dead_taps

    graph, facts, real = context.graph, context.facts, context.liveness.real
    uses: dict[int, list[Node]] = {}
    for node in graph.nodes:
        uses.setdefault(node.index if node.shares is None else node.shares, []).append(node)
    return [
        taps
        for first, nodes in uses.items()
        if len(nodes) == 1 or len({(facts.inputs_of(n.index), tuple([real[i] for i in n.inputs])) for n in nodes}) == 1
        for taps in find_dead_taps(first, real, facts)
    ]


def windows(context: Context) -> Iterator[tuple[Window, Dim]]:
    """The windows of layers with kernels of their own, each with the size of its input; of layers alike once."""
    facts = context.facts
    for index in {facts.alike[node.index]: None for node in context.graph.nodes if facts.weighty(node.index)}:
        found, inputs = facts.windows[index], facts.inputs_of(index)
        if found and inputs is not None:
            yield from zip(found, inputs[0], strict=False)


def misses(window: Window, n: Dim) -> bool:
    """Whether a tap might see padding alone; not so where the first tap gets into the input and the last begins in it."""
    outputs = window.output(n)
    if not isinstance(n, int) or not isinstance(window.before, int) or not isinstance(outputs, int):
        return False
    first = window.stride * (outputs - 1) - window.before
    return first < 0 or window.extent - 1 - window.before >= n or n < window.stride


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The taps alone that see something."""
    from cnnspec.lost.lost import find_dead_taps

    context = repair.context
    taps = {
        t.node: t for n in repair.nodes(found) for t in find_dead_taps(n.index, context.liveness.real, context.facts)
    }
    nodes = [repair.graph.nodes[i] for i in taps]
    single = [node for node in nodes if max(taps[node.index].seeing) == 1 and dilates(node, context)]
    sizes = dict.fromkeys(["x".join(map(str, taps[node.index].seeing)) for node in nodes])

    def shrink(some: Sequence[Node]) -> list[Edit]:
        edits = repair.set(some, kernel=taps[some[0].index].seeing)
        return [*edits, *repair.set(some, dilation=1)] if some[0] in single else edits

    what = f"a kernel of {' and '.join(sizes)}" + " without dilation" * bool(single)
    yield repair.propose_each(f"use {what} for {{}}", nodes, shrink)


def dilates(node: Node, context: Context) -> bool:
    return any([window.dilation > 1 for window in context.facts.windows[node.index]])
