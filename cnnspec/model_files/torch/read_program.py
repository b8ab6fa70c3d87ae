"""The JSON of a saved program → records. What is missing, of another kind, or refers to nothing is refused."""

from __future__ import annotations

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.program import BUFFER, CONSTANT, PARAMETER, OpenAxis, Program, ProgramWeight, Value
from cnnspec.model_files.torch.read_nodes import NUMBERS, NodeReader
from cnnspec.model_files.torch.read_values import ValueTable
from cnnspec.model_files.torch.typed_json import Damaged, describe_json, take, take_objects, take_union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WEIGHTS = {  # kind of an input → the key of its name, and what it is
    "parameter": ("parameter_name", PARAMETER),
    "buffer": ("buffer_name", BUFFER),
    "tensor_constant": ("tensor_constant_name", CONSTANT),
}


def read_program(path: str, saved: dict[str, Any]) -> Program:
    """The program of a .pt2 file's JSON; `path` is its name in messages. Raises ModelRefused."""
    try:
        return ProgramReader(saved).program
    except Damaged as error:
        raise ModelRefused(f"{path} is a damaged .pt2 file: {error}") from error


class ProgramReader:
    """Reads one program: its signature first, then its nodes."""

    def __init__(self, saved: dict[str, Any]) -> None:
        module = take(saved, "graph_module", dict, "the file")
        graph = take(module, "graph", dict, "the graph module")
        signature = take(module, "signature", dict, "the graph module")
        self.weights: dict[str, ProgramWeight] = {}
        self.constants: dict[str, Any] = {}
        self.open_axes: list[OpenAxis] = []
        self.values = ValueTable(take(graph, "tensor_values", dict, "the graph"), set())
        names = self._read_input_specs(signature)
        inputs = tuple([self._read_input(name) for name in names])
        known = {*names, *self.weights, *self.constants}
        reader = NodeReader(self.values.batch)
        nodes = reader.read_nodes(graph, known)
        outputs = read_outputs(signature, known)
        version = saved.get("torch_version")
        self.program = Program(
            version if isinstance(version, str) else "",
            inputs,
            self.weights,
            nodes,
            outputs,
            tuple(self.open_axes),
            self.constants,
            reader.classes,
        )

    def _read_input_specs(self, signature: dict[str, Any]) -> list[str]:
        """The names of the user's inputs; weights and constants are noted."""
        names: list[str] = []
        weights: list[tuple[str, str, str]] = []
        for spec in take_objects(signature, "input_specs", "the signature"):
            kind, what = take_union(spec, "an input")
            if type(what) is not dict:
                raise Damaged(f"an input of kind {kind} is {describe_json(what)}, not an object")
            if kind in WEIGHTS:
                key, role = WEIGHTS[kind]
                name = take(take(what, "arg", dict, f"a {kind}"), "name", str, f"a {kind}")
                weights.append((name, take(what, key, str, f"a {kind}"), role))
            elif kind == "user_input":
                argument, value = take_union(what.get("arg"), "an input")
                if argument == "as_tensor" and type(value) is dict:
                    names.append(take(value, "name", str, "an input"))
                elif argument not in NUMBERS and argument != "as_none":
                    raise Damaged(f"an input is of kind {argument}, not a tensor")
            elif kind == "constant_input":
                argument, value = take_union(what.get("value"), "an input")
                self.constants[take(what, "name", str, "an input")] = value if argument in NUMBERS else None
            elif kind != "token":
                raise Damaged(f"an input is of kind {kind}, which is no tensor")
        for name in names:
            self.values.note_batch(name)
        for name, title, role in weights:
            if name in self.weights:
                raise Damaged(f"two inputs are called {name}")
            value = self.values.read_value(name)
            self.weights[name] = ProgramWeight(title, role, value, self.values.needs_gradient(name))
        if len({*names, *self.weights, *self.constants}) < len(names) + len(self.weights) + len(self.constants):
            raise Damaged("two inputs have one name")
        return names

    def _read_input(self, name: str) -> Value:
        value = self.values.read_value(name)
        for axis in self.values.find_open_axes(name):
            size = value.sizes[axis]
            if axis and size is None:
                raise Damaged(f"axis {axis} of input {name} is open, and no size is stated for which it was exported")
            if axis and size is not None:
                self.open_axes.append(OpenAxis(name, axis, size))
        return value


def read_outputs(signature: dict[str, Any], known: set[str]) -> tuple[str, ...]:
    """The names of the tensors that the model returns; changes of buffers are no outputs."""
    names: list[str] = []
    for spec in take_objects(signature, "output_specs", "the signature"):
        kind, what = take_union(spec, "an output")
        if kind not in ("user_output", "loss_output"):
            continue
        if type(what) is not dict:
            raise Damaged(f"an output is {describe_json(what)}, not an object")
        argument: Any = what.get("arg")
        if kind == "user_output":
            argument_kind, argument = take_union(argument, "an output")
            if argument_kind != "as_tensor":
                continue  # a number or None: no tensor of the network
        if type(argument) is not dict:
            raise Damaged(f"an output is {describe_json(argument)}, not an object")
        name = take(argument, "name", str, "an output")
        if name not in known:
            raise Damaged(f"an output is {name}, which nothing computes")
        names.append(name)
    return tuple(names)
