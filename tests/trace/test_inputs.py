"""What is given for a network's inputs: numbers as they are written, files, words; and the sentence where it does not fit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as tried
from hypothesis import strategies

import cnnspec
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.inputs import read_inputs
from cnnspec.trace.reference.arrays import is_exact
from cnnspec.trace.sized import give_sizes
from tests.support import cases, legal

MAP, COLOURS, LIST = "input 2x3x1\nrelu", "input 2x3x2\nrelu", "input 4\nrelu"
SIGNAL, SEQUENCE, VOLUME = "input 4x1\nrelu", "input 3x2\nrelu", "input 2x2x2x1\nrelu"
TWO, WORDS, OPEN = "input a 2\ninput b 2\nadd(a, b)", "input 3\nembedding(5, 2)", "input ?x?x1\nrelu"


def read(text: str, *given: str, seed: int = 1) -> list[Any]:
    """Each input without its batch of one, as Keras has it."""
    arrays = read_inputs(legal(text), given, seed)
    assert all([array.shape[0] == 1 and is_exact(array) for array in arrays])
    return [array[0].tolist() for array in arrays]


def write(values: Any) -> str:
    """Fractions in lists: [[1, 1/3]]."""
    return f"[{', '.join(map(write, values))}]" if isinstance(values, list) else str(values)


def refuse(text: str, *given: str) -> str:
    with pytest.raises(NoTrace) as refused:
        read_inputs(legal(text), given, 1)
    return str(refused.value)


# ---- numbers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "given", "wanted"), [
    (MAP, "[[1, 0, 1], [0, 1/3, -.5]]", "[[[1], [0], [1]], [[0], [1/3], [-1/2]]]"),
    (MAP, "[[[1,2,3],[4,5,6]]]", "[[[1], [2], [3]], [[4], [5], [6]]]"),
    (MAP, "[[0.1] * 3] * 2", "[[[1/10], [1/10], [1/10]], [[1/10], [1/10], [1/10]]]"),
    (COLOURS, "[[[1,2,3],[4,5,6]], [[7,8,9],[0,0,0]]]", "[[[1, 7], [2, 8], [3, 9]], [[4, 0], [5, 0], [6, 0]]]"),
    ("input 2x2x2\nrelu", "[[[1,2],[3,4]], [[5,6],[7,8]]]", "[[[1, 5], [2, 6]], [[3, 7], [4, 8]]]"),
    (LIST, "[1, 2, 3, -4]", "[1, 2, 3, -4]"),
    ("input 1\nrelu", "-1/3", "[-1/3]"),
    (SIGNAL, "[1, 2, 3, 4]", "[[1], [2], [3], [4]]"),
    (SEQUENCE, "[[1, 2, 3], [4, 5, 6]]", "[[1, 4], [2, 5], [3, 6]]"),
    (VOLUME, "[[[1,2],[3,4]], [[5,6],[7,8]]]", "[[[[1], [2]], [[3], [4]]], [[[5], [6]], [[7], [8]]]]"),
    (OPEN, "[[1, 2, 3]]", "[[[1], [2], [3]]]"),
    (WORDS, "[0, 4, 2]", "[0, 4, 2]"),
    (COLOURS, "ramp", "[[[0, 6], [1, 7], [2, 8]], [[3, 9], [4, 10], [5, 11]]]"),
    (LIST, "ones", "[1, 1, 1, 1]"),
    (LIST, " zeros ", "[0, 0, 0, 0]"),
    (LIST, "random", "[3, 8, 7, 6]"),
    (WORDS, "random", "[1, 4, 3]"),
])  # fmt: skip
def test_numbers_lie_as_they_are_drawn(text: str, given: str, wanted: str) -> None:
    (made,) = read(text, given)
    assert write(made) == wanted


@pytest.mark.parametrize(("given", "wanted"), [
    (["ramp"], "[[0, 1], [0, 1]]"),
    (["[1,2]", "ones"], "[[1, 2], [1, 1]]"),
    (["b=[3,4]", "[1,2]"], "[[1, 2], [3, 4]]"),
    (["a=zeros", " b = ones"], "[[0, 0], [1, 1]]"),
    (["b=[3,4]", "ones"], "[[1, 1], [3, 4]]"),
])  # fmt: skip
def test_several_inputs_have_names_or_an_order(given: list[str], wanted: str) -> None:
    assert write(read(TWO, *given)) == wanted


def test_random_numbers_depend_on_the_seed_and_the_name() -> None:
    a, b = read("input a 50\ninput b 50\nadd(a, b)", "random")
    assert a != b
    assert read("input b 50\nrelu", "random") == [b]
    assert read("input b 50\nrelu", "random", seed=2) != [b]
    assert set(a) | set(b) == set(range(10))
    assert set(*read("input 99\nembedding(5, 2)", "random")) == set(range(5))


FORMS = "give numbers such as [[1, 0], [0, 1]], a .csv, .npy or image file, or ramp, ones, zeros or random"


@pytest.mark.parametrize(("text", "given", "sentence"), [
    (MAP, ["[[1,2],[3,4],[5,6]]"], "the input input1 takes 2 rows of 3 numbers, not 3x2 numbers"),
    (MAP, ["[1]"], "the input input1 takes 2 rows of 3 numbers, not 1 number"),
    (MAP, ["5"], "the input input1 takes 2 rows of 3 numbers, not 1 number"),
    (MAP, ["[[1,2,3],[1,2]]"], "the input input1: the lists are uneven: one holds 2, and the first of its kind 3"),
    (MAP, ["[[1,2,3],4]"], "the input input1: 4 stands among lists"),
    (MAP, ["[[1,2,3],[1,2,[3]]]"], "the input input1: a list stands among numbers"),
    (MAP, ["[[1,2,3],[1,nan,2]]"], 'the input input1: "nan" is no number'),
    (MAP, ["[[1,2,3],[1,true,2]]"], "the input input1: true is no number"),
    (MAP, ["[[1,2,3],[1,conv(3),2]]"], "the input input1: a layer function is no number"),
    (MAP, ["(1,2)"], "the input input1: 1x2 is no number: lists are written in [ ]"),
    (MAP, ["[]"], "the input input1: a list is empty"),
    (MAP, ["[[1,2,3],[]]"], "the input input1: the lists are uneven: one holds 0, and the first of its kind 3"),
    (MAP, ["[1,2"], 'the input input1: "[1,2" is no value: this "[" is never closed; close it before the line ends'),
    (MAP, ["[[1,2,3] [4,5,6]]"], 'the input input1: "[[1,2,3] [4,5,6]]" is no value: two lists stand side by side; put a "," between them'),
    (MAP, ["[[1 2 3], [4 5 6]]"], 'the input input1: "[[1 2 3], [4 5 6]]" is no value: two elements stand side by side; write [1, 2, 3]'),
    (MAP, ["-1 2 3; 4 5 6"], 'the input input1: "-1 2 3; 4 5 6" is no value: each row is a list of its own; write [[-1, 2, 3], [4, 5, 6]]'),
    (MAP, ["[1,2,3], [4,5,6]"], 'the input input1: "[1,2,3], [4,5,6]" is several values; a list of them is written [[1,2,3], [4,5,6]]'),
    (MAP, ["1 2 3\n4\t5\t6\n"], 'the input input1: "1 2 3\\x0a4 5 6" is no value: each row is a list of its own; write [[1, 2, 3], [4, 5, 6]]'),
    (MAP, ["1 2"], 'the input input1: "1 2" is no value: two elements stand side by side; write [1, 2]'),
    (MAP, ["[1]]"], 'the input input1: "[1]]" is no value: this closes a bracket that was never opened; remove it'),
    (MAP, ["[1e400]"], 'the input input1: "[1e400]" is no value: this number has more than 18 digits; write a smaller one'),
    (MAP, ["[[0] * 1000000] * 999999"], 'the input input1: "[[0] * 1000000] * 999999" is no value: this list would have at least 1,000,001 elements; at most 1,000,000 are allowed'),
    (MAP, ["1" * 2**21], "the numbers of the input input1 are 2,097,152 characters: put them into a .csv file"),
    (COLOURS, ["[[[1,2],[3,4],[5,6]],[[1,2],[3,4],[5,6]]]"], "the input input1 takes 2 channels of 2 rows of 3 numbers, not 2x3x2 numbers: write each channel for itself, one behind the other"),
    (COLOURS, ["[[1,2,3],[4,5,6]]"], "the input input1 takes 2 channels of 2 rows of 3 numbers, not 2x3 numbers"),
    (LIST, ["[[1,2,3,4]]"], "the input input1 takes a list of 4 numbers, not 1x4 numbers"),
    (SIGNAL, ["[1]"], "the input input1 takes a list of 4 numbers, not 1 number"),
    (SEQUENCE, ["[[1,2],[3,4],[5,6]]"], "the input input1 takes 2 channels of 3 numbers, not 3x2 numbers: write each channel for itself, one behind the other"),
    (VOLUME, ["[1]"], "the input input1 takes 2 slices of 2 rows of 2 numbers, not 1 number"),
    ("input ?x3x1\nrelu", ["[1]"], "the input input1 takes any number of rows of 3 numbers, not 1 number"),
    (OPEN, ["ramp"], "the input input1 is ?x?x1: give its numbers or a file, which say how many there are"),
    ("input 100000x100000x1\nrelu", ["ramp"], "the input input1 has 10,000,000,000 numbers, and at most 4,194,304 are computed"),
    (WORDS, ["[0, 5, 1]"], "the input input1 takes numbers of words, 0 to 4, not 5"),
    (WORDS, ["[0, -1, 1]"], "the input input1 takes numbers of words, 0 to 4, not -1"),
    (WORDS, ["[0, 1/2, 1]"], "the input input1 takes numbers of words, 0 to 4, not 1/2"),
    ("input 6\nembedding(5, 2)", ["ramp"], "the input input1 takes numbers of words, 0 to 4, not 5"),
    (MAP, ["rampe"], f'the input input1: "rampe" is nothing that is read; did you mean "ramp"?; {FORMS}'),
    (MAP, [""], f'the input input1: "" is nothing that is read; {FORMS}'),
    (MAP, ["/"], f"the input input1: / is of no kind that is read; {FORMS}"),
    (MAP, [], f"nothing is given for input1: {FORMS}"),
    (MAP, ["x=ramp"], 'the network has no input "x": it has input1'),
    (TWO, [], f"nothing is given for a and b: {FORMS}"),
    (TWO, ["[1,2]"], f"nothing is given for b: {FORMS}"),
    (TWO, ["b=ones"], f"nothing is given for a: {FORMS}"),
    (TWO, ["a=ones", "a=ones"], "the input a is given twice"),
    (TWO, ["c=ones"], 'the network has no input "c": it has a and b'),
    (TWO, ["ones"] * 3, "the network has 2 inputs, and 3 are given"),
    (TWO, ["a=ones", "b=ones", "ones"], "the network has 2 inputs, and 3 are given"),
])  # fmt: skip
def test_what_does_not_fit_is_one_sentence(text: str, given: list[str], sentence: str) -> None:
    assert refuse(text, *given) == sentence


@cases(0.3)
@tried(strategies.data())
def test_what_is_written_is_read_back(data: strategies.DataObject) -> None:
    """A map with the channels outermost, as rows of the language, is that map."""
    shape = data.draw(strategies.lists(strategies.integers(1, 4), min_size=2, max_size=4))
    values = np.array(data.draw(strategies.lists(strategies.integers(-99, 99), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))).reshape(shape)  # fmt: skip
    written = str(np.moveaxis(values, -1, 0).tolist())
    assert read(f"input {'x'.join(map(str, shape))}\nrelu", written) == [values.tolist()]


# ---- sizes that are not known ------------------------------------------------------------------------------------
def test_the_input_says_what_size_the_network_has() -> None:
    network = cnnspec.loads("input ?x?x1\nconv(2, 3x3) -> { maxpool(2) if in.height > 2 else in } -> gap -> dense(3)")
    for given, shape in {"[[1] * 6] * 5": (1, 2, 2), "[[1] * 3] * 3": (1, 1, 2)}.items():
        inputs = read_inputs(network.analysed.graph, [given], 1)
        assert give_sizes(network.analysed, inputs).graph.nodes[-3].shape == shape
    with pytest.raises(NoTrace) as refused:
        give_sizes(network.analysed, read_inputs(network.analysed.graph, ["[[1] * 2] * 2"], 1))
    assert str(refused.value) == (
        "the network does not take 2x2x1: conv's kernel 3 does not fit into 2 positions, and needs a height of 3 and a width of 3"
    )


# ---- arrays ------------------------------------------------------------------------------------------------------
RAMP = np.arange(6).reshape(2, 3)
ROWS = [[[0], [1], [2]], [[3], [4], [5]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("array", [
    RAMP, RAMP[None], RAMP[..., None], RAMP[None, ..., None], np.asfortranarray(RAMP), RAMP.astype(">u2"), RAMP.astype("u8"),
])  # fmt: skip
def test_an_array_of_whole_numbers_is_exact(folder: Path, array: Any) -> None:
    np.save("x.npy", array)
    assert read(MAP, "x.npy") == read(OPEN, "x.npy") == [ROWS]


def test_truth_values_are_numbers(folder: Path) -> None:
    np.save("x.npy", RAMP > 3)
    assert write(read(MAP, "x.npy")) == "[[[[0], [0], [0]], [[0], [1], [1]]]]"


@pytest.mark.parametrize("kind", ["f2", "f4", ">f8", "longdouble"])
def test_an_array_of_floats_stays(folder: Path, kind: str) -> None:
    np.save("X.NPY", (RAMP / 4).astype(kind))
    os.rename("X.NPY.npy", "X.NPY")
    (made,) = read_inputs(legal(MAP), ["X.NPY"], 1)
    assert made.dtype == float
    assert np.array_equal(made[0, :, :, 0], RAMP / 4)


def test_channels_of_an_array_come_last(folder: Path) -> None:
    np.save("x.npy", np.arange(12).reshape(2, 3, 2))
    assert read(COLOURS, "x.npy") == [np.arange(12).reshape(2, 3, 2).tolist()]


@pytest.mark.parametrize(("array", "sentence"), [
    (np.zeros((3, 2)), "x.npy: the input input1 takes 2x3x1, not 3x2"),
    (np.zeros((5, 2, 3, 1)), "x.npy: the input input1 takes 2x3x1, not 5x2x3x1: a batch holds one example"),
    (np.zeros(()), "x.npy: the input input1 takes 2x3x1, not one number"),
    (np.zeros((0, 3)), "x.npy: the input input1 takes 2x3x1, not 0x3"),
    (np.full((2, 3), np.nan), "x.npy holds NaN or infinity, with which nothing can be computed"),
    (np.full((2, 3), np.longdouble("1e400")), "x.npy holds NaN or infinity, with which nothing can be computed"),
    (np.full((2, 3), -np.inf), "x.npy holds NaN or infinity, with which nothing can be computed"),
    (np.ones((2, 3), complex), "x.npy holds complex128, and an input is whole numbers or floats"),
    (np.full((2, 3), "a"), "x.npy holds <U1, and an input is whole numbers or floats"),
    (np.full((2, 3), None), "x.npy holds pickled Python objects, which are not read: save an array of plain numbers"),
])  # fmt: skip
def test_an_array_that_does_not_fit(folder: Path, array: Any, sentence: str) -> None:
    np.save("x.npy", array)
    assert refuse(MAP, "x.npy") == sentence


def test_channels_first_are_named(folder: Path) -> None:
    np.save("x.npy", np.zeros((2, 2, 3)))
    assert refuse(COLOURS, "x.npy") == "x.npy: the input input1 takes 2x3x2, not 2x2x3: channels come last"


def test_an_array_without_numbers_is_no_size(folder: Path) -> None:
    np.save("x.npy", np.zeros((0, 3)))
    assert refuse(OPEN, "x.npy") == "x.npy: the input input1 takes ?x?x1, not 0x3"


def test_a_header_is_not_believed(folder: Path) -> None:
    for shape, text, sentence in [
        ((10**6, 10**6), MAP, "x.npy: the input input1 takes 2x3x1, not 1000000x1000000"),
        ((10**6, 10**6), OPEN, "the input input1 has 1,000,000,000,000 numbers, and at most 4,194,304 are computed"),
        ((-2, -3), MAP, "x.npy: the input input1 takes 2x3x1, not (-2)x(-3)"),
        ((2, 3), MAP, "x.npy ends before its 6 numbers do: write it again"),
    ]:
        with open("x.npy", "wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
        assert refuse(text, "x.npy") == sentence


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\3\4", b"\x93NUMPY\x01\x00\xff\xff" + b"[" * 60_000, b"\x93NUMPY\x09\x00"]
)
def test_what_is_no_array_is_one_sentence(folder: Path, content: bytes) -> None:
    Path("x.npy").write_bytes(content)
    assert refuse(MAP, "x.npy") == "x.npy is no array of NumPy: write it with numpy.save"


# ---- tables ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "content", "wanted"), [
    (MAP, "1,0,1\n0,1/3,-.5\n", "[[[1], [0], [1]], [[0], [1/3], [-1/2]]]"),
    (MAP, "\ufeff1;0;1\r\n0;1e2;+3\r\n\r\n", "[[[1], [0], [1]], [[0], [100], [3]]]"),
    (MAP, "\n1 0  1\n 0\t1 \u22123 ", "[[[1], [0], [1]], [[0], [1], [-3]]]"),
    (MAP, '"1","0",1\n"0",1,"-2"', "[[[1], [0], [1]], [[0], [1], [-2]]]"),
    (COLOURS, "1,2,3\n4,5,6\n\n7,8,9\n0,0,0", "[[[1, 7], [2, 8], [3, 9]], [[4, 0], [5, 0], [6, 0]]]"),
    (SEQUENCE, "1,2,3\n4,5,6", "[[1, 4], [2, 5], [3, 6]]"),
    (LIST, "1\n2\n3\n4", "[1, 2, 3, 4]"),
    (LIST, "1 2 3 4", "[1, 2, 3, 4]"),
    (SIGNAL, "1\n2\n3\n4", "[[1], [2], [3], [4]]"),
])  # fmt: skip
def test_a_table_is_read_exactly(folder: Path, text: str, content: str, wanted: str) -> None:
    Path("x.csv").write_text(content, encoding="utf-8")
    (made,) = read(text, "x.csv")
    assert write(made) == wanted


NO_NUMBER = "is no number; write numbers alone, such as 3, 0.5 or 1/3"


@pytest.mark.parametrize(("content", "sentence"), [
    ("1,2\n3,4\n5,6", "x.csv: the input input1 takes 2 rows of 3 numbers, not 3x2 numbers"),
    ("1,2,3\n\n4,5,6", "x.csv: the input input1 takes 2 rows of 3 numbers, not 2x1x3 numbers"),
    ("1,2,3\n4,5", "x.csv is uneven: line 2 has 2 numbers, and the first has 3"),
    ("1,2,3\n4,5,6\n\n1,2,3", "x.csv is uneven: its first channel has 2 lines, number 2 has 1"),
    ("", "x.csv holds no numbers"),
    ("\n \n", "x.csv holds no numbers"),
    ("a,b,c\n1,2,3\n4,5,6", f'x.csv:1: "a" {NO_NUMBER}'),
    ("1,2,3\n1,nan,3", f'x.csv:2: "nan" {NO_NUMBER}'),
    ("1,2,inf\n1,2,3", f'x.csv:1: "inf" {NO_NUMBER}'),
    ("0,5;1;2\n1;2;3", f'x.csv:1: "0,5" {NO_NUMBER}'),
    ("1,1e999999999,3\n1,2,3", f'x.csv:1: "1e999999999" {NO_NUMBER}'),
    ("1,1/0,3\n1,2,3", f'x.csv:1: "1/0" {NO_NUMBER}'),
    ("1,1_0,3\n1,2,3", f'x.csv:1: "1_0" {NO_NUMBER}'),
    ("1,1+2j,3\n1,2,3", f'x.csv:1: "1+2j" {NO_NUMBER}'),
    ("1,,3\n1,2,3", "x.csv:1: a cell is empty; write numbers alone, such as 3, 0.5 or 1/3"),
])  # fmt: skip
def test_a_table_that_does_not_fit(folder: Path, content: str, sentence: str) -> None:
    Path("x.csv").write_text(content)
    assert refuse(MAP, "x.csv") == sentence


# ---- images ------------------------------------------------------------------------------------------------------
def save_image(path: str, pixels: Any) -> None:
    from PIL import Image

    Image.fromarray(pixels).save(path)


def test_pixels_are_the_whole_numbers_that_they_are(folder: Path) -> None:
    colours = np.arange(18, dtype="u1").reshape(2, 3, 3) * 14
    save_image("grey.png", RAMP.astype("u1") * 51)
    save_image("deep.png", RAMP.astype("u2") * 13107)
    save_image("colours.bmp", colours)
    assert read(MAP, "grey.png") == read(OPEN, "grey.png") == [(RAMP[..., None] * 51).tolist()]
    assert read(MAP, "deep.png") == [(RAMP[..., None] * 13107).tolist()]
    assert read("input 2x3x3\nrelu", "colours.bmp") == [colours.tolist()]
    (grey,) = read(MAP, "colours.bmp")
    assert abs(np.array(grey)[..., 0] - colours @ [0.299, 0.587, 0.114]).max() <= 0.5
    assert refuse("input 5x5x1\nrelu", "grey.png") == (
        "grey.png is an image of 2x3x1, and the input input1 takes 5x5x1: resize it first"
    )
    for text, shape in [(COLOURS, "2x3x2"), (LIST, "4")]:
        assert refuse(text, "grey.png") == (
            f"grey.png is an image, of 1 or 3 channels, and the input input1 takes {shape}"
        )
    Path("cut.png").write_bytes(Path("grey.png").read_bytes()[:50])
    assert refuse(MAP, "cut.png") == "cannot read cut.png: image file is truncated"
    Path("none.jpg").write_bytes(b"hello")
    assert refuse(MAP, "none.jpg") == "cannot read none.jpg: it is no PNG, JPEG, BMP, GIF, WebP or TIFF"


# ---- what is no file ---------------------------------------------------------------------------------------------
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in the file system")
@pytest.mark.parametrize("ending", ["npy", "csv", "png"])
def test_what_is_no_file_is_not_waited_for(folder: Path, ending: str) -> None:
    os.mkdir(f"folder.{ending}")
    os.mkfifo(f"pipe.{ending}")
    os.symlink("/dev/zero", f"device.{ending}")
    for name, what in {"folder": "a folder", "pipe": "a pipe", "device": "a device"}.items():
        sentence = refuse(MAP, f"{name}.{ending}")
        why = "it is no file" if ending == "png" else f"it is {what}, not a file"
        assert sentence == f"cannot read {name}.{ending}: {why}"
    assert refuse(MAP, f"none.{ending}").lower() == f"cannot read none.{ending}: no such file or directory"
