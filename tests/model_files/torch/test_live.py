"""Live torch modules, where torch is installed: what is exported, and what torch refuses, in its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.base.source import LayerPlace
from cnnspec.cli import main
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.live import build_module, convert_module, read_arguments
from cnnspec.model_files.torch.make_op_defaults import TABLE, write_table
from cnnspec.model_files.torch.to_graph import read_torch_file
from tests.model_files.torch.archives import fixture

torch = pytest.importorskip("torch", reason="torch is an extra: these tests run where it is installed")


def sample(name: str) -> tuple[Any, list[tuple[int, ...]]]:
    from tests.model_files.torch.sample_models import SAMPLES

    build, shapes = SAMPLES[name]
    return build(), [shape[1:] for shape in shapes]


@pytest.mark.parametrize(
    "name", ["tiny", "transposed", "functional", "shared", "no_gradient", "two_inputs", "operators"]
)
def test_a_module_and_its_file_are_one_network(name: str) -> None:
    module, shapes = sample(name)
    live, saved = convert_module(module, shapes), read_torch_file(str(fixture(name)))
    assert [(n.layer, n.inputs, n.shape, n.name) for n in live.nodes] == [
        (n.layer, n.inputs, n.shape, n.name) for n in saved.nodes
    ]
    assert live.name == type(module).__name__


@pytest.mark.parametrize(("axis", "stride", "word"), [(1, 1, "lrn"), (1, (8, 1, 1), "divide"), (2, 1, "divide")])
def test_a_local_response_normalisation_pools_over_all_channels(axis: int, stride: Any, word: str) -> None:
    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            squares = torch.nn.functional.pad(x.mul(x).unsqueeze(axis), (0, 0, 0, 0, 2, 2))
            means = torch.nn.functional.avg_pool3d(squares, (5, 1, 1), stride=stride).squeeze(axis)
            return x / means.mul(0.1).add(1).pow(0.75)

    assert convert_module(Net(), [(8, 8, 8)]).nodes[-1].label == word


def test_a_module_stays_as_it_is() -> None:
    module, shapes = sample("tiny")
    module.train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    convert_module(module, shapes)
    assert module.training
    assert {str(tensor.device) for tensor in module.state_dict().values()} == {"cpu"}
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


def test_what_torch_refuses_is_said_in_its_words_with_the_line() -> None:
    class Branching(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return x if x.sum() > 0 else -x

    with pytest.raises(ModelRefused) as refused:
        convert_module(Branching(), [(3, 8, 8)])
    first, second = refused.value.lines
    assert first.startswith("torch.export refuses Branching: Could not guard on data-dependent expression")
    assert second.startswith(f"  at {__file__}:")


def test_what_is_no_module() -> None:
    with pytest.raises(TypeError, match="Module is asked for, not int"):
        convert_module(3, [(3, 8, 8)])


def test_findings_in_a_module_are_at_its_lines_and_modules() -> None:
    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.stem = torch.nn.ModuleDict({"conv": torch.nn.Conv2d(3, 8, 3, stride=2)})

        def forward(self, x: Any) -> Any:
            return self.stem["conv"](x).relu()

    line = Net.forward.__code__.co_firstlineno + 1
    net = cnnspec.from_torch(Net(), (3, 8, 8))
    (found,) = [found for found in net.diagnostics if found.code == "W201"]
    assert isinstance(found.span, LayerPlace) and found.span.module == found.span.layer == "stem.conv"
    called = found.span.called or f"{found.span.source.name}:{found.span.line}"
    assert called.endswith(f"test_live.py:{line}")
    assert "conv(8, 3x3, stride=2)" in net.text and "as stem_conv" not in net.text
    assert "conv(8, 3x3, stride=2) as stem_conv" in cnnspec.from_torch(Net(), (3, 8, 8), keep_names=True).text


def test_a_view_of_what_is_changed_in_place_is_changed_with_it() -> None:
    class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            whole = x * 2
            half = whole[:, :2]
            whole.tanh_()
            return torch.cat([half, whole], 1)

    net = cnnspec.from_torch(Net(), (4, 6, 6))
    assert "opaque(" in net.text, "its values are not those from before"
    assert "a part of a tensor is changed in place" in net.analysed.graph.remark


def test_from_torch() -> None:
    module, shapes = sample("tiny")
    net = cnnspec.from_torch(module, *shapes)
    assert (net.params, net.macs, [d.name for d in net.diagnostics]) == (346, 55376, ["bias-before-norm"])
    with pytest.raises(TypeError, match="the shape of the module"):
        cnnspec.from_torch(module)
    with pytest.raises(TypeError, match="a shape is a tuple of whole numbers"):
        cnnspec.from_torch(module, 3)  # type: ignore[arg-type]
    with pytest.raises(cnnspec.SpecError, match=r"torch.export refuses Tiny"):
        cnnspec.from_torch(module, (4, 32, 32))
    with pytest.raises(TypeError, match=r"Tiny is a class: give the module that it makes, Tiny\(\)"):
        cnnspec.from_torch(type(module), (3, 32, 32))
    with pytest.raises(cnnspec.SpecError, match="a shape stands without the batch"):
        cnnspec.from_torch(module, (1, 3, 32, 32))


def test_import_by_name(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_nets.py").write_text("import torch\ndef small(width=4):\n    return torch.nn.Conv2d(3, width, 3)\n")
    monkeypatch.chdir(tmp_path)
    assert main(["import", "--torch", "my_nets:small", "--input", "3x8x8", "--args", "width=7"]) == 0
    assert capsys.readouterr().out == "model Conv2d {\n  input 8x8x3\n  conv(7, 3x3)\n}\n"


def test_a_name_that_makes_no_model() -> None:
    for reference, why in {
        "torch.nn:Nothing": "AttributeError",
        "no_such_module:x": "No module named",
        "torch.nn": "write module:function",
        "os:getcwd": r"os:getcwd makes a str, not a torch\.nn\.Module",
        "sys:exit": "sys:exit cannot be built: SystemExit",
    }.items():
        with pytest.raises(ModelRefused, match=why):
            build_module(reference, {})


def test_the_table_of_defaults_is_that_of_the_schemas() -> None:
    assert TABLE.read_text(encoding="utf-8") == write_table()


def test_arguments() -> None:
    assert read_arguments("weights=None, size=(1, 2)") == {"weights": None, "size": (1, 2)}
