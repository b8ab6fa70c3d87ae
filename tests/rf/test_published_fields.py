"""Published fields, and the work that they take."""

from __future__ import annotations

import pytest

from cnnspec.api import load
from cnnspec.facts.facts import Facts
from cnnspec.facts.geometry import Geometry
from cnnspec.lost.lost import find_losses
from tests.example_files import EXAMPLES
from tests.support import steps

ALEXNET_V2 = """input 227x227x3
conv(64, 11x11, stride=4) -> maxpool(3x3, stride=2)
conv(192, 5x5, padding=same) -> maxpool(3x3, stride=2)
conv(384, 3x3, padding=same) * 2
conv(256, 3x3, padding=same) -> maxpool(3x3, stride=2)"""
MOBILENET = """input 224x224x3
conv(32, 3x3, stride=2, padding=same)
for s in [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1] { depthwise_conv(3x3, s, padding=same) -> conv(64, 1x1) }"""
INCEPTION_RESNET_V2 = """input 299x299x3
conv(32, 3x3, stride=2) -> conv(32, 3x3) -> conv(64, 3x3, padding=same) -> maxpool(3x3, stride=2)
conv(80, 1x1) -> conv(192, 3x3) -> maxpool(3x3, stride=2)
s = conv(8, 3x3, padding=same)
concat(conv(96, 1x1), conv(48, 1x1) -> conv(64, 5x5, padding=same), conv(64, 1x1) -> s -> s,
  avgpool(3x3, stride=1, padding=same) -> conv(64, 1x1))
add(in, concat(conv(8, 1x1), conv(8, 1x1) -> s, conv(8, 1x1) -> s -> s) -> conv(232, 1x1)) * 10
concat(conv(384, 3x3, stride=2), conv(256, 1x1) -> s -> conv(384, 3x3, stride=2), maxpool(3x3, stride=2))
add(in, concat(conv(192, 1x1), conv(128, 1x1) -> conv(160, 1x7, padding=same) -> conv(192, 7x1, padding=same)) -> conv(1000, 1x1)) * 20
r = conv(8, 3x3, stride=2)
concat(conv(256, 1x1) -> r, conv(256, 1x1) -> r, conv(256, 1x1) -> s -> r, maxpool(3x3, stride=2))
add(in, concat(conv(192, 1x1), conv(192, 1x1) -> conv(224, 1x3, padding=same) -> conv(256, 3x1, padding=same)) -> conv(1024, 1x1)) * 10
conv(1536, 1x1)"""
PUBLISHED = {
    "AlexNet v2": (ALEXNET_V2, {}, 195), "VGG16": ("vgg16.cnn", {}, 212), "MobileNet": (MOBILENET, {}, 315),
    "ResNet-50": ("resnet50_keras.cnn", {"blocks": [3, 4, 6, 3]}, 483),
    "ResNet-101": ("resnet50_keras.cnn", {"blocks": [3, 4, 23, 3]}, 1027),
    "ResNet-152": ("resnet50_keras.cnn", {"blocks": [3, 8, 36, 3]}, 1507),
    "Inception v3": ("inception_v3.cnn", {}, 1311), "InceptionResNetV2": (INCEPTION_RESNET_V2, {}, 3039),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_fields(name: str) -> None:
    """Araujo, Norris & Sim, Distill 2019, table 1."""
    where, parameters, size = PUBLISHED[name]
    network = load(EXAMPLES / where if where.endswith(".cnn") else where, **parameters).analysed
    assert not network.broken
    geometry = Geometry(network.facts)
    last = max(i for i, field in enumerate(geometry.fields) if isinstance(field, tuple))
    routes, field = geometry.routes(True)[last], geometry.fields[last]
    assert isinstance(field, tuple) and routes is not None
    assert [axis.size for axis in field] == [size, size] == [route.field.size for route in routes]


def test_the_u_net_sees_188_or_204_by_phase() -> None:
    down = "(conv(1, 3) -> conv(1, 3) -> maxpool(2)) * 4"
    up = "(conv_transpose(1, 2, stride=2) -> conv(1, 3) -> conv(1, 3)) * 4"
    net = load(f"input 572x1\n{down}\nconv(1, 3) -> conv(1, 3)\n{up}")
    sizes = {net.receptive_field_of(net.layers[-1].name, at=(i,)).inputs[0].read for i in range(150, 182)}
    assert sizes == {188, 204}


def test_work_grows_with_the_layers() -> None:
    def work(blocks: list[int]) -> tuple[int, int]:
        network = load(EXAMPLES / "resnet50_keras.cnn", blocks=blocks).analysed

        def measured() -> None:
            geometry = Geometry(Facts(network.graph))
            geometry.read(len(network.graph.nodes) - 3, (3, 3))
            assert geometry.routes(True) and geometry.routes(False) and geometry.misaligned == ()
            find_losses(network.facts)

        return steps(measured), len(network.graph.nodes)

    small, large = work([3, 8, 36, 3]), work([3, 8, 276, 3])
    assert large[0] / small[0] < 1.5 * large[1] / small[1]
