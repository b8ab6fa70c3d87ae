"""What the default rules find in every example and in all of keras.applications: this table, and not one finding more.

A linter is kept by those whom it leaves in peace: whoever adds a rule, or a finding here, argues for it in a comment.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import analyse
from tests.example_files import EXAMPLES, FILES, ZOO, relative

W201_MNIST = "rows and columns 26, 27 never reach the output (13.8 % of it)"
SKIPPED = "75 % of the positions of 3 tensors"
FLAT = "the 28x28x1 image goes straight into dense1, as 784 values"

# File → its findings: the line, the code, a part of the message.
FOUND: dict[str, list[tuple[int, str, str]]] = {
    # (7 - 3)/3 + 1 = 2.33 is the slide that the rule is named after.
    "lectures/lecture2_illegal_stride.cnn": [(14, "W201", "= 2.33: the stride does not fit")],
    # The slide's second row: 11 positions under 2x2 of stride 2 leave one.
    "lectures/lecture2_pooling.cnn": [(30, "W201", "the last row and column are never read (17.4 % of the input)")],
    # Both lectures' MNIST networks: rows 26 and 27 have no gradient (28 > 26 > 13 > 11 > 5).
    "lectures/lecture3_mnist.cnn": [(20, "W201", W201_MNIST)],
    "lectures/lecture4_mnist.cnn": [(24, "W201", W201_MNIST)],
    "lectures/lecture4_mnist_base.cnn": [(24, "W201", W201_MNIST)],
    # Perceptrons on images, which the lectures show to be left behind: "really bad idea". A hint, no warning.
    "lectures/lecture0_more_layers.cnn": [(17, "W209", FLAT), (24, "W209", FLAT)],
    "lectures/lecture3_three_layers.cnn": [(17, "W209", FLAT)],
    # Two towers, one on each GPU: conv4 and conv5 exchange nothing. A hint, and the paper's own drawing.
    "alexnet.cnn": [(32, "W208", "2 groups of channels never meet between conv4 and conv5")],
    # Its three skips meet what comes up again at multiples of 8 alone: what an open size leaves to say.
    "unet_any_size.cnn": [(19, "E115", "multiples of 8")],
    # Version 1 of ResNet has its stride on 1x1 convolutions; He et al. 2019 (ResNet-B) mended that.
    "resnet50_keras.cnn": [(29, "W202", SKIPPED)],
    "zoo/ResNet50.cnn": [(20, "W202", "375,717,888 MACs (9.74 %)")],
    "zoo/ResNet101.cnn": [(20, "W202", "375,717,888 MACs (4.96 %)")],
    "zoo/ResNet152.cnn": [(20, "W202", "375,717,888 MACs (3.33 %)")],
    # Its valid stem of 3x3, stride 2, leaves row and column 223 of 224: their gradient is zero.
    "zoo/NASNetMobile.cnn": [(88, "W201", "the last row and column are never read (0.89 % of the input)")],
}


@pytest.mark.parametrize("path", [*FILES, *sorted(ZOO.glob("*.cnn"))], ids=relative)
def test_findings_are_those_of_the_table(path: Path) -> None:
    source = read(str(path))
    assert isinstance(source, Source)
    own = [d for d in analyse(source).diagnostics if d.code[0] not in "TP"]  # those stand in test_precision_training
    found = [(d.position[0] if d.position else 0, d.code, d.message) for d in own]
    expected = FOUND.get(relative(path), [])
    assert [(line, code) for line, code, _ in found] == [(line, code) for line, code, _ in expected], found
    for (_, _, message), (_, _, part) in zip(found, expected, strict=True):
        assert part in message


def test_the_table_has_no_file_that_is_gone() -> None:
    assert all((EXAMPLES / name).exists() for name in FOUND)


# Networks made for 224x224 on images of 32x32: how many of their convolutions begin too late (rfa_toolbox agrees), and
# how many weights stand at taps that see padding alone.
SMALL = {
    "VGG16": ("7 of 13", None),
    "MobileNetV2": ("10 of 18", "25,920 weights (0.73 %)"),
    "ResNet50": ("9 of 17", "6,291,456 weights (24.5 %)"),
}


@pytest.mark.parametrize("name", SMALL)
def test_networks_for_large_images_on_small_ones(name: str) -> None:
    text = re.sub(r"\b224x224x3", "32x32x3", (ZOO / f"{name}.cnn").read_text(encoding="utf-8"))
    found = {d.code: d.message for d in analyse(Source("small.cnn", text)).diagnostics}
    late, dead = SMALL[name]
    assert found["R302"].startswith(f"{late} convolutions larger than 1x1")
    assert (dead in found["W203"]) if dead else "W203" not in found
