"""A saved Keras model → the calls that it makes, one behind another: nested models taken apart, references followed.

Keras 3 saves a Functional model as a list of layers, each with one inbound node for every time it is called; the
arguments of a node refer to tensors as [layer, node, output]. A Sequential model is a list of layers alone. Here all of
that becomes one list of `Call`s, in which a call's inputs stand before it: the inputs first, then what the outputs need,
depth first, so that a branch stays together.
"""

from __future__ import annotations

from typing import Any, ClassVar

from cnnspec.base.record import Record
from cnnspec.model_files.keras.archive import Refused
from cnnspec.model_files.keras.saved import (
    INPUT,
    built_shape,
    called,
    is_model,
    is_node,
    is_reference,
    is_tensor,
    leaves,
    no_model,
)

MAX_CALLS = 20_000  # twenty times what the largest of keras.applications makes
MAX_MODELS = 2_000  # uses of models inside models
MAX_NESTING = 50


class Tensor(Record):
    """The output of a call, as an argument of another; `shape` is what the file says of it, batch first."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"shape"})
    index: int
    shape: Any = None


class Call(Record):
    """One use of a Keras layer or operation, or an input.

    `arguments` and `keywords` are what it is called with, tensors as `Tensor`; `layer` is the path of the layer's name
    through the models around it, by which several uses of one layer are told; `shape` is its output's, batch first, as far as
    the file states it.
    """

    layer: tuple[str, ...]
    saved: dict[str, Any]  # module, class_name, config, registered_name, build_config
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    shape: Any = None
    frozen: bool = False  # by a model around it

    @property
    def name(self) -> str:
        """What the layer is called in messages: Keras's name, behind those of the models around it."""
        return "/".join(self.layer)

    @property
    def kind(self) -> str:
        return str(self.saved.get("class_name"))

    @property
    def config(self) -> dict[str, Any]:
        config = self.saved.get("config")
        return config if isinstance(config, dict) else {}

    def inputs(self) -> list[int]:
        return [t.index for t in leaves([self.arguments, self.keywords]) if isinstance(t, Tensor)]


class Around(Record):
    """The models around a layer: their names, how many, whether one of them is frozen, and what they are called with."""

    path: tuple[str, ...] = ()
    depth: int = 0
    frozen: bool = False
    keywords: Any = None


class Calls:
    """All calls of a model; `inputs` and `outputs` are indices, `output_names` the keys where the outputs are a dict."""

    def __init__(self, model: dict[str, Any]) -> None:
        self.calls: list[Call] = []
        self.inputs: list[int] = []
        self.models = 0
        if not is_model(model):
            raise Refused(no_model(model))
        found = self._model(model, None, Around())
        self.outputs: list[int] = list(leaves(found))
        self.output_names: list[str] = sorted(found) if isinstance(found, dict) else []

    def add(self, call: Call) -> int:
        if len(self.calls) >= MAX_CALLS:
            raise Refused(f"this model makes more than {MAX_CALLS:,} calls of layers")
        self.calls.append(call)
        return len(self.calls) - 1

    def _model(self, model: dict[str, Any], given: list[int] | None, around: Around) -> Any:
        """The structure of a model's outputs; `given` are the tensors that it is called with, None at the top."""
        self.models += 1
        if self.models > MAX_MODELS:
            raise Refused(f"this model uses models inside models more than {MAX_MODELS:,} times")
        if around.depth > MAX_NESTING:
            raise Refused(f"models are nested more than {MAX_NESTING} deep in this file")
        if model["config"].get("trainable", True) is not True:
            around = around.replace(frozen=True)
        layers = model["config"]["layers"]
        if not all(isinstance(layer, dict) and isinstance(layer.get("config"), dict) for layer in layers):
            raise Refused(f"the file is damaged: a layer of {called(model)} has no config")
        names = [called(layer) for layer in layers]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise Refused(f"the file is damaged: two layers of {called(model)} are called {twice}")
        if model["class_name"] == "Sequential":
            return self._sequential(model, given, around)
        return Functional(self, model, given, around).outputs()

    def _sequential(self, model: dict[str, Any], given: list[int] | None, around: Around) -> Any:
        layers = list(model["config"]["layers"])
        first = layers.pop(0) if layers and layers[0].get("class_name") == INPUT else None
        if given is None:
            if first is None:
                shape = built_shape(model, layers)
                first = {
                    "class_name": INPUT,
                    "module": "keras.layers",
                    "config": {"batch_shape": shape, "name": "input_layer"},
                }
            given = [self.input(first, around)]
        if len(given) != 1:
            raise Refused(f"the file is damaged: {called(model)} is a Sequential model with {len(given)} inputs")
        current: Any = given[0]
        for layer in layers:
            if isinstance(current, int):
                current = self.call(layer, (Tensor(current),), {}, around)
            if not isinstance(current, int):
                raise Refused(f"the file is damaged: a layer of {called(model)} has several outputs")
        return current

    def input(self, layer: dict[str, Any], around: Around) -> int:
        index = self.add(Call((*around.path, called(layer)), layer, (), {}))
        self.inputs.append(index)
        return index

    def call(
        self, layer: dict[str, Any], arguments: tuple[Any, ...], keywords: dict[str, Any], around: Around, shape: Any = None
    ) -> Any:  # fmt: skip
        """A use of a layer: one call, or those of the model that it is."""
        within = (*around.path, called(layer))
        said = {key: value for key, value in keywords.items() if value is not None}
        if not is_model(layer):
            return self.add(Call(within, layer, arguments, {**(around.keywords or {}), **said}, shape, around.frozen))
        if set(said) - {"training"}:
            others = ", ".join(sorted(set(said) - {"training"}))
            raise Refused(f"{'/'.join(within)} (a model) is called with {others}, which the language cannot say")
        inner = Around(within, around.depth + 1, around.frozen, {**(around.keywords or {}), **said})
        return self._model(layer, [t.index for t in leaves(arguments) if isinstance(t, Tensor)], inner)


class Functional:
    """One Functional model being followed from its outputs to its inputs."""

    def __init__(self, calls: Calls, model: dict[str, Any], given: list[int] | None, around: Around) -> None:
        self.calls, self.model, self.around = calls, model, around
        config = model["config"]
        self.layers: dict[str, dict[str, Any]] = {called(layer): layer for layer in config["layers"]}
        self.made: dict[tuple[str, int], Any] = {}
        self.shapes: dict[tuple[str, int], Any] = {}  # of tensors, where they are referred to
        references = [key for key, _ in self.references(config.get("input_layers"))]
        if given is None:
            given = [calls.input(self.layer(name), around) for name, _ in references]
        if len(given) != len(references):
            raise Refused(
                f"the file is damaged: {called(model)} takes {len(references)} inputs and is given {len(given)}"
            )
        self.made.update(zip(references, given, strict=True))

    def outputs(self) -> Any:
        structure = self.counted_from_zero(self.model["config"].get("output_layers"))
        references = [key for key, _ in self.references(structure)]
        self.follow(references)
        for name, layer in self.layers.items():
            for number in range(len(self.nodes(layer))):
                if (name, number) not in self.made:
                    raise Refused(
                        f"the file is damaged: {name} stands in {called(self.model)}, and no output depends on it"
                    )
        return self.filled(structure)

    def counted_from_zero(self, structure: Any) -> Any:
        """The references to a model's outputs as those in calls are: there alone Keras counts the calls of a Functional
        model from 1, as it was called once when it was made."""
        if is_reference(structure):
            name, number, output = structure
            kind = self.layers.get(name, {}).get("class_name")
            return [name, number - 1 if number and kind in ("Functional", "Model") else number, output]
        if isinstance(structure, dict):
            return {key: self.counted_from_zero(value) for key, value in structure.items()}
        return [self.counted_from_zero(value) for value in structure] if isinstance(structure, list) else structure

    def layer(self, name: str) -> dict[str, Any]:
        if name not in self.layers:
            raise Refused(f"the file is damaged: it refers to a layer {name!r} that it does not have")
        return self.layers[name]

    def nodes(self, layer: dict[str, Any]) -> list[dict[str, Any]]:
        nodes = layer.get("inbound_nodes") or []
        if not isinstance(nodes, list) or not all(is_node(n) for n in nodes):
            raise Refused(
                f"{called(layer)}'s calls are written in the form of Keras 2, or damaged: save it as HDF5 with tf_keras, then as .keras with Keras 3"
            )
        return nodes

    def follow(self, wanted: list[tuple[str, int]]) -> None:
        """Make all calls that some tensors need, depth first, without recursion."""
        begun: set[tuple[str, int]] = set()
        stack = list(reversed(wanted))
        while stack:
            name, number = stack[-1]
            if (name, number) in self.made:
                stack.pop()
                continue
            layer = self.layer(name)
            nodes = self.nodes(layer)
            if number >= len(nodes):
                raise Refused(
                    f"the file is damaged: it refers to call {number} of {name}, which is called {len(nodes)} times"
                )
            arguments, keywords = nodes[number].get("args"), nodes[number].get("kwargs") or {}
            missing = [key for key, _ in self.references([arguments, keywords], tensors=True) if key not in self.made]
            if missing:
                if (name, number) in begun:
                    raise Refused(f"the file is damaged: {name} depends on its own output")
                begun.add((name, number))
                stack += reversed(missing)
                continue
            stack.pop()
            inputs, options = tuple(self.filled(arguments, True)), self.filled(keywords, True)
            call = self.calls.call(layer, inputs, options, self.around, self.shapes.get((name, number)))
            self.made[name, number] = call

    def references(self, structure: Any, tensors: bool = False) -> list[tuple[tuple[str, int], dict[str, Any]]]:
        """The (layer, node) of every tensor in a structure, in order."""
        found = []
        for leaf in leaves(structure, is_tensor if tensors else is_reference):
            if tensors and not is_tensor(leaf):
                continue
            config = leaf.get("config") if tensors else {"keras_history": leaf}
            history = config.get("keras_history") if isinstance(config, dict) else None
            if not isinstance(config, dict) or not isinstance(history, list) or not is_reference(history):
                raise Refused(f"the file is damaged: {str(history)[:60]} refers to no tensor")
            key = (history[0], history[1])
            self.shapes.setdefault(key, config.get("shape"))
            found.append((key, config))
        return found

    def filled(self, structure: Any, tensors: bool = False) -> Any:
        """A structure with the calls' outputs in place of its references."""
        if (is_tensor if tensors else is_reference)(structure):
            ((key, config),) = self.references([structure], tensors)
            output = config["keras_history"][2]
            found = list(leaves(self.made[key]))
            if output >= len(found) and is_model(self.layer(key[0])):
                raise Refused(f"the file is damaged: it refers to output {output} of {key[0]}, which has {len(found)}")
            if output >= len(found):
                kind = self.layer(key[0]).get("class_name")
                raise Refused(f"{key[0]} ({kind}) has several outputs, and every layer of the language has one")
            return Tensor(found[output], config.get("shape")) if tensors else found[output]
        if isinstance(structure, dict):
            return {key: self.filled(value, tensors) for key, value in structure.items()}
        if isinstance(structure, list):
            return [self.filled(value, tensors) for value in structure]
        return structure
