"""Editors that come with a system rather than from npm or pip: Vim, Emacs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.editors.tools import tools

SERVER = [sys.executable, "-m", "cnnspec", "server"]  # of this working tree, whatever is on the PATH

# What is written in each editor, and what comes of a repair, a new name and formatting.
TEXT = """\
block cbr(filters) { conv(filters, 3x3, padding=same, bias=false) -> bn -> relu }
input 6x6x1
cbr(8)
cbr(16) -> maxpol(2x2)
gap->dense(10,softmax)
"""
AFTER = """\
block unit(filters) { conv(filters, 3x3, padding=same, bias=false) -> bn -> relu }
input 6x6x1
unit(8)
unit(16) -> maxpool(2x2)
gap -> dense(10, softmax)
"""
# A Python file with a finding in its fifth line.
BIASED = """\
import keras
from keras import layers

model = keras.Sequential([keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.Flatten(),
    layers.Dense(10),
])
"""


def program(name: str) -> str:
    """An installed program; skips the test, or the file, that asks where there is none."""
    tools()
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed", allow_module_level=True)
    return found


def folder(*names: str) -> Path:
    """The first of some folders that is there; skips where none is."""
    tools()
    for name in names:
        if Path(name).is_dir():
            return Path(name)
    pytest.skip(f"none of {', '.join(names)} is there", allow_module_level=True)
