"""What is told of a box, a group and an edge under the mouse: a line for each thing to know."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.source import brief, printable
from cnnspec.draw.boxes.figures import write_fields
from cnnspec.draw.boxes.words import write_shapes
from cnnspec.facts.precision import memory_text
from cnnspec.tables.figures import show_figure
from cnnspec.tables.layout import shorten_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.draw.boxes.figures import BoxFigures
    from cnnspec.draw.outline.outline import SeenBox, SeenGroup
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork

MOST_FINDINGS = 6  # that are told of one box


def describe_box(
    network: AnalysedNetwork, box: SeenBox, figures: BoxFigures, found: Sequence[Diagnostic], unused: bool
) -> str:
    """Names, how the layers are written, figures, findings; `unused`: no output depends on it."""
    nodes = [network.graph.nodes[index] for index in box.layers]
    lines = [shorten_names(tuple([printable(node.name) for node in nodes]))]
    if box.times > 1:
        lines.append(f"{box.times} times, one behind the other")
    lines += [line for node in nodes[: len(box.part.nodes)] if (line := describe_place(node))] if not box.closed else []
    if box.closed:
        lines.append(count_nouns(len(nodes), "layer"))
    lines += [
        f"output: {write_shapes(figures.shapes)}",
        f"parameters: {show_figure(figures.parameters)}",
        f"MACs: {show_figure(figures.macs)}",
        f"receptive field: {write_fields(figures)}",
        f"memory of outputs: {memory_text(figures.memory)}",
    ]
    lines += ["assumed: a word is misspelt, and was taken for one near to it"] * figures.assumed
    lines += [describe_finding(one) for one in found[:MOST_FINDINGS]]
    lines += [f"{len(found) - MOST_FINDINGS} more findings"] * (len(found) > MOST_FINDINGS)
    lines += ["no output depends on it"] * unused
    return "\n".join(lines)


def describe_place(node: Node) -> str:
    """How a layer is written, and where: "conv(64, 3x3), net.cnn:4:3"."""
    return ", ".join(filter(None, [node.site.written, printable(node.site.origin)]))


def describe_finding(found: Diagnostic) -> str:
    return brief(printable(f"{found.severity} {found.code}: {found.message}"))


def describe_group(group: SeenGroup, title: str) -> str:
    """What a group is, how much there is of it, and how it is written."""
    lines = [title, count_nouns(len(group.layers), "layer")]
    lines += [f"{group.times} times, one behind the other: one of them is drawn"] * (group.times > 1)
    written = printable(str(group.part.mark)) if not isinstance(group.part.mark, int) else ""
    return "\n".join([*lines, *[written] * (written not in ("", title))])


def describe_edge(network: AnalysedNetwork, tensors: Sequence[int], readers: Sequence[int]) -> str:
    """Which tensor an edge is, its shape, and who reads it."""
    nodes = network.graph.nodes
    names = shorten_names(tuple([printable(nodes[index].name) for index in readers]))
    shapes = write_shapes([nodes[index].shape for index in tensors])
    return f"{printable(nodes[tensors[0]].name)}: {shapes}\nread by {names}"
