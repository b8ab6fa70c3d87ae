"""The files under examples/, and the networks in them."""

from __future__ import annotations

from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from tests.support import THOROUGH

EXAMPLES = Path(__file__).parent.parent / "examples"
ZOO = EXAMPLES / "zoo"  # imported from keras.applications
FILES = sorted([path for path in EXAMPLES.rglob("*.cnn") if path.parent != ZOO])
SMALLEST = [ZOO / f"{name}.cnn" for name in (  # of each family of the zoo: its larger kin have the same layers, more often
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3", "MobileNet",
    "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception",
)]  # fmt: skip
OF_EACH_KIND = [*FILES, *SMALLEST]
TRIED = sorted(EXAMPLES.rglob("*.cnn")) if THOROUGH else OF_EACH_KIND


def networks(path: Path) -> dict[str, AnalysedNetwork]:
    """The networks of a file by name."""
    source = read(str(path))
    assert isinstance(source, Source)
    return {network.name: network for network in analyse(source).networks}


def relative(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()
