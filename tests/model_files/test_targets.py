"""A model of PyTorch or ONNX is not made for Keras: what Keras cannot compute is told of it only where that is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnspec
from cnnspec.cli import main

CONFIGURED = '[tool.cnnspec]\nignore = ["W201"]\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model whose pool Keras does not have."""
    onnx = pytest.importorskip("onnx")
    shapes = [onnx.helper.make_tensor_value_info(name, 1, ["n", 3, size, size]) for name, size in (("x", 9), ("y", 5))]
    pool = onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[3, 3], dilations=[2, 2], name="pool")
    graph = onnx.helper.make_graph([pool], "net", shapes[:1], shapes[1:])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]), tmp_path / "net.onnx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), False),
        (("--ignore", "W201"), False),
        (("--extend-select", "W"), False),
        (("--target", "torch"), False),
        (("--target", "keras"), True),
        (("--select", "E116"), True),
        (("--select", "ALL"), True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("configured", [False, True])
def test_keras_is_spoken_of_where_it_is_asked_for(
    asked: tuple[str, ...], told: bool, configured: bool, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if configured:
        (here / "pyproject.toml").write_text(CONFIGURED, encoding="utf-8")
    main(["check", "net.onnx", *asked])
    assert ("E116" in capsys.readouterr().out) is told


def test_in_python_too(here: Path) -> None:
    found = {found.code for found in (*cnnspec.check("net.onnx"), *cnnspec.load("net.onnx").diagnostics)}
    assert found == {"R303"}, "the pool's gaps, and nothing of Keras"
    with pytest.raises(cnnspec.SpecError, match="Keras's pools have none"):
        cnnspec.load("net.onnx").to_keras()


def test_compile_refuses_it_all_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "net.onnx", "-o", "net.keras"]) == 1
    assert "becomes no Keras layer" in " ".join(capsys.readouterr().err.split())
    assert main(["compile", "net.onnx", "-o", "net.py", "--to", "torch"]) == 0


def test_what_torch_cannot_run_is_named_by_the_models_own_place(capsys: pytest.CaptureFixture[str]) -> None:
    unknown = Path(__file__).parent / "torch" / "fixtures" / "unknown.pt2"
    assert main(["compile", str(unknown), "--to", "torch", "-o", "-"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "cannot run this network: cumsum1 (" in said and "sample_models.py:296) has no counterpart" in said
