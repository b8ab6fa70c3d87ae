"""What a unit is said to see of the image is what its value depends on, and its value is that of the trained model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.look.images import ImageFiles
from cnnspec.look.opened import OpenedNetwork
from cnnspec.look.patches import find_patches
from cnnspec.look.responses import choose_layers, find_box, find_responses
from cnnspec.train.errors import TrainingFailed
from tests.look.opened_models import draw_image, draw_weights, open_file, save_spec

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.kernels
SPECS = {
    "strides and dilation": "input 13x17x1\nconv(3, 3x3, stride=2, padding=same) -> avgpool(2x2, stride=1) -> conv(4, 3x2, dilation=2, padding=same)\ngap -> dense(3, softmax)",
    "branches and upsampling": "input 12x12x3\nconv(3, 3x3) as x\nadd(x, conv(3, 3x3, padding=same)) -> maxpool(2x2) -> upsample(2) -> conv_transpose(2, 3x2, stride=(2, 1)) -> conv(2, 3x3, activation=relu)\nflatten -> dense(2)",
}  # fmt: skip


@pytest.fixture(scope="module", params=SPECS.values(), ids=SPECS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenedNetwork:
    return open_file(save_spec(request.param, tmp_path_factory.mktemp("units") / "net.keras"))


def test_a_unit_depends_on_its_box_alone_and_on_each_of_its_sides(network: OpenedNetwork) -> None:
    """By brute force: outside of the box all pixels are others, inside one row or column at a side."""
    (image,) = draw_image(network)
    outside, sides = range(3), range(8)
    for node in network.maps:
        (values,) = network.compute_maps(image[None], ["image"], [node])
        height, width, _ = values.shape[1:]
        for y, x in {(0, 0), (height - 1, width - 1), (height // 2, width // 3)}:
            box = find_box(network, node, (y, x))
            assert box is not None
            (top, bottom), (left, right) = box
            inside = np.zeros(image.shape[:2], bool)
            inside[top : bottom + 1, left : right + 1] = True
            random = draw_image(network, len(outside) + 4 * len(sides), seed=1) * 9 - 4
            tried = [np.where(inside[..., None], image, random[i]) for i in outside]
            for number, (rows, columns) in enumerate(
                [(slice(top, top + 1), slice(left, right + 1)), (slice(bottom, bottom + 1), slice(left, right + 1)),
                 (slice(top, bottom + 1), slice(left, left + 1)), (slice(top, bottom + 1), slice(right, right + 1))]
            ):  # fmt: skip
                for i in sides:
                    changed = image.copy()
                    changed[rows, columns] = random[len(outside) + number * len(sides) + i][rows, columns]
                    tried.append(changed)
            (found,) = network.compute_maps(np.stack([image, *tried]), ["image"] * (1 + len(tried)), [node])
            units = found[:, y, x]
            assert (units[1 : 1 + len(outside)] == units[0]).all(), (node.name, y, x)
            if node.layer is not None and node.layer.ends_in() != "relu":  # which may be 0 here
                moved = (units[1 + len(outside) :].reshape(4, -1) != np.tile(units[0], len(sides))).any(axis=1)
                assert moved.all(), (node.name, y, x, box, moved)


def test_the_strongest_unit_is_the_largest_value(network: OpenedNetwork) -> None:
    (image,) = draw_image(network)
    layers = choose_layers(network, ())
    assert layers == network.convolutions
    for response in find_responses(network, image, "image", layers):
        unit = response.strongest
        assert unit.value == response.map.max() == response.map[(*unit.at, unit.filter)]


def test_the_patches_of_a_filter_are_those_of_its_largest_values(
    network: OpenedNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnspec.look.patches.BATCH", 3)
    images, paths = (draw_image(network, 11) * 255).astype(np.uint8), []
    for number, image in enumerate(images):
        paths.append(str(tmp_path / f"{number}.png"))
        pillow.fromarray(image if image.shape[2] == 3 else image[..., 0]).save(paths[-1])
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    layers = network.convolutions
    found = find_patches(network, ImageFiles([*paths[:5], str(broken), *paths[5:]], network.asked), layers, 4)
    assert (found.images, [image.name for image in found.broken]) == (11, [str(broken)])
    maps = network.compute_maps(images.astype(np.float32) / 255, paths, layers)
    for layer, node, values in zip(found.layers, layers, maps, strict=True):
        assert layer.layer == node.name and len(layer.filters) == values.shape[3]
        for number, patches in enumerate(layer.filters):
            of_filter = values[..., number]
            best = of_filter.max(axis=(1, 2))
            assert [p.value for p in patches] == pytest.approx(sorted(best)[::-1][:4])
            assert all(a.value >= b.value for a, b in pairwise(patches))
            for patch in patches:
                assert of_filter[paths.index(patch.image)][patch.at] == pytest.approx(patch.value)
                (box,) = [find_box(network, node, patch.at)]
                assert patch.seen is not None and box is not None
                clipped = [(max(a, 0), min(b, n - 1)) for (a, b), n in zip(patch.seen, images.shape[1:], strict=False)]
                assert all(a <= c and d <= b for (a, b), (c, d) in zip(clipped, box, strict=True))


# ---- the names and weights of the model ----------------------------------------------------------------------
def nest() -> Any:
    """A model in a model, one of whose layers is two for the language, and one is used twice."""
    twice = keras.layers.Conv2D(4, 3, padding="same", name="twice")
    inner = keras.Sequential([
        keras.Input((9, 9, 3)), keras.layers.ZeroPadding2D(1), keras.layers.DepthwiseConv2D(3, name="apart"),
        keras.layers.Conv2DTranspose(4, 3, padding="same", name="painted"),
    ], name="inner")  # fmt: skip
    image = keras.Input((9, 9, 3))
    x = inner(image)
    x = keras.layers.BatchNormalization(name="norm")(twice(twice(x)))
    x = keras.layers.SeparableConv2D(2, 3, name="separable")(x)
    return draw_weights(keras.Model(image, keras.layers.Dense(3)(keras.layers.Flatten()(x))))


def test_a_map_is_the_one_that_keras_computes(tmp_path: Path) -> None:
    """Of models in models, of layers that are used twice, and of several layers that are one."""
    model = nest()
    model.save(tmp_path / "net.keras")
    network = open_file(tmp_path / "net.keras")
    (image,) = draw_image(network)
    network.check(image, "image")
    inner = model.get_layer("inner")
    expected = {
        name: keras.Model(inner.inputs, inner.get_layer(name).output)([image[None]]) for name in ("apart", "painted")
    }
    expected |= {name: keras.Model(model.inputs, model.get_layer(name).output)([image[None]]) for name in ("norm", "separable")}  # fmt: skip
    for name, values in expected.items():
        (found,) = network.compute_maps(image[None], ["image"], [network.find_map(name)])
        np.testing.assert_allclose(found, values, rtol=1e-4, atol=1e-5, err_msg=name)


def test_layers_that_compute_something_else_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.look.opened.give_live_weights", lambda *_: None)
    network = open_file(save_spec(SPECS["branches and upsampling"], tmp_path / "net.keras"))
    with pytest.raises(TrainingFailed, match="its layers, one by one, yield something else than the whole model"):
        network.check(draw_image(network)[0], "image")
