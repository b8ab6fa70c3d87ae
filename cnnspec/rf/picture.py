"""Receptive fields as nested boxes on the input: which boxes there are.

One unit of the deepest layer, where none is asked for that whose field lies nearest to the middle of the input; and of each
other layer the unit whose field lies nearest to the same place, of those inside the box of the layer drawn behind it where there
are any. Boxes are unclipped and in proportion: what lies outside the input's frame is padding.
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.base import show_shape
from cnnspec.rf.unit_field import choose_position
from cnnspec.rf.wording import show_size
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.facts.receptive_field import Field
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.unit_field import Span

MOST = 7  # boxes that are drawn unless they are asked for
NEAR = 8  # positions on each side of one that are tried
STEP = 0.8  # of the next larger box, what a box must measure to be drawn unasked


class FieldBox(Record):
    """One box: its layer, the position that it is the field of, and its spans along height and width.

    `inside`: the size of what of it lies on the input, "" where all of it does or that is unknown."""

    name: str
    size: str
    at: tuple[int, ...]
    rows: Span
    columns: Span
    inside: str = ""


class Picture(Record):
    """Boxes, the largest first, on an input of `height` and `width` (None: unknown); both are 1 where there is no such axis."""

    title: str
    input: str
    height: int | None
    width: int | None
    flat: bool  # one axis alone
    boxes: tuple[FieldBox, ...]
    note: str

    def hull(self) -> tuple[Span, Span]:
        """The rows and the columns that the frame and all boxes take."""
        rows, columns = [box.rows for box in self.boxes], [box.columns for box in self.boxes]
        if self.height is not None and self.width is not None:
            rows, columns = [*rows, (0, self.height - 1)], [*columns, (0, self.width - 1)]
        return (min(a for a, _ in rows), max(b for _, b in rows)), (
            min(a for a, _ in columns),
            max(b for _, b in columns),
        )


def compose_picture(network: AnalysedNetwork, names: Iterable[str], at: tuple[int, ...] | None) -> Picture:
    """The boxes of the named layers; of one layer those on its largest path; without any, of the network's last.

    `at` is a position of the last of them. Raises LookupError for a layer that is not there, ValueError where there is
    no box to draw, or no such position.
    """
    geometry, nodes = Geometry(network.facts), network.graph.nodes
    asked = sorted({network.find_layer(name) for name in names})
    if asked:
        last = asked[-1]
    elif (found := find_last(network, geometry)) is not None:
        last = found
    elif network.broken:
        why = f'mend the errors of "{network.name}" first' if network.whole else f'"{network.name}" {network.trouble}'
        raise ValueError(f"{why}: no receptive field is known before")
    else:
        raise ValueError(f'"{network.name}" has no layer with a receptive field to draw')
    fields = {index: find_placed(network, geometry, index) for index in asked or [last]}
    unit = choose_position(nodes[last].name, nodes[last].shape, geometry.sizes[last], at)
    size = find_input_size(network, geometry, last, len(unit))
    if at is None and size is not None:
        unit = find_nearest(fields[last], [(n - 1) / 2 for n in size], geometry.sizes[last])
    outer = [axis.at(i) for axis, i in zip(fields[last], unit, strict=True)]
    middles = [sum(span) / 2 for span in outer if span]
    if len(middles) < len(unit):
        raise ValueError(f"position {','.join(map(str, unit))} of {nodes[last].name} reads nothing: there is no box")
    if len(asked) < 2:
        routes = geometry.routes(True)[last] or ()
        for index in routes[0].nodes() if routes else ():
            fields[index] = find_placed(network, geometry, index)
    boxes = []
    for index in sorted(fields, reverse=True):
        field = fields[index]
        if nodes[index].layer is None or len(field) != len(unit):
            continue
        own = unit if index == last else find_nearest(field, middles, geometry.sizes[index], outer)
        spans = [span for axis, i in zip(field, own, strict=True) if (span := axis.at(i))]
        if len(spans) == len(unit):
            rows, columns = ((0, 0), *spans)[-2:]
            inside = "" if size is None else show_inside(spans, size)
            boxes.append(FieldBox(nodes[index].name, show_size(tuple(spans)), own, rows, columns, inside))
            outer = list(spans)
    if not boxes:
        raise ValueError(f'"{network.name}" has no layer with a receptive field to draw')
    boxes.sort(key=measure_box, reverse=True)
    chosen = boxes if len(asked) > 1 else tell_apart(boxes)
    return frame_boxes(network, geometry, last, tuple(chosen), unit)


def find_last(network: AnalysedNetwork, geometry: Geometry) -> int | None:
    """The last layer before the whole input is mixed; of a network with mistakes the last whose field is known."""
    if network.facts.deepest is not None or not network.broken:
        return network.facts.deepest
    known = [
        node.index
        for node in network.graph.nodes
        if node.layer is not None and isinstance(field := geometry.fields[node.index], tuple) and field
        if all([axis.placed for axis in field])
    ]
    return known[-1] if known else None


def find_inputs(network: AnalysedNetwork, geometry: Geometry, last: int) -> list[int]:
    """The inputs that a layer depends on."""
    before = geometry.before(last)
    return [i for i in network.graph.inputs if i in before]


def find_input_size(network: AnalysedNetwork, geometry: Geometry, last: int, rank: int) -> tuple[int, ...] | None:
    """The size that all inputs of a layer have; None where they differ, or it is unknown."""
    sizes = {geometry.sizes[i] for i in find_inputs(network, geometry, last)}
    size = sizes.pop() if len(sizes) == 1 else None
    return size if size is not None and len(size) == rank else None


def frame_boxes(
    network: AnalysedNetwork, geometry: Geometry, last: int, boxes: tuple[FieldBox, ...], unit: tuple[int, ...]
) -> Picture:
    """The picture of boxes, with the input's frame, a title and a note."""
    size = find_input_size(network, geometry, last, len(unit))
    height, width = (None, None) if size is None else (1, *size)[-2:]
    name = network.graph.nodes[last].name
    title = f'Receptive fields of "{network.name}" around position {",".join(map(str, unit))} of {name}'
    notes = [f"drawn: {' and '.join(name_axes(len(unit))[-2:])}"] * (len(unit) > 2)
    notes += ["what lies outside the input is padding"] * any([box.inside for box in boxes])
    notes += write_assumptions(network, "the picture rests")
    notes += [f"of the layers before {'the mistakes' if network.whole else 'what is unknown'}"] * network.broken
    frame = write_frame(network, geometry, last, size)
    return Picture(title, frame, height, width, len(unit) == 1, boxes, "; ".join(notes))


def write_frame(network: AnalysedNetwork, geometry: Geometry, last: int, size: tuple[int, ...] | None) -> str:
    """What the frame is, or why there is none: "input 28x28"."""
    inputs = find_inputs(network, geometry, last)
    if size is not None:
        return (
            f"{count_nouns(len(inputs), 'input')}, each {show_shape(size)}"
            if len(inputs) > 1
            else f"input {show_shape(size)}"
        )
    known = [show_shape(own) for i in inputs if (own := geometry.sizes[i]) is not None]
    return f"inputs {join_words(known)}" if len(known) == len(inputs) > 1 else "the input's size is unknown"


def show_inside(spans: list[Span], size: tuple[int, ...]) -> str:
    """The size of what of a box lies on an input; "" where all of it does."""
    inside = [max(0, min(last, n - 1) - max(first, 0) + 1) for (first, last), n in zip(spans, size, strict=True)]
    whole = [last - first + 1 for first, last in spans]
    return "" if inside == whole else show_shape(tuple(inside))


def find_placed(network: AnalysedNetwork, geometry: Geometry, index: int) -> tuple[Field, ...]:
    """The field of a node that can be drawn. ValueError for another."""
    field, name = geometry.fields[index], network.graph.nodes[index].name
    if field is None or (isinstance(field, tuple) and not all(axis.placed for axis in field)):
        raise ValueError(f"there is no box to draw for {name}: where its field lies is unknown")
    if not isinstance(field, tuple) or not field:
        raise ValueError(f"there is no box to draw for {name}: its field is the whole input")
    return field


def find_nearest(
    field: tuple[Field, ...],
    middles: list[float],
    sizes: tuple[int, ...] | None,
    outer: Sequence[Span | None] | None = None,
) -> tuple[int, ...]:
    """The position whose field has its middle nearest to a place of the input, of those whose field lies in a box where there are
    such near by."""
    found = []
    for axis, (own, middle) in enumerate(zip(field, middles, strict=True)):
        most = None if sizes is None else sizes[axis] - 1
        at = round((middle - (own.centre or 0.0)) / own.stride) if own.stride else 0
        tried = [at + step for step in sorted(range(-NEAR, NEAR + 1), key=abs) if at + step >= 0]
        tried = [i for i in tried if most is None or i <= most] or [
            max(0, at) if most is None else max(0, min(at, most))
        ]
        placed = [(abs(sum(span) / 2 - middle), i, span) for i in tried if (span := own.at(i))]
        if outer is not None and (box := outer[axis]) is not None:
            inside = [one for one in placed if box[0] <= one[2][0] and one[2][1] <= box[1]]
            placed = inside or placed
        found.append(min(placed)[1] if placed else tried[0])
    return tuple(found)


def describe_place(box: FieldBox) -> str:
    """Of which position a box is the field, and how much of it lies on the input, where not all does."""
    return f"position {','.join(map(str, box.at))}" + (f", {box.inside} of it on the input" if box.inside else "")


def measure_box(box: FieldBox) -> tuple[int, int]:
    """How long the longer and the shorter side of a box are."""
    rows, columns = box.rows[1] - box.rows[0], box.columns[1] - box.columns[0]
    return max(rows, columns), min(rows, columns)


def tell_apart(boxes: list[FieldBox]) -> list[FieldBox]:
    """Of boxes from large to small those that can be told from one another, not more than MOST."""
    chosen: list[FieldBox] = []
    for box in boxes:
        if not chosen or 1 < measure_box(box)[0] + 1 <= STEP * (measure_box(chosen[-1])[0] + 1):
            chosen.append(box)
    return chosen if len(chosen) <= MOST else [chosen[round(i * (len(chosen) - 1) / (MOST - 1))] for i in range(MOST)]
