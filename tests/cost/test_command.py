"""`cnnspec cost`: its JSON, what is unknown, what is refused; and the columns of costs in the summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnspec
from cnnspec.train.memory import find_need
from cnnspec.train.plan import TrainingPlan
from tests.cost.networks import EXAMPLES, counted, run


def test_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--batch", "8", "--device", "V100", "--dtype", "float16", "--memory", "1GiB", "--flops-as", "fvcore"]
    status, out, _ = run(capsys, "cost", EXAMPLES / "lenet5.cnn", "--format", "json", *options, "--optimizer", "sgd")
    data = json.loads(out)
    assert status == 0
    assert list(data) == [
        "schema_version", "model", "file", "batch", "dtype", "optimizer", "layers", "macs", "flops", "tool", "inference",
        "training", "frozen", "device", "conventions",
    ]  # fmt: skip
    assert data["tool"]["count"] == counted("fvcore", "lenet5")
    assert data["training"]["bytes"] == sum(term["bytes"] for term in data["training"]["terms"])
    assert data["device"]["seconds"] == pytest.approx(sum(layer["seconds"] for layer in data["layers"]))


def test_unknown_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, 9x9)\nrelu\n")
    status, out, _ = run(capsys, "cost", path, "--device", "t4", "--memory", "1GiB", "--flops-as", "thop")
    assert status == 1
    assert "as thop counts them: ?" in out and "largest batch in 1.00 GiB: ?" in out and "forward: ?" in out
    path.write_text("input ?x?x3\nconv(4, 3x3, padding=same)\n")
    assert "1 * (7*H*W) * 4" in run(capsys, "cost", path)[1]
    path.write_text('input 8x8x3\nconv(4, 1x1)\nopaque("roll", 8x8x4)\n')
    assert "MACs: at least 768, without those of roll1" in run(capsys, "cost", path)[1], "as summary says"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dtype", "float12"], '"float12" is no dtype: known are float64, float32'),
        (["--device", "v1"], 'no device is called "v1"; known are p100, v100'),
        (["--device", "toaster"], 'no device is called "toaster"; known are p100, v100'),
        (["--device", "a10"], 'no device is called "a10"; did you mean "a100"?; known are p100, v100'),
        (
            ["--device", "v100", "--dtype", "bfloat16"],
            "no peak in bfloat16 is known for NVIDIA V100 SXM2: choose dtype",
        ),
        (["--optimizer", "foo"], 'no memory is known for the optimizer "foo"'),
        (["--optimizer", "3"], '--optimizer takes an optimizer, such as adam, not "3"'),
        (["--flops-as", "x"], 'no tool is called "x": known are fvcore, ptflops'),
        (["--memory", "much"], 'must be a number of bytes, such as 16GiB, not "much"'),
    ],
)
def test_bad_options_are_a_sentence(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    status, out, err = run(capsys, "cost", EXAMPLES / "lenet5.cnn", *options)
    assert (status, out) == (2, "")
    assert said in err


def test_columns(capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / "alexnet.cnn"
    text = run(capsys, "summary", path, "--columns", "params,macs,memory,im2col")[1]
    assert "96x363 * 363x3025" in text and "1.11 MiB" in text
    out = run(capsys, "summary", path, "--columns", "name,macs,memory", "--format", "csv")[1]
    assert out.splitlines()[:3] == ["name,macs,memory", "input1,0,618348", "conv1,105415200,1161600"]
    assert "| Layer | MACs |" in run(capsys, "summary", path, "--columns", "name,macs", "--format", "markdown")[1]
    status, _, err = run(capsys, "summary", path, "--columns", "name,mac")
    assert (status, 'no column is called "mac": known are layer, name' in err, 'mean "macs"' in err) == (2, True, True)


FREEZING = """block stem(n) { conv(n, 3x3) -> bn -> relu }
input 12x12x1
stem(4) -> conv(8, 3x3) -> maxpool(2) -> flatten -> dense(3, softmax)
train { data = digits; batch = 32; epochs = 9; SECTION }
"""
FROZEN = {  # what is frozen to the end, and what is said of it
    "freeze = stem": (
        ["conv1", "bn1"],
        "Training, batch 32, float32, adam, 2 layers frozen as the train section says:",
    ),
    "freeze = [conv1, conv2]; unfreeze_after = 9": (["conv1", "conv2"], "2 layers frozen as the train section says:"),
    "freeze = stem; unfreeze_after = 4": (
        [],
        "what the train section freezes is trained after epoch 4, so that this is the most",
    ),
    'freeze = start; start = "runs/x"': (
        [],
        "what is frozen is known when runs/x is read: cnnspec train counts without that",
    ),
    'freeze = [stem, start]; start = "runs/x"': ([], "what is frozen is known when runs/x is read"),
    "freeze = relu1": ([], "the train section freezes no layer that has weights"),
    "": ([], "Training, batch 32, float32, adam:"),
}


@pytest.mark.parametrize("section", FROZEN)
def test_what_the_train_section_freezes_is_counted_as_by_train(section: str) -> None:
    names, said = FROZEN[section]
    net = cnnspec.loads(FREEZING.replace("SECTION", section))
    cost, graph = net.cost(), net.analysed.graph
    text = " ".join(cost.to_text().split())
    assert [graph.nodes[index].name for index in cost.frozen] == names
    assert said in text and ("adam, nothing frozen:" in text) == ("freeze" in section)
    data = cost.to_data()["frozen"]
    if not names:
        assert data is None and cost.frozen_training is None and "frozen as the" not in text
        return
    settings = net.analysed.settings
    assert settings is not None and cost.training is not None and cost.frozen_training is not None
    need = find_need(TrainingPlan(graph, net.analysed.facts, settings))
    assert need == cost.frozen_training and data["layers"] == names
    assert data["training"]["bytes"] == need.bytes(32) < cost.training.bytes(32)
