"""Readings from the Python API: every public name of what it returns is in `api_names.API`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cnnspec
from tests.figures import api_names
from tests.figures.from_json import OTHER, Unnamed
from tests.figures.readings import Reading

looked: dict[type, list[tuple[str, str]]] = {}  # the public names of a class, with their figures


def public(value: Any, met: set[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    """(figure, value) of every public name of an object."""
    kind = type(value)
    if kind not in looked:
        known = api_names.API[kind.__name__]
        found = [name for name in dir(value) if not name.startswith("_")]
        if new := set(found) - known.keys():
            raise Unnamed(f"the API: {kind.__name__}.{min(new)} has no name in api_names.API")
        looked[kind] = [(name, known[name]) for name in found]
    met.update([(kind.__name__, name) for name, _ in looked[kind]])
    for name, figure in looked[kind]:
        if not figure.startswith("-"):
            yield figure, getattr(value, name)


def of(value: Any, owner: str, met: set[tuple[str, str]]) -> Iterator[Reading]:
    kind = type(value).__name__
    for figure, found in public(value, met):
        yield Reading(figure, owner, found, f"{kind} of the API")


def field(value: Any, owner: str, met: set[tuple[str, str]]) -> Iterator[Reading]:
    """A receptive field, part by part; None is unknown."""
    if value is None:
        yield Reading("rf_size", owner, None, "the API")
    else:
        yield from of(value, owner, met)


def readings(net: cnnspec.Network, unit: str | None, met: set[tuple[str, str]], layers: bool) -> Iterator[Reading]:
    yield from of(net, "", met)
    yield from field(net.receptive_field, "", met)
    for layer in net.layers if layers else ():
        yield from of(layer, layer.name, met)
        yield from field(layer.receptive_field, layer.name, met)
    if unit is not None:
        found = net.receptive_field_of(unit)
        yield from of(found, unit, met)
        yield from of(found.layer, unit, met)
        yield from field(found.layer.field, unit, met)
        for read in found.inputs:
            yield from of(read, read.name, met)
        yield from [Reading("path_smallest", f"{unit}.{p.axis}", p.size, "the API") for p in found.smallest]
        yield from [Reading("path_largest", f"{unit}.{p.axis}", p.size, "the API") for p in found.largest]


def asked(net: cnnspec.Network, met: set[tuple[str, str]]) -> Iterator[Reading]:
    """What the network is asked, as the commands are in `House`."""
    yield from costs(net, met)
    lost, fields = net.lost(), net.receptive_fields()
    yield from of(lost, "", met)
    for part in (*lost.losses, *lost.taps):
        yield from of(part, net.layers[part.node].name, met)
    yield from of(fields, "", met)
    for layer in fields.layers:
        yield from of(layer, layer.name, met)
        yield from field(layer.field, layer.name, met)
    for offset in fields.misaligned:
        yield from of(offset, f"{offset.layer}.{offset.axis}", met)
    try:
        sizes = net.sizes()
    except cnnspec.SpecError:
        return
    yield from of(sizes, "", met)
    for axis in sizes.axes:
        owner = " ".join([f"{one.input}.{one.letter}" for one in axis.axes])
        for figure, found in public(axis, met):
            if found is not None:
                yield Reading(
                    figure, owner, (found.early, found.start, found.period, found.residues), "Axis of the API"
                )
        yield from [Reading("declared", f"{a.input}.{a.letter}", a.declared, "Axis of the API") for a in axis.axes]


def ask_cost(net: cnnspec.Network) -> cnnspec.Cost:
    """As ASKED of `House` asks the command."""
    return net.cost(1, optimizer="adam", memory="16GiB", device="v100", flops_as="tensorflow")


def costs(net: cnnspec.Network, met: set[tuple[str, str]]) -> Iterator[Reading]:
    cost = ask_cost(net)
    yield from of(cost, "", met)
    for layer in cost.layers:
        yield from of(layer, layer.name, met)
        made = [[getattr(one, part) for part in one._fields] for one in layer.matrices or ()]
        yield Reading("im2col", layer.name, made, "LayerCost of the API")
        for part in (layer.traffic, layer.time):
            if part is not None:
                yield from of(part, layer.name, met)
    frozen = [("frozen", cost.frozen_training)] if cost.frozen_training is not None else []
    for kind, memory in (("inference", cost.inference), ("training", cost.training), *frozen):
        assert memory is not None and cost.question.limit is not None
        [*public(memory, met)]
        yield Reading(f"{kind}_largest", "", memory.largest_batch(cost.question.limit), "Memory of the API")
        for term in memory.terms:
            yield Reading(f"{kind}_values", term.name, term.values, "Memory of the API")
            yield Reading(f"{kind}_bytes_each", term.name, term.size, "Memory of the API")


def differing(net: cnnspec.Network, other: cnnspec.Network, met: set[tuple[str, str]]) -> Iterator[Reading]:
    """Two networks compared: figures of either side, and what the second has more."""
    found = cnnspec.diff(net, other)
    for figure, total in public(found, met):
        yield Reading(figure, "", total.a, "Difference of the API")
        yield Reading(figure, OTHER, total.b, "Difference of the API")
        yield Reading(f"more {figure}", "", total.difference, "Difference of the API")
    for side, owner in ((found.a, ""), (found.b, OTHER)):
        yield from of(side, owner, met)
        yield from field(side.receptive_field, owner, met)
    for layer in found.layers:
        for figures, prefix in ((layer.a, ""), (layer.b, OTHER)):
            if figures is not None:
                yield from of(figures, prefix + figures.name, met)
                yield from field(figures.receptive_field, prefix + figures.name, met)
