"""Texts, and what is seen of each at a depth: boxes line by line, with the groups that they are in."""

from __future__ import annotations

from cnnspec.draw.outline.outline import ALL

BLOCKS = """
block cbr(filters, stride=1) { conv(filters, 3x3, stride, padding=1, bias=false) -> bn -> relu }
block basic(filters) { add(in, cbr(filters) -> conv(filters, 3x3, padding=1) -> bn) -> relu }
input 32x32x3
cbr(16)
basic(16) * 3
for filters in [32, 64] { cbr(filters, 2) -> basic(filters) }
gap -> dense(10, softmax)
"""
FLAT = "input 32x32x3\n" + "".join(
    [f"conv(8, 3x3, padding=same) as a{i}\nadd(conv(8, 3x3, padding=same) -> relu, a{i})\n" for i in range(5)]
)
SKETCHES = {  # a text, a depth, what is opened: what is seen
    "every layer where these are few": (
        "input 28x28x1\nconv(8, 3x3, activation=relu) -> maxpool(2x2)\nflatten -> dropout(0.5) -> dense(10, softmax)\n",
        None, (),
        """
        input
        conv 3x3, 8 | relu
        maxpool 2x2, /2
        flatten | dropout 0.5
        dense 10 | softmax
        """,
    ),
    "blocks closed": (
        BLOCKS, 0, (),
        """
        input
        conv 3x3, 16 | bn · relu
        basic ×3 | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "one level open, of what repeats one": (
        BLOCKS, 1, (),
        """
        input
        conv 3x3, 16 | bn · relu
        [basic ×3]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        [for filters in [32, 64] ×2]
          conv 3x3, 32…64, /2 | bn · relu
          basic | conv 3x3, conv 3x3, add
        gap
        dense 10 | softmax
        """,
    ),
    "a block opened by its name": (
        BLOCKS, 0, ("basic",),
        """
        input
        conv 3x3, 16 | bn · relu
        [basic ×3]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        [for filters in [32, 64] ×2]
          conv 3x3, 32…64, /2 | bn · relu
          [basic]
            conv 3x3, 32…64 | bn · relu
            conv 3x3, 32…64 | bn
            add | relu
        gap
        dense 10 | softmax
        """,
    ),
    "a layer in one of those that repeat": (
        BLOCKS, 0, ("add2",),
        """
        input
        conv 3x3, 16 | bn · relu
        basic | conv 3x3, conv 3x3, add
        [basic]
          conv 3x3, 16 | bn · relu
          conv 3x3, 16 | bn
          add | relu
        basic | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "a fold unfolded by its path": (
        BLOCKS, 0, ("2",),
        """
        input
        conv 3x3, 16 | bn · relu
        basic | conv 3x3, conv 3x3, add
        basic | conv 3x3, conv 3x3, add
        basic | conv 3x3, conv 3x3, add
        for filters in [32, 64] ×2 | conv 3x3, basic
        gap
        dense 10 | softmax
        """,
    ),
    "stretches between two tensors that everything goes through": (
        FLAT, 0, (),
        """
        input
        add of 2 branches ×5 | conv 3x3, conv 3x3, add
        """,
    ),
    "and a stretch alone": (
        "input 64x64x3\n" + "".join([f"conv(8, {k}x1) -> conv(8, 1x{k})\n" for k in range(1, 7)])
        + "add(in, conv(8, 1x1) -> tanh -> conv(8, 3x3, padding=same))\ngap\n",
        0, (),
        """
        input
        conv 1x1, 8 ×2
        conv 2x1, 8
        conv 1x2, 8
        conv 3x1, 8
        conv 1x3, 8
        conv 4x1, 8
        conv 1x4, 8
        conv 5x1, 8
        conv 1x5, 8
        conv 6x1, 8
        conv 1x6, 8
        add of 2 branches | conv 1x1, conv 3x3, add
        gap
        """,
    ),
    "stretches that repeat": (
        "input 64x64x3\n" + "conv(8, 3x3) -> conv(8, 3x3) -> maxpool(2x2)\n" * 3 + "conv(8, 3x3)\n", 0, (),
        """
        input
        (conv ×2, maxpool) ×3 | conv 3x3 ×2, maxpool 2x2
        conv 3x3, 8
        """,
    ),
    "and one of them": (
        "input 64x64x3\n" + "conv(8, 3x3) -> conv(8, 3x3) -> maxpool(2x2)\n" * 3 + "conv(8, 3x3)\n", 1, (),
        """
        input
        [(conv ×2, maxpool) ×3]
          conv 3x3, 8 ×2
          maxpool 2x2, /2
        conv 3x3, 8
        """,
    ),
    "and all of them": (
        "input 64x64x3\n" + "conv(8, 3x3) -> maxpool(2x2)\n" * 2, ALL, (),
        """
        input
        conv 3x3, 8
        maxpool 2x2, /2
        conv 3x3, 8
        maxpool 2x2, /2
        """,
    ),
    "what is read elsewhere is not folded": (
        "input 8x8x4\nconv(4, 3x3, padding=same) as a\nconv(4, 3x3, padding=same) as b\nconv(4, 3x3, padding=same) as c\nadd(a, b, c)\n",
        0, (),
        """
        input
        conv 3x3, 4
        conv 3x3, 4
        conv 3x3, 4
        add
        """,
    ),
    "other windows are not folded": (
        "input 32x32x4\nconv(4, 3x3) -> conv(4, 3x3) -> conv(4, 5x5) -> conv(8, 5x5, activation=relu) -> conv(8, 5x5, activation=relu)\n",
        0, (),
        """
        input
        conv 3x3, 4 ×2
        conv 5x5, 4
        conv 5x5, 8 ×2 | relu
        """,
    ),
    "an activation that two read has a box": (
        "input 8x8x4\nconv(4, 1x1) -> bn as a\nrelu as b\nadd(a, b)\n", None, (),
        """
        input
        conv 1x1, 4 | bn
        relu
        add
        """,
    ),
    "how layers are written": (
        "input 9x9x4\nconv(8, 3, stride=(2, 1), dilation=1, groups=2, padding=1)\nconv_transpose(4, 2x2, stride=2)\n"
        "upsample(2x2) -> avgpool(2x1) -> crop(1) -> depthwise_conv(3x3)\nrescaling(0.123456789) -> flatten -> dense(8) -> reshape(2x4)\n",
        None, (),
        """
        input
        conv 3x3, 8, /2x1, groups 2
        conv_transpose 2x2, 4, stride 2
        upsample
        avgpool 2x1, /2x1
        crop
        depthwise_conv 3x3 | rescaling 0.1235
        flatten
        dense 8
        reshape 2x4
        """,
    ),
    "as far as it is known": (
        "input 9x9x1\nconv(4, 3x3) as a\nadd(a, conv(4, 5x5)) -> relu\nfoo(3)\n", None, (),
        """
        input
        conv 3x3, 4
        conv 5x5, 4
        add
        relu
        foo(3)
        """,
    ),
}  # fmt: skip
