"""Data that are larger than the room in memory: the same values, and the memory stays bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.train.data import arrays, examples
from tests.train.image_sets import RGB, colour, flowers, read, refused, save

pillow = pytest.importorskip("PIL.Image")


ROOT = Path(__file__).resolve().parents[2]


def test_what_is_kept_in_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    flowers()
    save("flowers/rose/deep.png", np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000)
    taken = []
    for limit in (2**30, 3000, 0):
        monkeypatch.setattr(examples, "HELD_BYTES", limit)
        data = read(RGB, "flowers/")
        taken.append((*data.train.take(np.arange(len(data.train))[::-1]), data.fingerprint))
    for x, y, fingerprint in taken[1:]:
        np.testing.assert_array_equal(x, taken[0][0])
        np.testing.assert_array_equal(y, taken[0][1])
        assert fingerprint == taken[0][2]


def test_a_moved_folder_has_the_same_fingerprint_and_a_changed_one_has_not() -> None:
    def of(path: str, **settings: Any) -> str:
        return read(RGB, path, **settings).fingerprint

    first = of(flowers("one"))
    os.makedirs("deep")
    flowers("deep/two")
    assert first == of("deep/two/", seed=3)
    os.rename("one/rose/00.png", "one/rose/99.png")  # another order
    assert first != of("one/")
    os.rename("one/rose/99.png", "one/rose/00.png")
    assert first == of("one/")
    save("one/rose/00.png", colour(5))
    assert first != of("one/")


def test_a_large_npz_is_read_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    whole = {
        "x_train": rng.random((50, 8, 8)),
        "y_train": np.arange(50) % 3,
        "x_test": rng.integers(0, 256, (9, 8, 8), np.uint8),
        "y_test": np.arange(9) % 3,
    }
    np.savez("a.npz", **whole)
    text = "input 8x8x1\nflatten -> dense(3)"
    held = read(text, "a.npz")
    monkeypatch.setattr(examples, "HELD_BYTES", 700)
    streamed = read(text, "a.npz")
    assert isinstance(streamed.train.examples.source.array, arrays.Stored)  # type: ignore[attr-defined]
    assert "a.npz is larger than memory has room for: examples are read from the file" in streamed.notes
    assert streamed.fingerprint == held.fingerprint
    for a, b in ((held.train, streamed.train), (held.test, streamed.test)):
        assert a is not None
        assert b is not None
        np.testing.assert_array_equal(a.take(slice(None, None, -1))[0], b.take(slice(None, None, -1))[0])
    whole["x_train"][7] = np.inf
    np.savez("inf.npz", **whole)
    assert (
        refused(text, "inf.npz").message
        == "1 of 50 examples in x_train of inf.npz holds NaN or infinity, the first is 7"
    )
    np.savez_compressed("small.npz", **whole)
    assert "is compressed; write it with numpy.savez" in str(refused(text, "small.npz"))
    np.savez("order.npz", **{**whole, "x_train": np.asfortranarray(whole["x_train"])})
    assert "is not in C order" in str(refused(text, "order.npz"))
    np.savez("objects.npz", x_train=np.array([{}] * 500), y_train=np.arange(500))
    assert "holds pickled Python objects" in str(refused(text, "objects.npz"))


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="Linux says how much memory a process had")
@pytest.mark.parametrize("kind", ["folder", "npz"])
def test_memory_stays_bounded(kind: str) -> None:
    """Going through data of 300 MB as float32 with room for 8 MB adds less than 60 MB to the process."""
    if kind == "folder":
        for i in range(400):  # 250x250x3: 75 MB as bytes
            save(f"many/{'ab'[i % 2]}/{i}.jpg", np.full((250, 250, 3), i % 256, np.uint8))
    else:
        np.savez("many.npz", x_train=np.zeros((400, 250, 250, 3), np.float32), y_train=np.arange(400) % 2)
    program = f"""if True:
        import numpy as np, PIL.Image, PIL.JpegImagePlugin
        from tests.support import network
        from cnnspec.train.data import examples, sources
        from cnnspec.train.data.prepare import prepare
        from cnnspec.train.plan import make_plan
        from cnnspec.train.settings import TrainSettings
        def highest():  # of this process alone; getrusage has that of its parent in it
            return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
        examples.HELD_BYTES = 2**23
        settings = TrainSettings(data="many{"/" if kind == "folder" else ".npz"}")
        net = network("input 250x250x3\\nflatten -> dense(2)")
        before = highest()
        data = prepare(sources.load(settings, net.graph), make_plan(net.graph, settings))
        for start in range(0, len(data.train), 8):
            x, y = data.train.take(slice(start, start + 8))
            assert x.shape[1:] == (250, 250, 3)
        print(highest() - before)"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < 60 * 2**20
