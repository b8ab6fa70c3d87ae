"""A saved state from elsewhere: it is never larger than its file, and every part of it is checked."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import schema, snapshot
from tests.train.hostile import WRONG, changed, fields, refusal, sentence, without, written

pytest.importorskip("keras")


def said_in(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads(arrays.pop("said").tobytes())


def put(path: Path, arrays: dict[str, Any], text: str) -> None:
    with open(path, "wb") as file:
        np.savez(file, **arrays, said=np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8))


def test_every_field_of_the_state_is_checked(run: Path) -> None:
    arrays, said = said_in(run / "state/state.npz")
    small = {name: arrays[name] for name in ("numpy", "python")}

    def read() -> Any:
        with open("state.npz", "rb") as file:
            return snapshot.read(file, "state.npz")

    put(Path("state.npz"), small, json.dumps(said))
    assert read()[1] == said
    paths = [p for p in fields({**said, "more": {**said["more"], "files": {}}}) if p != ("more", "files")]
    for path in paths:
        for text in [*(written(changed(said, path, value)) for value in WRONG), written(without(said, path))]:
            put(Path("state.npz"), small, text)
            wrong = refusal(read)
            assert wrong is None or wrong.startswith(("state.npz is damaged", "state.npz was written by a newer")), (
                wrong
            )
            assert wrong is not None or schema.STATE(read()[1], "") is None  # what may be
    for name, array in {
        "numpy": np.zeros(3, np.uint32), "python": np.full(625, 2**40, np.uint64), "more": np.zeros(2, complex),
        "object": np.array([{}], object), "text": np.array(["x"]), "record": np.zeros(2, [("a", "i4")]),
    }.items():  # fmt: skip
        put(Path("state.npz"), {**small, name: array}, json.dumps(said))
        with pytest.raises(TrainingFailed, match="is damaged"):
            read()


def member(name: str, content: bytes, kind: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", kind) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def declared(shape: str, content: bytes = b"") -> bytes:
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + content


@pytest.mark.parametrize(
    "content",
    [
        member("said.npy", b"\0" * 2**26, zipfile.ZIP_DEFLATED), member("model 0.npy", declared("(1000000000000,)")),
        member("model 0.npy", declared("(-1, -4)", b"\0" * 16)), member("model 0.npy", declared("(2,)", b"\0" * 4)),
        member("model 0.npy", declared("__import__('os').getcwd()")), member("model 0.npy", b"\x93NUMPY\x09\x00"),
        b"", b"PK", b"\0" * 1000, member("said.npy", b"")[:-10],
    ],
)  # fmt: skip
def test_a_state_is_never_larger_than_its_file(
    run: Path, capsys: pytest.CaptureFixture[str], content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run / "state/state.npz").write_bytes(content)
    assert "state.npz is damaged" in sentence(capsys, "resume", "run", "--epochs", "3")


def test_a_state_for_which_there_is_no_memory(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "find_free_memory", lambda: 1000)
    assert "for which there is no memory" in sentence(capsys, "resume", "run", "--epochs", "3")


CALLBACK = [
    ("on_epoch_end", ["is", 3]), ("__class__", ["is", 3]), ("wait", ["is", "nan"]), ("wait", ["is", True]), ("wait", ["list", []]),
    ("best_weights", ["array", "absent"]), ("monitor_op", ["operation", "linalg"]), ("monitor_op", ["operation", "save"]),
    ("monitor", ["is", 3]), ("wait", ["is", "x"]), ("wait", ["pickle", "x"]), ("wait", ["is", {}]),
]  # fmt: skip


def test_what_a_callback_is_given_is_of_its_kind(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrays, said = said_in(run / "state/state.npz")
    assert said["callbacks"][0]["class"] == "EarlyStopping"
    for name, value in CALLBACK:
        state = {**said["callbacks"][0]["state"], name: value}
        callbacks = [{"class": "EarlyStopping", "state": state}, *said["callbacks"][1:]]
        put(run / "state/state.npz", arrays, json.dumps({**said, "callbacks": callbacks}))
        found = sentence(capsys, "resume", "run", "-q", "--epochs", "3")
        assert f"the saved state is damaged: {name} of EarlyStopping is not what is kept there" in found
        assert "run keeps what was reached before" in found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, s: a.update({"model 0": a["model 0"] * np.nan}), "the saved state is damaged: the weights of"),
        (lambda a, s: a.update({"model 0": a["model 0"].astype(int)}), "the saved state does not fit the network"),
        (lambda a, s: a.update({"model 0": a["model 0"][:3]}), "the saved state does not fit the network"),
        (lambda a, s: a.update({"model 9": a["model 0"]}), "the saved state does not fit the network"),
        (lambda a, s: a.pop("model 0"), "the saved state does not fit the network"),
        (lambda a, s: s.update(done=10**6), "the saved state does not fit the data: other batches"),
        (lambda a, s: s.update(callbacks=[]), "the saved state has other callbacks than the spec"),
        (lambda a, s: s.update(dtypes={"model 0": "bfloat16"}), "the saved state does not fit the network"),
    ],
)
def test_a_state_of_another_training(
    run: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Any, Any], Any], message: str
) -> None:
    arrays, said = said_in(run / "state/state.npz")
    change(arrays, said)
    put(run / "state/state.npz", arrays, json.dumps(said))
    assert message in sentence(capsys, "resume", "run", "-q", "--epochs", "3")
