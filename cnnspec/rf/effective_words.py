"""The words of an effective field that its text and its drawing share."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.rf.effective import WITHIN
from cnnspec.rf.wording import show_plain, show_size, write_box, write_gates, write_statistics
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.effective import EffectiveField, InputWeights

CORE = f"{percent(WITHIN)} of the weight"
LEGEND = (
    "Weight: the share of the paths from the unit down to the input that end at a position, every layer being the mean of what it "
    "reads. What training makes of the weights is not known; it usually enlarges the effective field."
)


def write_title(network: AnalysedNetwork, field: EffectiveField) -> str:
    """'Effective field of position 1,1 of conv3 in "mnist"'."""
    unit = f"position {','.join(map(str, field.at))}" if field.at else "a value"
    return f'Effective field of {unit} of {field.layer} in "{network.name}"'


def write_figures(field: EffectiveField, one: InputWeights) -> list[tuple[str, str]]:
    """What there is to say of an input, each by its name."""
    box = tuple([(first, first + n - 1) for first, n in zip(one.map.first, one.map.sizes, strict=True)])
    core = tuple([axis.core for axis in one.axes])
    of = f" of {one.name}" if len(field.inputs) > 1 else ""
    found = [(f"Positions read{of}", f"{write_box(box)}: {show_size(box)}" if box else "one value")]
    if core:
        deviations = [
            f"{show_plain(axis.deviation)} in {name}" for axis, name in zip(one.axes, name_axes(len(core)), strict=True)
        ]
        found.append((CORE, f"{write_box(core)}: {show_size(core)}, along each axis"))
        found.append(("Standard deviation", ", ".join(deviations)))
    if len(field.inputs) > 1 or field.padding:
        of_padding = f"; {percent(field.padding)} on padding" if field.padding else ""
        found.append(("Weight", f"{percent(one.share)}{of_padding}"))
    return found


def write_notes(network: AnalysedNetwork, field: EffectiveField) -> list[str]:
    """What is left out, and what the figures rest on."""
    lines = ["Drawn: height and width; the weights along depth are added up."] * any(
        [len(one.axes) > 2 for one in field.inputs]
    )
    lines += [f"Gates: {write_gates(field.gates)}; left out."] * bool(field.gates)
    lines += [f"Statistics: {words}; left out." for words in write_statistics(field.statistics)]
    return [*lines, *write_assumptions(network, "the map rests")]
