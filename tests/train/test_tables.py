"""Tables of several columns: what belongs to which input and output, labels of every kind, groups; and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.pipeline import analyse
from cnnspec.train.data.cells import find_label_separator, read_number, split_numbers
from cnnspec.train.data.splitting import draw_groups
from tests.train.image_sets import colour, read, refused, save
from tests.train.trainings import trained

WHOLE: dict[str, Any] = {"validation": 0, "test": 0}
TWO = """input photo 8x8x3
input meta 3
concat(photo -> flatten, meta) -> dense(8) as trunk
trunk -> dense(2, softmax) as sex
trunk -> dense(1) as age
output sex, age
"""
LOSS = {"sex": "sparse_categorical_crossentropy", "age": "mse"}
TAGS = "input photo 8x8x3\nflatten -> dense(3, sigmoid) as tags\n"
BOX = "input photo 8x8x3\nflatten -> dense(4) as box\n"
PAIR = """input left 8x8x3
input right 8x8x3
concat(left -> flatten, right -> flatten) -> dense(1, sigmoid) as same
output same
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for i in range(8):
        save(str(folder / f"i{i}.png"), colour(i))
    return folder


@pytest.fixture(autouse=True)
def here(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(images)


def table(content: str, name: str = "list.csv") -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


def rows(parts: Any) -> list[Any]:
    return [np.asarray(one).tolist() for one in (parts if isinstance(parts, tuple) else (parts,))]


# ---- inputs and outputs by their names -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("photo,meta_0,meta_1,meta_2,sex,age\ni0.png,1,2,3,f,20\ni1.png,1,2,4.5,m,30.5", ""),
        ("age,sex,photo,meta.3,meta.1,meta.2\n20,f,i0.png,3,1,2\n30.5,m,i1.png,4.5,1,2", ""),
        ("Photo,META[0],meta[1],meta[2],Sex,Age\ni0.png,1,2,3,f,20\ni1.png,1,2,4.5,m,30.5", ""),
        ("photo,meta,sex,age\ni0.png,1 2 3,f,20\ni1.png, 1  2 4.5 ,m,30.5", ""),
        ('photo,meta,sex,age\ni0.png,"[1, 2, 3]",f,20\ni1.png,"1,2,4.5",m,30.5', ""),
        ("photo;meta;sex;age\ni0.png;1 2 3;f;20\ni1.png;1 2 4.5;m;30.5", "the cells of list.csv are parted by semicolons"),
        ("photo\tmeta\tsex\tage\ni0.png\t1 2 3\tf\t20\ni1.png\t1 2 4.5\tm\t30.5", "the cells of list.csv are parted by tabs"),
        ("photo|meta|sex|age\ni0.png|1 2 3|f|20\ni1.png|1 2 4.5|m|30.5", "the cells of list.csv are parted by bars"),
        ('photo;meta;sex;"age"\r\n"i0.png";1 2 3;f;20\r\ni1.png;1 2 4.5;m;30.5\r\n', "the cells of list.csv are parted by semicolons"),
    ],
)  # fmt: skip
def test_a_column_for_each_input_and_output(content: str, note: str) -> None:
    data = read(TWO, table(content), loss=LOSS, **WHOLE)
    (photo, meta), targets = data.train.take(slice(None))
    np.testing.assert_array_equal(photo, np.stack([colour(0), colour(1)]) / np.float32(255))
    assert meta.tolist() == [[1, 2, 3], [1, 2, 4.5]]
    assert rows(targets) == [[0, 1], [[20], [30.5]]]
    assert [output.names for output in data.outputs] == [("f", "m"), None]
    assert data.notes == ((note,) if note else ())


def test_a_tsv_is_parted_by_tabs() -> None:
    data = read(BOX, table("path\tbox\ni0.png\t1 2 3 4\n", "list.tsv"), loss="mse", **WHOLE)
    assert rows(data.train.take(slice(None))[1]) == [[[1, 2, 3, 4]]]
    assert data.notes == ()


def test_what_is_not_read_of_a_table_is_said() -> None:
    """Columns behind a name that are too few for its numbers; and what parts cells is not looked for in quotes."""
    data = read(TAGS, table('path;photo_id;photo_by;"a, b, c, d, e";tags\ni0.png;1;x;2;a|b\ni1.png;2;y;3;c\n'), **WHOLE)
    assert data.notes == (
        "the cells of list.csv are parted by semicolons",
        "not read of list.csv: columns photo_id, photo_by, a, b, c, d, e",
    )


def test_columns_that_have_other_names() -> None:
    content = "file name,a,b,c,diagnosis,years,fold\ni0.png,1,2,3,f,20,train\ni1.png,1,2,4,m,30,Test\n"
    named = {"photo": "file name", "meta": ["a", "b", "c"], "sex": "diagnosis", "age": "Years", "split": "fold"}
    data = read(TWO, table(content), loss=LOSS, validation=0, columns=named)
    assert data.test is not None
    assert [rows(part.take(slice(None))[1]) for part in (data.train, data.test)] == [[[0], [[20]]], [[1], [[30]]]]


@pytest.mark.parametrize(
    "named", [{"photo": "p", "tags": "l"}, {"path": "p", "label": "l"}, {"path": "p", "tags": "l"}]
)
def test_the_only_input_and_output_are_path_and_label_too(named: dict[str, str]) -> None:
    data = read(TAGS, table("p,l\ni0.png,a|b\ni1.png,c\n"), columns=named, **WHOLE)
    assert data.train.targets.tolist() == [[1, 1, 0], [0, 0, 1]]


def test_heads_share_a_label_unless_they_have_their_own() -> None:
    heads = "input 8x8x3\nflatten as s -> dense(3, softmax) as main\ns -> dense(3, softmax) as aux\noutput main, aux\n"
    content = "path,label,aux\ni0.png,a,x\ni1.png,b,z\ni2.png,c,y\n"
    assert rows(read(heads, table(content), **WHOLE).train.take(slice(None))[1]) == [[0, 1, 2], [0, 2, 1]]
    shared = read(heads, table(content.replace("aux", "")), **WHOLE)
    assert rows(shared.train.take(slice(None))[1]) == [[0, 1, 2], [0, 1, 2]]
    named = read(heads, table(content.replace("aux", "").replace("label", "kind")), columns={"label": "kind"}, **WHOLE)
    assert [output.names for output in named.outputs] == [("a", "b", "c")] * 2


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("label,p0,p1,p2,p3\n0,0,255,1,2\n1,3,4,5,6\n", {"path": ["p0", "p1", "p2", "p3"]}),
        ("label,pixels\n0,0 255 1 2\n1,3 4 5 6\n", {"path": "pixels"}),
        ("label,grid_1,grid_2,grid_3,grid_4\n0,0,255,1,2\n1,3,4,5,6\n", {"label": "label"}),
    ],
)
def test_pixels_stand_in_columns_or_in_a_cell(content: str, columns: Any) -> None:
    data = read("input grid 2x2x1\nflatten -> dense(2, softmax)", table(content), columns=columns, **WHOLE)
    assert data.train.take(slice(None))[0].tolist() == [[[[0], [255]], [[1], [2]]], [[[3], [4]], [[5], [6]]]]
    assert "are taken as they are, from 0 to 255" in data.notes[0]


def test_an_example_is_left_out_with_any_of_its_images() -> None:
    content = "left,right,same\ni0.png,i1.png,0\ni1.png,gone.png,1\ngone.png,gone.png,1\ni2.png,i1.png,1\n"
    data = read(PAIR, table(content), **WHOLE)
    (left, right), same = data.train.take(slice(None))
    assert same.tolist() == [[0], [1]]
    assert np.array_equal(left[1], colour(2) / np.float32(255)) and np.array_equal(right[0], right[1])
    assert data.notes == (
        "left out of list.csv: 1 image that cannot be read, gone.png (no such file or directory)",
        "left out of list.csv: 1 image that cannot be read, gone.png (no such file or directory)",
    )


# ---- labels --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "content", "targets", "names"),
    [
        (TAGS, "path,label\ni0.png,cat|dog\ni1.png,\ni2.png,owl | cat\n", [[1, 1, 0], [0, 0, 0], [1, 0, 1]], "cat dog owl"),
        (TAGS, "path;tags\ni0.png;cat,dog\ni1.png;\ni2.png;owl,\n", [[1, 1, 0], [0, 0, 0], [0, 0, 1]], "cat dog owl"),
        (TAGS, "path,tags\ni0.png,cat dog\ni1.png,owl\n", [[1, 1, 0], [0, 0, 1]], "cat dog owl"),
        (TAGS, "path,tags\ni0.png,big cat|dog\ni1.png,owl\n", [[1, 1, 0], [0, 0, 1]], "big cat,dog,owl"),
        (TAGS, "path,tags\ni0.png,big cat\ni1.png,small dog\ni2.png,owl\ni3.png,\n", [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]], "big cat,owl,small dog"),
        (TAGS, "path,tags\ni0.png,9|10\ni1.png,1\n", [[0, 1, 1], [1, 0, 0]], "1 9 10"),
        (TAGS, "path,tags\ni0.png,cat\ni1.png,dog\ni2.png,owl\ni3.png,\n", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], "cat dog owl"),
        (TAGS, "path,tags_dog,tags_cat,tags_owl\ni0.png,1,0,1\ni1.png,True,FALSE,0\ni2.png,0,1,0\n", [[1, 0, 1], [1, 0, 0], [0, 1, 0]], "dog cat owl"),
        (TAGS, "path,tags_dog,tags_cat,tags_owl\ni0.png,1,0,0\ni1.png,0,1,0\ni2.png,0,0,1\n", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "dog cat owl"),
        (TAGS, "path,tags\ni0.png,1 0 1\ni1.png,0 0 1\ni2.png,0 1 0\n", [[1, 0, 1], [0, 0, 1], [0, 1, 0]], None),
        (TAGS.replace("sigmoid", "softmax"), "path,tags_b,tags_a,tags_c\ni0.png,1,0,0\ni1.png,0,1,0\ni2.png,0,0,1\n", [0, 1, 2], "b a c"),
        (TAGS.replace("sigmoid", "softmax"), "path,tags\ni0.png,a|b\ni1.png,a\ni2.png,b\n", [1, 0, 2], "a,a|b,b"),
        (TAGS, "path,tags\ni0.png,a\ni1.png,b\ni2.png,c\n", [0, 1, 2], "a b c"),
    ],
)  # fmt: skip
def test_labels_of_every_kind(text: str, content: str, targets: list[Any], names: str | None) -> None:
    data = read(text, table(content), **WHOLE)
    assert data.train.targets.tolist() == targets
    wanted = None if names is None else tuple(names.split("," if "," in names else " "))
    assert data.names == wanted


def test_quantities_of_several_columns_keep_their_names() -> None:
    data = read(BOX, table("path,box_x,box_y,box_w,box_h\ni0.png,1,-2,0.5,1e2\n"), loss="mse", **WHOLE)
    assert (data.train.targets.tolist(), data.names) == ([[1, -2, 0.5, 100]], ("x", "y", "w", "h"))


def test_labels_of_one_part_alone_and_of_none_are_said() -> None:
    content = "path,tags_a,tags_b,tags_c,split\ni0.png,1,0,0,\ni1.png,1,1,0,\ni2.png,1,0,0,test\n"
    assert read(TAGS, table(content), validation=0).notes == (
        "no example of list.csv has the label c",
        "list.csv has 1 label that stands in one part alone: b (to train)",
    )


@given(st.lists(st.lists(st.sampled_from("abc"), unique=True, max_size=3), min_size=1), st.sampled_from("|;, "))
def test_what_parts_labels_is_found(labels: list[list[str]], sign: str) -> None:
    found = find_label_separator([sign.join(one) for one in labels], 3)
    parted = [one for one in labels if len(one) > 1]
    if parted and sign != " " or len({name for one in labels for name in one}) == 3 and parted:
        assert found == sign
    elif not parted:
        assert found == ("|" if [] in labels else None)


@given(st.lists(st.floats(-1e30, 1e30), min_size=2), st.sampled_from([" ", ", ", ",", "  "]))
def test_numbers_are_read_as_they_are_written(numbers: list[float], sign: str) -> None:
    assert [read_number(text) for text in split_numbers(f"[{sign.join(map(str, numbers))}]")] == numbers


# ---- groups --------------------------------------------------------------------------------------------------
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60),
    st.floats(0, 0.9), st.booleans(), st.integers(0, 9),
)  # fmt: skip
def test_no_group_stands_in_two_parts(pairs: list[tuple[int, int]], share: float, by_class: bool, seed: int) -> None:
    groups, labels = np.array(pairs).T
    rest, held = draw_groups(groups, labels, share, by_class, np.random.default_rng(seed))
    assert sorted([*rest, *held]) == list(range(len(pairs)))
    assert not set(groups[rest]) & set(groups[held])
    count = len(set(groups.tolist()))
    assert abs(len(set(groups[held].tolist())) - share * count) <= (1.5 if by_class else 0.5)
    again = draw_groups(groups.astype(str), labels, share, by_class, np.random.default_rng(seed))
    assert len(again[1]) == 0 or not set(groups[again[0]]) & set(groups[again[1]])


def test_groups_of_each_class_are_held_back() -> None:
    """Where a group has one class, the shares are those of scikit-learn's stratified folds: of every class as many groups."""
    groups = np.repeat(np.arange(40), 5)
    labels = np.repeat(np.arange(40) % 4, 5)
    _, held = draw_groups(groups, labels, 0.2, True, np.random.default_rng(0))
    assert np.bincount(labels[held]).tolist() == [10, 10, 10, 10]


def patients(split: str = "") -> str:
    lines = [f"i{i}.png,{i},{'fm'[i % 2]},p{i // 2}" + (f",{split[i]}" if split else "") for i in range(8)]
    words = {"r": "train", "e": "test"}
    lines = [line[:-1] + words[line[-1]] if split else line for line in lines]
    return "\n".join(["path,n,label,patient" + ",split" * bool(split), *lines, ""])


TWO_CLASSES = "input 8x8x3\nflatten -> dense(2, softmax)\n"


def test_groups_are_drawn_and_counted() -> None:
    data = read(TWO_CLASSES, table(patients()), group="patient", validation=0.4, test=0.25)
    parts = [data.train, data.validation, data.test]
    assert (
        data.notes[-1] == "patient of list.csv has 4 groups, none in two parts: 2 to train, 1 to validate and 1 to test"
    )
    found = [{int(place) // 2 for place in part.places} for part in parts if part is not None]
    assert sorted(group for part in found for group in part) == [0, 1, 2, 3]
    other = read(TWO_CLASSES, table(patients()), validation=0.4, test=0.25)
    assert other.fingerprint != data.fingerprint  # with other groups it would be split otherwise


def test_too_few_groups_are_said_and_groups_in_two_parts_are_refused() -> None:
    few = read(TWO_CLASSES, table(patients()), group="patient", validation=0.1, test=0)
    assert few.validation is None
    assert few.notes[-1] == "list.csv has too few groups of patient to hold back 0.1 to validate with"
    own = read(TWO_CLASSES, table(patients("rrrreeee")), group="patient", validation=0)
    assert own.notes[-1] == "patient of list.csv has 4 groups, none in two parts: 2 to train and 2 to test"
    torn = refused(TWO_CLASSES, table(patients("rrrrreee")), group="patient")
    assert str(torn) == (
        "patient of list.csv has groups in two parts, to train and to test with: p2; bring each group into one part"
    )


def test_pairs_are_drawn_of_the_groups_of_a_part() -> None:
    """Of a table with one image and one class a line."""
    pairs = PAIR + "train { data = pairs('x.csv') }"
    named: dict[str, Any] = {"columns": {"path": "file", "label": "kind"}, "group": "patient", "validation": 0}
    lines = [f"i{i}.png,{'ab'[i % 2]},p{i // 4}" for i in range(8)]
    data = read(pairs, table("\n".join(["file,kind,patient", *lines])), **named, test=0.5)
    assert data.notes[0] == "patient of list.csv has 2 groups, none in two parts: 1 to train and 1 to test"
    seen = []
    for part in (data.train, data.test):
        assert part is not None and len(part) == 8
        images = np.concatenate(part.take(slice(None))[0])
        seen.append({i for i in range(8) if any(np.array_equal(x, colour(i) / np.float32(255)) for x in images)})
    assert sorted(map(sorted, seen)) == [[0, 1, 2, 3], [4, 5, 6, 7]]


# ---- arrays of a .npz ----------------------------------------------------------------------------------------
def arrays(**more: Any) -> str:
    rng = np.random.default_rng(0)
    own = {"pictures": rng.random((20, 8, 8, 3)), "kinds": np.arange(20) % 3}
    np.savez("arrays.npz", **{name: value for name, value in (own | more).items() if value is not None})
    return "arrays.npz"


NAMED: dict[str, Any] = {"columns": {"photo": "pictures", "tags": "kinds"}}
KINDS = TAGS.replace("sigmoid", "softmax")


def test_arrays_that_have_other_names_and_names_of_classes() -> None:
    for key in ("names", "classes", "tags_names"):
        data = read(KINDS, arrays(**{key: np.array(["a", "b", "c"])}), **NAMED, **WHOLE)
        assert (data.names, len(data.train), data.notes) == (("a", "b", "c"), 20, ())
    several = np.arange(60).reshape(20, 3) % 2
    labels = read(TAGS, arrays(kinds=several, names=np.array(["a", "b", "c"])), **NAMED, **WHOLE)
    assert (labels.names, labels.targets) == (("a", "b", "c"), "given")


@pytest.mark.parametrize(
    "names", [np.array(["a", "b"]), np.array([b"a", b"b", b"c"]), np.array([{}, 1, 2]), np.arange(3)]
)
def test_what_is_no_list_of_names_is_not_read(names: Any) -> None:
    data = read(KINDS, arrays(names=names), **NAMED, **WHOLE)
    assert (data.names, data.notes) == (None, ("not read of arrays.npz: array names",))


def test_names_do_not_hide_a_class_too_many() -> None:
    wrong = refused(KINDS, arrays(kinds=np.arange(20) % 4, names=np.array(["a", "b", "c"])), **NAMED)
    assert wrong.message == "tags of arrays.npz has 4 classes, the network 3 outputs: the label of example 3 is 3"


def test_groups_of_a_npz() -> None:
    data = read(KINDS, arrays(patient=np.arange(20) // 4), group="patient", validation=0.25, test=0.2, **NAMED)
    assert data.notes == (
        "patient of arrays.npz has 5 groups, none in two parts: 3 to train, 1 to validate and 1 to test",
    )


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


# ---- a training ----------------------------------------------------------------------------------------------
def test_a_table_trains_as_the_same_arrays_do() -> None:
    """Two inputs and two outputs, from a CSV of images and from a .npz of what they hold: every figure is the same."""
    pytest.importorskip("keras")
    ages = np.linspace(20, 40, 8)
    lines = [f"i{i}.png,{i} {i % 3} 1,{'fm'[i % 2]},{float(ages[i])!r}" for i in range(8)]
    table("\n".join(["photo,meta,sex,age", *lines]))
    np.savez(
        "same.npz", photo=np.stack([colour(i) for i in range(8)]), sex=np.arange(8) % 2, age=ages,
        meta=np.array([[i, i % 3, 1] for i in range(8)], np.float32),
    )  # fmt: skip
    given: dict[str, Any] = {"loss": LOSS, "epochs": 2, "batch": 2, "validation": 0.25}
    outcomes = [trained(TWO, f"{data}.keras", data=data, **given)[0] for data in ("list.csv", "same.npz")]
    assert outcomes[0].figures == outcomes[1].figures and outcomes[0].figures["sex_accuracy"] >= 0


def test_a_run_of_labels_is_measured_and_resumed_by_its_own_columns(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("keras")
    from tests.train.evaluations import evaluated

    kinds = ["a|b", "c", "", "a", "b|c", "a|b|c", "c", "a"]
    lines = [f"i{i}.png;{kinds[i]};p{i // 2};{'test' if i > 5 else 'train'}" for i in range(8)]
    table("\n".join(["file;kinds;patient;fold", *lines]))
    columns = "columns = {photo: file, tags: kinds, split: fold}; group = patient"
    Path("labels.cnn").write_text(f"{TAGS}train {{ data = 'list.csv'; {columns}; epochs = 1; batch = 2 }}\n")
    assert main(["train", "labels.cnn", "-q"]) == 0
    record = json.loads(Path("runs/labels-1/run.json").read_text())
    assert record["settings"]["columns"] == {"path": ["file"], "label": ["kinds"], "split": ["fold"]}
    found = evaluated(capsys, "runs/labels-1")
    assert found["compiled"] == {name: value for name, value in record["test"].items() if name != "on"}
    assert [(one["name"], one["support"]) for one in found["classes"]] == [("a", 1), ("b", 0), ("c", 1)]
    table("file,kinds\ni6.png,c\ni7.png,c|a\n", "other.csv")  # fewer labels than the model knows, and no groups
    other = evaluated(capsys, "runs/labels-1", "--data", "other.csv")
    assert [(one["name"], one["support"]) for one in other["classes"]] == [("a", 1), ("b", 0), ("c", 2)]
    assert main(["resume", "runs/labels-1", "--epochs", "2", "-q"]) == 0
    table("\n".join(["file;kinds;patient;fold", *lines]).replace("p1", "p9"))
    assert main(["resume", "runs/labels-1", "--epochs", "3", "-q"]) == 2  # other groups are other data
    kept = Path("runs/labels-1/run.json").read_text()
    for wrong in ({"columns": {"path": "file"}}, {"columns": []}, {"columns": {"path": []}}, {"group": 3}):
        changed = json.loads(kept)
        changed["settings"] |= wrong
        Path("runs/labels-1/run.json").write_text(json.dumps(changed))
        capsys.readouterr()
        assert main(["evaluate", "runs/labels-1"]) == 2
        assert "damaged: settings." in capsys.readouterr().err
