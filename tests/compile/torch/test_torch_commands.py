"""`cnnspec compile --to torch`, `-o net.pt2`, and the Python face of both, as users meet them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base import installing
from cnnspec.cli import main
from tests.compile.torch.test_torch_runs import WHY, runs_torch

SPEC = "input 6x6x2\nconv(3, 3x3) as features -> relu -> flatten -> dense(4, softmax)\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.cnn").write_text(SPEC)
    (tmp_path / "cubic.cnn").write_text("input 6x6x2\nupsample(2, interpolation=bicubic) as big\n")
    (tmp_path / "wrong.cnn").write_text("input 6x6x2\nconv(3, 9x9)\n")
    return tmp_path


def command(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    made = capsys.readouterr()
    return status, made.out, made.err


def test_a_module_is_written_to_a_file_or_to_stdout(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, "compile", "net.cnn", "-o", "module.py", "--to", "torch") == (
        0, "", "cnnspec: wrote module.py\n",
    )  # fmt: skip
    text = (here / "module.py").read_text(encoding="utf-8")
    assert command(capsys, "compile", "net.cnn", "-o", "-", "--to", "torch") == (0, text, "")
    assert "self.features = nn.Conv2d(2, 3, 3)" in text and cnnspec.load("net.cnn").to_source("torch") == text
    assert command(capsys, "compile", "net.cnn", "--to", "torch")[2] == "cnnspec: wrote net.py\n"
    assert (here / "net.py").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("net.cnn", "-o", "net.py", "--to", "torch", "--weights", "net.keras"),
            "source holds no weights: they go into a .pt2, or with net.to_torch(weights=model) in Python",
        ),
        (("net.cnn", "-o", "net.onnx", "--to", "torch"), "torch is written to a .py file, not to net.onnx"),
        (("net.cnn", "-o", "net.py", "--to", "pt2"), "pt2 is written to a .pt2 file, not to net.py"),
        (("net.cnn", "-o", "-", "--to", "pt2"), "pt2 is not written to stdout: give -o a name"),
        (
            ("cubic.cnn", "-o", "net.py", "--to", "torch"),
            "PyTorch cannot run this network: big (cubic.cnn:2:1) interpolates by another cubic curve than PyTorch does",
        ),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    before = sorted(here.iterdir())
    status, out, error = command(capsys, "compile", *arguments)
    assert (status, out) == (2, "") and error.startswith(f"cnnspec: {sentence}"), error
    assert sorted(here.iterdir()) == before


def test_what_keras_alone_cannot_compute_is_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "dilated.cnn").write_text("input 15x15x3\nmaxpool(3x3, stride=2, dilation=2)\n")
    status, text, error = command(capsys, "compile", "dilated.cnn", "-o", "-", "--to", "torch")
    assert (status, error) == (0, "") and "F.max_pool2d(x, 3, stride=2, dilation=2)" in text
    assert command(capsys, "compile", "dilated.cnn", "-o", "-", "--to", "py")[:2] == (1, "")
    with pytest.raises(cnnspec.SpecError):
        cnnspec.load("dilated.cnn").to_source()
    assert cnnspec.load("dilated.cnn").to_source("torch") == text


def test_without_pytorch_a_program_says_what_to_install(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(installing, "write_install_command", lambda *extras: f"install {extras}")
    status, _, error = command(capsys, "compile", "net.cnn", "-o", "net.pt2")
    assert (status, error) == (2, "cnnspec: PyTorch is not installed: install ('torch',)\n")
    with pytest.raises(cnnspec.MissingExtra):
        cnnspec.load("net.cnn").to_torch()


def test_python_refuses_what_it_cannot_build(here: Path) -> None:
    with pytest.raises(
        cnnspec.SpecError, match=r"PyTorch cannot run cubic: big .* interpolates by another cubic curve"
    ):
        cnnspec.load("cubic.cnn").to_source("torch")
    with pytest.raises(cnnspec.SpecError, match="wrong cannot be built"):
        cnnspec.load("wrong.cnn").to_source("torch")
    with pytest.raises(ValueError, match='no framework is called "jax": keras or torch'):
        cnnspec.load("net.cnn").to_source("jax")


@pytest.mark.skipif(not runs_torch(), reason=WHY)
def test_a_program_has_the_weights_of_a_keras_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np
    import torch

    net = cnnspec.load("net.cnn")
    model = net.to_keras()
    model.save("net.keras")
    assert command(capsys, "compile", "net.cnn", "-o", "net.pt2", "--weights", "net.keras") == (
        0, "", "cnnspec: wrote net.pt2\n",
    )  # fmt: skip
    given = np.random.default_rng(1).normal(size=(5, 6, 6, 2)).astype("float32")
    found = torch.export.load("net.pt2").module()(torch.tensor(given.transpose(0, 3, 1, 2).copy()))
    assert np.abs(np.asarray(model(given)) - found.detach().numpy()).max() < 1e-6
    back = net.to_keras(weights=net.to_torch(weights=model))
    assert all(np.array_equal(a, b) for a, b in zip(back.get_weights(), model.get_weights(), strict=True))


@pytest.mark.skipif(not runs_torch(), reason=WHY)
@pytest.mark.parametrize(
    "other", ["input 6x6x2\nconv(3, 3x3)", "input 6x6x2\nconv(4, 3x3) as features -> flatten -> dense(4)"]
)
def test_weights_of_another_network_are_refused(here: Path, other: str) -> None:
    with pytest.raises(ValueError, match="the Keras model"):
        cnnspec.load("net.cnn").to_torch(weights=cnnspec.loads(other).to_keras())
    with pytest.raises(ValueError, match="the network of these weights is another than net"):
        cnnspec.load("net.cnn").to_keras(weights=cnnspec.loads(other).to_torch())
