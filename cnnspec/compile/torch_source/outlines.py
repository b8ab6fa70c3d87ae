"""What calls of one block have in common: the outline of their bodies, and the places of the values that may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.torch_source.call_text import walk_values
from cnnspec.compile.torch_source.parts import BlockPart, LayerPart, SequencePart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.compile.torch_source.module_class import ModuleClass
    from cnnspec.compile.torch_source.optional_region import Region
    from cnnspec.compile.torch_source.parts import Body, Part
    from cnnspec.layers.torch_call import TorchCall

Place = tuple[Any, ...]  # of a value in a body: numbers of parts and calls, then its way inside the call
# PyTorch's own values of arguments that some calls of a block give and others do not, in PyTorch's order.
DEFAULTS: dict[str, dict[str, Any]] = {
    "ConvTranspose": {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1},
    "Conv": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
    "MaxPool": {"stride": None, "padding": 0, "ceil_mode": False},
    "Linear": {"bias": True},
}


def complete_arguments(call: TorchCall) -> dict[str, Any]:
    """The arguments of a call with PyTorch's defaults, where the layer has some that calls often leave out."""
    kind = next((kind for kind in DEFAULTS if call.name.startswith(kind)), None)
    if kind is None:
        return call.arguments
    defaults = {**DEFAULTS[kind]} | ({"stride": call.arguments["kernel_size"]} if kind == "MaxPool" else {})
    leading = {name: value for name, value in call.arguments.items() if name not in defaults}
    return leading | {name: call.arguments.get(name, value) for name, value in defaults.items()}


def is_default(call: TorchCall, name: str, value: Any) -> bool:
    """Whether PyTorch's layer has this value anyway."""
    return name not in call.arguments and complete_arguments(call).get(name) == value


def find_outline(body: Body, classes: dict[int, ModuleClass], without: Region | None = None) -> Place:
    """The outline of a body: its parts without the values in them, and what reads what; as if a region were not there."""
    tensors: dict[int, Any] = {index: ("in", place) for place, index in enumerate(body.inputs)}
    owners: dict[int, int] = {}
    found: list[Place] = []
    for place, part in enumerate(body.parts):
        if without is not None and without.start <= place < without.stop:
            tensors[part.output] = tensors.get(without.find_entry(body))
            continue
        reads = tuple([tensors[i] for i in part.inputs])
        tensors[part.output] = len(found)
        found.append((reads, *outline_part(part, classes, owners)))
    return (tuple(found), tuple([tensors[i] for i in body.outputs]))


def outline_part(part: Part, classes: dict[int, ModuleClass], owners: dict[int, int]) -> Place:
    """The outline of a part."""
    if isinstance(part, BlockPart):
        owner = None if part.twin is None else owners.get(part.twin.output)
        owners[part.output] = len(owners)
        return ("block", id(classes[id(part.body)]), owner)
    if isinstance(part, SequencePart):
        return ("sequence", part.label, *[outline_part(item, classes, owners) for item in part.items])
    calls = [
        (c.name, c.helper, repr(c.around), tuple([p for p, _ in walk_values(complete_arguments(c))]))
        for c in part.calls
    ]
    owners.setdefault(part.owner, len(owners))
    return ("layer", tuple(calls), owners[part.owner], part.frozen)


def walk_values_of(
    parts: Iterable[tuple[int, Part]], classes: dict[int, ModuleClass]
) -> Iterator[tuple[Place, str, Any]]:
    """The values in parts, each with its place in the class: the place, the name of the argument, the value."""
    for place, part in parts:
        yield from walk_part((place,), part, classes)


def walk_part(place: Place, part: Part, classes: dict[int, ModuleClass]) -> Iterator[tuple[Place, str, Any]]:
    """The values in a part."""
    if isinstance(part, LayerPart):
        for number, call in enumerate(part.calls):
            for path, value in walk_values(complete_arguments(call)):
                yield (*place, number, *path), str(path[0]), value
    elif isinstance(part, SequencePart):
        for number, item in enumerate(part.items):
            yield from walk_part((*place, number), item, classes)
    else:
        made = classes[id(part.body)]
        for name, value in made.find_values(part.body).items():
            yield (*place, name), name, value
