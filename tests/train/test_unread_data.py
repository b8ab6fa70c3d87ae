"""Nothing is left out in silence: cells, columns, arrays and files that are not read are named."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.train.image_sets import RGB, flowers, read, refused
from tests.train.label_sets import FLAT, arrays, table


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("i1.png,a,b", "line 3 of set/list.csv has 3 cells, the first line 2"),
        ("i1.png,a, , b", "line 3 of set/list.csv has 4 cells, the first line 2"),
        ("i1,1.png,a", "line 3 of set/list.csv has 3 cells, the first line 2"),
        ('i1.png,"a",1', "line 3 of set/list.csv has 3 cells, the first line 2"),
    ],
)
def test_cells_beyond_the_header(line: str, message: str) -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text(f"path,label\ni0.png,a\n{line}\ni2.png,c")
    assert refused(RGB, "set/list.csv").message == message


@pytest.mark.parametrize("line", ["i1.png,b", "i1.png,b,", "i1.png,b, ,", '"i1.png","b"'])
def test_empty_cells_beyond_it_are_none(line: str) -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text(f"path,label\ni0.png,a\n{line}\ni2.png,c")
    assert read(RGB, "set/list.csv", validation=0, test=0).names == ("a", "b", "c")


def test_columns_that_are_not_read() -> None:
    table("a", "b", "c")
    Path("set/list.csv").write_text("path,label,age,sex\ni0.png,a,1,m\ni1.png,b,2,f\ni2.png,c,3,m")
    assert "not read of set/list.csv: columns age, sex" in read(RGB, "set/list.csv", validation=0, test=0).notes


@pytest.mark.parametrize("word", ["val", "valid", "validation"])
def test_the_validation_arrays_of_a_file_are_used(word: str) -> None:
    x = np.random.default_rng(5).random((8, 6, 6))
    data = read(FLAT % "3, softmax", arrays([0, 1, 2] * 9, **{f"x_{word}": x, f"y_{word}": np.arange(8) % 3}), test=0)
    assert data.validation is not None
    assert (len(data.train), len(data.validation), data.test) == (27, 8, None)
    np.testing.assert_allclose(data.validation.take(slice(None))[0], x, rtol=1e-6)


def test_arrays_that_are_not_read_or_have_no_partner() -> None:
    notes = read(FLAT % "3, softmax", arrays([0, 1, 2] * 20, ids=np.arange(60), X_extra=np.zeros(3))).notes
    assert "not read of set.npz: arrays ids, X_extra" in notes
    assert refused(FLAT % "3, softmax", arrays([0, 1, 2] * 9, x_val=np.zeros((2, 6, 6)))).message.startswith(
        "set.npz has no y_val"
    )
    both = {
        "x_val": np.zeros((2, 6, 6)),
        "y_val": np.arange(2),
        "x_valid": np.zeros((2, 6, 6)),
        "y_valid": np.arange(2),
    }
    assert "twice" in refused(FLAT % "3, softmax", arrays([0, 1, 2] * 9, **both)).message


@pytest.mark.parametrize(("ending", "kind"), [("heic", "HEIC"), ("HEIF", "HEIC"), ("avif", "AVIF"), ("dcm", "DICOM")])  # fmt: skip
def test_images_of_kinds_that_are_not_read_are_named(ending: str, kind: str) -> None:
    flowers()
    for i in range(3):
        Path(f"flowers/rose/scan{i}.{ending}").write_bytes(b"II*\0")
    Path("flowers/notes.txt").write_text("x")
    notes = " ".join(read(RGB, "flowers/").notes)
    assert f"left out of flowers/: 3 {kind} images, a kind that is not read, rose/scan0.{ending}" in notes
    assert "left out of flowers/: 1 other file, notes.txt" in notes
    os.makedirs("only/a")
    os.makedirs("only/b")
    for name in "ab":
        Path(f"only/{name}/1.{ending}").write_bytes(b"II*\0")
    error = refused(RGB, "only/")
    assert error.message == f"only/ has no images in class folders but 2 {kind} images, a kind that is not read"
    assert error.help == "write them anew as PNG or JPEG"


def test_copies_on_both_sides_of_our_own_split_are_said() -> None:
    flowers(count=10)
    assert not any("copy" in note for note in read(RGB, "flowers/").notes)
    for i in range(10):  # each image twice: some fall apart
        for name in ("daisy", "rose", "tulip"):
            path = sorted(Path("flowers", name).iterdir())[i * 2]
            path.with_name(f"{path.stem}b{path.suffix}").write_bytes(path.read_bytes())
    data = read(RGB, "flowers/")
    (note,) = [note for note in data.notes if "copy" in note]
    examples = data.train.examples
    x = examples.take(np.arange(len(examples)))
    held = [place for part in (data.validation, data.test) if part for place in part.places]
    trained = {x[place].tobytes() for place in data.train.places}
    count = sum(x[place].tobytes() in trained for place in held)
    assert note.startswith(f"in flowers/, {count} image")
    assert count > 0
