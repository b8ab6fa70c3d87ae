"""All input sizes of a network as its text stands: whether a size is unknown, refused, or asked for by the text itself.

They are found from one legal network (`axis_sizes`): the text's own, or, where that has unknown or refused sizes, one of
others that are tried. A text that asks for sizes (`in.height`) may build another graph for each: then the network is
built for one size after the other, all axes together.
"""

from __future__ import annotations

from cnnspec.base.limits import TooLong
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.elaborate.input_reader import AXES
from cnnspec.facts.liveness import Liveness
from cnnspec.facts.regions import find_text_nodes
from cnnspec.facts.stride_remainder import find_losses
from cnnspec.graph import Graph, Node
from cnnspec.layers.shape import all_known
from cnnspec.sizes import size_set
from cnnspec.sizes.axis_sizes import Reason, Verdicts, conclude_sizes, find_axis_sizes, name_reason
from cnnspec.sizes.size_sweep import AxisGroup, count_sized_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from cnnspec.elaborate.size_probe import Resized
    from cnnspec.layers.base import Shape
    from cnnspec.sizes.axis_sizes import GraphSizes, SizesOfKind
    from cnnspec.sizes.independent_axes import Equal
    from cnnspec.sizes.size_set import SizeSet

    Rebuild = Callable[[Mapping[int, Shape]], Resized]
    Near = tuple[int, ...] | None  # the size that is asked about: one for every axis, or one for each

FIRST_TRIED = (224, 256, 572, 512, 299, 227, 128, 100, 96, 64, 48, 32, 30, 28, 16, 12, 8, 4, 1024)
WORK = 20_000  # layers that are built while sizes are tried one by one


class InputAxis(Record):
    """One axis of one input: its size is `times` the size of its group; `declared` is None for an unknown size."""

    input: str
    letter: str
    times: int
    declared: int | None


class Axis(Record):
    """The legal, the lossless and the strict sizes of one axis, or of several that vary together."""

    axes: tuple[InputAxis, ...]
    kinds: tuple[SizesOfKind, ...]
    tied_by: Reason | None  # the layer that sees the axes together
    guessed: bool = False  # whether sizes beyond those tried are only likely to be as those before

    @property
    def legal(self) -> SizeSet | None:
        """The sizes that no layer and no merge refuses; None where those tried show no pattern."""
        return self.kinds[0].sizes

    @property
    def lossless(self) -> SizeSet | None:
        """The legal sizes of which no stride leaves data unread."""
        return self.kinds[1].sizes

    @property
    def strict(self) -> SizeSet | None:
        """The legal sizes that every stride fits without remainder."""
        return self.kinds[2].sizes

    @property
    def declared(self) -> int | None:
        """The size in the text; None for an unknown size, or where the axes differ in the text."""
        values = {a.declared // a.times if a.declared else None for a in self.axes}
        return values.pop() if len(values) == 1 else None


class InputSizes(Record):
    """The sizes of all axes. `weighted`: the first layer whose weights are made for one input size. `fixed`: the first
    that takes no more than some sizes; `rest` are then the sizes of the network without it. `asks`: whether the text
    asks for sizes."""

    axes: tuple[Axis, ...]
    weighted: Reason | None
    fixed: Reason | None
    rest: InputSizes | None
    asks: bool


def work_out_sizes(graph: Graph, rebuild: Rebuild) -> InputSizes | None:
    """The sizes of a network; None where no legal one was found. `rebuild` builds the network with other inputs."""
    declared = tuple([graph.nodes[i].shape for i in graph.inputs])
    if not declared or not all_known(declared):
        return None
    shapes = list(declared)
    axes = [count_sized_axes(graph, i) for i in graph.inputs]
    for tried in list_trials(shapes, axes):
        built = rebuild(dict(enumerate(tried)))
        if built.asks:
            return try_one_by_one(graph, shapes, axes, rebuild)
        if built.legal:
            break
    else:
        return None
    whole = find_axis_sizes(built.graph, find_same_names(shapes))
    if whole.growing & built.asked:
        return try_one_by_one(graph, shapes, axes, rebuild)
    return name_axes(whole, built.graph, shapes)


def find_same_names(shapes: list[Shape]) -> Equal:
    """The axes of inputs (number of the input, axis) whose unknown sizes have one name."""
    places: dict[Size, list[tuple[int, int]]] = {}
    for number, shape in enumerate(shapes):
        for axis, size in enumerate(shape):
            if isinstance(size, Size):
                places.setdefault(size, []).append((number, axis))
    return tuple([tuple(axes) for axes in places.values() if len(axes) > 1])


def list_trials(shapes: list[Shape], axes: list[int]) -> Iterator[list[Shape]]:
    """Shapes of the inputs to try: those of the text, as far as they are numbers, then others near and far."""
    numbers = [n for shape, count in zip(shapes, axes, strict=True) for n in shape[:count] if isinstance(n, int)]
    unknown = len(numbers) < sum(axes)
    if not unknown:
        yield shapes
    for n in FIRST_TRIED:
        yield resize_all(shapes, axes, n, unknown)
    least = min(numbers, default=1)
    for step in range(1, 33) if numbers else ():
        for n in (least + step, least - step):
            if n > 0:
                yield resize_all(shapes, axes, n, False)
    if unknown and numbers:
        for n in FIRST_TRIED:
            yield resize_all(shapes, axes, n, False)


def resize_all(shapes: list[Shape], axes: list[int], n: int, unknown: bool) -> list[Shape]:
    """The shapes with all their axes at n; with `unknown`, only the axes of unknown size."""
    return [
        tuple([size if axis >= count or unknown and isinstance(size, int) else n for axis, size in enumerate(shape)])
        for shape, count in zip(shapes, axes, strict=True)
    ]


def name_axes(whole: GraphSizes, graph: Graph, shapes: list[Shape]) -> InputSizes:
    """The sizes of a graph, its axes with their names and the sizes that the text gives them."""
    found = [
        Axis(tuple([name_axis(graph, shapes, *m) for m in axis.group.members]), axis.kinds, axis.tied_by, axis.guessed)
        for axis in whole.axes
    ]
    fixed = rest = None
    if whole.fixed is not None:
        fixed = name_reason(graph.nodes[whole.fixed])
        part = cut_graph(graph, whole.fixed)
        rest = name_axes(find_axis_sizes(part, find_same_names(shapes)), part, shapes)
    return InputSizes(tuple(found), whole.weighted, fixed, rest, False)


def name_axis(graph: Graph, shapes: list[Shape], index: int, axis: int, times: int) -> InputAxis:
    number = graph.inputs.index(index)
    shape = shapes[number]
    rank = max(1, len(shape) - (index not in find_text_nodes(graph)))
    letter, size = AXES[rank][axis] if rank in AXES else f"axis {axis + 1}", shape[axis]
    return InputAxis(graph.nodes[index].name, letter, times, size if isinstance(size, int) else None)


def cut_graph(graph: Graph, index: int) -> Graph:
    """The graph without a node and what depends on it; what these read become outputs."""
    left_out, place = {index}, {}
    part = Graph(graph.name)
    for node in graph.nodes:
        if node.index in left_out or left_out & set(node.inputs):
            left_out.add(node.index)
            continue
        place[node.index] = len(part.nodes)
        inputs = tuple([place[i] for i in node.inputs])
        copy = Node(len(part.nodes), node.layer, inputs, node.shape, node.label, node.site)
        copy.name, copy.shares = node.name, None if node.shares is None else place[node.shares]
        part.nodes.append(copy)
    part.inputs = [place[i] for i in graph.inputs]
    ends = [i for i in graph.outputs if i not in left_out] + [i for n in left_out for i in graph.nodes[n].inputs]
    part.outputs = [place[i] for i in dict.fromkeys(ends) if i in place]
    return part


# ---- the size that is asked about ---------------------------------------------------------------------------------
def find_asked_size(axis: Axis, near: Near) -> int | None:
    """The size of an axis that is asked about: `near`, or where that is None the text's."""
    if near is None:
        return axis.declared
    first = axis.axes[0]
    place = {"L": 0, "D": 0, "H": len(near) - 2, "W": len(near) - 1}[first.letter] if len(near) > 1 else 0
    return near[place] // first.times if near[place] % first.times == 0 else None


# ---- texts that ask for sizes ------------------------------------------------------------------------------------
def try_one_by_one(graph: Graph, shapes: list[Shape], axes: list[int], rebuild: Rebuild) -> InputSizes | None:
    """The sizes of a text that asks for sizes: the network is built for each, all axes together."""
    numbers = [n for shape, count in zip(shapes, axes, strict=True) for n in shape[:count] if isinstance(n, int)]
    least = min(numbers, default=1)
    proportional = len(numbers) == sum(axes) and all(n % least == 0 for n in numbers)
    group = AxisGroup(
        tuple(
            [
                (number, axis, n // least if proportional and isinstance(n, int) else 1)
                for number, (shape, count) in enumerate(zip(shapes, axes, strict=True))
                for axis, n in enumerate(shape[:count])
            ]
        )
    )
    tried = max(48, min(1024, WORK // len(graph.nodes)))
    masks: tuple[dict[Hashable, int], ...] = {}, {}, {}
    known = True
    for n in range(1, tried + 1):
        built = rebuild(group.resize(dict(enumerate(shapes)), n))
        for mask, faults in zip(masks, find_faults(built), strict=True):
            known = known and faults is not None
            for fault in faults or ():
                mask[fault] = mask.get(fault, 0) | 1 << n
    refused, losing, unfit = masks
    verdicts = Verdicts(tried, refused, losing if known else None, unfit)
    reasons: dict[Hashable, Reason] = {key: key for mask in masks for key in mask if isinstance(key, Reason)}
    kinds = conclude_sizes(verdicts, size_set.find_likely_period(verdicts.sets(), tried), None, reasons)
    if not kinds[0].members:
        return None
    members = [(graph.inputs[number], axis, times) for number, axis, times in group.members]
    axis = Axis(tuple([name_axis(graph, shapes, *m) for m in members]), tuple(kinds), None, True)
    return InputSizes((axis,), None, None, None, True)


def find_faults(built: Resized) -> tuple[list[Reason], list[Reason] | None, list[Reason]]:
    """The layers of a network that refuse its size, that lose data (None: unknown), and that the size does not fit."""
    graph = built.graph
    shapes = [node.shape for node in graph.nodes]
    if not built.legal:
        refusing = [node for node in graph.nodes if node.shape is None and None not in [shapes[i] for i in node.inputs]]
        return [name_reason(node) for node in refusing[:1]] or [Reason("the text", 1)], [], []
    unfit = []
    for node in graph.nodes:
        if node.layer is not None and len(node.inputs) == 1:
            entering = shapes[node.inputs[0]]
            assert entering is not None
            windows = node.layer.windows((entering,)) or ()
            if any(w.remainder(n) for w, n in zip(windows, entering, strict=False) if isinstance(n, int)):
                unfit.append(name_reason(node))
    try:
        losing = find_losses(graph, shapes, Liveness(graph, shapes)) if unfit else {}
    except TooLong:
        return [], None, unfit
    return [], [name_reason(graph.nodes[i]) for i in losing], unfit
