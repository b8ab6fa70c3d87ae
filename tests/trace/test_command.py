"""`cnnspec trace`: what it prints for the lectures' pages, and the sentence where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.cli import main
from tests.example_files import EXAMPLES

SPECS = {
    "sharpen.cnn": "input 5x5x1\nconv(1, 3x3, bias=false, kernel_values=sharpen)\n",
    "two.cnn": "input a 2\ninput b 2\nadd(a, b)\n",
    "open.cnn": "input ?x?x1\nconv(1, 2x2, bias=false, kernel_values=[[1, 1], [1, 1]])\n",
    "branches.cnn": "input x 2\nx -> relu as a\nx -> dense(1, kernel_values=[[1, 2]]) as b\nadd(a, b) as c\n",
    "shared.cnn": "shared d = dense(2, bias=false, kernel_values=[[1, 2], [0, 1]])\ninput 2\nd -> d\n",
    "words.cnn": "input 3\nembedding(5, 2)\n",
    "many.csv": "1e30,1,2\n",
    "huge.csv": "1e99,-1e99,1e99\n",
    "power.cnn": "input 3\npower(99) -> dense(2)\n",
    "wrong.cnn": "input 5x5x1\nconv(1, 9x9)\n",
    "back.cnn": "input 3x3x1\nconv(1, 2x2, bias=false, kernel_values=[[1, 0], [2, -1]])\n",
    "train.cnn": "input 2\ndense(2, softmax, kernel_values=[[0, 0], [0, 0]])\ntrain {\n data = mnist\n loss = sparse_categorical_crossentropy\n}\n",
    "big.cnn": "input 49\nrelu\ndense(193)\n",
    "inverse.cnn": "input 2\npower(-1)\n",
    "figures.cnn": "input 1x1x2\nnormalization\n",
    "unknown.cnn": 'input 4\nrelu as a\nopaque("fft", 4) as b\nrelu as c\n',
    "huge.cnn": "input 1024x1024x3\nconv(256, 3x3, padding=same)\n",
    "word.cnn": "block f(n) { conv(n, 3x3) }\n",
}
IMAGE = "[[-5,3,2,-5,3],[4,3,2,1,-3],[1,0,3,3,5],[-2,0,1,4,4],[5,6,7,9,-1]]"
# A command and what stands in what it prints.
SHOWN: list[tuple[str, str]] = [
    (f"sharpen.cnn --input {IMAGE}", "-7   9   2"),
    (f"sharpen.cnn conv1 --at 0,0 --input {IMAGE}", "conv1[0,0] = 3*(-1) + 4*(-1) + 3*5 + 2*(-1) + 0*(-1) = 6"),
    (f"sharpen.cnn conv1 --at 2,2,0 --input {IMAGE}", "conv1[2,2] = 3*(-1) + 1*(-1) + 4*5 + 4*(-1) + 9*(-1) = 3"),
    ("sharpen.cnn", "conv1[0,0] = 1*(-1) + 5*(-1) + 6*5 + 7*(-1) + 11*(-1) = 6"),
    ("sharpen.cnn conv1", "weights: written in the spec\n"),
    ("sharpen.cnn input1 --at 1,1", "   5 [ 6]  7   8   9"),
    ("two.cnn --input [1,2] --input b=[1/3,1]", "add1[0] = 1 + 1/3 = 4/3"),
    ("two.cnn --input b=[1/3,1] --input [1,2] --decimals", "add1[0] = 1 + 0.333333 = 1.33333"),
    ("two.cnn --input ones", "add1[0] = 1 + 1 = 2"),
    ("open.cnn --input [[1,2,3],[4,5,6]]", "conv1 (Conv2D) 1x2x1"),
    ("open.cnn --input [[1,2,3],[4,5,6]]", "conv1[0,0] = 1 + 2 + 4 + 5 = 12"),
    ("branches.cnn --layers b,a", "b[0] = 0*1 + 1*2 = 2"),
    ("power.cnn --input huge.csv", "= nan"),
    ("shared.cnn", "with the weights of d"),
    ("back.cnn --backward --gradient [[1,2],[3,1/2]]", "dE/dW11 = 1*0 + 2*1 + 3*3 + (1/2)*4 = 13"),
    ("back.cnn --gradient ones --step 0.1", "next W11 = W11 - eta*dE/dW11 = 1 - (1/10)*8 = 1/5"),
    ("back.cnn --gradient ones --decimals --step 1/3", "next W11 = W11 - eta*dE/dW11 = 1 - 0.333333*8 = -1.66667"),
    ("back.cnn --loss mse --target zeros", "dE/dh11 = 2*(h11 - t11)*(1/4) = 4*(1/4) = 1"),
    ("train.cnn --target 1", "dE/dh2 = a2 - t2 = 0.5 - 1 = -0.5"),
    ("train.cnn --target 1", "dE/da2 = 1 - t2/a2 = -1"),
    ("train.cnn --target 1 --width 200", "Keras divides the outputs by their sum, which is 1 here: hence the 1 in dE/da, which a softmax cancels"),
    ("train.cnn dense1 --backward --target 1", "E = -log(a2) = 0.693147"),
    ("branches.cnn --layers a --gradient ones", "back: a (ReLU) 2"),
    ("inverse.cnn", "power1[0] = inf"),
    ("inverse.cnn --gradient ones", "dE/dX2 = dE/dh2*dh2/dX2 = 1*(-1) = -1"),
    ("figures.cnn --width 200", "mean and count filled with zeros; variance filled with ones: they are gathered from data, and none has been seen"),
    ("figures.cnn", "mean     variance   count   output, channel 0   output, channel 1"),
    ("figures.cnn --gradient ones", "dE/dX[0,0,0] = dE/dh[0,0,0] = 1"),
    ("unknown.cnn a --at 2", "a[2] = relu(2) = 2"),
]  # fmt: skip
REFUSED: list[tuple[str, int, str]] = [
    ("sharpen.cnn --at 0,0", 2, "--at is a place in a layer: name the layer, as in: cnnspec trace FILE conv1 --at 0,0"),
    ("sharpen.cnn conv1 --layers conv1", 2, "LAYER and --layers both say what is shown: leave one of them out"),
    ("sharpen.cnn conv1 --at 3,0", 2, "conv1 has no value at 3,0: it puts out 3x3x1, from 0,0,0 to 2,2,0"),
    ("sharpen.cnn conv1 --at -1,0", 2, "conv1 has no value at -1,0: it puts out 3x3x1, from 0,0,0 to 2,2,0"),
    ("sharpen.cnn conv1 --at 1", 2, "conv1 has no value at 1: it puts out 3x3x1, from 0,0,0 to 2,2,0"),
    ("sharpen.cnn conv2", 2, 'sharpen has no layer "conv2": `cnnspec summary` lists its layers'),
    ("sharpen.cnn --step=", 2, '--step must be a number from 0, such as 0.1 or 1/10, not ""'),
    ("words.cnn --input many.csv", 2, "the input input1 takes numbers of words, 0 to 4, not 1000000000000000000000000000000"),
    ("sharpen.cnn --layers ,", 2, '--layers must be names with commas between, not ","'),
    ("sharpen.cnn --layers conv1,con", 2, 'sharpen has no layer "con"'),
    ("sharpen.cnn sharpen.cnn", 2, 'no layer "sharpen.cnn": `cnnspec summary` lists its layers; what enters is given as --input sharpen.cnn'),
    ("sharpen.cnn --input [[1,2],[3,4]]", 2, "the input input1"),
    ("back.cnn --backward", 2, "the way back begins with the gradient of the output, as in --gradient ones, or with a loss"),
    ("back.cnn conv1 --at 0,0 --gradient ones", 2, "--at writes out one value of the way forward: leave it out, or the options of"),
    ("back.cnn --gradient ones --step fast", 2, '--step must be a number from 0, such as 0.1 or 1/10, not "fast"'),
    ("back.cnn --gradient [1]", 2, "the gradient of conv1 takes 2 rows of 2 numbers, not 1 number"),
    ("big.cnn --gradient ones", 2, "the gradients that are asked for have 10,039 numbers, and 10,000 are printed at most; name few layers (--layers conv1,conv2)"),
    ("train.cnn --target 2", 2, "a target of sparse_categorical_crossentropy is the number of a class, from 0 to 1"),
    ("unknown.cnn c --at 0", 2, "b computes what is not known: nothing behind it has a value; choose layers before it"),
    ("huge.cnn conv1 --at 0,0", 2, "huge is too large to compute: the outputs up to the layers that are asked for have 271,581,184 numbers, and 268,435,456 are computed at most; choose earlier layers, or a smaller input"),
    ("wrong.cnn", 1, "error[E101"),
    ("word.cnn", 2, "word.cnn holds no network"),
    (f"{EXAMPLES}/vgg16.cnn", 2, "name few layers (--layers conv1,conv2), or one value (conv1 --at 0,0)"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in SPECS.items():
        (tmp_path / name).write_text(text)


@pytest.mark.parametrize(("command", "line"), SHOWN)
def test_it_shows(command: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", *command.split()]) == 0
    shown = capsys.readouterr()
    assert line in shown.out and not shown.err


@pytest.mark.parametrize(("command", "status", "sentence"), REFUSED)
def test_it_refuses(command: str, status: int, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", *command.split()]) == status
    shown = capsys.readouterr()
    assert sentence in shown.err and not shown.out


def test_one_value_of_a_large_network(capsys: pytest.CaptureFixture[str]) -> None:
    """As far as it goes: later layers are not computed, nor are their weights drawn."""
    assert main(["trace", str(EXAMPLES / "resnet50.cnn"), "conv1", "--at", "111,111,63", "--input", "random"]) == 0
    assert "24 of the window's 49 cells lie in the padding" in capsys.readouterr().out


def test_what_is_infinite_is_not_written_as_a_sum(capsys: pytest.CaptureFixture[str]) -> None:
    Path("root.cnn").write_text("input 2\npower(0.5)\n")
    assert main(["trace", "root.cnn", "--gradient", "ones"]) == 0
    shown = capsys.readouterr().out
    assert "inf" in shown and "dE/dX1 =" not in shown and "dE/dX2 = dE/dh2*dh2/dX2 = 1*0.5 = 0.5" in shown


@pytest.mark.parametrize(("where", "line"), [
    ("trace", "0*0.333333 + 1*0.333333 + 2*0.333333 = 1"), ("input_files", "0*0.333333 + 1*0.333333 + 2*0.333333 = 1"),
])  # fmt: skip
def test_what_is_too_large_to_be_exact_is_computed_in_floats(
    where: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there are too many outputs, or numbers that enter."""
    monkeypatch.setattr(f"cnnspec.trace.{where}.MOST_EXACT", 2)
    Path("thirds.cnn").write_text("input 3x1\navgpool(3)\n")
    assert main(["trace", "thirds.cnn"]) == 0
    assert line in capsys.readouterr().out
