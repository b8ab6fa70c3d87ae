"""Tables of several columns: what belongs to which input and output, and the labels of every kind."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import main
from cnnspec.train.data.cells import find_label_separator, read_number, split_numbers
from tests.train.image_sets import colour, read
from tests.train.table_sets import BOX, LOSS, PAIR, TAGS, TWO, WHOLE, here, images, rows, table  # noqa: F401
from tests.train.trainings import trained


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
