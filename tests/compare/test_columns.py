"""Each figure of `cnnspec compare` is its own command's."""

from __future__ import annotations

import json
from typing import Any

import pytest

import cnnspec
from cnnspec.compare.columns import COLUMNS
from cnnspec.tables.data import write_axes
from tests.cli.commands import run
from tests.compare.compared import Capture, data, rows
from tests.example_files import EXAMPLES

NETS = [
    *[str(EXAMPLES / f"{name}.cnn") for name in ("lenet5", "alexnet", "resnet18", "unet_any_size", "siamese")],
    "two.cnn:Small", "net.cnn", "lossy.cnn", "vectors.cnn", "any.cnn", "train.py:model",
]  # fmt: skip
ASKED = ["--batch", "3", "--dtype", "float16", "--device", "t4"]


def find_owned(capsys: Capture, net: str) -> dict[str, Any]:
    """The figure of each column as the command that it comes from prints it."""
    summary, fields = data(capsys, "summary", net), data(capsys, "rf", net)
    cost, lost = data(capsys, "cost", net, *ASKED), data(capsys, "lost", net)
    found = json.loads(run(capsys, "check", "--no-cache", net, "--output-format", "json")[1])
    totals, size = summary["totals"], summary["totals"]["receptive_field"]["size"]
    deepest = [layer["coverage"] for layer in fields["layers"] if layer["size"] == size and not layer["whole"]]
    shapes = [output["shape"] for output in summary["outputs"]]
    terms = {term["name"]: term["bytes"] for term in cost["inference"]["terms"]}
    path, _, model = net.partition(":")
    depth = data(capsys, "compare", net)["networks"][0]["depth"]
    assert not cnnspec.load(path, model=model or None).budget(f"depth == {depth}")
    return {
        "layers": sum([layer["used"] for layer in data(capsys, "explain", net)["layers"]]), "depth": depth,
        "params": totals["params"], "trainable": totals["trainable_params"], "macs": totals["macs"], "flops": totals["flops"],
        "rf": write_axes(size), "coverage": deepest[-1] if size else None,
        "output": ", ".join(["x".join(map(str, shape)) for shape in shapes]),
        "params_bytes": terms["weights"], "peak_memory": terms["activations"], "inference_memory": cost["inference"]["bytes"],
        "training_memory": cost["training"]["bytes"], "time": cost["device"]["seconds"],
        "lost": lost["totals"]["macs_share"], "lossless": find_lossless(lost), "findings": len(found), "epochs": None,
    }  # fmt: skip


def find_lossless(lost: dict[str, Any]) -> bool | None:
    """Whether nothing is lost; None where a size is unknown."""
    return None if lost["unknown"] else not lost["tensors"]


def write_plain(value: Any) -> str:
    """A figure as CSV has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("net", NETS)
def test_each_column_is_what_its_own_command_says(net: str, capsys: Capture) -> None:
    owned = find_owned(capsys, net)
    assert owned.keys() == COLUMNS.keys()
    (row,) = rows(capsys, net, "--columns", ",".join(COLUMNS), *ASKED)
    assert {name: row[name] for name in owned} == {name: write_plain(value) for name, value in owned.items()}
    said = data(capsys, "compare", net, *ASKED)
    (one,) = said["networks"]
    assert (said["batch"], said["dtype"], said["device"]) == (3, "float16", "NVIDIA T4")
    assert one["optimizer"] == ("sgd(momentum=0.9)" if net == "net.cnn" else "adam")
    for field, column in (("seconds", "time"), ("macs_lost_share", "lost"), ("trainable_params", "trainable")):
        assert one[field] == owned[column]
    for field in one.keys() & owned.keys():
        assert one[field] == owned[field], field


def test_all_have_one_batch_whatever_their_train_sections_say(capsys: Capture) -> None:
    (alone,) = rows(capsys, "net.cnn", "--columns", "training_memory")
    assert int(alone["training_memory"]) == data(capsys, "cost", "net.cnn", "--batch", "1")["training"]["bytes"]
    out = run(capsys, "compare", "net.cnn", "vectors.cnn")[1]
    assert "Memory: batch 1, float32; training with sgd(momentum=0.9) (Net), adam (vectors)" in out
    out = run(capsys, "compare", "net.cnn", "vectors.cnn", "--optimizer", "lion")[1]
    assert out.endswith("Memory: batch 1, float32; training with lion\n")
    assert (
        "Memory and time: batch 1, float32; training with adam; time at least on NVIDIA T4"
        in (run(capsys, "compare", "vectors.cnn", "--device", "t4", "--width", "200")[1])
    )
