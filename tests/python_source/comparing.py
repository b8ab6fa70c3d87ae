"""What was read of a Python source, beside what Keras builds of it (build_truth.py)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from typing import Any

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.size import Size
from cnnspec.base.source import Source
from cnnspec.graph import BlockCall, Graph, Node
from cnnspec.layers.shape import all_known, product
from cnnspec.python_source import read_python
from cnnspec.python_source.found import PythonNetwork, PythonReading
from cnnspec.python_source.keras.function_shapes import EINSUMS, FUNCTIONS, KEEPING
from cnnspec.python_source.keras.signatures import SIGNATURES

CORPUS = Path(__file__).parent / "corpus"
MAINS = ("main.py", "train.py", "main.ipynb", "train.ipynb")
ACTIVATIONS = ("elu", "leakyrelu", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "tanh")
ARITHMETIC = ("add", "divide", "multiply", "rescaling", "subtract", "truedivide")
STEPS = {
    "abs",
    "activation",
    "arithmetic",
    "clip",
    "getitem",
    "lambda",
    "log",
    "maximum",
    "power",
    "preprocessinput",
    "stack",
    "sum",
}
Json = dict[str, Any]
KERAS = {name.rpartition(".")[2].lower() for name in SIGNATURES} - {"lambda"}
STEPS |= {name.rpartition(".")[2].replace("_", "") for name in (*FUNCTIONS, *EINSUMS, *KEEPING)} - KERAS
Entry = tuple[str, tuple[Any, ...], int]  # a layer: its class, the shapes that it gives, its parameters


# ---- files -----------------------------------------------------------------------------------------------------
def find_source(truth: Path) -> Path:
    """The file that a truth is of: beside it, or the main one of a folder."""
    name = truth.name.removesuffix(".json").rpartition(".")[0]  # name.truth.json, name.expected.json
    beside = [truth.with_name(f"{name}{ending}") for ending in (".py", ".ipynb")]
    inside = [truth.with_name(name) / main for main in MAINS] if truth.with_name(name).is_dir() else []
    return next(path for path in [*beside, *inside] if path.exists())


def read_file(path: str) -> Source | Diagnostic:
    try:
        return Source(path, Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        return Diagnostic("E901", str(error), None)


@cache
def read_source(path: Path) -> PythonReading:
    return read_python(Source(str(path), path.read_text(encoding="utf-8")), read_file)


def read_truth(path: Path) -> list[Json]:
    models: list[Json] = json.loads(path.read_text(encoding="utf-8"))["models"]
    return models


# ---- what Keras builds -----------------------------------------------------------------------------------------
def list_true_entries(model: Json) -> Counter[Entry]:
    """The layers of a model; an application of Keras's is one."""
    return Counter(
        (name_alike(layer["class"]), freeze(layer["output"]), layer["params"]) for layer in model.get("layers", [])
    )


def freeze(shapes: list[Any]) -> tuple[Any, ...]:
    """The shapes that a layer gives, without the batch, in an order of their own: a layer that is used twice gives two."""
    return tuple(sorted({tuple(shape[1:]) for shape in shapes}, key=str))


def name_alike(name: str) -> str:
    """A class of Keras, the function of keras.ops that does the same, and the layer that one activation or one sum with a
    number is, by one name."""
    name = name.removeprefix("ops.").replace("_", "").lower()
    if name in ACTIVATIONS:
        return "activation"
    return "arithmetic" if name in ARITHMETIC else name


# ---- what is read ----------------------------------------------------------------------------------------------
def list_entries(graph: Graph, true: Counter[Entry], composed: Set[str] = frozenset()) -> Counter[Entry]:
    """The layers that are known of a network. What is within a class of the source that is a layer, of `composed`, is one; so
    is a layer and the activation that it is given as a function. Of what one place makes in several turns of a loop each part
    that hangs together is one, where they are not one of the `true` layers."""
    given: dict[Any, list[Node]] = {}
    unsure = set()
    for node in graph.nodes:
        known = node.layer is not None and node.shape is not None
        key = find_group(graph, node, composed) if known or node.site.path is not None else node.index
        if known and not node.site.module:
            given.setdefault(key, []).append(node)
        elif node.layer is None:
            unsure.add(key)
    keys = {node.index: key for key, nodes in given.items() for node in nodes}
    readers: dict[int, set[Any]] = {index: {()} for index in graph.outputs}
    for node in graph.nodes:
        for index in node.inputs:
            readers.setdefault(index, set()).add(keys.get(node.index, ()))
    found: Counter[Entry] = Counter()
    for key, nodes in given.items():
        if key in unsure:
            continue
        entry = make_entry(graph, key, nodes, readers)
        apart = [] if isinstance(key, int) or entry in true else list_parts(nodes)
        found.update([make_entry(graph, key, part, readers) for part in apart] or [entry])
    return found


def make_entry(graph: Graph, key: Any, nodes: list[Node], readers: dict[int, set[Any]]) -> Entry:
    """What the nodes of one layer are; `readers` are those that read a node, by their layers' keys."""
    own = [node for node in nodes if node.shares is None] or nodes
    name = list_calls(graph, own[0])[-1] if isinstance(key, int) else key[0]
    read = [node for node in nodes if readers.get(node.index, set()) - {key}]  # what leaves it
    last = nodes if isinstance(key, int) else read or nodes[-1:]
    shapes = [[None, *map(show_size, node.shape or ())] for node in last]
    return name, freeze(shapes), sum(count_parameters(graph, node) for node in own)


def list_parts(nodes: list[Node]) -> list[list[Node]]:
    """Nodes, in order, by what hangs together."""
    parts: list[list[Node]] = []
    for node in nodes:
        met = [part for part in parts if any(other.index in node.inputs for other in part)]
        parts = [part for part in parts if part not in met] + [[*[other for part in met for other in part], node]]
    return parts


def find_group(graph: Graph, node: Node, composed: Set[str]) -> Any:
    """What the layer is that a node is, or is within: the number of its first use, or a class with the call of it."""
    for step in node.site.steps:
        if isinstance(step, BlockCall) and name_alike(step.block) in composed:
            return (
                name_alike(step.block),
                tuple(map(str, node.site.steps[: node.site.steps.index(step) + 1])),
                step.site.origin,
            )
    if len(node.inputs) == 1 and node.layer is not None and list_calls(graph, node) == ["activation"]:
        before = graph.nodes[node.inputs[0]]
        if before.layer is not None and before.site == node.site and not node.site.module:
            return find_group(graph, before, composed)
    return graph.made_at(node)


def list_calls(graph: Graph, node: Node) -> list[str]:
    """The Keras layers and functions that a node is."""
    shapes = graph.input_shapes(node)
    assert node.layer is not None and shapes is not None
    made = [call.around or call for call in node.layer.keras(shapes)]
    calls = [name_alike(call.name) for call in made] or [name_alike(node.label)]
    return calls[:-1] if len(calls) > 1 and calls[-1] == "identity" else calls  # which carries a function's name


def count_parameters(graph: Graph, node: Node, trainable: bool = False) -> int:
    shapes = graph.input_shapes(node)
    if node.layer is None or shapes is None or not all_known(shapes):
        return 0
    weights = [weight for weight in node.layer.weights(shapes) if weight.trainable or not trainable]
    return sum(int(str(product(weight.shape))) for weight in weights)


def show_size(size: Any) -> Any:
    return None if isinstance(size, Size) else size


def list_shapes(graph: Graph, indices: list[int]) -> list[list[Any]]:
    return [[*map(show_size, graph.nodes[index].shape or ("?",))] for index in indices]


def count_all(graph: Graph, trainable: bool = False) -> int:
    return sum(count_parameters(graph, node, trainable) for node in graph.nodes if node.shares is None)


# ---- side by side ----------------------------------------------------------------------------------------------
def stands_at(network: PythonNetwork, model: Json, path: Path) -> bool:
    """Whether a network is made where a model is."""
    site = network.site
    cell = f":cell {model['cell']}" if "cell" in model else ""
    return site.source.name.endswith(f"{model['file']}{cell}") and site.first_line == model["line"]


def list_differences(network: PythonNetwork, model: Json) -> Iterator[str]:
    """What is said of a network and is not so; of one that is whole also what is missing."""
    graph, true = network.graph, list_true_entries(model)
    ours = list_entries(graph, true, {name for name, _, _ in true} - KERAS | {"activation"})
    applications = sum(entry[0].startswith("application") for entry in true.elements())
    if applications:
        true = Counter({entry: n for entry, n in true.items() if not entry[0].startswith("application")})
    extra = {entry[0] for entry in ours - true}
    if applications or any(entry[0] == "lambda" for entry in true) or extra and extra <= STEPS:
        # what preprocess_input does, or the function of a Lambda or Activation, has other steps
        true, ours = [Counter({e: n for e, n in found.items() if e[0] not in STEPS}) for found in (true, ours)]
    more, missing = ours - true, true - ours
    for entry in list(more.elements()):
        same = next((other for other in missing if missing[other] and is_open_form(entry, other)), None)
        several = next((other for other in missing if is_row_of(entry, other, missing[other])), None)
        if same is not None:
            more[entry], missing[same] = more[entry] - 1, missing[same] - 1
        elif several is not None:
            more[entry], missing[several] = more[entry] - 1, missing[several] - entry[2] // several[2]
    yield from [f"it has no {entry} (x{count})" for entry, count in (+more).items()]
    if network.whole:
        yield from [f"{entry} is missing (x{count})" for entry, count in (+missing).items()]
        for what, said, so in (
            ("inputs", list_shapes(graph, graph.inputs), [shape[1:] for shape in model["inputs"]]),
            ("outputs", list_shapes(graph, graph.outputs), [shape[1:] for shape in model["outputs"]]),
            ("parameters", count_all(graph), model["params"]),
            ("trainable parameters", count_all(graph, True), model["trainable"]),
        ):
            if said != so:
                yield f"its {what} are {so}, not {said}"


def is_row_of(ours: Entry, true: Entry, count: int) -> bool:
    """Whether an entry is several layers of one class and size in a row, made by one comprehension."""
    (name, shapes, parameters), (*alike, each) = ours, true
    return [name, shapes] == alike and each > 0 and parameters % each == 0 and 1 < parameters // each <= count


def is_open_form(ours: Entry, true: Entry) -> bool:
    """Whether two entries are one layer, of a model for inputs of any size: Keras has no sizes there, and we have those of
    the maps that it is called on."""
    (name, shapes, parameters), (true_name, (*open_shapes,), true_parameters) = ours, true
    if (name, parameters) != (true_name, true_parameters) or len(open_shapes) != 1 or None not in open_shapes[0]:
        return False
    form = open_shapes[0]
    return all(
        len(shape) == len(form) and all(size in (None, own) for size, own in zip(form, shape, strict=True))
        for shape in shapes
    )


def judge(reading: PythonReading, model: Json, path: Path) -> tuple[str, list[str]]:
    """How a model is read: "whole", "partly", "missed", or "wrong", with what is wrong."""
    found = [network for network in reading.networks if stands_at(network, model, path)]
    judged = [(network.whole, list(list_differences(network, model))) for network in found]
    if any(whole and not wrong for whole, wrong in judged):
        return "whole", []
    if not judged:
        return "missed", []
    if any(not wrong for _, wrong in judged):
        return "partly", []
    return "wrong", min([wrong for _, wrong in judged], key=len)
