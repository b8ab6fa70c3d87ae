"""What yields more than memory holds is kept in a file, on a disk."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnnspec.train.data import disk_folder
from cnnspec.train.data import given as given_data
from cnnspec.train.data.piles import unfold
from tests.train.given_data import ONE, SAME, TWO, X, Y, batches_of, read, refused


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Memory with room for the first two batches; the folder for files, which none has a name in."""
    monkeypatch.setattr(given_data, "find_free_memory", lambda: 2 * 15 * X[0].nbytes)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


FORMS = {
    "arrays": (ONE, X, Y), "small numbers": (ONE, (255 * X).astype(np.uint8), Y), "names": (ONE, X, np.array(["ant", "bee", "cat"])[Y]),
    "a dict": (TWO, {"left": X, "right": 1 - X}, {"same": SAME, "kind": Y}), "a tuple": (TWO, (X, 1 - X), (SAME, Y)),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_file_keeps_what_memory_does_not(narrow: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, x, y = FORMS[form]
    size = sum([array.nbytes for array in unfold(x).values()])
    monkeypatch.setattr(given_data, "find_free_memory", lambda: size)
    kept, whole = read(text, batches_of(x, y)), read(text, (x, y))
    assert kept.fingerprint == whole.fingerprint
    for mine, theirs in ((kept.train, whole.train), (kept.test, whole.test)):
        assert mine is not None and theirs is not None
        for own, other in zip(mine.take(slice(None)), theirs.take(slice(None)), strict=True):
            for one, another in zip(own, other, strict=True):
                np.testing.assert_array_equal(one, another)
    about = re.escape(f"more than there is room for in memory: a file in {narrow} keeps them until the end")
    assert re.fullmatch(r"the examples to train on take about [\d.]+ KiB, " + about, kept.notes[0])
    assert kept.train.inputs[0].describe_work() == "the examples are read from a file in every epoch"
    assert whole.notes == kept.notes[1:]
    assert whole.train.inputs[0].describe_work() == ""
    assert not [*narrow.iterdir()]


def test_numbers_of_a_wider_type_come_too_late_for_a_file(narrow: Path) -> None:
    first, *others = batches_of(X, Y)
    assert read(ONE, [first, *[(x.astype(np.float16), y) for x, y in others]]).train
    wide = [first, *others[:-1], (others[-1][0].astype(np.float64), others[-1][1])]
    assert refused(ONE, wide).startswith(
        "the batches differ in shape, or in what they hold; yield batches of examples alike"
    )


def test_what_a_file_cannot_keep(narrow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = iter(batches_of(X, Y))
    assert "(numpy.load(…, mmap_mode='r') reads piece by piece)" in refused(ONE, unknown)
    wide = [(x, np.zeros((len(x), 1000))) for x, _ in batches_of(X, Y)]
    assert refused("input 4x4x3\nflatten -> dense(1000)\n", wide).startswith("the batches to train on take more than")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 5000})())
    assert refused(ONE, batches_of(X, Y)) == (
        "the examples to train on take about 6.56 KiB, more than there is room for in memory, and the disk of "
        f"{narrow} has 4.88 KiB free; let TMPDIR name a folder with room"
    )
    monkeypatch.undo()
    monkeypatch.setattr(given_data, "find_free_memory", lambda: 1000)
    monkeypatch.setenv("TMPDIR", "nowhere")
    assert refused(ONE, batches_of(X, Y)) == (
        "the batches do not fit in memory, and nowhere cannot be written: [Errno 2] No such file or directory: 'nowhere'; "
        "let TMPDIR name a folder with room"
    )


MOUNTS = """24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 24 0:26 / /run rw,nosuid master:2 propagate_from:1 - tmpfs tmpfs rw,size=3g
41 24 0:51 / /with\\040space rw - ramfs none rw
42 24 0:52 /sub /bound rw - overlay overlay rw,lowerdir=/tmpfs
"""


@pytest.mark.parametrize(
    ("device", "expected"), [((8, 1), False), ((0, 26), True), ((0, 51), True), ((0, 52), False), ((9, 9), False)]
)
def test_which_file_systems_lie_in_memory(
    device: tuple[int, int], expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    real, number = os.stat, os.makedev(*device)
    monkeypatch.setattr(
        "os.stat",
        lambda path, **more: real(path, **more) if path != "folder" else type("Found", (), {"st_dev": number})(),
    )
    assert disk_folder.lies_in_memory("folder", str(mounts)) is expected
    assert not disk_folder.lies_in_memory("folder", str(tmp_path / "none"))
    assert not disk_folder.lies_in_memory(str(tmp_path / "nowhere"), str(mounts))


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="without a file system in memory")
def test_a_real_file_system_in_memory(tmp_path: Path) -> None:
    assert disk_folder.lies_in_memory("/dev/shm")
    told = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True, check=True).stdout
    assert disk_folder.lies_in_memory(str(tmp_path)) == (told.strip() in ("tmpfs", "ramfs"))


def test_no_file_in_memory_keeps_what_memory_does_not(
    narrow: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    monkeypatch.setattr(disk_folder, "LAST", str(tmp_path_factory.mktemp("last")))
    in_memory = {str(narrow)}
    monkeypatch.setattr(disk_folder, "lies_in_memory", lambda path: path in in_memory)
    said = f"a file in {here} keeps them until the end, for TMPDIR ({narrow}) lies in memory"
    assert read(ONE, batches_of(X, Y)).notes[0].endswith(said)
    in_memory.add(str(here))
    assert f"a file in {disk_folder.LAST} keeps them until the end, for TMPDIR" in read(ONE, batches_of(X, Y)).notes[0]
    monkeypatch.delenv("TMPDIR")
    said = f"a file in {disk_folder.LAST} keeps them until the end, for the working folder ({here}) lies in memory"
    assert read(ONE, batches_of(X, Y)).notes[0].endswith(said)
    in_memory.add(disk_folder.LAST)
    assert refused(ONE, batches_of(X, Y)) == (
        "the batches do not fit in memory, and there is no folder on a disk to keep them in, "
        f"of {here}, {disk_folder.LAST}; let TMPDIR name one"
    )
