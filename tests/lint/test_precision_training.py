"""Every finding of the rules on training and weights on the examples and on all of keras.applications, each argued.

A network that is not listed has none. All are for information: none keeps a check from passing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.base.diagnostic import INFO
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import analyse
from tests.example_files import EXAMPLES, relative

BIASES = "Keras built its first ResNets with biases before batch normalisation; those of its weights are all 0"
FLATTENED = "the paper's own figures: the first dense layer holds most of the network"
FOUND: dict[str, tuple[tuple[str, str, str], ...]] = {  # file → code, a part of the message, why it is true
    "alexnet.cnn": (("P501", "37,752,832 of the network's 60,965,224", FLATTENED),),
    "googlenet.cnn": (("T410", "dropout2 and dropout3 drop 70 % of the values", "the paper's own share, of auxiliary heads"),),
    "vgg16.cnn": (("P501", "102,764,544 of the network's 138,357,544 parameters (74.3 %)", FLATTENED),),
    "zoo/VGG16.cnn": (("P501", "102,764,544 of the network's 138,357,544 parameters (74.3 %)", FLATTENED),),
    "zoo/VGG19.cnn": (("P501", "102,764,544 of the network's 143,667,240 parameters (71.5 %)", FLATTENED),),
    "resnet50_keras.cnn": (("T407", "53 layers (first conv1) is taken away", BIASES),),
    "zoo/ResNet50.cnn": (("T407", "26,560 parameters, 0.10 % of all", BIASES),),
    "zoo/ResNet101.cnn": (("T407", "52,672 parameters, 0.12 % of all", BIASES),),
    "zoo/ResNet152.cnn": (("T407", "75,712 parameters, 0.13 % of all", BIASES),),
    "lectures/lecture0_mnist.cnn": (
        ("P501", "3,212,288 of the network's 3,274,634 parameters (98.10 %)", "lecture 1 offers gap against just this"),
    ),
    "lectures/lecture3_deep_mnist.cnn": (
        ("P501", "1,179,776 of the network's 1,199,882 parameters (98.32 %)", "lecture 3 calls its dense layers costly"),
    ),
    "lectures/lecture0_more_layers.cnn": (
        ("T409", "4 layers one behind another end in sigmoid", "lecture 0 shows it to argue for relu two slides later"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.cnn")), ids=relative)
def test_every_finding_is_argued(path: Path) -> None:
    source = read(str(path))
    assert isinstance(source, Source)
    found = [d for d in analyse(source).diagnostics if d.code[0] in "TPNSL"]
    argued = FOUND.get(relative(path), ())
    assert [d.code for d in found] == [code for code, _, _ in argued], [(d.code, d.message) for d in found]
    for diagnostic, (_, part, why) in zip(found, argued, strict=True):
        assert part in diagnostic.message
        assert why
        assert diagnostic.severity == INFO


def test_every_file_of_the_table_exists() -> None:
    assert all((EXAMPLES / name).exists() for name in FOUND)
