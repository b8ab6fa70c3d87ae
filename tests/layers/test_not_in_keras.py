"""Layers that are well defined and that Keras cannot compute: analysed like all others, and refused by what makes a model.

The figures are worked out by hand: (layer, its shape, parameters, MACs, receptive field or None for unknown, code, a part of
what is said).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from tests.support import findings, unwrap

CASES = [
    ("33x33x3", "conv(8, 3x3, stride=2, dilation=2)", (15, 15, 8), 224, 15 * 15 * 8 * 27, (5, 5), "E104", "stride 2 together with dilation 2"),
    ("17x4", "conv(8, 3, stride=3, dilation=2, groups=2)", (5, 8), 3 * 2 * 8 + 8, 5 * 8 * 3 * 2, (5,), "E104", "stride 3 together"),
    ("9x9x3", "conv_transpose(4, 3x3, stride=2, dilation=2)", (21, 21, 4), 112, 81 * 9 * 4 * 3, (3, 3), "E104", "stride 2 together"),
    ("33x33x8", "depthwise_conv(3x3, stride=2x1)", (16, 31, 8), 80, 16 * 31 * 8 * 9, (3, 3), "E116", "differs by axis"),
    ("9x9x9x4", "depthwise_conv(3, multiplier=2)", (7, 7, 7, 8), 27 * 8 + 8, 343 * 8 * 27, (3, 3, 3), "E116", "no depthwise_conv for DxHxWxC"),
    ("9x9x9x4", "separable_conv(6, 3, bias=false)", (7, 7, 7, 6), 27 * 4 + 24, 343 * (4 * 27 + 24), (3, 3, 3), "E116", "no separable_conv"),
    ("12x4", "upsample(2, interpolation=bilinear)", (24, 4), 0, 0, (2,), "E116", "bilinear interpolation for HxWxC alone"),
    ("8x8x4", "adaptive_avgpool(1x4)", (1, 4, 4), 0, 0, (8, 2), "E116", "one size alone is 1"),
    ("5x7x3", "rms_norm(axis=1)", (5, 7, 3), 5, 0, (1, 1), "E116", "not along axis 1"),
    ("120x6", "reshape((2, 3, 4, 5, 6)) -> layer_scale", (2, 3, 4, 5, 6), 6, 0, None, "E116", "up to three axes"),
]  # fmt: skip
IDS = [case[1] for case in CASES]


@pytest.mark.parametrize(("size", "layer", "shape", "params", "macs", "field", "code", "part"), CASES, ids=IDS)
def test_it_is_analysed(
    size: str, layer: str, shape: Any, params: int, macs: int, field: Any, code: str, part: str
) -> None:
    net = cnnspec.load(f"input {size}\n{layer}\n")
    made = net.layers[-1]
    assert (made.output_shape, made.params, made.macs) == (shape, params, macs)
    assert (net.params, net.macs) == (params, macs)
    assert (made.receptive_field and made.receptive_field.size) == field
    (told,) = [found for found in net.diagnostics if found.code in ("E104", "E116")]
    assert told.code == code and told.severity == "warning" and part in told.message
    assert told.message.startswith(f"{made.name}: ")


@pytest.mark.parametrize(("size", "layer", "code"), [(c[0], c[1], c[6]) for c in CASES], ids=IDS)
def test_no_model_is_made_of_it(
    size: str, layer: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"input {size}\n{layer}\n"
    net = cnnspec.load(text)
    for make in (net.to_keras, net.to_source):
        with pytest.raises(cnnspec.SpecError, match=net.layers[-1].name) as raised:
            make()
        assert [d.code for d in raised.value.diagnostics if d.severity == "error"] == [code]
    (tmp_path / "net.cnn").write_text(f"{text}# cnnspec: ignore-file[{code}]\n")
    for ending in ("py", "keras"):
        made = tmp_path / f"made.{ending}"
        assert main(["compile", str(tmp_path / "net.cnn"), "-o", str(made)]) == 1
        said = unwrap(capsys.readouterr().err)
        assert f"error[{code} " in said and f"{net.layers[-1].name}: " in said and not made.exists()


def test_training_refuses_it_before_it_looks_for_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.cnn"
    path.write_text('input 33x33x3\nconv(8, 3x3, stride=2, dilation=2)\nflatten -> dense(2)\ntrain { data = "none" }\n')
    assert main(["train", str(path), "--run-dir", str(tmp_path / "run")]) == 1
    assert "error[E104 stride-with-dilation]: conv1: " in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("options", "codes"), [
    ([], {"E104"}), (["--target", "keras"], {"E104"}), (["--target", "torch"], set()), (["--ignore", "E104"], set()),
    (["--target", "torch", "--target", "keras"], {"E104"}), (["--select", "W"], set()),
])  # fmt: skip
def test_check_tells_it_to_who_makes_a_keras_model(
    options: list[str], codes: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net.cnn").write_text("input 33x33x3\nconv(8, 3x3, stride=2, dilation=2)\n")
    status = main(["check", str(tmp_path / "net.cnn"), "--output-format", "json", *options])
    assert {found["code"] for found in json.loads(capsys.readouterr().out)} == codes
    assert status == bool(codes)


def test_one_place_is_one_finding_and_each_thing_is_told() -> None:
    text = "f = conv(4, 3x3, stride=2, dilation=2)\ninput 65x65x3\nf -> f\ndepthwise_conv(3x3, stride=1x2)\n"
    found = findings(text, ("E104", "E116"))
    assert [(d.code, d.nodes) for d in found] == [("E104", (1, 2)), ("E116", (3,))]
