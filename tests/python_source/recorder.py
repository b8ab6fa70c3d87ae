"""What Keras makes while a project's files run: every layer's place in the source, every model, every call's shapes."""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import keras
from keras.src.models.functional import Functional
from keras.src.ops.operation import Operation

Json = dict[str, Any]
# where Keras makes models inside models: a Functional one in a Sequential, and one to try `__new__`
OWN = (str(Path("models", "sequential.py")), str(Path("models", "model.py")))


class Project:
    """The files that run, whose frames have places; everything else is a library."""

    def __init__(self, root: Path, files: set[str]) -> None:
        self.root = root
        self.files = files  # absolute paths; a notebook's cell is `PATH[n]`

    def place(self, frame: FrameType | None) -> Json | None:
        """File and line (in a notebook: of the cell) of the innermost frame of the project."""
        while frame is not None and not self.holds(frame):
            frame = frame.f_back
        return frame and self.place_of(frame.f_code.co_filename, frame.f_lineno)

    def holds(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename.split("[")[0] in self.files

    def place_of(self, filename: str, line: int) -> Json:
        path, _, cell = filename.partition("[")
        found: Json = {"file": Path(path).relative_to(self.root).as_posix(), "line": line}
        return found | ({"cell": int(cell.rstrip("]"))} if cell else {})


class Recorder:
    """Listens to Keras from `listen()` on; `models()` says what was made, in the order in which it was made."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.made: dict[
            int, tuple[Any, Json | None, bool]
        ] = {}  # the object (kept alive), its place, made by the project
        self.seen: list[Any] = []
        self.inputs: dict[int, list[Any]] = {}
        self.outputs: dict[int, list[Any]] = {}
        self.compiled: dict[int, Json] = {}
        self.fitted: dict[int, Json] = {}
        self.owner: dict[int, int] = {}  # which application (its number) made a layer
        self.applications: list[tuple[str, Any, Json | None]] = []
        self.inside = False  # an application is being built

    # ---- listening ----

    def listen(self) -> None:
        new, call, layer_call = Operation.__new__, Operation.__call__, keras.Layer.__call__

        def record_new(cls: type, *args: Any, **kwargs: Any) -> Any:
            made = new(cls, *args, **kwargs)
            self.record(made, sys._getframe(1))
            return made

        def record_call(original: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(original)
            def called(operation: Any, *args: Any, **kwargs: Any) -> Any:
                result = original(operation, *args, **kwargs)
                note(self.inputs, operation, args[:1] or tuple(kwargs.values())[:1])
                note(self.outputs, operation, result)
                return result

            return called

        Operation.__new__ = staticmethod(record_new)
        Operation.__call__ = record_call(call)
        keras.Layer.__call__ = record_call(layer_call)

    def record(self, made: Any, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_name == "__new__":
            frame = frame.f_back
        if frame is None:
            return
        self.made[id(made)] = made, self.project.place(frame), self.project.holds(frame)
        if self.inside:
            self.owner[id(made)] = len(self.applications)
        elif isinstance(made, keras.Model) and not frame.f_code.co_filename.endswith(OWN):
            if self.made[id(made)][1]:
                self.seen.append(made)

    def application(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of keras.applications that downloads nothing, and whose model counts as one."""
        signature = inspect.signature(function)

        @functools.wraps(function)
        def build(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs)
            given.arguments["weights"] = None
            if self.inside:
                return function(*given.args, **given.kwargs)
            self.inside = True
            try:
                model = function(*given.args, **given.kwargs)
            finally:
                self.inside = False
            place = self.project.place(sys._getframe(1))
            self.made[id(model)] = model, place, True
            self.owner[id(model)] = len(self.applications)
            self.applications.append((function.__name__, model, place))
            self.seen.append(model)
            return model

        return build

    # ---- telling ----

    def models(self) -> list[Json]:
        return [self.model(model) for model in self.seen]

    def model(self, model: Any) -> Json:
        _, place, _ = self.made[id(model)]
        told: Json = {
            "class": self.class_name(model),
            "name": model.name,
            **(place or {}),
            "built": self.is_built(model),
        }
        if told["built"]:
            told["inputs"] = self.shapes_of(model, "input_shape", self.inputs)
            told["outputs"] = self.shapes_of(model, "output_shape", self.outputs)
            told["params"] = model.count_params()
            told["trainable"] = sum(math.prod(weight.shape) for weight in model.trainable_weights)
            told["layers"] = list(self.layers(model, ""))
        if id(model) in self.compiled:
            told["compile"] = self.compiled[id(model)]
        if id(model) in self.fitted:
            told["fit"] = self.fitted[id(model)]
        return told

    def is_built(self, model: Any) -> bool:
        """Whether it has its weights: `build` of a model that is a class of its own may say so of nothing."""
        if isinstance(model, keras.Sequential):
            return bool(model.built) and all(layer.built for layer in model.layers)
        return isinstance(model, Functional) or bool(self.outputs.get(id(model)))

    def class_name(self, operation: Any) -> str:
        number = self.owner.get(id(operation))
        if number is not None and self.applications[number][1] is operation:
            return f"application {self.applications[number][0]}"
        return type(operation).__name__

    def layers(self, model: Any, path: str) -> Iterator[Json]:
        """The layers of a model, those of nested models with their path, an application as one."""
        told: dict[int, Json] = {}
        for operation in operations(model):
            number = self.owner.get(id(operation))
            if isinstance(operation, keras.layers.InputLayer):
                continue
            if number is not None:
                name, whole, place = self.applications[number]
                entry = told.get(number)
                if entry is None:
                    entry = told[number] = {"class": f"application {name}", "name": whole.name, **(place or {})}
                    entry |= {"params": 0} | ({"path": path} if path else {})
                    yield entry
                entry["params"] += count(operation)
                entry["output"] = self.node_shapes(operation, model)
            elif isinstance(operation, keras.Model):
                yield from self.layers(operation, f"{path}{operation.name}/")
            else:
                yield self.layer(operation, model, path)

    def layer(self, operation: Any, model: Any, path: str) -> Json:
        _, place, _ = self.made.get(id(operation), (None, None, False))
        told: Json = {"class": type(operation).__name__, "name": operation.name, **(place or {})}
        told |= {"params": count(operation)}
        if shapes := self.node_shapes(operation, model):
            told["output"] = shapes
        if path:
            told["path"] = path
        if isinstance(operation, keras.Layer):
            inner = [
                layer for layer in operation._flatten_layers(include_self=False, recursive=False) if self.own(layer)
            ]
            parts: list[Json] = []
            for layer in inner:
                if isinstance(layer, keras.Model):
                    parts += self.layers(layer, f"{layer.name}/")
                else:
                    parts.append(self.layer(layer, None, ""))
            if parts:
                told["inside"] = parts
        return told

    def own(self, layer: Any) -> bool:
        return self.made.get(id(layer), (None, None, False))[2]

    def node_shapes(self, operation: Any, model: Any) -> list[Any]:
        """The shapes that come out of an operation in this model: several where it is used several times."""
        graph = getattr(model, "_functional", None) or model
        nodes = [node for level in getattr(graph, "_nodes_by_depth", {}).values() for node in level]
        found: list[Any] = []
        for node in operation._inbound_nodes:
            if any(node is other for other in nodes):
                found += [shape for shape in map(shape_of, node.outputs) if shape not in found]
        return found or self.outputs.get(id(operation), [])

    def shapes_of(self, model: Any, name: str, called: dict[int, list[Any]]) -> Any:
        try:
            shapes = getattr(model, name)
        except (AttributeError, ValueError):
            return called.get(id(model), [])
        return flat_shapes(shapes)


def operations(model: Any) -> list[Any]:
    if isinstance(model, keras.Sequential):
        return list(model.layers)
    if hasattr(model, "operations"):
        return list(model.operations)
    return list(model._flatten_layers(include_self=False, recursive=False))


def count(operation: Any) -> int:
    return operation.count_params() if isinstance(operation, keras.Layer) and operation.built else 0


def shape_of(tensor: Any) -> list[int | None]:
    return [None if size is None else int(size) for size in tensor.shape]


def flat_shapes(shapes: Any) -> list[Any]:
    """A shape, or shapes in lists, tuples and dictionaries, as a list of shapes."""
    if isinstance(shapes, dict):
        return [one for value in shapes.values() for one in flat_shapes(value)]
    if not isinstance(shapes, (list, tuple)):
        return []
    if all(size is None or isinstance(size, int) for size in shapes):
        return [list(shapes)]
    return [one for value in shapes for one in flat_shapes(value)]


def note(into: dict[int, list[Any]], operation: Any, tensors: Any) -> None:
    """Shapes of a call's tensors; those with a batch of any size replace those of one batch."""
    shapes = [shape_of(tensor) for tensor in keras.tree.flatten(tensors) if getattr(tensor, "shape", None) is not None]
    held = into.setdefault(id(operation), [])
    held += [shape for shape in shapes if shape not in held]
    free = [shape for shape in held if shape and shape[0] is None]
    if free and len(free) < len(held):
        held[:] = free


# ---- compile and fit ----


def compile_told(arguments: Json) -> Json:
    """The arguments of `compile` that a reader compares: losses, from_logits and metrics, as text."""
    losses = arguments.get("loss")
    told: Json = {"loss": loss_name(losses), "metrics": metric_names(arguments.get("metrics"))}
    logits = [getattr(loss, "get_config", dict)().get("from_logits") for loss in keras.tree.flatten(losses)]
    if any(value is not None for value in logits):
        told["from_logits"] = logits[0] if len(logits) == 1 else logits
    return told


def loss_name(loss: Any) -> Any:
    if isinstance(loss, dict):
        return {str(key): loss_name(value) for key, value in loss.items()}
    if isinstance(loss, (list, tuple)):
        return [loss_name(value) for value in loss]
    return text(loss)


def metric_names(metrics: Any) -> list[str]:
    return [text(metric) for metric in keras.tree.flatten(metrics) if metric is not None]


def text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return getattr(value, "__name__", type(value).__name__)
