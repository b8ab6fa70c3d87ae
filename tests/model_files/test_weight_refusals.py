"""Weights that are not there, or another network's: one sentence each."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy
import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.model_files import read_graph
from cnnspec.model_files.kinds import open_model
from cnnspec.model_files.model_weights import ModelWeights
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.stored_weights import open_weights
from cnnspec.model_files.views.weight_ref import WeightRef

WEIGHTED = Path(__file__).parent / "weighted"


def copy_archive(name: str, path: Path, change: Any) -> Path:
    """A .pt2 file whose members are changed: `change` gives the bytes of a member, None to leave it out."""
    with zipfile.ZipFile(WEIGHTED / f"{name}.pt2") as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            content = change(member.partition("/")[2], old.read(member))
            if content is not None:
                new.writestr(member, content)
    return path


def change_entry(**changes: Any) -> Any:
    """A change of what the table says of the dense layer's bias."""

    def change(member: str, content: bytes) -> bytes:
        if not member.endswith("weights_config.json"):
            return content
        table = json.loads(content)
        entry = table["config"]["dense.bias"]
        for key, value in changes.items():
            (entry["tensor_meta"] if key in entry["tensor_meta"] else entry)[key] = value
        return json.dumps(table).encode()

    return change


DAMAGED = "net.pt2 is a damaged .pt2 file: "
KINDS = {
    "none at all": (lambda member, content: None if member.startswith("data/") else content, "conv.weight is not in this file"),
    "pickled": (change_entry(use_pickle=True), "dense.bias is pickled in this file, as older versions of torch save weights"),
    "too few bytes": (change_entry(storage_offset={"as_int": 9}), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "a huge stride": (change_entry(strides=[{"as_int": 2**40}]), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "more numbers than bytes": (change_entry(sizes=[{"as_int": 2**40}], strides=[{"as_int": 0}]), f"{DAMAGED}dense.bias has 16 bytes, too few"),
    "a size below 0": (change_entry(sizes=[{"as_int": -4}]), f"{DAMAGED}a size of dense.bias is no whole number"),
    "more sizes than strides": (change_entry(strides=[]), f"{DAMAGED}dense.bias has no bytes, or other sizes"),
    "another member": (change_entry(path_name="../../x"), f"{DAMAGED}dense.bias has no bytes"),
    "another shape": (change_entry(sizes=[{"as_int": 2}]), "the file is damaged: dense.bias has another shape where its numbers stand"),
    "of complex numbers": (change_entry(dtype=10), "dense.bias is of complex64, which is not carried over"),
    "of an unknown kind": (change_entry(dtype=99), "dense.bias is of an unknown kind"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_there_are_one_sentence(kind: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    change, sentence = KINDS[kind]
    copy_archive("rows", Path("net.pt2"), change)
    assert main(["compile", "net.pt2", "--weights", "net.pt2", "-o", "net.keras"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("cnnspec: the weights are not carried over: net.pt2") and sentence in said, said
    assert said.count("\n") == 1 and not Path("net.keras").exists()


def test_another_network_is_refused_whole() -> None:
    net = cnnspec.load(WEIGHTED / "rows.pt2")
    with pytest.raises(ValueError, match="the network of these weights is another than rows: cnnspec diff shows where"):
        net.to_keras(weights=WEIGHTED / "views.pt2")
    with pytest.raises(FileNotFoundError, match=r"there is no such file: none\.pt2"):
        net.to_keras(weights="none.pt2")


def test_a_weight_that_is_computed_of_others_is_refused() -> None:
    source = read_graph(str(WEIGHTED / "rows.pt2"))
    computed = {node.index: (WeightRef("w", (1,)),) * 4 for node in source.nodes}
    with pytest.raises(ModelRefused, match=r"is computed of others in the model|has no weights for"):
        list(ModelWeights(source, computed, numpy.zeros).find_arrays(source))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.pt2")
    with pytest.raises(ModelRefused, match="is a pipe or a device: weights are read from a file"):
        open_model(str(tmp_path / "net.pt2"))


def test_pickled_weights_are_said_to_be(tmp_path: Path) -> None:
    def change(member: str, content: bytes) -> bytes | None:
        return None if "_config" in member else content

    path = copy_archive("rows", tmp_path / "net.pt2", change)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("rows/data/weights/model.pt", b"")
    with open_weights(str(path)) as find, pytest.raises(ModelRefused, match=r"conv\.weight is pickled in this file"):
        find("conv.weight")
