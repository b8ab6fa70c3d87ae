"""Which layers are looked at where none are named, which map is the last, and how kernels become filters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnnspec.look.kernels import find_kernels
from cnnspec.look.network_graph import find_last_map, list_convolutions, list_maps
from cnnspec.look.responses import choose_layers
from tests.look.opened_models import open_file, save_spec
from tests.support import legal

pytest.importorskip("keras")
LAST = {  # the network, and the map that speaks for a class
    "conv(4, 3x3) -> bn -> relu -> maxpool(2x2) -> flatten -> dense(3)": "relu1",
    "conv(4, 3x3, activation=relu) -> maxpool(2x2) -> gap -> dense(3)": "conv1",
    "conv(4, 3x3) as x\nadd(x, conv(4, 3x3, padding=same) -> bn) -> relu -> dropout(0.1) -> gap -> dense(3)": "dropout1",
    "conv(4, 3x3) -> relu as x\nmultiply(x, avgpool(6x6) -> conv(4, 1x1)) -> gap -> dense(3)": "multiply1",
    "conv(4, 3x3) -> relu -> conv(5, 6x6) -> relu -> flatten -> dense(3)": "relu1",
    "maxpool(2x2) -> avgpool(2x2) -> flatten -> dense(3)": "avgpool1",
    "conv(4, 3x3) -> conv(3, 1x1) -> gap -> softmax": "conv2",
    "conv(4, 3x3) -> conv_transpose(3, 2x2, stride=2) -> relu -> gap -> dense(3)": "relu1",
    "flatten -> dense(3)": None,
}


@pytest.mark.parametrize("text", LAST)
def test_the_last_map_is_that_of_the_last_convolution(text: str) -> None:
    graph = legal(f"input 8x8x1\n{text}")
    maps = list_maps(graph)
    found = find_last_map(maps, list_convolutions(maps, graph))
    assert (None if found is None else found.name) == LAST[text]


def test_of_many_convolutions_some_are_shown_the_first_and_the_last_among_them(tmp_path: Path) -> None:
    text = "input 20x20x1\nconv(2, 3x3, padding=same) * 9 as x\nmultiply(x, gap(keepdims=true) -> conv(2, 1x1)) -> conv_transpose(2, 2x2) -> gap -> dense(2)"
    network = open_file(save_spec(text, tmp_path / "net.keras"))
    assert [node.name for node in choose_layers(network, ())] == [
        "conv1",
        "conv2",
        "conv4",
        "conv6",
        "conv8",
        "conv_transpose1",
    ]
    assert [node.name for node in choose_layers(network, ["conv_transpose1", "conv2"])] == ["conv_transpose1", "conv2"]


def test_a_depthwise_kernel_is_a_filter_for_each_channel_and_output(tmp_path: Path) -> None:
    network = open_file(
        save_spec("input 6x6x3\ndepthwise_conv(3x2, multiplier=2)\ngap -> dense(2)", tmp_path / "net.keras")
    )
    found, kernel = find_kernels(network), network.find_weights(network.convolutions[0])[0]
    assert found is not None and found.filters.shape == (6, 3, 2, 1) and not found.averaged
    for channel in range(3):
        for output in range(2):
            np.testing.assert_array_equal(found.filters[2 * channel + output, ..., 0], kernel[..., channel, output])


def test_a_transposed_kernel_is_a_filter_for_each_output(tmp_path: Path) -> None:
    network = open_file(
        save_spec("input 6x6x3\nconv_transpose(5, 3x2, stride=2)\ngap -> dense(2)", tmp_path / "net.keras")
    )
    found, kernel = find_kernels(network), network.find_weights(network.convolutions[0])[0]
    assert found is not None and kernel.shape == (3, 2, 5, 3)
    np.testing.assert_array_equal(found.filters, kernel.transpose(2, 0, 1, 3))


def test_a_kernel_of_more_channels_than_an_image_is_averaged(tmp_path: Path) -> None:
    network = open_file(
        save_spec("input 6x6x1\nconcat(in, in) -> conv(3, 3x3)\ngap -> dense(2)", tmp_path / "net.keras")
    )
    found, kernel = find_kernels(network), network.find_weights(network.convolutions[0])[0]
    assert found is not None and found.averaged == 2
    np.testing.assert_allclose(found.filters[..., 0], np.moveaxis(kernel.mean(axis=2), 2, 0), rtol=1e-6)
