"""Python sources mended: what stands there before (-) and after (+), and that nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint.fix.mending import Mended, mend
from cnnspec.lint.fix.project import Project
from cnnspec.lint.index import RULES
from cnnspec.pipeline import analyse
from cnnspec.python_source import read_python

HEAD = """\
from functools import partial
import keras
from keras import Input, Model, Sequential, layers
from keras.layers import *
"""
ALL = frozenset(RULES)

# The finding that is cleared, in which kind of text, and that text. Where nothing changes, nothing may.
SAFE: list[tuple[str, str, str]] = [
    ("T407", "a Sequential's list", """
      m = Sequential([
          Input((8, 8, 3)),
    -     Conv2D(4, 3),
    +     Conv2D(4, 3, use_bias=False),
          BatchNormalization(), ReLU(), Flatten(), Dense(2),
      ])
    """),
    ("T407", "add", """
      m = Sequential()
      m.add(Input((8, 8, 3)))
    - m.add(layers.Conv2D(4, (3, 3), padding='same', use_bias=True))
    + m.add(layers.Conv2D(4, (3, 3), padding='same', use_bias=False))
      m.add(layers.BatchNormalization())
      m.add(layers.ReLU())
    """),
    ("T407", "functional", """
      i = Input((8, 8, 3))
    - x = keras.layers.Conv2D(4, 3)(i)  # wide
    + x = keras.layers.Conv2D(4, 3, use_bias=False)(i)  # wide
      x = keras.layers.BatchNormalization()(x)
      m = Model(i, x)
    """),
    ("T407", "one expression", """
      i = Input((8, 8, 3))
    - m = Model(i, ReLU()(BatchNormalization()(Conv2D(4, 3)(i))))
    + m = Model(i, ReLU()(BatchNormalization()(Conv2D(4, 3, use_bias=False)(i))))
    """),
    ("T407", "a loop", """
      x = i = Input((8, 8, 3))
      for filters in (4, 8):
    -     x = Conv2D(filters, 3)(x)
    +     x = Conv2D(filters, 3, use_bias=False)(x)
          x = BatchNormalization()(x)
      m = Model(i, x)
    """),
    ("T407", "a loop of which one turn needs the bias", """
      x = i = Input((8, 8, 3))
      for filters in (4, 8):
          x = Conv2D(filters, 3)(x)
          if filters == 4:
              x = BatchNormalization()(x)
      m = Model(i, x)
    """),
    ("T407", "a helper function called twice", """
      def conv(x, filters, stride=1):
    -     x = Conv2D(filters, 3, strides=stride)(x)
    +     x = Conv2D(filters, 3, strides=stride, use_bias=False)(x)
          return ReLU()(BatchNormalization()(x))
      i = Input((8, 8, 3))
      m = Model(i, conv(conv(i, 4), 8, 2))
    """),
    ("T407", "a helper function of which one call needs the bias", """
      def conv(x, filters):
          return Conv2D(filters, 3)(x)
      i = Input((8, 8, 3))
      x = BatchNormalization()(conv(i, 4))
      m = Model(i, conv(x, 8))
    """),
    ("T407", "a helper function with an option", """
      def conv(x, filters, norm=True):
          x = Conv2D(filters, 3)(x)
          if norm:
              x = BatchNormalization()(x)
          return ReLU()(x)
      i = Input((8, 8, 3))
      m = Model(i, conv(i, 4))
    """),
    ("T407", "a function that is not called", """
      def build(classes=10):
          i = Input((8, 8, 3))
    -     x = Conv2D(4, 3)(i)
    +     x = Conv2D(4, 3, use_bias=False)(i)
          x = BatchNormalization()(x)
          return Model(i, Dense(classes)(Flatten()(x)))
    """),
    ("T407", "a class", """
      class Net(Model):
          def __init__(self):
              super().__init__()
    -         self.conv = Conv2D(4, 3)
    +         self.conv = Conv2D(4, 3, use_bias=False)
              self.norm = BatchNormalization()

          def call(self, x):
              return self.norm(self.conv(x))
      m = Net()
      m.build((None, 8, 8, 3))
    """),
    ("T407", "a partial", """
      conv = partial(Conv2D, padding="same")
      i = Input((8, 8, 3))
    - m = Model(i, BatchNormalization()(conv(4, 3)(i)))
    + m = Model(i, BatchNormalization()(conv(4, 3, use_bias=False)(i)))
    """),
    ("T407", "layers with names of their own", """
      i = Input((8, 8, 3))
    - conv, norm = Conv2D(4, 3), BatchNormalization()
    + conv, norm = Conv2D(4, 3, use_bias=False), BatchNormalization()
      m = Model(i, norm(conv(i)))
    """),
    ("T407", "an argument that is no literal", """
      BIAS = True
      i = Input((8, 8, 3))
      m = Model(i, BatchNormalization()(Conv2D(4, 3, use_bias=BIAS)(i)))
    """),
    ("T407", "arguments from elsewhere", """
      options = {"padding": "same"}
      i = Input((8, 8, 3))
      m = Model(i, BatchNormalization()(Conv2D(4, 3, **options)(i)))
    """),
    ("T407", "a use of which nothing is known", """
      from elsewhere import mystery
      def conv(x, filters):
          return ReLU()(BatchNormalization()(Conv2D(filters, 3)(x)))
      i = Input((8, 8, 3))
      m = Model(i, conv(Lambda(mystery)(conv(i, 4)), 8))
    """),
    ("T407", "a class of the source's own, which takes no such argument", """
      class Wide(Conv2D):
          def __init__(self, filters):
              super().__init__(filters, 5)
      i = Input((8, 8, 3))
      m = Model(i, BatchNormalization()(Wide(4)(i)))
    """),
    ("T407", "weights that are there", """
      i = Input((8, 8, 3))
      m = Model(i, BatchNormalization()(Conv2D(4, 3)(i)))
      m.load_weights("m.weights.h5")
    """),
    ("W205", "a layer that does nothing", """
      m = Sequential()
      m.add(Input((8, 8, 3)))
      m.add(Flatten())
    - m.add(Dropout(0))
      m.add(Dense(2))
    """),
    ("W205", "a rate that may be another", """
      RATE = 0
      m = Sequential([Input((8, 8, 3)), Flatten(), Dropout(RATE), Dense(2)])
    """),
    ("W206", "a second relu", """
      x = i = Input((8, 8, 3))
      x = Conv2D(4, 3, activation="relu")(x)
    - x = ReLU()(x)
      m = Model(i, x)
    """),
    ("W215", "a dilation of one tap", """
    - m = Sequential([Input((8, 8, 3)), Conv2D(4, 1, dilation_rate=2), ReLU()])
    + m = Sequential([Input((8, 8, 3)), Conv2D(4, 1), ReLU()])
    """),
    ("S710", "a comment that ignores nothing", """
    - m = Sequential([Input((8, 8, 3)), Conv2D(4, 3), ReLU()])  # cnnspec: ignore[W201] fits
    + m = Sequential([Input((8, 8, 3)), Conv2D(4, 3), ReLU()])
    """),
]  # fmt: skip
UNSAFE: list[tuple[str, str, str]] = [
    ("W201", "a stride that does not fit", """
    - m = Sequential([Input((9, 9, 3)), Conv2D(4, 3, padding="same", activation="relu"), MaxPooling2D(2), Flatten(), Dense(2)])
    + m = Sequential([Input((9, 9, 3)), Conv2D(4, 3, padding="same", activation="relu"), MaxPooling2D(3, strides=2), Flatten(), Dense(2)])
    """),
    ("T402", "a loss that expects logits", """
      m = Sequential([Input((8,)), Dense(4, activation="softmax")])
    - m.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    + m.compile(loss=keras.losses.SparseCategoricalCrossentropy())
    """),
    ("T402", "a loss that expects probabilities", """
      m = Sequential([Input((8,)), Dense(4)])
    - m.compile("adam", keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
    + m.compile("adam", keras.losses.CategoricalCrossentropy(label_smoothing=0.1, from_logits=True))
    """),
    ("T402", "the same as a word, which takes no arguments", """
    - m = Sequential([Input((8,)), Dense(4)])
    + m = Sequential([Input((8,)), Dense(4, activation="softmax")])
      m.compile("adam", 'categorical_crossentropy')
    """),
    ("T404", "one unit", """
      m = Sequential([Input((8,)), Dense(1, activation="sigmoid")])
    - m.compile(loss='categorical_crossentropy')
    + m.compile(loss='binary_crossentropy')
    """),
    ("T404", "one unit, and a class", """
      m = Sequential([Input((8,)), Dense(1, activation="sigmoid")])
    - m.compile(loss=keras.losses.CategoricalCrossentropy())
    + m.compile(loss=keras.losses.BinaryCrossentropy())
    """),
    ("T404", "one unit, and a class that is imported alone", """
      from keras.losses import CategoricalCrossentropy
      m = Sequential([Input((8,)), Dense(1, activation="sigmoid")])
      m.compile(loss=CategoricalCrossentropy())
    """),
    ("T403", "the function that the loss takes", """
    - m = Sequential([Input((8,)), Dense(4, "sigmoid")])
    + m = Sequential([Input((8,)), Dense(4, "softmax")])
      m.compile(loss="categorical_crossentropy")
    """),
    ("E101", "a kernel that does not fit", """
    - m = Sequential([Input((8, 8, 3)), Conv2D(4, 9), ReLU()])
    + m = Sequential([Input((8, 8, 3)), Conv2D(4, 9, padding="same"), ReLU()])
    """),
    ("T407", "a helper function with an option", """
      def conv(x, filters, norm=True):
    -     x = Conv2D(filters, 3)(x)
    +     x = Conv2D(filters, 3, use_bias=False)(x)
          if norm:
              x = BatchNormalization()(x)
          return ReLU()(x)
      i = Input((8, 8, 3))
      m = Model(i, conv(i, 4))
    """),
]  # fmt: skip


def take(text: str, sign: str) -> str:
    """The lines of a text that stand there before (-), or after (+)."""
    lines = [line[4:] for line in text.split("\n")[1:-1]]
    return HEAD + "".join([line[2:] + "\n" for line in lines if line[:1] in (" ", "", sign)])


def mended(sources: list[Source], code: str, unsafe: bool) -> Mended:
    project = Project(sources, lambda text, read, watch=None: analyse(text, read=read, codes=ALL, watch=watch))
    return mend(project, unsafe, lambda found, place: found.code == code)


def result(source: Source, code: str, unsafe: bool) -> str:
    made = mended([source], code, unsafe)
    assert not made.why
    (text,) = [one.text for one in made.project.sources.values()]
    return text


@pytest.mark.parametrize(
    ("code", "kind", "text", "unsafe"), [*[(*c, False) for c in SAFE], *[(*c, True) for c in UNSAFE]]
)
def test_what_is_mended(code: str, kind: str, text: str, unsafe: bool) -> None:
    before = take(text, "-")
    reading = read_python(Source("net.py", before), read)
    assert len(reading.networks) == 1
    once = result(Source("net.py", before), code, unsafe)
    assert once == take(text, "+")
    assert result(Source("net.py", once), code, unsafe) == once


def test_messages_speak_of_arguments_as_keras_does() -> None:
    made = mended([Source("net.py", take(SAFE[0][2], "-"))], "T407", False)
    assert [repair.message for _, repair in made.done] == ["write use_bias=False for conv1"]


def test_what_is_left_is_what_keras_builds() -> None:
    """The mended texts run, and their models have the parameters that are told of them."""
    for number in (0, 4, 6, 11, 19):
        text = take(SAFE[number][2], "+")
        names: dict[str, Any] = {}
        exec(compile(text, "net.py", "exec"), names)
        (network,) = analyse(Source("net.py", text), read=read).networks
        assert names["m"].count_params() == network.facts.total.parameters, text


def test_a_notebook_is_mended_in_its_cells() -> None:
    """Texts of other cells, outputs and the layout of the file stay as they are."""
    lines = take(SAFE[2][2], "-").splitlines(keepends=True), take(SAFE[2][2], "+").splitlines(keepends=True)

    def write(text: list[str]) -> str:
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Conv2D(4, 3)"]},
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["%pip install keras\n", *text[:4]]},
            {"cell_type": "code", "metadata": {}, "outputs": [{"text": ["Größe\n"]}], "source": text[4:]},
        ]
        return json.dumps({"nbformat": 4, "cells": cells}, indent=1, ensure_ascii=False) + "\n"

    assert result(Source("net.ipynb", write(lines[0])), "T407", False) == write(lines[1])


# ---- helper modules ------------------------------------------------------------------------------------------
PARTS = """
    - def part(x, filters): return BatchNormalization()(Conv2D(filters, 3)(x))
    + def part(x, filters): return BatchNormalization()(Conv2D(filters, 3, use_bias=False)(x))
    """
MAIN = """
      from parts import part
      i = Input((8, 8, 3))
      m = Model(i, part(i, 4))
    """


@pytest.mark.parametrize("asked", [("main.py", "parts.py"), ("main.py",)], ids=["both asked for", "one"])
def test_a_module_is_mended_where_it_is_asked_for(tmp_path: Path, asked: tuple[str, ...]) -> None:
    """As a used spec is; what is not asked for stays as it is."""
    texts = {"main.py": take(MAIN, "-"), "parts.py": take(PARTS, "-")}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    sources = [Source(str(tmp_path / name), texts[name]) for name in asked]
    made = mended(sources, "T407", False)
    assert [source.text for source in made.project.sources.values()] == [
        take(PARTS if name == "parts.py" else MAIN, "+" if len(asked) == 2 else "-") for name in asked
    ]


def test_a_change_may_not_make_less_known() -> None:
    known, unknown = [
        analyse(Source("net.py", f"{HEAD}import sys\nm = Sequential([Input((8,)), Dense({units})])\n"), read=read)
        for units in ("2", "len(sys.argv)")
    ]
    assert unknown.tells_less(known)
    assert not known.tells_less(unknown)
