"""What is refused of tables and arrays, and what a check says of them."""

import os
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from tests.train.image_sets import refused
from tests.train.table_sets import BOX, KINDS, LOSS, NAMED, PAIR, TAGS, TWO, arrays, here, images, table  # noqa: F401

# ---- what is refused -----------------------------------------------------------------------------------------
HEAD = "photo,meta,sex,age\ni0.png,1 2 3,f,20\n"


@pytest.mark.parametrize(
    ("text", "content", "settings", "message"),
    [
        (TWO, HEAD + "i1.png,1 2,m,30\n", {}, 'line 3 of list.csv has 2 numbers in the column "meta", the input meta has 3; write them apart by spaces'),
        (TWO, HEAD + "i1.png,1 x 3,m,30\n", {}, 'line 3 of list.csv has "x" in the column "meta", which is no number'),
        (TWO, HEAD + "i1.png,1 nan 3,m,30\n", {}, 'line 3 of list.csv has "nan" in the column "meta", which is no number'),
        (TWO, HEAD + "i1.png,,m,30\n", {}, 'line 3 of list.csv has nothing in the column "meta"; write a number'),
        (TWO, HEAD + "i1.png,1 2 3,m\n", {}, 'line 3 of list.csv has no label in the column "age"'),
        (TWO, HEAD + "\n,1 2 3,m,3\n", {}, 'line 4 of list.csv has no path in the column "photo"'),
        (TWO, HEAD + "i1.png,1 2 3,m,old\n", {}, 'line 3 of list.csv has "old" in the column "age", which is no number'),
        (TWO, HEAD + 'i1.png,1 2 3,m,"1,5"\n', {}, 'line 3 of list.csv has "1,5" in the column "age", which is no number; write 1.5'),
        (TWO, HEAD + "i1.png,1 2 3,m,3,4\n", {}, 'line 3 of list.csv has 5 cells, the first line 4; write a cell with a comma in it in quotes: "a,b"'),
        (TWO, HEAD + "i1.png,1 2 3,f,3\n", {}, "sex of list.csv has one class, f; give it two classes or more"),
        (TWO, "photo,meta,meta,sex,age\n", {}, 'list.csv has 2 columns named "meta"; give each a name of its own'),
        (TWO, "photo,sex,age\n", {}, "list.csv has no column meta (or meta_0 to meta_2): it has photo, sex, age; name it in columns = {meta: …}"),
        (TWO, "a,b\n", {}, "list.csv has no column photo, no column meta (or meta_0 to meta_2), no column sex and no column age: it has a, b; name it in columns = {photo: …}"),
        (TWO, HEAD, {"columns": {"fhoto": "photo"}}, 'columns names "fhoto", which is no input or output of the network; did you mean "photo"?'),
        (TWO, HEAD, {"columns": {"photo": "photos"}}, 'list.csv has no column "photos"; did you mean "photo"?'),
        (TWO, HEAD, {"group": "patient"}, 'list.csv has no column "patient"; it has photo, meta, sex, age'),
        (TWO, HEAD.replace("meta", "patient,meta").replace("1 2", ",1 2"), {"group": "patient", "columns": {"meta": "meta"}}, "line 2 of list.csv has no patient"),
        (TAGS, "path,tags\ni0.png,a\n", {"columns": {"split": ["a", "b"]}}, "columns names 2 columns for split; name one"),
        (TAGS, "p,l\ni0.png,a\n", {"columns": {"photo": "p", "path": "p", "tags": "l"}}, "columns names path twice, as the only one of its side; keep one"),
        (TAGS, "path,tags\ni0.png,a|b\ni1.png,b\n", {}, "list.csv has 2 labels (a, b), the network 3 outputs; end with dense(2, sigmoid)"),
        (BOX, "path,box\ni0.png,1 2 3\n", {"loss": "mse"}, 'line 2 of list.csv has 3 numbers in the column "box", the network has 4; write them apart by spaces'),
        (PAIR, "path,label\ni0.png,1\n", {}, "list.csv has no column left and no column right: it has path, label; name it in columns = {left: …}"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, content: str, settings: Any, message: str) -> None:
    losses = {"loss": LOSS} if text == TWO else {}
    assert str(refused(text, table(content), **losses, **settings)) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"columns": {"photo": "pictures", "tags": "kind"}}, 'arrays.npz has no array "kind"; did you mean "kinds"?'),
        ({"columns": {"photo": ["pictures", "more"], "tags": "kinds"}}, "columns gives photo 2 names, and an array of arrays.npz has one; name one array"),
        ({"group": "patient", **NAMED}, 'arrays.npz has no array "patient"; it has pictures, kinds'),
        ({"group": "pictures", **NAMED}, "pictures of arrays.npz has the shape (20, 8, 8, 3) of float64, for 20 examples; give each example a number or a text, its group's"),
    ],
)  # fmt: skip
def test_what_is_refused_of_a_npz(settings: Any, message: str) -> None:
    assert str(refused(KINDS, arrays(), **settings)) == message


# ---- in a check ----------------------------------------------------------------------------------------------
def told(section: str, text: str = TAGS) -> list[tuple[str, str, str]]:
    found = analyse(Source("net.cnn", f"{text}train {{ data = 'list.csv'; {section} }}\n")).diagnostics
    return [(d.message, d.span.text if d.span else "", d.help) for d in found if d.code == "E030"]


def test_a_check_reads_the_first_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    table("file,kind,patient\ni0.png,a,1\n")
    assert told("columns = {photo: file, tags: kind}; group = patient") == []
    assert told("columns = {photo: file, tags: kinds}") == [
        ('list.csv has no column "kinds"', "tags: kinds", 'did you mean "kind"?')
    ]
    assert told("columns = {path: file, tag: kind}")[0][1:] == ("tag: kind", 'did you mean "tags"?')
    assert told("columns = {path: file, label: kind}; group = case")[0][:2] == ('list.csv has no column "case"', "case")
    assert told("seed = 1") == [
        ("the first line of list.csv names no column of paths and no column of labels: file, kind, patient", "'list.csv'", "write path,label")
    ]  # fmt: skip
    assert told("columns = 3")[-1][0].startswith("columns must be names of columns for inputs and outputs")
    assert told("columns = {path: [1]}")[-1][0].startswith("columns must be names of columns")
    table("path,box\n" + "i0.png,1 2 3 4\n" * 9000 + "i0.png,1 2\n")
    assert os.path.getsize("list.csv") > 2**16
    assert told("loss = mse", BOX) == []  # what is wrong stands behind the beginning
    table("path,box\ni0.png,1 2 3\n" + "i0.png,1 2 3 4\n" * 9000)
    assert told("loss = mse", BOX)[0][0].startswith('line 2 of list.csv has 3 numbers in the column "box"')
    table('path,box\ni0.png,"' + "1 2 3 4\n" * 9000)
    assert told("loss = mse", BOX) == []  # cut within a cell


def test_columns_and_groups_are_of_tables_and_arrays() -> None:
    found = analyse(Source("net.cnn", TAGS + "train { data = 'set/'; columns = {path: x}; group = y }\n")).diagnostics
    assert [d.message for d in found if d.code == "E030"] == [
        "columns name what a table or a .npz holds, and data is set/",
        "group names what a table or a .npz holds, and data is set/",
    ]
