"""The models that a source has made, as networks with names."""

from __future__ import annotations

from cnnspec.graph import BlockCall
from cnnspec.python_source.cutting import Cut
from cnnspec.python_source.found import PythonNetwork
from cnnspec.python_source.interpreter.objects import InstanceValue
from cnnspec.python_source.keras.instances import OwnCall
from cnnspec.python_source.keras.layer_kinds import find_models, list_inner_models
from cnnspec.python_source.keras.reached import find_nodes
from cnnspec.python_source.path_numbers import PathNumbers
from cnnspec.python_source.training.settings import find_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.machine import Machine


MADE = ".__init__"  # how the name of a step ends in which an instance is made


def list_networks(machine: Machine, models: list[ModelValue], held: Mapping[str, Any]) -> tuple[PythonNetwork, ...]:
    """Models as networks, in order. `held` are the values of the names of the source, in the end."""
    names = find_names(held, models)
    inner = find_inner(machine, models)
    made: list[PythonNetwork] = []
    taken: set[str] = set()
    numbers = PathNumbers()
    there: dict[tuple[Any, ...], list[Graph]] = {}  # by the places that models are made at
    for model in models:
        cut = Cut(model, machine.tape, numbers)
        alike = there.setdefault(numbers.find_place(model.site), [])
        if any([is_same(cut.graph, other) for other in alike]):
            continue  # made again, in a loop
        alike.append(cut.graph)
        called = list_names(model, names.get(id(model), []))
        name = find_free(called[0], taken)
        cut.graph.name = name
        train = find_settings(model, machine)
        others = tuple([other for other in called if other != name])
        made.append(
            PythonNetwork((name, *others), cut.graph, train, model.site, cut.whole, id(model) in inner, cut.doubtful)
        )
    return tuple(made)


def is_same(graph: Graph, other: Graph) -> bool:
    """Whether two models of one place are the same network."""
    return graph.outputs == other.outputs and [(n.layer, n.inputs, n.shape, n.label) for n in graph.nodes] == [
        (n.layer, n.inputs, n.shape, n.label) for n in other.nodes
    ]


# ---- those within others -------------------------------------------------------------------------------------------
def find_inner(machine: Machine, models: list[ModelValue]) -> set[int]:
    """The identities of the models that are used in another one, or lie within another one's tensors."""
    found = {id(part) for model in models for part in list_inner_models(model) if part is not model}
    parts = [{node.index for node in find_nodes(machine.tape, m.list_outputs(), m.list_inputs())} for m in models]
    for number, model in enumerate(models):
        for other, nodes in enumerate(parts):
            if parts[number] < nodes or parts[number] == nodes and other < number:
                found.add(id(model))
    return found


# ---- names ---------------------------------------------------------------------------------------------------------
def find_names(held: Mapping[str, Any], models: list[ModelValue]) -> dict[int, list[str]]:
    """The names that hold a model, by its identity: variables, and attributes of instances that variables hold or that are
    models themselves."""
    instances = [value for value in held.values() if isinstance(value, InstanceValue)]
    instances += [model.body.own.instance for model in models if isinstance(model.body, OwnCall)]
    found: dict[int, list[str]] = {}
    for names in (held, *[instance.attributes for instance in instances]):
        for name, value in names.items():
            for model in find_models(value):
                found.setdefault(id(model), []).append(name)
    return found


def list_names(model: ModelValue, held: list[str]) -> list[str]:
    """What a model may be called: the variables that hold it, the function that makes it, its own name, its class."""
    calls = [step.block.removesuffix(MADE) for step in model.site.steps if isinstance(step, BlockCall)]
    own = [model.name] if model.name else []
    kind = [model.kind] if model.kind not in ("Sequential", "Functional") else []
    return list(dict.fromkeys([*held, *calls[-1:], *own, *kind])) or ["model"]


def find_free(name: str, taken: set[str]) -> str:
    """A name, numbered where another model has it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free
