"""The files under examples/, and the networks in them."""

from __future__ import annotations

from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse

EXAMPLES = Path(__file__).parent.parent / "examples"
ZOO = EXAMPLES / "zoo"  # imported from keras.applications
FILES = sorted([path for path in EXAMPLES.rglob("*.cnn") if path.parent != ZOO])


def networks(path: Path) -> dict[str, AnalysedNetwork]:
    """The networks of a file by name."""
    source = read(str(path))
    assert isinstance(source, Source)
    return {network.name: network for network in analyse(source).networks}


def relative(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()
