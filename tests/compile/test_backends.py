"""The same spec computes the same on TensorFlow, JAX and PyTorch, and what it becomes is Keras's own layers alone.

Models are built and saved on one backend with random weights, and loaded (safe_mode) on the others; the source, too, is
run there. By default one example of every layer and two of the lectures' networks; all of them, and networks of up to
10 million parameters, with HYPOTHESIS_PROFILE=thorough.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.compile.keras_source import to_source
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.compile.backend_run import find_outcomes
from tests.example_files import EXAMPLES, FILES, ZOO, networks, relative
from tests.layer_examples import COMPILED_TEXTS, FIRST_COMPILED
from tests.support import QUICK_XLA, THOROUGH, legal, outputs

ROOT = Path(__file__).resolve().parents[2]
TEXTS = COMPILED_TEXTS if THOROUGH else FIRST_COMPILED
LECTURES = ("lecture2_text", "lecture3_deep_mnist")
PATHS = [EXAMPLES / "lectures" / f"{name}.cnn" for name in LECTURES]
if THOROUGH:
    PATHS = sorted((EXAMPLES / "lectures").glob("*.cnn"))
    PATHS += [EXAMPLES / "densenet121.cnn", EXAMPLES / "unet_any_size.cnn"]
    PATHS += [
        ZOO / f"{n}.cnn" for n in ("MobileNet", "MobileNetV2", "MobileNetV3Small", "EfficientNetB0", "NASNetMobile")
    ]

# What a backend of Keras 3.15 cannot do, or does wrong: part of the text, a pattern of what comes out, why.
DIFFERENT = {
    "jax": [
        # its indices are computed in float32, and 7 * (1 / 7) comes out beside 1: a position outside of the map is read
        ("adaptive_avgpool(7x7)", "^differs by nan"),
        ("adaptive_maxpool(7x7)", "^differs by nan"),
        # the axes of a saved model are a list, which JAX does not take
        ("reduce_l2", "unhashable type: 'list'"),
    ],
    "torch": [
        # goes to torch.nn.functional.layer_norm, which normalises the last axes only
        ("layer_norm(axis=(1, 2), center=false)", r"normalized_shape=\[6, 5\], expected input with shape"),
        # 871,200 products of float32 are added up in another order
        ("lecture4_dense_scaling-Forest", r"^(|differs by \d\.\de-05)$"),
    ],
}


def checked(text: str) -> AnalysedNetwork:
    (made,) = analyse(Source("net.cnn", text)).networks
    assert not made.broken
    return made


def cases() -> Iterator[tuple[str, str, AnalysedNetwork]]:
    """Name, text and network."""
    for number, text in enumerate(TEXTS):
        yield f"layer{number}", text, checked(text)
    for path in PATHS:
        for name, network in networks(path).items():
            if not network.broken:
                yield f"{path.stem}-{name}", f"{path.stem}-{name}", network


def put_weights(model: Any, np: Any) -> None:
    """Weights that are neither 0 nor 1 by chance; variances stay positive, kernels as they were drawn."""
    random = np.random.default_rng(3)
    for weight in model.weights:
        if "normalization" in weight.path and weight.name in ("mean", "variance", "count"):
            continue  # a preprocessing layer computes with copies of these
        if len(weight.shape) < 2:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with every case's model, source, inputs and outputs; the texts by name."""
    import_keras().utils.set_random_seed(1)
    import numpy as np

    folder, texts = tmp_path_factory.mktemp("saved"), {}
    for name, text, network in cases():
        model = to_keras(network.graph)
        put_weights(model, np)
        shapes = [[n or 32 for n in tensor.shape[1:]] for tensor in model.inputs]
        random = np.random.default_rng(7)
        given = [random.normal(size=(2, *shape)).astype("float32") for shape in shapes]
        made = outputs(model, given if len(given) > 1 else given[0])
        assert all(np.abs(y).max() > 0 for y in made), text
        model.save(folder / f"{name}.keras")
        if text == name:  # an example's
            (folder / f"{name}.py").write_text(to_source(network), encoding="utf-8")
        arrays = {f"{side}{i}": array for side, all in (("x", given), ("y", made)) for i, array in enumerate(all)}
        np.savez(folder / f"{name}.npz", **arrays)
        texts[name] = text
    return folder, texts


def run_there(backend: str, folder: Path) -> dict[str, str]:
    """What comes out of every case in a process of its own, on another backend than its environment names."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow", **QUICK_XLA}
    done = subprocess.run(
        [sys.executable, "-m", "tests.compile.backend_run", backend, str(folder)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_here(folder: Path) -> dict[str, str]:
    """The same on the backend of this process."""
    return find_outcomes(folder, import_keras())


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_backend_computes_the_same(backend: str, saved: tuple[Path, dict[str, str]]) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f'{backend} is not installed: pip install "cnnspec[{backend}]"')
    folder, texts = saved
    found = run_here(folder) if import_keras().config.backend() == backend else run_there(backend, folder)
    assert found.keys() == texts.keys()
    known = {part: said for part, said in DIFFERENT.get(backend, []) if any(part in t for t in texts.values())}
    unexpected, seen = {}, set()
    for name, outcome in found.items():
        part = next((part for part in known if part in texts[name]), None)
        if part is None and outcome:
            unexpected[texts[name]] = outcome
        elif part is not None:
            assert re.search(known[part], outcome), (backend, texts[name], outcome)
            seen.add(part)
    assert not unexpected
    assert seen == set(known), "what is no longer different leaves the table"


# ---- nothing but Keras's own layers ------------------------------------------------------------------------
def classes(config: Any) -> Iterator[tuple[str, str, Any]]:
    """(class, module, registered name) of everything that is described in a serialised model."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config["class_name"], config.get("module") or "", config.get("registered_name")
        for value in config.values():
            yield from classes(value)
    elif isinstance(config, (list, tuple)):
        for value in config:
            yield from classes(value)


def foreign(config: Any) -> list[tuple[str, str, Any]]:
    """What in a serialised model is not one of Keras's own classes, or carries code."""
    return [
        (name, module, registered)
        for name, module, registered in classes(json.loads(json.dumps(config)))
        if name in ("Lambda", "__lambda__", "function")
        or name not in ("__keras_tensor__", "__slice__", "__ellipsis__", "__numpy__")  # the last are numbers
        and (module.split(".")[0] not in ("keras", "builtins") or registered not in (None, name))
    ]


def described(model: Any) -> Any:
    return import_keras().saving.serialize_keras_object(model)


@pytest.mark.parametrize("text", COMPILED_TEXTS)
def test_a_layer_is_made_of_kerass_own(text: str) -> None:
    assert foreign(described(to_keras(legal(text)))) == []


@pytest.mark.parametrize("path", [*FILES, *sorted(ZOO.glob("*.cnn"))], ids=relative)
def test_an_example_is_made_of_kerass_own(path: Path) -> None:
    """Of each network the Keras calls, each made once in a model that is described."""
    keras = import_keras()
    for network in networks(path).values():
        calls = {
            call.name
            for node in network.graph.nodes
            if node.layer is not None and (shapes := network.graph.input_shapes(node)) is not None
            for outer in node.layer.keras(shapes)
            for call in (outer, outer.around)
            if call is not None
        }
        assert calls or len(network.graph.nodes) == 1
        for name in calls:
            assert name != "Lambda"
            home, _, word = name.rpartition(".")
            assert hasattr(keras.ops if home == "ops" else keras.layers, word)


def test_code_would_be_seen() -> None:
    keras = import_keras()
    inputs = keras.Input((2,))
    assert foreign(described(keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs))))
    own = described(keras.Model(inputs, keras.layers.Dense(2)(inputs)))
    assert not foreign(own)
    own["config"]["layers"][1] |= {"module": "mine", "registered_name": "mine>Dense"}
    assert foreign(own)
