"""Which layers are always made, and used, one with the other, as far as a text says."""

from __future__ import annotations

import ast

import pytest

from cnnspec.base.source import Source
from cnnspec.graph import BlockCall, Node, Site
from cnnspec.python_source.editing.certainty import Ways
from cnnspec.python_source.written import Written
from cnnspec.syntax.tree import Bad

# The first mark is before the one layer, the second before what reads it; calls that led to either are marked before them.
TOGETHER = [
    "x = ①Conv2D(8, 3)(x)\nx = ②BatchNormalization()(x)",
    "x = ②BatchNormalization()(①Conv2D(8, 3)(x))",
    "m.add(①Conv2D(8, 3))\nm.add(②BatchNormalization())",
    "m = Sequential([①Conv2D(8, 3), ②BatchNormalization(axis=3)])",
    "c, b = ①Conv2D(8, 3), ②BatchNormalization()\nx = b(c(x))",
    "if deep:\n    x = ①Conv2D(8, 3)(x)\n    x = ②BatchNormalization()(x)",
    "if deep:\n    x = Dense(8)(x)\nx = ①Conv2D(8, 3)(x)\nx = ②BatchNormalization()(x)\nif act:\n    x = ReLU()(x)",
    "for f in (8, 16):\n    x = ①Conv2D(f, 3)(x)\n    x = ②BatchNormalization()(x)\n    if f > 8:\n        x = ReLU()(x)",
    "def f(x, n):\n    x = ①Conv2D(n, 3, activation=None)(x)\n    return ②BatchNormalization()(x)",
    "C = partial(Conv2D, padding='same')\nx = ①C(8, 3)(x)\nx = ②BatchNormalization()(x)",
    "from keras.layers import BatchNormalization as BN\nx = ②BN()(①Conv2D(8, 3)(x))",
    "class A(Model):\n    def __init__(self):\n        self.c = ①Conv2D(8, 3)\n        self.b = ②BatchNormalization()\n"
    "    def call(self, x):\n        return self.b(self.c(x))",
    "def conv(x):\n    return ①Conv2D(8, 3)(x)\nx = ❶conv(x)\nx = ②BatchNormalization()(x)",
    "def norm(x):\n    return ReLU()(②BatchNormalization()(x))\nx = ①Conv2D(8, 3)(x)\nx = ❷norm(x)",
]  # fmt: skip
APART = [
    "x = ①Conv2D(8, 3)(x)\nif norm:\n    x = ②BatchNormalization()(x)",
    "x = ①Conv2D(8, 3)(x)\nx = ②BatchNormalization()(x) if norm else x",
    "x = ①Conv2D(8, 3)(x)\nif act:\n    x = ReLU()(x)\nx = ②BatchNormalization()(x)",
    "x = ①Conv2D(8, 3)(x)\nif not norm: return x\nx = ②BatchNormalization()(x)",
    "if big:\n    x = ①Conv2D(8, 3)(x)\nelse:\n    x = ReLU()(x)\nx = ②BatchNormalization()(x)",
    "if big:\n    x = ①Conv2D(8, 3)(x)\nelse:\n    x = ②BatchNormalization()(x)",
    "m = Sequential([①Conv2D(8, 3), *([②BatchNormalization()] if norm else [])])",
    "c, b = ①Conv2D(8, 3), ②BatchNormalization()\nx = b(c(x)) if norm else c(x)",
    "x = ①Conv2D(8, 3, activation=act)(x)\nx = ②BatchNormalization()(x)",
    "x = ①Conv2D(8, 3, **options)(x)\nx = ②BatchNormalization()(x)",
    "x = ①Conv2D(8, 3)(x)\nx = ②norm()(x)",
    "x = ①Conv2D(8, 3)(x)\nx = ②norms[kind]()(x)",
    "def f(x, BatchNormalization):\n    x = ①Conv2D(8, 3)(x)\n    return ②BatchNormalization()(x)",
    "C = partial(Conv2D, activation=act)\nx = ①C(8, 3)(x)\nx = ②BatchNormalization()(x)",
    "class A(Model):\n    def __init__(self):\n        self.c = ①Conv2D(8, 3)\n        self.b = ②BatchNormalization()\n"
    "    def call(self, x):\n        x = self.c(x)\n        return self.b(x) if self.norm else x",
    "def conv(x):\n    x = ①Conv2D(8, 3)(x)\n    return ReLU()(x) if act else x\nx = ❶conv(x)\nx = ②BatchNormalization()(x)",
    "def norm(x):\n    if norm: x = ②BatchNormalization()(x)\n    return x\nx = ①Conv2D(8, 3)(x)\nx = ❷norm(x)",
]  # fmt: skip


def find_nodes(marked: str) -> list[Node]:
    """The two layers of a text with marks."""
    places: dict[str, int] = {}
    text = ""
    for letter in marked:
        if letter in "①②❶❷":
            places[letter] = len(text)
        else:
            text += letter
    source = Source("net.py", text)
    calls = sorted(
        [Written(source).find_stretch(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    )
    sites = {mark: Site(source, Bad(*next(c for c in calls if c[0] == at))) for mark, at in places.items()}
    ways = [(sites["①"], sites.get("❶")), (sites["②"], sites.get("❷"))]
    return [
        Node(0, None, (), None, "", site if call is None else site.replace(path=BlockCall(call, "f")))
        for site, call in ways
    ]


@pytest.mark.parametrize("text", TOGETHER)
def test_together(text: str) -> None:
    assert Ways().are_together(*find_nodes(text))


@pytest.mark.parametrize("text", APART)
def test_apart(text: str) -> None:
    assert not Ways().are_together(*find_nodes(text))
