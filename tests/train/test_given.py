"""Data that are given in Python: whatever holds or yields the same examples gives the same data set. Keras is not needed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data import disk_folder
from cnnspec.train.data import given as given_data
from cnnspec.train.data.given import Given, read_given
from cnnspec.train.data.piles import unfold
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from tests.support import network

ONE = "input 4x4x3\nflatten -> dense(3, softmax)\n"
TWO = """input left 4x4x3
input right 4x4x3
concat(left, right) -> flatten -> dense(8, relu) as trunk
trunk -> dense(1, sigmoid) as same
trunk -> dense(3, softmax) as kind
output same, kind
"""
RNG = np.random.default_rng(0)
X, Y = RNG.random((30, 4, 4, 3), np.float32), np.arange(30) % 3
SAME = (np.arange(30) % 2).astype(np.int64)


def read(text: str, data: Any, groups: Any = None, **more: Any) -> Data:
    """The data as a network takes them; `more` are parts, and settings."""
    net = network(text)
    parts = {"train": data, **{part: more.pop(part) for part in ("validation", "test") if part in more}}
    settings, found = resolve(net.train, more, name_outputs(net.graph))
    assert not found
    settings = settings.replace(data="data given in Python")
    raw = read_given(Given(parts, groups), find_ends(net.graph, settings), settings)
    return prepare(raw, make_plan(net.graph, settings))


def refused(text: str, data: Any, **more: Any) -> str:
    with pytest.raises(TrainingFailed) as caught:
        read(text, data, **more)
    return str(caught.value)


class Tensor:
    """A tensor of PyTorch, as NumPy sees it."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Any:
        return self.array


class Loader:
    """A DataLoader of PyTorch: batches in lists, channels first."""

    def __len__(self) -> int:
        return 4

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, 30, 8):
            yield [Tensor(np.moveaxis(X[start : start + 8], -1, 1)), Tensor(Y[start : start + 8])]


class Sequence:
    """A PyDataset of Keras, or a data set of PyTorch: what stands at each place."""

    def __init__(self, count: int, take: Callable[[int], Any]) -> None:
        self.count, self.take = count, take

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> Any:
        return self.take(place)


SOURCES: dict[str, Callable[[], Any]] = {
    "arrays": lambda: (X, Y),
    "lists": lambda: (X.tolist(), Y.tolist()),
    "tensors": lambda: (Tensor(X), Tensor(Y)),
    "by name": lambda: ({"input1": X}, {"dense1": Y}),
    "channels first": lambda: (np.moveaxis(X, -1, 1), Y),
    "a loader": Loader,
    "a generator": lambda: ((X[i : i + 7], Y[i : i + 7]) for i in range(0, 30, 7)),
    "batches by place": lambda: Sequence(3, lambda i: (X[10 * i : 10 * i + 10], Y[10 * i : 10 * i + 10])),
    "examples by place": lambda: Sequence(30, lambda i: (np.moveaxis(X[i], -1, 0), int(Y[i]))),
    "dicts": lambda: [({"input1": X[:9]}, {"dense1": Y[:9]}), ({"input1": X[9:]}, {"dense1": Y[9:]})],
    "class names": lambda: (X, np.array(["ant", "bee", "cat"])[Y]),
    "class names in a list": lambda: (X, [["ant", "bee", "cat"][y] for y in Y]),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_same_examples(name: str) -> None:
    data, arrays = read(ONE, SOURCES[name]()), read(ONE, (X, Y))
    for mine, theirs in ((data.train, arrays.train), (data.test, arrays.test)):
        assert mine is not None
        assert theirs is not None
        for own, other in zip(mine.take(slice(None)), theirs.take(slice(None)), strict=True):
            np.testing.assert_array_equal(own, other)
    assert data.names == (("ant", "bee", "cat") if "names" in name else None)
    assert ("the channels of data given in Python, 3x4x4, come first and are moved to the end" in data.notes) == (
        name in ("channels first", "a loader", "examples by place")
    )


def test_several_inputs_and_outputs_by_name_and_in_order() -> None:
    by_name = read(TWO, ({"right": 1 - X, "left": X}, {"kind": Y, "same": SAME}))
    in_order = read(TWO, ((X, 1 - X), (SAME, Y)))
    batches = read(TWO, [((X[:9], 1 - X[:9]), (SAME[:9], Y[:9])), ((X[9:], 1 - X[9:]), (SAME[9:], Y[9:]))])
    for data in (in_order, batches):
        for own, other in zip(data.train.take(slice(None)), by_name.train.take(slice(None)), strict=True):
            for a, b in zip(own, other, strict=True):
                np.testing.assert_array_equal(a, b)
    assert by_name.fingerprint == in_order.fingerprint == batches.fingerprint


def test_an_input_may_have_the_name_of_an_argument() -> None:
    text = "input x 4x4x3\ninput y 4x4x3\nconcat(x, y) -> flatten -> dense(3, softmax)\n"
    inputs, targets = read(text, ({"x": X, "y": 1 - X}, Y)).train.take(slice(None))
    plain = read(ONE, (X, Y)).train
    np.testing.assert_array_equal(inputs[0], plain.take(slice(None))[0])
    np.testing.assert_array_equal(inputs[1], 1 - inputs[0])
    np.testing.assert_array_equal(targets, plain.take(slice(None))[1])


def test_parts_that_are_given_are_those() -> None:
    data = read(ONE, (X, Y), validation=(X[:6], Y[:6]), test=(X[6:15], Y[6:15]))
    assert [len(part) if part else 0 for part in (data.train, data.validation, data.test)] == [30, 6, 9]
    np.testing.assert_array_equal(data.test.take(slice(None))[0], X[6:15])  # type: ignore[union-attr]


def test_no_group_stands_in_two_parts() -> None:
    patients = np.arange(30) // 5
    data = read(ONE, (X, Y), groups=patients)
    parts = [set(patients[part.places]) for part in (data.train, data.validation, data.test) if part]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 6
    assert any(note.startswith("data given in Python has 6 groups, none in two parts") for note in data.notes)
    with pytest.raises(TrainingFailed, match=r"^data given in Python has 6 groups, too few for 7 folds"):
        read(ONE, (X, Y), groups=patients, folds=7)


def test_a_class_that_one_part_alone_has_is_one_of_all() -> None:
    names, some = np.array(["ant", "bee", "cat"])[Y], Y != 1
    data = read(ONE, (X[some], names[some]), test=(X, names))
    assert data.names == ("ant", "bee", "cat") and data.test is not None
    np.testing.assert_array_equal(data.test.targets, Y)


REFUSED: list[tuple[str, Any, dict[str, Any], str]] = [
    (ONE, X, {}, "x comes without y, and a ndarray yields no batches; give x and y, or what yields pairs of them"),
    (ONE, 5, {}, "x comes without y, and a int yields no batches"),
    (ONE, (X, Y[:5]), {}, "data given in Python has x of shape (30, 4, 4, 3), but y of shape (5,)"),
    (ONE, (X, None), {}, "y holds nothing, not numbers; give an array with a row for each example"),
    (ONE, ([[1, 2], [3]], [0, 1]), {}, "x cannot be made an array"),
    (ONE, ({"inputs": X}, Y), {}, 'x names "inputs", which is no input of the network; did you mean "input1"?'),
    (
        TWO,
        ((X, X), {"same": SAME, "kind": Y}),
        {"loss": "{same: mse}"},
        'y names "kind", which is no output that is trained; it has same',
    ),
    (TWO, (X, (SAME, Y)), {}, "x is one array, and the network has 2 inputs: left and right"),
    (TWO, ((X,), (SAME, Y)), {}, "x has 1 array, and the network 2 inputs: left and right"),
    (TWO, ({"left": X}, (SAME, Y)), {}, "x has nothing for the input right; give x all: left and right"),
    (ONE, iter([]), {}, "there is no batch to train on; a generator that was read once is empty"),
    (ONE, [(X, Y, Y)], {}, "a batch to train on is 3 parts, not examples and targets; yield pairs (x, y)"),
    (ONE, [(X, Y), (X[:, :2], Y)], {}, "the batches differ in shape, or in what they hold"),
    (ONE, (X, Y), {"groups": Y[:3]}, "groups has the shape (3,), for 30 examples"),
    (ONE, (X, Y), {"groups": Y, "test": (X, Y)}, "groups say what is to be held back, and other parts are given"),
    (ONE, (X, Y), {"group": "patient"}, "group = patient keeps examples together, and arrays have no such column"),
    (ONE, (X, ["a"] * 30), {"test": (X, Y)}, "y holds texts, and other parts numbers"),
    (ONE, (X * np.nan, Y), {}, "30 of 30 examples in x of data given in Python hold NaN or infinity, the first is 0"),
    (ONE, (X[..., :2], Y), {}, "the network takes 4x4x3, an example of data given in Python is 4x4x2"),
]


@pytest.mark.parametrize(("text", "data", "more", "said"), REFUSED, ids=[said[:40] for *_, said in REFUSED])
def test_what_cannot_be_trained_on(text: str, data: Any, more: dict[str, Any], said: str) -> None:
    assert refused(text, data, **more).startswith(said)


def test_batches_without_end_are_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_data, "find_free_memory", lambda: 10 * X.nbytes)
    endless = ((X, Y) for _ in iter(int, 1))
    assert refused(ONE, endless).startswith("the batches to train on take more than there is room for in memory")


# ---- batches for which memory has no room ------------------------------------------------------------------
def batches_of(*sides: Any) -> list[Any]:
    """The values of sides in batches of seven, in the form that each has."""

    def cut(value: Any, rows: slice) -> Any:
        if isinstance(value, dict):
            return {name: array[rows] for name, array in value.items()}
        return tuple([array[rows] for array in value]) if isinstance(value, tuple) else value[rows]

    return [tuple([cut(side, slice(i, i + 7)) for side in sides]) for i in range(0, 30, 7)]


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
