"""Readings from the JSON of a verb: every number in it has a name in `names.JSON`, or says why it is not compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.figures import names
from tests.figures.readings import Reading, Shown

OTHER, MORE = "other ", "more "  # before a figure: of the second network of a difference, and by how much it is more


class Unnamed(AssertionError):
    """A number that has no name."""


def readings(verb: str, data: Any, met: set[tuple[str, str]]) -> Iterator[Reading]:
    """Every figure of a JSON by its name; the names that were met go into `met`."""
    for path, of, value in leaves(verb, data, "", "", ""):
        figure = names.JSON[verb].get(path)
        if figure is None:
            raise Unnamed(f"{verb} --format json: {path} has no name in names.JSON")
        met.add((verb, path))
        if figure.startswith("-"):
            continue
        where = f"{verb} --format json: {path}"
        if isinstance(value, dict) and figure.endswith("_set"):
            value = (tuple(value["early"]), value["start"], value["period"], tuple(value["residues"]))
        if figure.startswith(OTHER):
            yield Reading(figure.removeprefix(OTHER), f"{OTHER}{of}", value, where)
        else:
            yield Reading(figure, of, value, where)
    if verb == "explain":
        yield from explained(data)


def leaves(verb: str, value: Any, path: str, special: str, of: str) -> Iterator[tuple[str, str, Any]]:
    """(path, whose, value) of what the table names and of every number that it does not. `special` is the path by names."""
    known = names.JSON[verb]
    found = next((p for p in (special, path) if p in known), None)
    if found is not None:
        yield found, of, value
    if found is not None and not (isinstance(value, dict) and known[found].endswith("_set")):
        return
    if isinstance(value, dict):
        inner = owner(value, of)
        if found is not None and (new := value.keys() - names.SET):
            raise Unnamed(f"{verb} --format json: {path}.{min(new)} has no name in names.SET")
        for key, part in value.items():
            if found is not None and key != "contains_asked":
                continue  # a set of sizes is one figure
            yield from leaves(verb, part, f"{path}.{key}".lstrip("."), f"{special}.{key}".lstrip("."), inner)
    elif isinstance(value, (list, tuple)):
        for part in value:
            name = part.get("name") if isinstance(part, dict) else None
            yield from leaves(verb, part, f"{path}[]", f"{path}[{name}]" if name else f"{path}[]", of)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, of, value


def owner(value: dict[str, Any], of: str) -> str:
    """Whose the figures in a part of a JSON are."""
    if (
        "period_by" not in value
        and isinstance(value.get("inputs"), list)
        and value["inputs"]
        and "declared" in str(value["inputs"][0])
    ):
        return " ".join([f"{i['name']}.{i['axis']}" for i in value["inputs"]])
    if "declared" in value and "times" in value:
        return f"{value['name']}.{value['axis']}"
    if "pixels" in value or "size" in value and "axis" in value:
        return f"{value.get('layer', of)}.{value['axis']}"
    name = value.get("name", value.get("layer"))
    return name if isinstance(name, str) else of


def summed(data: dict[str, Any]) -> Iterator[Reading]:
    """What the parts of a summary come to: parameters of each layer, the shapes of the outputs."""
    yield Reading("outputs", "", [output["shape"] for output in data["outputs"]], "summary --format json: outputs")
    yield Reading("inputs", "", [entry["shape"] for entry in data["inputs"]], "summary --format json: inputs")
    if isinstance(macs := data["totals"]["macs"], int):
        yield Reading("flops", "", 2 * macs, "summary --format json: twice the MACs")
    for layer in data["layers"]:
        parts = layer["params"].values()
        yield Reading("params", layer["name"], None if None in parts else sum(parts), "summary --format json: params")


def activations(data: dict[str, Any], counted: set[str]) -> Iterator[Reading]:
    """The bytes of all outputs together, where they are numbers."""
    made = [layer["activation_bytes"] for layer in data["layers"] if layer["name"] in counted]
    if all(isinstance(n, int) for n in made):
        yield Reading("activation_bytes", "", sum(made), "cost --format json: activation_bytes of all layers")


def explained(data: dict[str, Any]) -> Iterator[Reading]:
    """Every step of explain by its name."""
    for layer in data["layers"]:
        for section in layer["sections"]:
            yield from stepped(section, layer["name"])
    if data["totals"] is not None:
        yield from stepped(data["totals"], "")


def stepped(section: dict[str, Any], of: str) -> Iterator[Reading]:
    title, steps = section["title"], section["steps"]
    known, where = names.STEPS[title], f"explain --format json: {title}"
    if title == "MACs" and steps[0]["value"] is None:
        yield Reading("macs", of, 0, where)
    if title == "Parameters":
        total = [s["value"] for s in steps if s["name"] == "together"] or [
            s["value"] for s in steps if s["value"] is not None
        ]
        yield Reading("params", of, total[0] if total else 0, where)
    axes: dict[str, dict[str, Any]] = {}
    for step in steps:
        first, *others = step["name"].split(", ") if step["name"] not in known else [step["name"]]
        if step["value"] is None:
            continue
        if first not in known and title != "Parameters":
            raise Unnamed(f"explain: {title}: {step['name']} has no name in names.STEPS")
        figure = known.get(first, names.WEIGHT)
        if figure == "length":
            yield from [Reading("length", f"{of}.{axis}", step["value"], where) for axis in (first, *others)]
        elif title == "Receptive field":
            axes.setdefault(figure, {}).update(dict.fromkeys(others or [""], step["value"]))
        elif not figure.startswith("-") and step["name"] != "together":
            yield Reading(figure, of, step["value"], where)
    for figure, values in axes.items():
        yield from [
            Reading(f"{figure}_axis", f"{of}.{axis}" if axis else f"{of}.all", v, where) for axis, v in values.items()
        ]


def spread(found: list[Reading], axes: dict[str, tuple[str, ...]]) -> Iterator[Reading]:
    """Of shapes and fields also each axis, as explain has them: `axes` has the names of a layer's axes."""
    for reading in found:
        names_of, value = axes.get(reading.of), None if isinstance(reading.value, Shown) else reading.value
        if reading.figure == "rf_size" and reading.of == "" and value:
            yield Reading("rf_shortest", "", min(value), reading.where)
            yield Reading("rf_longest", "", max(value), reading.where)
        if names_of is None or not isinstance(value, (list, tuple)):
            continue
        if reading.figure == "shape":
            words = (*names_of, "channels") if len(value) > 1 else ("values",)
            yield from [
                Reading("length", f"{reading.of}.{w}", v, reading.where) for w, v in zip(words, value, strict=False)
            ]
        elif reading.figure in ("rf_size", "rf_stride", "rf_start", "rf_centre"):
            pairs = [
                *zip(names_of, value, strict=False),
                *([("all", value[0])] if len(set(map(str, value))) == 1 else []),
            ]
            yield from [Reading(f"{reading.figure}_axis", f"{reading.of}.{w}", v, reading.where) for w, v in pairs]
