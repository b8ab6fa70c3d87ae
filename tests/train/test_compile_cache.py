"""What JAX compiles is kept where that is asked for, and found again by another process."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnspec.cli import main
from tests.support import THOROUGH, unwrap

pytest.importorskip("keras")
NET = "input 8x8x1\nflatten -> dense(8, relu) -> dense(10, softmax)\ntrain { data = digits; epochs = 1; batch = 512 }\n"


@pytest.mark.parametrize("verb", ["train", "resume"])
def test_another_backend_is_told(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(NET)
    if verb == "resume":
        assert main(["train", "net.cnn", "-q", "--run-dir", "run"]) == 0
    asked = ["net.cnn"] if verb == "train" else ["run", "--epochs", "2"]
    assert main([verb, *asked, "-q", "--compile-cache", "kept"]) == 2
    said = unwrap(capsys.readouterr().err)
    assert "--compile-cache keeps what JAX compiles, and this training runs on TensorFlow; add --backend jax" in said
    assert not Path("kept").exists()


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_a_second_process_compiles_nothing_again(tmp_path: Path) -> None:
    (tmp_path / "net.cnn").write_text(NET)
    command = [sys.executable, "-m", "cnnspec", "train", "net.cnn", "-q", "--backend", "jax", "--compile-cache", "kept"]
    kept = []
    for _ in range(2):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        kept.append(sorted(name for name in os.listdir(tmp_path / "kept") if name.endswith("-cache")))
    assert kept[0] == kept[1] != []
    one, two = ((tmp_path / f"runs/net-{n}/metrics.csv").read_text().splitlines()[1].split(",")[:5] for n in (1, 2))
    assert one == two
