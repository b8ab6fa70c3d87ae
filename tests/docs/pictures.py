"""The pictures of the manual, each made by a command from a spec that a page names."""

from __future__ import annotations

from pathlib import Path

from tests.docs.blocks import run

PICTURES = {
    "receptive-fields.svg": "cnnspec rf mnist.cnn",
    "pictures/mnist.svg": "cnnspec draw mnist.cnn --direction right --show params",
    "pictures/mnist-volumes.svg": "cnnspec draw mnist.cnn --style volumes",
    "pictures/resnet18.svg": "cnnspec draw resnet18.cnn",
    "pictures/cost.svg": "cnnspec cost mnist.cnn",
    "pictures/sizes.svg": "cnnspec sizes mnist.cnn",
    "pictures/effective-field.svg": "cnnspec rf mnist.cnn --effective conv3",
}


def draw(picture: str) -> str:
    """A picture as its command draws it today, in the working folder."""
    name = Path(picture).name
    said = run(f"{PICTURES[picture]} -o {name}")
    assert Path(name).is_file(), said
    return Path(name).read_text(encoding="utf-8")
