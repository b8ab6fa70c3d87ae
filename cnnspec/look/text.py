"""What a look found, in words: a few lines for each image."""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.base.source import printable
from cnnspec.look.wording import MOST_FILTERS, describe_drop, write_box, write_number, write_share, write_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.look.image_look import ImageLook
    from cnnspec.look.patches import FilterPatches
    from cnnspec.look.responses import Unit

FIRST = 3  # patches of a filter that are told


def write_title(look: ImageLook) -> str:
    """ "digit.png: 3, 99.99 %"."""
    found = look.explained
    said = "" if found is None else f": {found.name}, {write_value(found.value, found.unit)}"
    return printable(f"{look.name}{said}")


def write_look(look: ImageLook) -> list[str]:
    """The lines about an image: the image, then what each map and each layer says, indented."""
    lines, found = [], look.explained
    if found is not None and found.activation is not None and not found.activation.map.any():
        lines.append(f"class activation: nothing in {found.activation.layer} speaks for {found.name}")
    if found is not None:
        lines.append(f"occlusion: {describe_drop(found)}")
    lines += [write_unit(response.strongest) for response in look.responses]
    return [write_title(look), *[printable(f"  {line}") for line in lines]]


def write_unit(unit: Unit) -> str:
    """ "conv1: filter 4 responds most, 0.378 at 1,3, which sees rows 0 to 2, columns 2 to 4"."""
    sees = (
        f", which sees {write_box(unit.box)}" if unit.box is not None else "; what it sees of the image cannot be told"
    )
    besides = f", and the whole image through {shorten(unit.mixed)}" if unit.mixed else ""
    at = ",".join(map(str, unit.at))
    return f"{unit.layer}: filter {unit.filter} responds most, {write_number(unit.value)} at {at}{sees}{besides}"


def write_patches(found: FilterPatches) -> list[str]:
    """The lines about the filters of a layer that are shown: the images of their first patches."""
    shown = found.filters[:MOST_FILTERS]
    lines = [f"{found.layer}: {write_share(len(shown), len(found.filters), 'filter')}"]
    for number, patches in enumerate(shown):
        lines.append(f"  {number}: {', '.join([f'{p.image} {write_number(p.value)}' for p in patches[:FIRST]])}")
    return [printable(line) for line in lines]


def shorten(names: Sequence[str]) -> str:
    """ "a, b and 3 more"."""
    return join_words([*names[:2], f"{len(names) - 2} more"] if len(names) > 3 else names)
