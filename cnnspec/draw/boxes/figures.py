"""The figures of a box: those of all layers that it stands for, each as its own room defines it."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.draw.boxes.letters import SMALL, cut_words
from cnnspec.draw.boxes.words import write_shapes
from cnnspec.draw.outline.parts import Group
from cnnspec.facts.activation_memory import output_bytes
from cnnspec.facts.precision import find_precision, memory_text
from cnnspec.tables.figures import round_figure, show_field
from cnnspec.tables.rows import measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.size import Dim
    from cnnspec.draw.outline.outline import SeenBox
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.rows import ReceptiveField

SHOWN = ("name", "shape", "params", "macs", "rf", "memory")  # in the order in which they stand in a box
PRECISION = find_precision("float32")


class BoxFigures(Record):
    """Figures of a box; None is unknown. `shapes` and `fields` are of its last layer, each time that it is folded."""

    shapes: tuple[Shape | None, ...]
    fields: tuple[ReceptiveField | None, ...]
    parameters: int | None
    macs: Dim | None
    memory: Dim | None  # bytes of its layers' outputs, of one example in float32
    assumed: bool


def find_box_figures(network: AnalysedNetwork, box: SeenBox) -> BoxFigures:
    facts, nodes = network.facts, network.graph.nodes
    lasts = [part.nodes[-1] for part in box.parts]
    counts = [facts.parameters[index] for index in box.layers]
    return BoxFigures(
        tuple([nodes[index].shape for index in lasts]),
        tuple([measure_field(facts.fields[index], facts.seen[index]) for index in lasts]),
        sum([sum(count) for count in counts if count is not None]) if None not in counts else None,
        add_known([facts.macs[index] for index in box.layers]),
        add_known([output_bytes(nodes[index].shape, PRECISION) for index in box.layers]),
        any([nodes[index].assumed for index in box.layers]),
    )


def add_known(values: Iterable[Dim | None]) -> Dim | None:
    """A sum; None where some of it is unknown."""
    given = [*values]
    known = [value for value in given if value is not None]
    return add_up(known) if len(known) == len(given) else None


def write_figures(network: AnalysedNetwork, box: SeenBox, figures: BoxFigures, shown: Iterable[str]) -> list[str]:
    """What is shown of a box, a line each; no line for no parameters or MACs."""
    texts = {
        "name": cut_words(write_name(network, box), SMALL),
        "shape": write_shapes(figures.shapes),
        "params": f"{round_figure(figures.parameters)} params" if figures.parameters != 0 else "",
        "macs": f"{round_figure(figures.macs)} MACs" if figures.macs != 0 else "",
        "rf": f"field {write_fields(figures)}",
        "memory": memory_text(figures.memory),
    }
    return [texts[one] for one in SHOWN if one in shown and texts[one]]


def write_name(network: AnalysedNetwork, box: SeenBox) -> str:
    """The name of a box's layer, or of its first and last; "" for a group, which has its own."""
    names = [network.graph.nodes[part.nodes[0]].name for part in box.parts]
    if isinstance(box.part, Group):
        return ""
    return names[0] if len(names) == 1 else f"{names[0]}…{names[-1]}"


def write_fields(figures: BoxFigures) -> str:
    words = [*dict.fromkeys([show_field(field) for field in figures.fields])]
    return words[0] if len(words) == 1 else f"{words[0]} → {words[-1]}"
