"""What stands in a box: its layers as papers write them, "conv 3x3, 64, /2" and below it "bn · relu"."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import brief, printable
from cnnspec.draw.outline.parts import Fold, Group, name_kind, name_part
from cnnspec.layers.argument import REQUIRED, same_on_every_axis, show
from cnnspec.layers.operation import GROUPED, TRANSPOSED
from cnnspec.layers.shape import show_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.draw.outline.outline import SeenBox, SeenGroup
    from cnnspec.draw.outline.parts import Part
    from cnnspec.graph import Node
    from cnnspec.layers.argument import Argument
    from cnnspec.layers.base import Layer
    from cnnspec.network import AnalysedNetwork

ARROW, TIMES = " → ", "×"
MOST_LETTERS = 40  # of a layer that is written with its arguments
MOST_INSIDE = 4  # parts that are named of what is in a closed group


class BoxWords(Record):
    """`head`: what the box is; `below`: what else is in it, "" for nothing."""

    head: str
    below: str = ""


def write_box(network: AnalysedNetwork, box: SeenBox) -> BoxWords:
    """The words of a box. Of one that stands for several times, a number that differs is a range: conv 3x3, 64…512."""
    if isinstance(box.part, Group):
        groups = [part for part in box.parts if isinstance(part, Group)]
        return BoxWords(name_group(groups, box.times), describe_inside(network, box.part))
    nodes = network.graph.nodes
    first, *rest = [[nodes[part.nodes[at]] for part in box.parts] for at in range(len(box.part.nodes))]
    attached = [
        word for word in (write_own_activation(first[0]), *[write_range(network, same) for same in rest]) if word
    ]
    attached += [
        f"weights of {printable(nodes[node.shares].name)}"
        for node in first[:1]
        if node.shares is not None and network.facts.weighty(node.index)
    ]
    times = f" {TIMES}{box.times}" if box.times > 1 else ""
    return BoxWords(write_range(network, first) + times, " · ".join(attached))


def name_group(groups: Sequence[Group], times: int) -> str:
    """What a group is called, with how often it stands there; several of no common name by the first and the last of them."""
    first, last = groups[0], groups[times - 1]
    if times == 1:
        return first.title
    name = first.name or (first.title if first.title == last.title else f"{first.title} … {last.title}")
    return f"({name}) {TIMES}{times}" if TIMES in name or ", " in name and not first.name else f"{name} {TIMES}{times}"


def write_group(group: SeenGroup) -> str:
    """The title of an open group."""
    return name_group(group.parts, group.times)


def describe_inside(network: AnalysedNetwork, part: Group) -> str:
    """What is in a closed group, in short: "conv 1x1, conv 3x3, conv 1x1, add"; "" where its name says it."""
    names = [name_inside(network, inner) for inner in part.parts]
    inside = ", ".join([*names[:MOST_INSIDE], *["…"] * (len(names) > MOST_INSIDE)])
    return "" if inside in (part.name, part.title) else inside


def name_inside(network: AnalysedNetwork, part: Part) -> str:
    """A part of a closed group: of a layer with a window, its size too."""
    if isinstance(part, Fold):
        return f"{name_inside(network, part.parts[0])} {TIMES}{len(part.parts)}"
    if isinstance(part, Group):
        return name_part(network.graph, part)
    node = network.graph.nodes[part.nodes[0]]
    window = write_window(network, node)
    return f"{name_kind(node)} {window}" if window else printable(name_kind(node))


# ---- a layer ---------------------------------------------------------------------------------------------------------
def write_layer(network: AnalysedNetwork, node: Node) -> list[str]:
    """A layer as papers write it, in pieces: its name with its window, its channels, its stride."""
    layer = node.layer
    if layer is None:
        unknown = node.index not in network.graph.inputs and node.site.written
        return [brief(unknown, MOST_LETTERS) if unknown else printable(name_kind(node))]
    window = layer.written_window()
    if window is None:
        return write_required(name_kind(node), layer)
    pieces = [f"{name_kind(node)} {write_window(network, node)}"]
    if layer.channels_from:
        pieces.append(show(layer.argument_values()[layer.channels_from]))
    operations = {operation.kind: operation for operation in network.facts.operations[node.index] or ()}
    _, stride, dilation = [same_on_every_axis(value) for value in window]
    pieces += [f"{'stride ' if TRANSPOSED in operations else '/'}{show(stride)}"] * (stride != 1)
    pieces += [f"dilation {show(dilation)}"] * (dilation != 1)
    pieces += [f"groups {operations[kind].groups}" for kind in operations if kind == GROUPED]
    return [printable(piece) for piece in pieces]


def write_window(network: AnalysedNetwork, node: Node) -> str:
    """The size of a layer's window, with one number for each axis: 3x3; "" where it has none."""
    window = None if node.layer is None else node.layer.written_window()
    if window is None:
        return ""
    shapes = [network.graph.nodes[index].shape for index in node.inputs]
    rank = len(shapes[0]) - 1 if shapes and shapes[0] is not None else 1
    kernel = window[0]
    return show_shape(kernel if isinstance(kernel, tuple) else (kernel,) * max(rank, 1))


def write_required(label: str, layer: Layer) -> list[str]:
    """A layer without a window: its name, and the arguments that have to be given, as reshape 7x7x64."""
    values, preset = layer.argument_values(), layer.presets.get(label, {})
    given = [
        write_value(layer.arguments[name], values[name])
        for name in values
        if layer.arguments[name].record_default is REQUIRED and name not in preset and not layer.label
    ]
    return [printable(brief(" ".join([label, *given]), MOST_LETTERS))]


def write_value(argument: Argument, value: Any) -> str:
    """The value of an argument; of a number no more digits than tell what it is."""
    return f"{value:.4g}" if isinstance(value, float) else argument.write(same_on_every_axis(value))


def write_own_activation(node: Node) -> str:
    """The activation in which a layer with weights ends; "" for none."""
    ending = node.layer.ends_in() if node.layer is not None and node.layer.counted else None
    return "" if ending in (None, "linear") else printable(str(ending))


def write_range(network: AnalysedNetwork, nodes: Sequence[Node]) -> str:
    """Layers that are equal but for their sizes, as one: where they differ, from the first to the last."""
    first, last = write_layer(network, nodes[0]), write_layer(network, nodes[-1])
    if len(nodes) == 1 or first == last:
        return ", ".join(first)
    if len(first) != len(last) or first[0] != last[0]:
        return name_kind(nodes[0])
    return ", ".join([a if a == b else f"{a}…{b}" for a, b in zip(first, last, strict=True)])


def write_shapes(shapes: Iterable[object]) -> str:
    """The shapes of a tensor in every time of a fold: 56x56x64, or 56x56x64 → 7x7x512."""
    words = [*dict.fromkeys([show_shape(shape) if isinstance(shape, tuple) else "?" for shape in shapes])]
    return words[0] if len(words) == 1 else f"{words[0]}{ARROW}{words[-1]}"
