"""Answers that lectures and papers give, and the words of every kind of step, looked for word by word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.api import load
from tests.example_files import EXAMPLES
from tests.support import unwrap

ANSWERS = [
    ("lectures/lecture4_mnist.cnn", "conv1", ["floor((28 + 2*0 - 3)/1) + 1 = 26", "(3*3*1 + 1)*32 = 320",
     "26*26*32 * 3*3*1 = 194,688: kh * kw * Cin/groups for each output value; bias not counted", "1 + (3 - 1)*1 = 3"]),
    ("lectures/lecture4_mnist.cnn", "conv2", ["(3*3*32 + 1)*64 = 18,496", "4 + (3 - 1)*2 = 8"]),
    ("lectures/lecture4_mnist.cnn", "maxpool2",
     ["floor((11 + 2*0 - 2)/2) + 1 = 5", "(11 + 2*0 - 2) mod 2 = 1: the last row and column are in no window"]),
    ("lectures/lecture4_mnist.cnn", "flatten1", ["3*3*64 = 576", "all of the input: the layer reads every position"]),
    ("lectures/lecture3_deep_mnist.cnn", "dense1", ["(9,216 + 1)*128 = 1,179,776"]),
    ("lectures/lecture3_deep_mnist.cnn", None, ["320 + 18,496 + 1,179,776 + 1,290 = 1,199,882"]),
    ("lectures/lecture4_alexnet_first_layer.cnn", "conv1", ["floor((227 + 2*0 - 11)/4) + 1 = 55"]),
    ("lectures/lecture2_ten_filters.cnn", "conv1", ["(5*5*3 + 1)*10 = 760"]),
    ("resnet50.cnn", "conv1", ["floor((224 + 2*3 - 7)/2) + 1 = 112", "7*7*3*64 = 9,408", "0 - 3*1 = -3",
     "(224 + 2*3 - 7) mod 2 = 1: the last row and column of padding are in no window"]),
    ("mobilenet_v2.cnn", "depthwise_conv1", ["3*3*32*1 = 288", "112*112 * 32 * 3*3 = 3,612,672"]),
    ("unet.cnn", "grown", ["(28 - 1)*2 + 2 = 56", "(2*2*1,024 + 1)*512 = 2,097,664"]),
    ("inception_v3.cnn", "concat1", ["64 + 64 + 96 + 32 = 256", "the largest of the branches"]),
    ("lectures/lecture2_image_filter.cnn", "conv1", ["kernel [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]"]),
    ("lectures/lecture2_text.cnn", "concat1", ["2 + 2 + 2 = 6"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "layer", "lines"), ANSWERS, ids=[f"{Path(p).stem}-{n}" for p, n, _ in ANSWERS])
def test_answers(path: str, layer: str | None, lines: list[str]) -> None:
    text = unwrap(load(EXAMPLES / path).explain(layer))
    for line in lines:
        assert line in text


WORDS = [
    ("input 33x30x8\nconv(16, 3x5, stride=2, padding=same, groups=2)", "conv1", [
        ("height", "ceil(33/2) = 17"), ("padding, height", "(17 - 1)*2 + 3 - 33 = 2"), ("padding, width", "(15 - 1)*2 + 5 - 30 = 3"),
        ("padding before, width", "floor(3/2) = 1"), ("padding after, width", "3 - 1 = 2"),
        ("channels of a group", "8/2 = 4"), ("together", "(3*5*4 + 1)*16 = 976")]),
    ("input 20x3\nconv(4, 3, dilation=4)", "conv1", [("length", "floor((20 + 2*0 - 9)/1) + 1 = 12"), ("effective kernel", "4*(3 - 1) + 1 = 9")]),
    ("input 17x4\nconv(8, 3, padding=causal, dilation=2)", "conv1", [("padding before", "5 - 1 = 4"), ("effective kernel", "2*(3 - 1) + 1 = 5"), ("length", "floor((17 + 4 + 0 - 5)/1) + 1 = 17")]),
    ("input 7x7x2\nmaxpool(3x3, stride=3, padding=((0, 1), (2, 1)))", "maxpool1",
     [("height", "floor((7 + 0 + 1 - 3)/3) + 1 = 2"), ("left over", "(7 + 0 + 1 - 3) mod 3 = 2: the last 2 rows, 1 of them padding, are in no window"), ("left over", "(7 + 2 + 1 - 3) mod 3 = 1: the last column of padding is in no window")]),
    ("input 8x8x3\npad(1) -> crop(((0, 1), (2, 2)))", "crop1", [("height", "10 - (0 + 1) = 9"), ("width", "10 - 2*2 = 6")]),
    ("input 8x8x3\nadd(in, conv(3, 3x3, padding=same))", "add1", [("size", "max(1, 3) = 3: the largest of the branches, input1, conv1")]),
    ("input 8x8x3\nadd(in, crop(((2,0),(2,0))) -> pad(((0,2),(0,2))))", "add1", [("size", "3: all that the branches see together, input1, pad1")]),
    ("input 8x8x3\nbn", "bn1", [("Receptive field", "1x1, as of input1: each position reads that position of input1")]),
    ("input 6x6x3\nconv(3, 3x3) -> gap -> dense(4)", "dense1", [("Receptive field", "all of the input: so it is of gap1")]),
    ("input 6x4x3\npermute((2, 1, 3)) -> relu", "relu1", [("Receptive field", "unknown: so is that of permute1")]),
    ("input 8x8x3\nupsample(2)", "upsample1", [("height, width", "8*2 = 16"), ("size", "1: position i reads position floor(i/2) of input1")]),
    ("input 4x4x3\nshared f = conv(3, 1x1)\nf -> f", "conv2", [("Parameters", "0: the weights are those of conv1 and counted there")]),
    ("input ?x?x3\nconv(8, 3x3, stride=2, padding=1)", "conv1", [
        ("height", "floor((H + 2*1 - 3)/2) + 1 = (H + 1)//2"), ("MACs", "((H + 1)//2)*((W + 1)//2)*8 * 3*3*3 = 216*((H + 1)//2)*((W + 1)//2)")]),
    ("input ?x?x3\nconv(8, 3x3, stride=2, padding=same)", "conv1", [("size", "1 + (3 - 1)*1 = 3"), ("start", "depends on the unknown size")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "layer", "lines"), WORDS, ids=[t.split("\n", 1)[1][:40] for t, _, _ in WORDS])
def test_words(text: str, layer: str, lines: list[tuple[str, str]]) -> None:
    shown = unwrap(load(text).explain(layer))
    for name, line in lines:
        assert re.search(rf" {re.escape(name)} +{re.escape(line)}", shown), (name, line, shown)
