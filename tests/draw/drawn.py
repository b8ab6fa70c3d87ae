"""What every picture of a network holds, asked of its outline, its coordinates and its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from cnnspec.draw.flow import flow
from cnnspec.draw.layered.diagram import Layout
from cnnspec.draw.outline.outline import Outline
from cnnspec.draw.question import DrawQuestion
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.drawing import Drawing, Group, Rect, Text
from cnnspec.pictures.text_width import measure_text
from tests.draw.layered.holds import faults


def outline_faults(network: AnalysedNetwork, outline: Outline) -> Iterator[str]:
    """Every layer in one box, in its groups; every edge of the network once, drawn or inside of a box or a fold."""
    nodes = network.graph.nodes
    boxes = {index: at for at, box in enumerate(outline.boxes) for index in box.layers}
    if Counter(index for box in outline.boxes for index in box.layers) != Counter(range(len(nodes))):
        yield "A layer is in no box, or in several."
    for at, box in enumerate(outline.boxes):
        group = box.group
        while group is not None:
            if not {*box.layers} <= {*outline.groups[group].layers}:
                yield f"Box {at} is not part of group {group}."
            group = outline.groups[group].group
        if len(box.parts) % box.times or len({len(part.nodes) for part in box.parts}) != 1:
            yield f"The times of box {at} are not equal."
    links = [(source, node.index, slot) for node in nodes for slot, source in enumerate(node.inputs)]
    if Counter([*outline.hidden, *[link for edge in outline.edges for link in edge.links]]) != Counter(links):
        yield "An edge of the network is missing, or there twice."
    for edge in outline.edges:
        if {boxes[source] for source, _, _ in edge.links} != {edge.source}:
            yield f"{edge} begins elsewhere."
        if {boxes[reader] for _, reader, _ in edge.links} != {edge.target}:
            yield f"{edge} ends elsewhere."
    for source, reader, _ in outline.hidden:
        box = outline.boxes[boxes[source]]
        folded = any([group.times > 1 and {source, reader} <= {*group.layers} for group in outline.groups])
        if boxes[source] != boxes[reader] and not folded:
            yield f"The edge from {source} to {reader} is hidden, and in no fold: {box.layers}"


def draw_looked_over(network: AnalysedNetwork, outline: Outline, direction: str = "down", **style: Any) -> Drawing:
    """The picture of an outline. What its outline or its coordinates break is a failure."""
    found = [*outline_faults(network, outline)]
    assert not found, found[:5]
    asked: list[Any] = []

    def lay_out(*given: Any) -> Any:
        asked.extend([made := real(*given), *given])
        return made

    real = flow.lay_out
    with patch.object(flow, "lay_out", lay_out):
        drawing = flow.draw_outline(network, outline, DrawQuestion(direction=direction, **style))
    layout = asked[0].widen(drawing.width)
    found = faults(layout, *asked[1:])
    assert not found, found[:5]
    found = [*face_faults(drawing, layout)]
    assert not found, found[:5]
    return drawing


def face_faults(drawing: Drawing, layout: Layout) -> Iterator[str]:
    """Every box and its words in the place that it has."""
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Group) and "box" in shape.classes]
    for box, place in zip(boxes, layout.boxes, strict=False):
        for shape in box.shapes:
            if isinstance(shape, Rect):
                across, down = (shape.x, shape.x + shape.width), (shape.y, shape.y + shape.height)
            elif isinstance(shape, Text):
                half = measure_text(shape.words, shape.size, shape.bold) / 2
                across, down = (shape.x - half, shape.x + half), (shape.y - shape.size, shape.y)
            else:
                continue
            if not (place.x - 0.01 <= across[0] and across[1] <= place.right + 0.01):
                yield f"{box.id} is wider than its place."
            if not (place.y - 0.01 <= down[0] and down[1] <= place.bottom + 0.01):
                yield f"{box.id} is higher than its place."
