"""The pictures of the manual, each made by a command from a spec that a page names."""

from __future__ import annotations

from pathlib import Path

from tests.docs.blocks import run

PICTURES = {"receptive-fields.svg": "cnnspec rf mnist.cnn"}


def draw(picture: str) -> str:
    """A picture as its command draws it today, in the working folder."""
    said = run(f"{PICTURES[picture]} -o {picture}")
    assert Path(picture).is_file(), said
    return Path(picture).read_text(encoding="utf-8")
