"""Where the weights of every layer stand in the state of the printed module: "stage1.0.conv1.weight"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.record import Record
from cnnspec.compile.torch_source.parts import BlockPart, LayerPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnspec.compile.torch_source.module_class import ModuleClass
    from cnnspec.compile.torch_source.outlines import Place
    from cnnspec.compile.torch_source.parts import Body, Part
    from cnnspec.layers.torch_call import TorchWeight


class StatePlace(Record):
    """One weight of a node: its name in the module's state, and how it is made of the Keras weight."""

    node: int
    name: str
    weight: TorchWeight


def find_places(
    top: Body, printed: Mapping[int, ModuleClass], names: Mapping[int, dict[Place, str]]
) -> Iterator[StatePlace]:
    """All weights of a network. `printed` are the classes by the identity of their bodies; `names` the attributes of each
    class, by its identity."""
    yield from _walk_body(top, "", printed, names)


def _walk_body(
    body: Body, prefix: str, printed: Mapping[int, ModuleClass], names: Mapping[int, dict[Place, str]]
) -> Iterator[StatePlace]:
    attributes = names[id(printed[id(body)])]
    for place, part in printed[id(body)].place_parts(body):
        if isinstance(part, LayerPart):
            for number, call in enumerate(part.calls):
                if (place, number) in attributes:
                    for weight in call.weights:
                        yield StatePlace(
                            part.node.index, f"{prefix}{attributes[(place, number)]}.{weight.name}", weight
                        )
        elif (place,) in attributes:
            yield from _walk_part(part, f"{prefix}{attributes[(place,)]}.", printed, names)


def _walk_part(
    part: Part, prefix: str, printed: Mapping[int, ModuleClass], names: Mapping[int, dict[Place, str]]
) -> Iterator[StatePlace]:
    if isinstance(part, BlockPart):
        yield from _walk_body(part.body, prefix, printed, names)
        return
    assert not isinstance(part, LayerPart)
    number = 0
    for item in part.items:
        if isinstance(item, LayerPart):
            for call in item.calls:
                for weight in call.weights:
                    yield StatePlace(item.node.index, f"{prefix}{number}.{weight.name}", weight)
                number += 1
        else:
            yield from _walk_part(item, f"{prefix}{number}.", printed, names)
            number += 1
