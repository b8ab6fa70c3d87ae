"""The nodes of a saved program → records. What is missing, of another kind, or refers to nothing is damage.

An argument is an object with one entry, whose key says its kind.
"""

from __future__ import annotations

import re

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.model_files.torch.program import ProgramNode, Reference, Subprogram, Value
from cnnspec.model_files.torch.read_values import ValueTable, read_dtype
from cnnspec.model_files.torch.source_lines import find_source_line
from cnnspec.model_files.torch.typed_json import Damaged, describe_json, take, take_objects, take_union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_PATH = 1000  # characters of a module's key, path and class
CALL_MARK = re.compile(r"@\d+")  # a module's second call is path@1
PARENTHESES = re.compile(r"\([^()]*\)")
NUMBERS = {"as_int": (int,), "as_float": (float, int), "as_bool": (bool,), "as_string": (str,)}
LISTS = {"as_ints": (int,), "as_floats": (float, int), "as_bools": (bool,), "as_strings": (str,)}
COMPUTED = ("as_sym_int", "as_sym_float", "as_sym_bool")
COMPUTED_LISTS = ("as_optional_tensors", "as_sym_ints", "as_sym_floats", "as_sym_bools")
UNREAD = ("as_memory_format", "as_layout", "as_operator", "as_complex")  # kept as they stand: nothing asks for them


class NodeReader:
    """Reads nodes in order, each of which may refer to what stands before it; counts those of all graphs."""

    def __init__(self, batch: set[str]) -> None:
        self.batch = batch
        self.count = 0
        self.classes: dict[str, str] = {}  # of modules, by their paths

    def read_nodes(self, graph: dict[str, Any], known: set[str]) -> tuple[ProgramNode, ...]:
        """The nodes of a graph; `known` are the names that they may refer to, and grows by theirs."""
        values = ValueTable(take(graph, "tensor_values", dict, "the graph"), self.batch)
        nodes = []
        for saved in take_objects(graph, "nodes", "the graph"):
            self.count += 1
            if self.count > MAX_LAYERS:
                raise Damaged(f"it has more than {MAX_LAYERS:,} nodes")
            nodes.append(self._read_node(saved, values, known))
        return tuple(nodes)

    def _read_node(self, saved: dict[str, Any], values: ValueTable, known: set[str]) -> ProgramNode:
        target = take(saved, "target", str, "a node").removeprefix("torch.ops.")
        arguments: dict[str, Any] = {}
        for number, item in enumerate(take_objects(saved, "inputs", target)):
            name = take(item, "name", str, f"an argument of {target}") or str(number)
            if name in arguments:
                raise Damaged(f"{target} has two arguments {name}")
            arguments[name] = self._read_argument(item.get("arg"), f"{name} of {target}", known)
        outputs: list[Value | None] = []
        names: list[str] = []
        for output in take_objects(saved, "outputs", target):
            for name, is_tensor in read_output_names(output, target):
                value = values.read_value(name) if is_tensor and name in values else None
                outputs.append(value)
                names.append(name)
                if name in known or name and names.count(name) > 1:
                    raise Damaged(f"{name} is computed twice")
        known.update(filter(None, names))
        metadata = saved.get("metadata")
        metadata = metadata if type(metadata) is dict else {}
        trace = metadata.get("stack_trace")
        modules = read_modules(metadata.get("nn_module_stack"))
        self.classes.update(modules)
        return ProgramNode(
            target,
            arguments,
            tuple(outputs),
            tuple(names),
            modules[-1][0] if modules else "",
            find_source_line(trace) if isinstance(trace, str) else None,
        )

    def _read_argument(self, saved: Any, where: str, known: set[str]) -> Any:
        kind, value = take_union(saved, where)
        if kind in NUMBERS:
            return check_kind(value, NUMBERS[kind], where)
        if kind in LISTS:
            return tuple([check_kind(item, LISTS[kind], where) for item in check_kind(value, (list,), where)])
        if kind == "as_none":
            return None
        if kind == "as_tensor":
            return self._refer(value, where, known)
        if kind == "as_tensors":
            return tuple([self._refer(item, where, known) for item in check_kind(value, (list,), where)])
        if kind == "as_optional_tensor":
            return self._read_argument(value, where, known)
        if kind in COMPUTED_LISTS:
            return tuple([self._read_computed(item, where, known) for item in check_kind(value, (list,), where)])
        if kind in COMPUTED:
            return self._read_computed(value, where, known)
        if kind == "as_scalar_type":
            return read_dtype(value)
        if kind == "as_device":
            return value.get("type") if isinstance(value, dict) else None
        if kind == "as_int_lists":
            lists = [check_kind(item, (list,), where) for item in check_kind(value, (list,), where)]
            return tuple([tuple([check_kind(number, (int,), where) for number in inner]) for inner in lists])
        if kind == "as_graph":
            return self._read_subprogram(value, where, known)
        if kind in UNREAD:
            return value
        raise Damaged(f"{where} is of kind {kind}, which is not known")

    def _read_computed(self, saved: Any, where: str, known: set[str]) -> Any:
        """A number that the file states or a node computes, or a tensor that may be absent."""
        kind, value = take_union(saved, where)
        if kind == "as_name":
            return self._refer({"name": value}, where, known)
        if kind in NUMBERS or kind in ("as_tensor", "as_none"):
            return self._read_argument(saved, where, known)
        raise Damaged(f"{where} is of kind {kind}, which is not known")

    def _refer(self, saved: Any, where: str, known: set[str]) -> Reference:
        if type(saved) is not dict:
            raise Damaged(f"{where} is {describe_json(saved)}, not an object")
        name = take(saved, "name", str, where)
        if name not in known:
            raise Damaged(f"{where} is {name}, which no input is and no node before it computes")
        return Reference(name)

    def _read_subprogram(self, saved: Any, where: str, known: set[str]) -> Subprogram:
        if type(saved) is not dict:
            raise Damaged(f"{where} is {describe_json(saved)}, not an object")
        graph = take(saved, "graph", dict, where)
        inputs = []
        for item in take_objects(graph, "inputs", where):
            kind, value = take_union(item, where)
            if kind != "as_tensor" or type(value) is not dict:
                raise Damaged(f"an input of {where} is of kind {kind}, not a tensor")
            inputs.append(take(value, "name", str, where))
        inner = set(inputs)
        nodes = self.read_nodes(graph, inner)
        outputs = [self._read_argument(item, where, inner) for item in take_objects(graph, "outputs", where)]
        return Subprogram(tuple(inputs), nodes, tuple([o.name for o in outputs if isinstance(o, Reference)]))


def read_output_names(saved: dict[str, Any], target: str) -> list[tuple[str, bool]]:
    """The names of one entry of a node's outputs, and whether each is a tensor's."""
    kind, value = take_union(saved, f"an output of {target}")
    if kind == "as_none":
        return [("", False)]
    many = kind in ("as_tensors", "as_optional_tensors", "as_sym_ints")
    names: list[tuple[str, bool]] = []
    for item in check_kind(value, (list,), f"an output of {target}") if many else [value]:
        holder = item
        if type(holder) is dict and "as_tensor" in holder:
            holder = holder["as_tensor"]
        if type(holder) is not dict:
            raise Damaged(f"an output of {target} is {describe_json(holder)}, not an object")
        if "name" in holder:
            names.append((take(holder, "name", str, f"an output of {target}"), True))
        elif "as_name" in holder:
            names.append((take(holder, "as_name", str, f"an output of {target}"), False))
        else:
            names.append(("", False))
    return names


def check_kind(value: Any, kinds: tuple[type, ...], where: str) -> Any:
    """A value, which must be of one of some kinds; a float may be written as a word (Infinity, -Infinity, NaN)."""
    if float in kinds and value in ("Infinity", "-Infinity", "NaN"):
        return float(value.replace("Infinity", "inf"))
    if type(value) not in kinds:
        raise Damaged(f"{where} is {describe_json(value)}")
    return value


def read_modules(saved: Any) -> list[tuple[str, str]]:
    """The path and the class of each module that an operator was called in, from the outermost on.

    The file has "key,path,class" for each, with ";" between them; a key may hold commas in parentheses.
    """
    if not isinstance(saved, str):
        return []
    entries = [entry for entry in saved.split(";") if len(entry) <= MAX_PATH]
    found = [PARENTHESES.sub("", entry).split(",") for entry in entries]
    return [(CALL_MARK.sub("", parts[1].strip()), parts[2].strip()) for parts in found if len(parts) > 2]
