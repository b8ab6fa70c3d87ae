"""A saved Keras model → the calls of layers that it makes, in order.

Keras 3 saves a Functional model as a list of layers, each with one inbound node for every time it is called; the
arguments of a node refer to tensors as [layer, node, output]. A Sequential model is a list of layers alone, and models may
be nested. All of that becomes one list of calls, each behind the calls that it reads: the inputs first, then depth first
whatever the outputs need, so that a branch stays together.
"""

from __future__ import annotations

from typing import Any, ClassVar

from cnnspec.base.record import Record
from cnnspec.model_files.keras.saved_objects import (
    INPUT,
    explain_no_model,
    find_built_shape,
    find_leaves,
    find_name,
    is_model,
    is_node,
    is_reference,
    is_tensor,
)
from cnnspec.model_files.refusal import ModelRefused

MAX_CALLS = 20_000  # twenty times what the largest of keras.applications makes
MAX_MODELS = 2_000  # uses of models inside models
MAX_NESTING = 50


class SavedTensor(Record):
    """The output of a call, as an argument of another. `shape` is the one in the file, batch first."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"shape"})
    index: int
    shape: Any = None


class SavedCall(Record):
    """One use of a Keras layer or operation, or an input.

    `arguments` and `keywords` are those of the call, with tensors as `SavedTensor`. `layer` is the layer's name behind the
    names of the models around it, the same for several uses of one layer. `shape` is the output's, batch first, as far as
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
        """The layer's name in messages, behind those of the models around it."""
        return "/".join(self.layer)

    @property
    def kind(self) -> str:
        return str(self.saved.get("class_name"))

    @property
    def config(self) -> dict[str, Any]:
        config = self.saved.get("config")
        return config if isinstance(config, dict) else {}

    def inputs(self) -> list[int]:
        return [t.index for t in find_leaves([self.arguments, self.keywords]) if isinstance(t, SavedTensor)]


class OuterModels(Record):
    """The models around a layer: their names, how many there are, whether one is frozen, and the keywords of their calls."""

    path: tuple[str, ...] = ()
    depth: int = 0
    frozen: bool = False
    keywords: Any = None


class SavedCalls:
    """All calls of a model. `inputs` and `outputs` are indices, `output_names` the keys of outputs that are a dict."""

    def __init__(self, model: dict[str, Any]) -> None:
        self.calls: list[SavedCall] = []
        self.inputs: list[int] = []
        self.models = 0
        if not is_model(model):
            raise ModelRefused(explain_no_model(model))
        found = self._model(model, None, OuterModels())
        self.outputs: list[int] = list(find_leaves(found))
        self.output_names: list[str] = sorted(found) if isinstance(found, dict) else []

    def add(self, call: SavedCall) -> int:
        if len(self.calls) >= MAX_CALLS:
            raise ModelRefused(f"this model makes more than {MAX_CALLS:,} calls of layers")
        self.calls.append(call)
        return len(self.calls) - 1

    def _model(self, model: dict[str, Any], given: list[int] | None, around: OuterModels) -> Any:
        """The structure of a model's outputs; `given` are the tensors that it is called with, None at the top."""
        self.models += 1
        if self.models > MAX_MODELS:
            raise ModelRefused(f"this model uses models inside models more than {MAX_MODELS:,} times")
        if around.depth > MAX_NESTING:
            raise ModelRefused(f"models are nested more than {MAX_NESTING} deep in this file")
        if model["config"].get("trainable", True) is not True:
            around = around.replace(frozen=True)
        layers = model["config"]["layers"]
        if not all(isinstance(layer, dict) and isinstance(layer.get("config"), dict) for layer in layers):
            raise ModelRefused(f"the file is damaged: a layer of {find_name(model)} has no config")
        names = [find_name(layer) for layer in layers]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ModelRefused(f"the file is damaged: two layers of {find_name(model)} are called {twice}")
        if model["class_name"] == "Sequential":
            return self._sequential(model, given, around)
        return FunctionalModel(self, model, given, around).outputs()

    def _sequential(self, model: dict[str, Any], given: list[int] | None, around: OuterModels) -> Any:
        layers = list(model["config"]["layers"])
        first = layers.pop(0) if layers and layers[0].get("class_name") == INPUT else None
        if given is None:
            if first is None:
                shape = find_built_shape(model, layers)
                first = {
                    "class_name": INPUT,
                    "module": "keras.layers",
                    "config": {"batch_shape": shape, "name": "input_layer"},
                }
            given = [self.input(first, around)]
        if len(given) != 1:
            raise ModelRefused(
                f"the file is damaged: {find_name(model)} is a Sequential model with {len(given)} inputs"
            )
        current: Any = given[0]
        for layer in layers:
            if isinstance(current, int):
                current = self.call(layer, (SavedTensor(current),), {}, around)
            if not isinstance(current, int):
                raise ModelRefused(f"the file is damaged: a layer of {find_name(model)} has several outputs")
        return current

    def input(self, layer: dict[str, Any], around: OuterModels) -> int:
        index = self.add(SavedCall((*around.path, find_name(layer)), layer, (), {}))
        self.inputs.append(index)
        return index

    def call(
        self, layer: dict[str, Any], arguments: tuple[Any, ...], keywords: dict[str, Any], around: OuterModels, shape: Any = None
    ) -> Any:  # fmt: skip
        """A use of a layer: one call, or those of the model that it is."""
        within = (*around.path, find_name(layer))
        given = {key: value for key, value in keywords.items() if value is not None}
        if not is_model(layer):
            return self.add(
                SavedCall(within, layer, arguments, {**(around.keywords or {}), **given}, shape, around.frozen)
            )
        if set(given) - {"training"}:
            others = ", ".join(sorted(set(given) - {"training"}))
            raise ModelRefused(f"{'/'.join(within)} (a model) is called with {others}, which the language cannot say")
        inner = OuterModels(within, around.depth + 1, around.frozen, {**(around.keywords or {}), **given})
        return self._model(layer, [t.index for t in find_leaves(arguments) if isinstance(t, SavedTensor)], inner)


class FunctionalModel:
    """A Functional model, followed from its outputs to its inputs."""

    def __init__(self, calls: SavedCalls, model: dict[str, Any], given: list[int] | None, around: OuterModels) -> None:
        self.calls, self.model, self.around = calls, model, around
        config = model["config"]
        self.layers: dict[str, dict[str, Any]] = {find_name(layer): layer for layer in config["layers"]}
        self.made: dict[tuple[str, int], Any] = {}
        self.shapes: dict[tuple[str, int], Any] = {}  # of tensors, where they are referred to
        references = [key for key, _ in self.references(config.get("input_layers"))]
        if given is None:
            given = [calls.input(self.layer(name), around) for name, _ in references]
        if len(given) != len(references):
            raise ModelRefused(
                f"the file is damaged: {find_name(model)} takes {len(references)} input{'s' * (len(references) != 1)} and is given {len(given)}"
            )
        self.made.update(zip(references, given, strict=True))

    def outputs(self) -> Any:
        structure = self.counted_from_zero(self.model["config"].get("output_layers"))
        references = [key for key, _ in self.references(structure)]
        self.follow(references)
        for name, layer in self.layers.items():
            for number in range(len(self.nodes(layer))):
                if (name, number) not in self.made:
                    raise ModelRefused(
                        f"the file is damaged: {name} stands in {find_name(self.model)}, and no output depends on it"
                    )
        return self.filled(structure)

    def counted_from_zero(self, structure: Any) -> Any:
        """The references to a model's outputs, with calls counted from 0 as everywhere else.

        Here alone Keras counts the calls of a Functional model from 1, as it was called once when it was made.
        """
        if is_reference(structure):
            name, number, output = structure
            kind = self.layers.get(name, {}).get("class_name")
            return [name, number - 1 if number and kind in ("Functional", "Model") else number, output]
        if isinstance(structure, dict):
            return {key: self.counted_from_zero(value) for key, value in structure.items()}
        return [self.counted_from_zero(value) for value in structure] if isinstance(structure, list) else structure

    def layer(self, name: str) -> dict[str, Any]:
        if name not in self.layers:
            raise ModelRefused(f"the file is damaged: it refers to a layer {name!r} that it does not have")
        return self.layers[name]

    def nodes(self, layer: dict[str, Any]) -> list[dict[str, Any]]:
        nodes = layer.get("inbound_nodes") or []
        if not isinstance(nodes, list) or not all(is_node(n) for n in nodes):
            raise ModelRefused(
                f"{find_name(layer)}'s calls are written in the form of Keras 2, or damaged: save it as HDF5 with tf_keras, then as .keras with Keras 3"
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
                raise ModelRefused(
                    f"the file is damaged: it refers to call {number} of {name}, which is called {len(nodes)} time{'s' * (len(nodes) != 1)}"
                )
            arguments, keywords = nodes[number].get("args"), nodes[number].get("kwargs") or {}
            missing = [key for key, _ in self.references([arguments, keywords], tensors=True) if key not in self.made]
            if missing:
                if (name, number) in begun:
                    raise ModelRefused(f"the file is damaged: {name} depends on its own output")
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
        for leaf in find_leaves(structure, is_tensor if tensors else is_reference):
            if tensors and not is_tensor(leaf):
                continue
            config = leaf.get("config") if tensors else {"keras_history": leaf}
            history = config.get("keras_history") if isinstance(config, dict) else None
            if not isinstance(config, dict) or not isinstance(history, list) or not is_reference(history):
                raise ModelRefused(f"the file is damaged: {str(history)[:60]} refers to no tensor")
            key = (history[0], history[1])
            self.shapes.setdefault(key, config.get("shape"))
            found.append((key, config))
        return found

    def filled(self, structure: Any, tensors: bool = False) -> Any:
        """A structure with the calls' outputs in place of its references."""
        if (is_tensor if tensors else is_reference)(structure):
            ((key, config),) = self.references([structure], tensors)
            output = config["keras_history"][2]
            found = list(find_leaves(self.made[key]))
            if output >= len(found) and is_model(self.layer(key[0])):
                raise ModelRefused(
                    f"the file is damaged: it refers to output {output} of {key[0]}, which has {len(found)}"
                )
            if output >= len(found):
                kind = self.layer(key[0]).get("class_name")
                raise ModelRefused(f"{key[0]} ({kind}) has several outputs, and every layer of the language has one")
            return SavedTensor(found[output], config.get("shape")) if tensors else found[output]
        if isinstance(structure, dict):
            return {key: self.filled(value, tensors) for key, value in structure.items()}
        if isinstance(structure, list):
            return [self.filled(value, tensors) for value in structure]
        return structure
