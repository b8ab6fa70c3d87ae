"""CSVs of paths and labels."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.train.image_sets import RGB, colour, read, refused, save


def table(*lines: str, name: str = "set/list.csv", encoding: str = "utf-8") -> str:
    os.makedirs("set", exist_ok=True)
    for i in range(6):
        save(f"set/i{i}.png", colour(i))
    Path(name).write_text("\n".join(lines), encoding=encoding)
    return name


WHOLE = {"validation": 0, "test": 0}


@pytest.mark.parametrize(
    "lines",
    [
        ("path,label", "i0.png,a", "i1.png,b", "i2.png,c", "i3.png,a"),
        ("i0.png,a", "", "i1.png,b", "i2.png,c", "  ,", "i3.png,a"),
        ("Class,extra,Filename", "a,1,i0.png", "b,2,i1.png", "c,3,i2.png", "a,4,i3.png"),
        ('"image" , "target"', '"i0.png", "a"', "i1.png,b", '"i2.png","c"', " ./i3.png , a "),
        ("file,label,split", "i0.png,a,train", "i1.png,b,", "i2.png,c,Training", "i3.png,a,train", "i4.png,a,test", "i5.png,b,val"),
        ("path,label", "i0.png,0", "i1.png,1", "i2.png,2", "i3.png,0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_of_paths_and_labels(lines: tuple[str, ...], encoding: str) -> None:
    data = read(
        RGB, table(*(line.replace('" , "', '","').replace('", "', '","') for line in lines), encoding=encoding), **WHOLE
    )
    x, y = data.train.take(slice(None))
    assert y.tolist() == [0, 1, 2, 0]
    np.testing.assert_array_equal(x, np.stack([colour(i) for i in range(4)]) / np.float32(255))
    assert data.names == (None if lines[1].endswith(",0") else ("a", "b", "c"))
    if "split" in lines[0]:
        assert data.test is not None
        assert data.validation is not None
        assert (data.test.take(slice(None))[1], data.validation.take(slice(None))[1]) == (0, 1)


def test_a_csv_of_quantities() -> None:
    name = table("path,target", "i0.png,0.5", "i1.png,-2", "i2.png,1e3")
    assert read("input 8x8x3\nflatten -> dense(1)", name, loss="mse", **WHOLE).train.targets.tolist() == [
        [0.5],
        [-2],
        [1000],
    ]


def test_images_that_a_csv_names_in_vain_are_left_out() -> None:
    name = table(
        "path,label", "i0.png,a", "gone.png,b", "i2.png,c", "i3.png,b", "../x.png,a", "/dev/zero,b", "i\0.png,a"
    )
    data = read(RGB, name, **WHOLE)
    assert data.train.targets.tolist() == [0, 2, 1]
    assert data.notes == (
        "2 images of set/list.csv lie outside of its folder: ../x.png, /dev/zero",
        "left out of set/list.csv: 4 images that cannot be read, gone.png (no such file or directory), "
        "../x.png (no such file or directory), /dev/zero (it is no file) and 1 more",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "set/list.csv is empty"),
        (b"\n \n", "set/list.csv is empty"),
        (b"path,label\n", "set/list.csv has no examples to train on"),
        (b"path,label\ni0.png\n", "line 2 of set/list.csv has no label"),
        (b"path,label\ni0.png,a\n,b\n", "line 3 of set/list.csv has no path"),
        (b"name,kind\ni0.png,a\n", "the first line of set/list.csv names no column of paths and no column of labels"),
        (b"path,label,split\ni0.png,a,third\n", 'line 2 of set/list.csv has the split "third"'),
        (b"path,label\ni0.png,a\ni1.png,a\n", "set/list.csv has one class, a"),
        (b"path,label\ni0.png,a\ni1.png,b\n", "set/list.csv has 2 classes, the network 3 outputs"),
        (b"path,label\ni0.png,0\ni1.png,7\n", "set/list.csv has 8 classes, the network 3 outputs: the label of example 1 is 7"),
        (b"path,label\ni0.png,0\ni1.png,1000000000\n", "set/list.csv has 1000000001 classes, the network 3 outputs"),
        (b"path,label\ni0.png,0\ni1.png," + b"9" * 40 + b"\n", "the labels of set/list.csv are object, not numbers"),
        (b"path,label\ni0.png,1\ni1.png,-3\n", "the label of example 1 of set/list.csv is -3"),
        (b"path,label\ni0.png,nan\ni1.png,1\n", "the labels of set/list.csv hold NaN or infinity"),
        (b"path,label\n\xff\xfe,a\n", "set/list.csv is no CSV in UTF-8"),
        (b'path,label\n"i0.png,a\n', "set/list.csv is no CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_csv_is_refused(content: bytes, message: str) -> None:
    Path(table("")).write_bytes(content)
    assert refused(RGB, "set/list.csv").message.startswith(message)
    assert refused(RGB, "set/none.csv").message == "there is no data file set/none.csv"
