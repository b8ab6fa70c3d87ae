"""Pasted Python: cases as data in paste/*.md, and the models proven against real Keras, which runs the paste.

A case of sequential.md and functional.md is a paste and what the formatter makes of it; one of found.md is a text and the
findings that it must have. The pastes are this project's own; cnnspec itself runs none of them.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from cnnspec.base.diagnostic import INFO
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.format import format_source
from cnnspec.graph import Graph
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from cnnspec.syntax.parse import parse
from tests.support import weights, zero_weights

FOLDER = Path(__file__).parent / "paste"


def cases(*files: str) -> list[Any]:
    found = []
    for file in files:
        for part in re.split(r"^## ", (FOLDER / f"{file}.md").read_text(encoding="utf-8"), flags=re.M)[1:]:
            title, _, rest = part.partition("\n")
            blocks = re.findall(r"^```\w*\n(.*?)^```$", rest, re.M | re.S)
            assert len(blocks) == 2, (file, title)
            found.append(pytest.param(*blocks, id=f"{file}: {title}"))
    return found


def formatted(text: str) -> str | None:
    return format_source(Source("paste.cnn", text))[0]


CONVERTED = cases("sequential", "functional")


@pytest.mark.parametrize(("paste", "expected"), CONVERTED)
def test_a_paste_is_converted_whole(paste: str, expected: str) -> None:
    assert formatted(paste) == expected
    assert formatted(expected) == expected
    assert not parse(Source("paste.cnn", expected)).notes, "the converted text has no Python in it"


@pytest.mark.parametrize(("paste", "expected"), CONVERTED)
def test_a_paste_is_checked_as_what_it_is_converted_to(paste: str, expected: str) -> None:
    before, after = analyse(Source("paste.cnn", paste)), analyse(Source("paste.cnn", expected))
    assert not [str(d) for d in before.diagnostics if d.severity == "error"]
    assert Counter(d.code for d in before.diagnostics if d.code != "E004") == Counter(d.code for d in after.diagnostics)
    (note,) = [d for d in before.diagnostics if d.code == "E004"]
    assert note.severity == INFO


# ---- real Keras ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("paste", "expected"), CONVERTED)
def test_the_models_are_those_that_keras_makes(paste: str, expected: str) -> None:
    with zero_weights():  # all get others below
        agree_with_keras(made_by_keras(paste), paste, expected)


def agree_with_keras(models: list[Any], *texts: str) -> None:
    for text in texts:
        networks = analyse(Source("paste.cnn", text)).networks
        assert len(networks) == len(models)
        for network, model in zip(networks, models, strict=True):
            assert figures_of(network.graph) == figures_of_keras(model)
            assert outputs_agree(network, model)


def made_by_keras(paste: str) -> list[Any]:
    """The models that a paste makes when Python runs it, without those that are layers of others."""
    import keras
    import numpy as np

    def data(shape: tuple[int, ...]) -> Any:
        def load() -> Any:
            half = np.zeros((64, *shape), "uint8"), np.zeros((64, 1), "uint8")
            return half, half

        return load

    plots = {name: MagicMock() for name in ("matplotlib", "matplotlib.pyplot")}
    with ExitStack() as around:
        around.enter_context(patch.dict(sys.modules, plots))
        for method in ("fit", "save", "summary"):
            around.enter_context(patch.object(keras.Model, method, MagicMock()))
        around.enter_context(patch.object(keras.Model, "evaluate", MagicMock(return_value=[0.0, 0.0])))
        around.enter_context(patch.object(keras.utils, "plot_model", MagicMock()))
        around.enter_context(patch.object(keras.datasets.mnist, "load_data", data((28, 28))))
        around.enter_context(patch.object(keras.datasets.cifar10, "load_data", data((32, 32, 3))))
        around.enter_context(patch.object(keras.preprocessing.image, "ImageDataGenerator", MagicMock(), create=True))
        around.enter_context(patch("builtins.print"))
        names: dict[str, Any] = {"np": np, "x_train": None, "y_train": None, "train_dir": "", "__name__": "__main__"}
        exec(paste, names)
    held = [*names.values(), *vars(names.get("self", types.SimpleNamespace())).values()]
    models = list({id(value): value for value in held if isinstance(value, keras.Model)}.values())
    inner = {id(part) for model in models for part in parts_of(model)}
    return [model for model in models if id(model) not in inner]


def parts_of(model: Any) -> Iterator[Any]:
    """The layers and operations of a model, a model among them with its own."""
    import keras

    for part in getattr(model, "operations", None) or model.layers:
        yield part
        if isinstance(part, keras.Model):
            yield from parts_of(part)


def figures_of_keras(model: Any) -> Counter[Any]:
    """Output shape and parameters of every layer, each once."""
    import keras

    return Counter(
        (tuple(part.output.shape[1:]), part.count_params() if isinstance(part, keras.layers.Layer) else 0)
        for part in {id(part): part for part in parts_of(model)}.values()
        if not isinstance(part, (keras.Model, keras.layers.InputLayer))
    )


def figures_of(graph: Graph) -> Counter[Any]:
    return Counter(
        (node.shape, sum(math.prod(weight.shape) for weight in weights(graph, node)))
        for node in graph.nodes
        if node.layer is not None and node.shares is None
    )


def outputs_agree(network: AnalysedNetwork, model: Any) -> bool:
    """Whether the compiled network computes what the paste's model does, with the same weights."""
    import numpy as np

    from cnnspec.compile.keras_model import to_keras

    ours = to_keras(network.graph)
    random = np.random.default_rng(7)
    given = {tuple(w.shape): [] for w in model.weights}
    for weight in model.weights:
        weight.assign(0.1 + 0.4 * random.random(tuple(weight.shape), "float32"))
        given[tuple(weight.shape)].append(weight)
    for weight in ours.weights:
        weight.assign(given[tuple(weight.shape)].pop(0))
    images = [random.uniform(size=(2, *tensor.shape[1:])).astype("float32") for tensor in model.inputs]
    one, other = (run(images if len(images) > 1 else images[0], training=False) for run in (model, ours))
    pairs = zip(*[list(o) if isinstance(o, (list, tuple)) else [o] for o in (one, other)], strict=True)
    return all(np.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in pairs)


# ---- what is found ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("paste", "expected"), cases("found"))
def test_what_is_found(paste: str, expected: str) -> None:
    found = analyse(Source("paste.cnn", paste)).diagnostics
    lines = []
    for diagnostic in found:
        assert diagnostic.position is not None
        assert diagnostic.help, diagnostic
        lines.append("{}:{} {} {}".format(*diagnostic.position, diagnostic.code, diagnostic.message))
    assert [line for line in lines if " W2" not in line] == expected.splitlines()


# ---- commands --------------------------------------------------------------------------------------------------
def test_commands_take_a_paste_without_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "paste.cnn"
    path.write_text(next(case.values[0] for case in CONVERTED if str(case.id).endswith("a straight chain")))
    for command in ("check", "summary", "explain", "rf"):
        assert main([command, str(path)]) == 0, command
        shown = capsys.readouterr()
        assert "E001" not in shown.out + shown.err


def test_the_formatter_converts_a_file_and_says_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "paste.cnn"
    paste, expected = CONVERTED[0].values
    path.write_text(paste)
    assert main(["format", str(path)]) == 0
    shown = capsys.readouterr().err
    assert shown.count("E004") == 1
    assert f"{path} was formatted" in shown
    assert path.read_text() == expected


@pytest.mark.parametrize("paste", [case.values[0] for case in cases("found") if "E001 t" in case.values[1]])
def test_the_formatter_leaves_alone_what_is_not_read_as_a_whole(
    paste: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "paste.cnn"
    path.write_text(paste)
    assert main(["format", str(path)]) == 1
    assert f"{path} was left as it is" in capsys.readouterr().err
    assert path.read_text() == paste


def test_nothing_of_python_is_looked_for_in_a_spec() -> None:
    """A spec without mistakes is parsed as before: what reads pastes is not even imported."""
    code = (
        "import sys\nfrom cnnspec.base.source import Source\nfrom cnnspec.syntax.parse import parse\n"
        "assert not parse(Source('a.cnn', 'input 8x8x3\\nconv(8, 3x3) -> relu')).diagnostics\n"
        "assert not [name for name in sys.modules if 'paste' in name]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
