"""The produced source builds the model that `to_keras` builds: same layers, same order, same arguments, same wiring."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.compile.keras_source import to_source
from cnnspec.pipeline import analyse
from tests.compile.source_cases import programs
from tests.compile.source_harness import (
    CATALOGUE_EXAMPLES,
    EXAMPLES_OF_LAYERS,
    LARGE,
    PROGRAMS,
    ROOT,
    SPECS,
    ZOO,
    agrees,
    layer_by_layer,
    network,
    pretty,
)
from tests.support import THOROUGH, cases


@pytest.mark.kernels
@pytest.mark.parametrize("text", CATALOGUE_EXAMPLES)
def test_every_layer(text: str) -> None:
    made = network(text)
    assert to_source(made) == pretty(made)
    agrees(made, to_source(made))
    if THOROUGH or text in EXAMPLES_OF_LAYERS:
        agrees(made, layer_by_layer(made))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: os.path.relpath(path, ROOT))
def test_every_example_keeps_its_structure(path: str) -> None:
    source = read(path)
    assert isinstance(source, Source)
    for made in analyse(source).networks:
        if not made.broken:
            assert to_source(made) == pretty(made)


SMALL = [p for p in SPECS if not os.path.basename(p).startswith(LARGE) and (THOROUGH or ZOO not in p)]


@pytest.mark.parametrize("path", SMALL, ids=os.path.basename)
def test_every_small_example(path: str) -> None:
    source = read(path)
    assert isinstance(source, Source)
    for made in analyse(source).networks:
        if not made.broken:
            agrees(made, to_source(made), compute=False)


LARGEST = (
    ("efficientnet_b0", "resnet50", "inception_v3", "unet") if THOROUGH else ()
)  # whose parts the others have, too


@pytest.mark.parametrize("name", ["mobilenet_v2", "unet_any_size", *LARGEST])
def test_large_example(name: str) -> None:
    source = read(os.path.join(ROOT, "examples", f"{name}.cnn"))
    assert isinstance(source, Source)
    (made,) = analyse(source).networks
    agrees(made, to_source(made), compute=False)


@cases(0.4)
@given(programs())
def test_random_programs_in_keras(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        agrees(made, to_source(made))


@cases(1)
@given(programs())
def test_random_programs_keep_their_structure(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        assert to_source(made) != layer_by_layer(made)


@cases(0.2)
@given(programs())
def test_random_programs_layer_by_layer(text: str) -> None:
    (made,) = analyse(Source("net.cnn", text)).networks
    if not made.broken:
        agrees(made, layer_by_layer(made))


# ---- constructs that random programs do not reach ----------------------------------------------------------
@pytest.mark.parametrize("name", PROGRAMS)
def test_construct(name: str) -> None:
    made = network(PROGRAMS[name])
    text = to_source(made)
    assert text == pretty(made)
    agrees(made, text, compute=name != "Unknown sizes")


def test_parameters_are_given() -> None:
    text = "model Net(blocks = [1, 2], classes = 10, act = relu) {\ninput 8x8x3\nfor n in blocks { conv(n, 1x1) }\ngap -> dense(classes)\n}"
    assert "\nmodel = net()\n" in to_source(network(text))
    made = network(text, classes=3)
    assert "\nmodel = net(classes=3)\n" in to_source(made)
    agrees(made, to_source(made))
    made = network(text, blocks=[2], classes=10)
    assert "\nmodel = net(blocks=[2])\n" in to_source(made)
    agrees(made, to_source(made))


def test_one_of_several_models() -> None:
    text = "block c(f) { conv(f, 1x1) }\nblock other { relu }\nmodel A { input 8x8x3\nc(2) }\nmodel B { input 8x8x3\nc(3) -> other }"
    made = network(text, model="A")
    assert "other" not in to_source(made)
    agrees(made, to_source(made))


def test_blocks_of_other_files_come_along(tmp_path: Any) -> None:
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "blocks.cnn").write_text(
        "block cbr(f) { conv(f, 3x3, padding=same) -> norm }\nblock norm { bn -> relu }\n"
    )
    (tmp_path / "net.cnn").write_text(
        'use "blocks.cnn" (cbr)\nblock norm { layer_norm }\ninput 8x8x3\ncbr(4) -> norm -> cbr(8)\n'
    )
    source = read(str(tmp_path / "net.cnn"))
    assert isinstance(source, Source)
    (made,) = analyse(source).networks
    text = to_source(made)
    assert text == pretty(made)
    assert "def cbr(x, f):" in text
    assert text.count("def norm") == 2
    agrees(made, text)
