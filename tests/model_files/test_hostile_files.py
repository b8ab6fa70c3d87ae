"""Model files that are damaged, or mean harm: refused, and nothing of them runs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.model_files.keras.saved_config import MAX_BYTES, read_config
from cnnspec.model_files.keras.to_graph import convert_config
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.keras_builds import ROOT, layer, model, small, zipped
from tests.support import legal


def test_saved_model_is_read_without_keras(tmp_path: Path) -> None:
    made = model(lambda k: lambda x: k.layers.Conv2D(3, 3)(x))
    made.save(tmp_path / "net.keras")
    (tmp_path / "net.json").write_text(made.to_json())
    script = (
        "import sys; from cnnspec.model_files.keras.saved_config import read_config; from cnnspec.model_files.keras.to_graph import convert_config\n"
        f"for name in ('net.keras', 'net.json'): print(len(convert_config(read_config({str(tmp_path)!r} + '/' + name), 'n').nodes))\n"
        "print(sorted({'keras', 'tensorflow', 'numpy', 'rich', 'lark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("\n")[:3] == ["2", "2", "[]"]


FILES: list[tuple[str, Callable[[Path], Any]]] = [
    ("no .keras file", lambda p: p.write_bytes(b"hello")),
    ("no .keras file", lambda p: p.write_bytes(b"")),
    ("a damaged .keras file", lambda p: p.write_bytes(b"PK\x03\x04 and so on")),
    ("HDF5 file: load it with Keras 3", lambda p: p.write_bytes(b"\x89HDF\r\n\x1a\n....")),
    ("a folder, not a .keras file", lambda p: p.mkdir()),
    ("No such file", lambda p: None),
    ("without config.json", lambda p: zipped(p, {"model.weights.h5": b""})),
    ("without config.json", lambda p: zipped(p, {"../config.json": b"{}", "/etc/config.json": b"{}"})),
    ("larger than 64 MiB", lambda p: zipped(p, {"config.json": b" " * (MAX_BYTES + 1)})),
    ("not JSON", lambda p: zipped(p, {"config.json": b"{'a': 1}"})),
    ("it is a JSON list", lambda p: zipped(p, {"config.json": b"[]"})),
    ("nested", lambda p: zipped(p, {"config.json": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"})),
    ("nested more than", lambda p: zipped(p, {"config.json": b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"})),
    ("a number that is too long", lambda p: p.write_text('{"class_name": ' + "9" * 5000 + "}")),
    ("packed in a way that no framework uses", lambda p: zipped(p, {"config.json": b"{}"}, zipfile.ZIP_LZMA)),
    ("written by Keras 2.15.0", lambda p: zipped(p, {"config.json": b"{}", "metadata.json": b'{"keras_version": "2.15.0"}'})),
]  # fmt: skip


@pytest.mark.parametrize(("why", "write"), FILES, ids=[f"{i}-{why}" for i, (why, _) in enumerate(FILES)])
def test_file_that_is_no_model(why: str, write: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    write(path)
    with pytest.raises(ModelRefused) as refused:
        read_config(path)
    assert why in str(refused.value) and "\n" not in str(refused.value)


def test_truncated_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "net.keras", {"config.json": json.dumps(small()).encode()})
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelRefused):
            read_config(path)


def test_size_that_an_archive_states_is_not_believed(tmp_path: Path) -> None:
    """A zip bomb that says it is small: no more is read than the bound."""
    path = zipped(tmp_path / "net.keras", {"config.json": b" " * (MAX_BYTES + 1)})
    path.write_bytes(path.read_bytes().replace((MAX_BYTES + 1).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ModelRefused):
        read_config(path)


def reference(config: dict[str, Any]) -> list[Any]:
    history: list[Any] = layer(config)["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
    return history


DAMAGED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("depends on its own output", lambda c: reference(c).__setitem__(0, "c")),
    ("a layer 'nowhere' that it does not have", lambda c: reference(c).__setitem__(0, "nowhere")),
    ("x0 (InputLayer) has several outputs", lambda c: reference(c).__setitem__(2, 7)),
    ("refers to no tensor", lambda c: reference(c).__setitem__(1, "x")),
    ("has no config", lambda c: c["config"]["layers"].append(3)),
    ("names no class", lambda c: {}),
    ("names no class", lambda c: {"class_name": ["x"]}),
    ("its output is 6x6x3 by our formula", lambda c: c["config"]["layers"].append(relu([None, 5, 5, 3])) or end(c)),
    ("it was built for", lambda c: layer(c).__setitem__("build_config", {"input_shape": [None, 9, 8, 4]})),
    ("os.system is a class of its own", lambda c: layer(c).update(module="os", class_name="system")),
    ("the form of Keras 2", lambda c: layer(c).update(inbound_nodes=[[["x0", 0, 0, {}]]])),
    ("no output depends on it", lambda c: c["config"]["layers"].append({**relu([None, 5]), "name": "lost"})),
    ("kernel_size=(3, true)", lambda c: layer(c)["config"].update(kernel_size=[3, True])),
    ("filters=-3", lambda c: layer(c)["config"].update(filters=-3)),
    ("trainable is 'yes'", lambda c: layer(c)["config"].update(trainable="yes")),
    ("are called c", lambda c: c["config"]["layers"].append(layer(c))),
    ("has no list of layers", lambda c: c["config"].update(layers={})),
    ("alpha is infinite", lambda c: layer(c).update(class_name="ELU", config={"name": "c", "alpha": float("inf")})),
    ("its new_option=1 has no argument in conv", lambda c: layer(c)["config"].update(new_option=1)),
]  # fmt: skip


def relu(shape: list[Any]) -> dict[str, Any]:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": shape, "keras_history": ["c", 0, 0]}}
    nodes = [{"args": [tensor], "kwargs": {}}]
    return {
        "module": "keras.layers",
        "class_name": "ReLU",
        "config": {"name": "r"},
        "name": "r",
        "inbound_nodes": nodes,
    }


def end(config: dict[str, Any]) -> None:
    config["config"]["output_layers"] = [["r", 0, 0]]


@pytest.mark.parametrize(("why", "change"), DAMAGED, ids=[f"{i}-{why}" for i, (why, _) in enumerate(DAMAGED)])
def test_damaged_config(why: str, change: Callable[[dict[str, Any]], Any]) -> None:
    config = small()
    result = change(config)
    with pytest.raises(ModelRefused) as refused:
        convert_config(result if isinstance(result, dict) else config, "net")
    assert why in str(refused.value)


def test_nothing_of_a_file_runs(tmp_path: Path) -> None:
    """A class whose import, and a Lambda whose code, would leave a trace."""
    trace = tmp_path / "trace"
    (tmp_path / "harm.py").write_text(f"open({str(trace)!r}, 'w').close()\nclass Harm: pass\n")
    config = small()
    layer(config).update(module="harm", class_name="Harm", registered_name="harm>Harm")
    layer(config)["config"]["kernel_initializer"] = {"module": "harm", "class_name": "Harm", "config": {}}
    path = zipped(tmp_path / "net.keras", {"config.json": json.dumps(config).encode()})
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from cnnspec.model_files.keras.saved_config import read_config; from cnnspec.model_files.keras.to_graph import convert_config\n"
        f"convert_config(read_config({str(path)!r}), 'net')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert "Refused: this model has a layer" in done.stderr and "harm.Harm is a class of its own" in done.stderr
    assert not trace.exists()


def test_models_that_double_are_bounded() -> None:
    """Thirty models, each of which uses the next twice: a billion calls, refused before they are made."""
    config = small()
    for number in range(30):
        config = doubled(config, f"m{number}")
    with pytest.raises(ModelRefused, match="more than 2,000 times"):
        convert_config(config, "net")


def doubled(inner: dict[str, Any], name: str) -> dict[str, Any]:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 8, 4], "keras_history": ["x", 0, 0]}}
    node = {"args": [tensor], "kwargs": {}}
    x = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 4], "name": "x"}}
    layers = [{**x, "name": "x", "inbound_nodes": []}, {**inner, "name": "inner", "inbound_nodes": [node, node]}]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["inner", 1, 0], ["inner", 2, 0]]}
    return {"module": "keras", "class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


# ---- every place of a file, with every kind of nonsense ----------------------------------------------------
NONSENSE = [None, -1, 0, "x", [], {}, [1, 2], True, 1.5, {"class_name": "L2"}, [[["a"]]], 10**30, {"class_name": {}}]
WHOLE = """input 12x12x4
add(in, channel_shuffle(2)) -> conv(6, 3, padding=1, kernel_regularizer=l2(0.1)) -> maxpool(3, stride=1, padding=1)
dropout(0.1) -> avgpool(3x4, stride=3, padding=1, ceil=true) -> slice(1, 3) -> conv_transpose(3, 3, padding=1) -> layer_scale
"""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def test_nonsense_anywhere_is_refused_or_harmless() -> None:
    whole = to_keras(legal(WHOLE)).to_json()
    for number, path in enumerate(places(json.loads(whole))):
        config = json.loads(whole)
        inner = config
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = NONSENSE[number % len(NONSENSE)]
        with contextlib.suppress(ModelRefused):
            convert_config(config, "net")
