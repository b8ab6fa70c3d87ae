"""A model from elsewhere: it holds its own weights, is about as large as it seems, and no code of it runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from tests.train.hostile import sentence

pytest.importorskip("keras")


def weights(change: Callable[[Any], None]) -> bytes:
    """An HDF5 file with what a change puts there."""
    import h5py

    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        change(file)
    return held.getvalue()


def elsewhere(kind: str) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        import h5py

        if kind == "external link":
            file["layers"] = h5py.ExternalLink("outside/thesis.txt", "/")
        elif kind == "soft link":
            file["layers"] = h5py.SoftLink("/absent")
        elif kind == "external array":
            file.create_dataset("a/b", (4,), "u1", external=[("outside/thesis.txt", 0, 4)])
        elif kind == "virtual array":
            layout = h5py.VirtualLayout((4,), "u1")
            layout[:] = h5py.VirtualSource("outside/other.h5", "x", (4,))
            file.create_virtual_dataset("a", layout)
        elif kind == "group in itself":
            inner = file.create_group("a/b")
            inner["a"] = file["a"]
        elif kind == "declared and not written":
            file.create_dataset("a", (2**40,), "f4", chunks=(1024,))
        elif kind == "many declared":
            for number in range(100):
                file.create_dataset(f"g/{number}", (2**22,), "f4", chunks=(1024,), compression="gzip")

    return change


WEIGHTS = {
    "external link": "holds layers, which points elsewhere", "soft link": "holds layers, which points elsewhere",
    "external array": "holds a/b, which points elsewhere", "virtual array": "holds a, which points elsewhere",
    "group in itself": "which points elsewhere", "declared and not written": "declares arrays of 4,398,046,511,104 bytes",
    "many declared": "declares arrays of",
}  # fmt: skip


def repacked(path: Path, changes: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in {**members, **changes}.items():
            archive.writestr(name, content)


def opened(capsys: pytest.CaptureFixture[str], kept: Path, message: str) -> None:
    scan = str(kept / "scan.png")
    for words in (["evaluate", "run"], ["predict", "run", scan], ["export", "run", "-o", "net.onnx"]):
        assert message in sentence(capsys, *words)
    (Path("run/run.json")).unlink()
    assert message in sentence(capsys, "predict", "run/best.keras", scan)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_are_all_in_their_file(run: Path, capsys: pytest.CaptureFixture[str], kept: Path, kind: str) -> None:
    content = weights(elsewhere(kind))
    repacked(run / "best.keras", {"model.weights.h5": content})
    assert WEIGHTS[kind] in sentence(capsys, "resume", "run", "-q", "--epochs", "2")
    opened(capsys, kept, WEIGHTS[kind])
    (run / "given.weights.h5").write_bytes(content)
    words = ["compile", str(kept / "net.cnn"), "-o", "new.keras", "--weights", "run/given.weights.h5"]
    assert WEIGHTS[kind] in sentence(capsys, *words)


BOMBS: dict[str, tuple[dict[str, bytes], str]] = {
    "weights": ({"model.weights.h5": b"\0" * 2**27}, "holds model.weights.h5, which would become 134,217,728 bytes"),
    "config": ({"config.json": b" " * 2**27}, "holds config.json, which would become"),
    "assets": ({"assets/x": b"\0" * 2**27}, "holds assets/x, which would become"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_an_archive_is_about_as_large_as_it_seems(
    run: Path, capsys: pytest.CaptureFixture[str], kept: Path, kind: str
) -> None:
    repacked(run / "best.keras", BOMBS[kind][0], zipfile.ZIP_DEFLATED)
    opened(capsys, kept, BOMBS[kind][1])


def test_a_model_with_code_is_not_opened(run: Path, capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    import keras

    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: x), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    model.save(run / "best.keras")
    for words in (["evaluate", "run"], ["predict", "run", str(kept / "scan.png")], ["export", "run", "-o", "net.onnx"]):
        assert "ambda" in sentence(capsys, *words)


def test_a_sound_model_is_opened(run: Path, capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    """Also one that somebody has packed again."""
    from cnnspec.compile.archive import unfit

    assert unfit("run/best.keras") == ""
    repacked(run / "best.keras", {}, zipfile.ZIP_DEFLATED)
    assert unfit("run/best.keras") == ""
    assert main(["evaluate", "run", "-q"]) == 0
    assert main(["predict", "run", str(kept / "scan.png")]) == 0
