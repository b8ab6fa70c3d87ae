"""The harness of the tests of source: a network's source, the model that it builds, and whether that is the right one.

Both models are compared in Keras, operation by operation, and by what they compute with the same weights. The check knows
nothing of how source is made.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from cnnspec.base.source import Source
from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.compile.keras_source.layer_by_layer import print_layers
from cnnspec.compile.keras_source.module_printer import ModulePrinter
from cnnspec.compile.keras_source.module_text import finish_module
from cnnspec.compile.keras_source.replay import replay
from cnnspec.compile.trace_recorder import record
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.layer_examples import COMPILED_TEXTS, FIRST_COMPILED
from tests.support import outputs, random_inputs, zero_weights

ROOT = str(Path(__file__).parents[2])
ZOO = f"{os.sep}zoo{os.sep}"
ZOO_FILES = ("ResNet50.cnn", "EfficientNetB0.cnn", "NASNetMobile.cnn")  # whose other files are of the same kinds
SPECS = [
    path
    for path in sorted(glob.glob(os.path.join(ROOT, "examples", "**", "*.cnn"), recursive=True))
    if ZOO not in path or os.path.basename(path) in ZOO_FILES
]
LARGE = ("densenet", "efficientnet", "inception", "mobilenet", "resnet", "vgg", "alexnet", "unet", "lecture4_alexnet")
EXAMPLES_OF_LAYERS = FIRST_COMPILED
CATALOGUE_EXAMPLES = COMPILED_TEXTS
RUFF = shutil.which("ruff") or os.path.join(os.path.dirname(sys.executable), "ruff")


def network(text: str, name: str = "net.cnn", model: str | None = None, **parameters: Any) -> AnalysedNetwork:
    (made,) = analyse(Source(name, text), parameters, model).networks
    assert not made.broken, (text, made.diagnostics)
    return made


def pretty(made: AnalysedNetwork) -> str:
    """The source with all of its structure; an error where the printer had to give some of it up."""
    trace = record(made.tree, made.graph, made.item, True)
    assert trace is not None
    text = ModulePrinter(trace, made.tree, made.item).print_module()
    replay(text, made.graph)
    return text


def layer_by_layer(made: AnalysedNetwork) -> str:
    """The source with none of its structure."""
    return finish_module(made.source, made.graph, print_layers(made.graph))


def run(text: str) -> Any:
    """The `model` that a source builds."""
    import_keras()
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), scope)
    return scope["model"]


def described(model: Any) -> list[Any]:
    """Every operation of a model: its class, configuration without names, shapes, weights, and what it reads."""
    place = {id(operation): number for number, operation in enumerate(model.operations)}

    def ends(tensors: list[Any]) -> list[Any]:
        return [(place[id(t._keras_history.operation)], t._keras_history.node_index) for t in tensors]

    found: list[Any] = []
    for operation in model.operations:
        config = {} if not hasattr(operation, "count_params") else nameless(operation.get_config())
        given = (
            {k: repr(v) for k, v in vars(operation).items() if k in ("pad_width", "mode", "axis")} if not config else {}
        )
        weights = [(tuple(w.shape), w.trainable) for w in getattr(operation, "weights", [])]
        calls = [
            (ends(node.input_tensors), [tuple(t.shape) for t in node.output_tensors], constants(node))
            for node in operation._inbound_nodes
        ]
        found.append((type(operation).__name__, config, given, weights, calls))
    return [*found, ends(model.inputs), ends(model.outputs), model.name]


def constants(node: Any) -> str:
    """The arguments of a call that are no tensors."""
    return re.sub(r"<KerasTensor[^>]*>|name=\w+", "", repr((node.arguments.args, node.arguments.kwargs)))


def nameless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: nameless(v) for k, v in value.items() if k != "name"}
    return [nameless(v) for v in value] if isinstance(value, (list, tuple)) else value


def agrees(made: AnalysedNetwork, text: str, compute: bool = True) -> None:
    """The source builds the same model as the graph."""
    keras = import_keras()
    keras.backend.clear_session(free_memory=False)  # names begin anew; the collector alone takes longer than a build
    with nullcontext() if compute else zero_weights():
        expected = to_keras(made.graph)
    with zero_weights():  # which it gets from the other
        model = run(text)
    assert described(model) == described(expected), text
    if compute:
        model.set_weights([w + 0.01 * (number % 9) for number, w in enumerate(expected.get_weights())])
        expected.set_weights(model.get_weights())
        given = random_inputs(made.graph, 2)
        for one, other in zip(outputs(model, given), outputs(expected, given), strict=True):
            alike = (one == other) | (abs(one - other) <= 1e-5 * (1 + abs(other)))  # equal where both are infinite, too
            assert alike.all(), text


def formatted(text: str) -> str:
    return subprocess.run(
        [RUFF, "format", "--isolated", "-"], input=text, capture_output=True, text=True, check=True
    ).stdout


def read_blocks(name: str) -> list[tuple[str, str]]:
    """The fenced blocks of a Markdown file beside this one, each with the heading above it."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    found = re.findall(r"^#+ ([^\n]*)\n|^```\w+\n(.*?)^```", text, flags=re.M | re.S)
    heading = ""
    blocks = []
    for title, block in found:
        heading = title or heading
        if block:
            blocks.append((heading, block))
    return blocks


PROGRAMS = dict(read_blocks("source_programs.md"))
(_, SPEC), (_, EXPECTED) = read_blocks("source_example.md")
