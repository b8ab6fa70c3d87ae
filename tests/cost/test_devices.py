"""Matrices and time: im2col, intensities that others publish, devices by name and by their figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnspec.facts.devices import DEVICES, find_device
from cnnspec.facts.im2col import im2col
from cnnspec.facts.precision import find_precision
from cnnspec.facts.roofline import find_traffic
from tests.cost.networks import EXAMPLES, facts, run
from tests.support import unwrap


def test_im2col_of_lecture_4() -> None:
    (product,) = im2col(facts("alexnet").operations[1])
    assert (product.filters, product.window, product.positions, product.groups) == (96, 363, 3025, 1)


@pytest.mark.parametrize(
    ("text", "batch", "expected"),
    [  # NVIDIA, "GPU performance background", in float16
        ("input 1024\ndense(4096, bias=false)", 512, 315), ("input 1024\ndense(4096, bias=false)", 1, 1),
        ("input 8x8x4\nrelu", 1, 0.25), ("input 1024x1024x8\nmaxpool(3x3, stride=1)", 1, 2.25),
    ],
)  # fmt: skip
def test_intensities_that_nvidia_gives(text: str, batch: int, expected: float) -> None:
    moved = find_traffic(facts("\n" + text), find_precision("float16"), batch)[1]
    assert moved is not None
    assert moved.intensity == pytest.approx(expected, rel=0.01)
    seconds, bound = moved.seconds(DEVICES["v100"], find_precision("float16"))  # type: ignore[misc]
    assert bound == ("compute" if expected > 139 else "memory")
    assert seconds == max(moved.flops / 125e12, moved.bytes / 900e9)


def test_every_peak_says_its_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    """A format is computed in itself, or float32 as TF32, as the table says and the report repeats."""
    for key, row in DEVICES.items():
        for dtype, peak in row.peaks.items():
            assert peak.arithmetic.startswith(dtype) or (dtype, peak.arithmetic) == ("float32", "TF32 tensor cores")
            out = run(capsys, "cost", EXAMPLES / "lenet5.cnn", "--device", key, "--dtype", dtype)[1]
            assert f", {dtype}: {peak.flops / 1e12:,.4g} TFLOP/s ({peak.arithmetic}), " in unwrap(out)
    assert {key for key, d in DEVICES.items() if d.peaks["float32"].arithmetic.startswith("TF32")} == {
        "a100", "h100", "h200", "rtx4090",
    }  # fmt: skip


FIGURES = [
    ("10TFLOP/s,200GB/s", 1e13, 2e11), ("10,200", 1e13, 2e11), ("10TFLOPS,200GB/s", 1e13, 2e11), ("10 tflops, 200 gb/s", 1e13, 2e11),
    ("200GB/s,10TFLOP/s", 1e13, 2e11), ("1.5PFLOP/s,3.35TB/s", 1.5e15, 3.35e12), ("921.6GFLOPS,25.6GBps", 921.6e9, 25.6e9),
    ("1e-3,1", 1e9, 1e9), ("500MFLOPS,800MB/s", 5e8, 8e8), ("mine:10,200", 1e13, 2e11), ("my board: 10TFLOPS,200GB/s", 1e13, 2e11),
    ("1FLOP/s,1B/s", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "flops", "bandwidth"), FIGURES)
def test_a_device_by_its_figures(text: str, flops: float, bandwidth: float, capsys: pytest.CaptureFixture[str]) -> None:
    made = find_device(text)
    assert made.bandwidth == pytest.approx(bandwidth)
    for dtype in ("float32", "bfloat16", "int8"):
        assert made.peak(dtype).flops == pytest.approx(flops)  # type: ignore[union-attr]
    options = ["--device", text, "--dtype", "mixed_bfloat16", "--format", "json"]
    said = json.loads(run(capsys, "cost", EXAMPLES / "lenet5.cnn", *options)[1])["device"]
    assert said["flops_per_second"] == pytest.approx(flops) and said["arithmetic"] == "as given, whatever the dtype"
    assert said["name"] == (text.partition(":")[0] if ":" in text else "the device given")


NO_FIGURES = [
    "10TFLOPS,20TFLOPS", "200GB/s,200GB/s", "1,2,3", "x:", "10,", ",10", "nan,1", "inf,1", "10parsec,3", "10TFLOPS,200Gb/s", "x:10",
    "1e1,", "ten,200", "--,1", "10TFLOP/s/200GB/s", "0x10,1", "1_0,1", "0,200", "10,0", "1e400,200", "10,1e400", "1e-30,200", "-1:1,-1",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_is_no_device_is_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "cost", EXAMPLES / "lenet5.cnn", f"--device={text}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "peak and " in err


def test_a_device_of_the_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.cnn").write_text("input 8x8x3\nconv(4, 3x3)\n")
    (tmp_path / "cnnspec.toml").write_text(
        '[devices]\n"My Board" = "10TFLOP/s, 200GB/s"\nv100 = "14TFLOP/s,900GB/s"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert "\nMy Board, float32: 10 TFLOP/s (as given" in run(capsys, "cost", "net.cnn", "--device", "my-board")[1]
    assert "v100, float32: 14 TFLOP/s" in run(capsys, "cost", "net.cnn", "--device", "V100")[1], "one's own comes first"
    assert (
        'did you mean "My Board"?; known are My Board, v100, p100'
        in run(capsys, "cost", "net.cnn", "--device", "My Bord")[2]
    )
    assert 'devices           {"My Board": ' in run(capsys, "check", ".", "--show-settings")[1]
    for text, said in (
        ('devices = ["a"]', "devices takes a table of texts, not"), ("devices = { a = 3 }", "devices takes a table of texts, not"),
        ('[devices]\na = "10"', "devices.a: a device is a peak and a bandwidth"), ('[devices]\na = "0,1"', "devices.a: a device's peak"),
    ):  # fmt: skip
        (tmp_path / "cnnspec.toml").write_text(text + "\n")
        status, _, err = run(capsys, "cost", "net.cnn", "--device", "v100")
        assert status == 2 and said in err and err.count("\n") == 1
    (tmp_path / "cnnspec.toml").unlink()
    (tmp_path / "pyproject.toml").write_text('[tool.cnnspec.devices]\nmine = "1,2"\n')
    assert "\nmine, float32: 1 TFLOP/s" in run(capsys, "cost", "net.cnn", "--device", "mine")[1]
