"""Changes of a Python text: one argument of the call that makes a layer, or a layer that goes; the rest stays."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.project import apply_edits
from cnnspec.pipeline import analyse
from cnnspec.python_source.editing.cell_text import find_cell
from cnnspec.python_source.editing.editor import PythonEditor
from cnnspec.syntax.tree import Bad

MAP = ((28, 28, 3),)
CONV, POOL, DENSE, DROP = "conv(8, 3x3)", "maxpool(2x2)", "dense(10)", "dropout(0)"
NO = "no edit says this"

# The layer that the marked call makes, its new arguments, the text, and the text that is left.
SET: list[tuple[str, dict[str, Any], str, str]] = [
    (CONV, {"bias": False}, "x = ►Conv2D(8, 3)(x)", "x = Conv2D(8, 3, use_bias=False)(x)"),
    (CONV, {"bias": False}, "m.add(►layers.Conv2D(8, (3, 3)))", "m.add(layers.Conv2D(8, (3, 3), use_bias=False))"),
    (CONV, {"bias": False}, "x = ►L.Conv2D(8, 3, use_bias=True)(x)", "x = L.Conv2D(8, 3, use_bias=False)(x)"),
    (CONV, {"bias": False}, "x = ►Conv2D(8, 3,)", "x = Conv2D(8, 3, use_bias=False,)"),
    (CONV, {"bias": False}, "x = ►Conv2D(8, (3))", "x = Conv2D(8, (3), use_bias=False)"),
    (CONV, {"bias": False}, "x = ►Conv2D(8, 3, use_bias=bias)", NO),
    (CONV, {"bias": False}, "x = ►Conv2D(8, 3, **options)", NO),
    (CONV, {"bias": False}, "x = ►Conv2D(*sizes)", NO),
    (CONV, {"bias": False}, "c = partial(Conv2D, padding='same')\nx = ►c(8, 3)(x)",
     "c = partial(Conv2D, padding='same')\nx = c(8, 3, use_bias=False)(x)"),
    (CONV, {"bias": False}, "x = ►Conv2D(8, 3, (1, 1), 'valid', None, (1, 1), 1, None, True)",
     "x = Conv2D(8, 3, (1, 1), 'valid', None, (1, 1), 1, None, False)"),
    (CONV, {"bias": False}, "x = ►Conv2D(\n    8,\n    3,\n)(x)", "x = Conv2D(\n    8,\n    3,\n    use_bias=False,\n)(x)"),
    (CONV, {"bias": False}, "x = ►Conv2D(\n    8,\n    3  # wide\n)(x)", "x = Conv2D(\n    8,\n    3,  # wide\n    use_bias=False\n)(x)"),
    (CONV, {"bias": False}, "x = ►Conv2D(\n    8, 3,\n)(x)", "x = Conv2D(\n    8, 3, use_bias=False,\n)(x)"),
    (CONV, {"bias": False}, "x = ►Conv2D(8,  # filters\n           3)(x)", "x = Conv2D(8,  # filters\n           3, use_bias=False)(x)"),
    (CONV, {"bias": False}, "s = 'größe'; x = ►Conv2D(8, 3, name='größe')(x)", "s = 'größe'; x = Conv2D(8, 3, name='größe', use_bias=False)(x)"),
    (CONV, {"padding": "same"}, 'x = ►Conv2D(8, 3, padding="valid")', 'x = Conv2D(8, 3, padding="same")'),
    (CONV, {"padding": "same"}, "x = ►Conv2D(8, 3, 1, 'valid')", "x = Conv2D(8, 3, 1, 'same')"),
    (CONV, {"padding": "same"}, "x = ►Conv2D(8, 3, padding=PAD)", NO),
    (CONV, {"padding": 1}, "x = ►Conv2D(8, 3)", NO),  # which is two layers
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►Conv2D(8, 3, padding='same', name='a')", "x = Conv2D(8, 3, name='a')"),
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►Conv2D(8, 3, 1, 'same')", "x = Conv2D(8, 3, 1)"),
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►Conv2D(8, 3, 1, 'same', None)", "x = Conv2D(8, 3, 1, 'valid', None)"),
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►same_conv(8, 3)", "x = same_conv(8, 3, padding=\"valid\")"),
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►Conv2D(\n    8,\n    3,  # wide\n    padding='same',\n    name='a',\n)",
     "x = Conv2D(\n    8,\n    3,  # wide\n    name='a',\n)"),
    ("conv(8, 3x3, padding=same)", {"padding": "valid"}, "x = ►Conv2D(8, 3,  # wide\n  padding='same')", "x = Conv2D(8, 3,  # wide\n  padding='valid')"),
    ("conv(8, 3x3, stride=2)", {"stride": 1}, "x = ►Conv2D(8, 3, strides=(2, 2))", "x = Conv2D(8, 3)"),
    ("conv(8, 3x3, dilation=2)", {"dilation": 3}, "x = ►Conv2D(8, 3, dilation_rate=(2, 2))", "x = Conv2D(8, 3, dilation_rate=(3, 3))"),
    (CONV, {"kernel": (5, 5)}, "x = ►Conv2D(8, 3)", "x = Conv2D(8, 5)"),
    (CONV, {"kernel": (5, 5)}, "x = ►Conv2D(8, (3, 3))", "x = Conv2D(8, (5, 5))"),
    (CONV, {"kernel": (5, 3)}, "x = ►Conv2D(8, kernel_size=3)", "x = Conv2D(8, kernel_size=(5, 3))"),
    ("conv(8, 3x3, activation=relu)", {"activation": "linear"}, 'x = ►Conv2D(8, 3, activation="relu")', "x = Conv2D(8, 3)"),
    ("conv(8, 3x3, activation=relu)", {"activation": "linear"}, "x = ►Conv2D(8, 3, activation=tf.nn.relu)", NO),
    (CONV, {"activation": "relu"}, 'x = ►Conv2D(8, 3, name="a")', 'x = Conv2D(8, 3, name="a", activation="relu")'),
    ("dense(10, softmax)", {"activation": "linear"}, "m.add(►Dense(10, 'softmax'))", "m.add(Dense(10))"),
    ("dense(10)", {"units": 12}, "m.add(►Dense(units=10))", "m.add(Dense(units=12))"),
    ("dense(10)", {"units": 12}, "m.add(►Dense(CLASSES))", NO),
    (POOL, {"kernel": 3, "stride": 2}, "x = ►MaxPool2D()(x)", "x = MaxPool2D(pool_size=3, strides=2)(x)"),
    (POOL, {"kernel": 3, "stride": 2}, "x = ►MaxPooling2D((2, 2))(x)", "x = MaxPooling2D((3, 3), strides=2)(x)"),
    ("dropout(0.8)", {"rate": 0.2}, "x = ►Dropout(.8)(x)", "x = Dropout(0.2)(x)"),
    (CONV, {"bias": False}, "from keras.layers import Conv2D as C\nx = ►C(8, 3, 1, 'valid', None, 1, 1, None, True)",
     "from keras.layers import Conv2D as C\nx = C(8, 3, 1, 'valid', None, 1, 1, None, False)"),
    ("conv(8, 29x29)", {"padding": "same"}, "x = ►Conv2D(8, 29)", 'x = Conv2D(8, 29, padding="same")'),  # which is refused
]  # fmt: skip

DROPPED: list[tuple[str, str]] = [
    ("m.add(►Dropout(0))\nm.add(Dense(10))\n", "m.add(Dense(10))\n"),
    ("m.add(Flatten())\nm.add(►Dropout(0))", "m.add(Flatten())"),
    ("def f():\n    m.add(a)\n    m.add(►Dropout(0.0))  # none\n    m.add(b)\n", "def f():\n    m.add(a)\n    m.add(b)\n"),
    ("if small:\n    m.add(►Dropout(0))\n", "if small:\n    pass\n"),
    ("a = 1; m.add(►Dropout(0))\n", NO),
    ("x = ►Dropout(0)(x)\ny = x\n", "y = x\n"),
    ("self.x = ►Dropout(0)(self.x, training=True)\ny = x\n", "y = x\n"),
    ("y = ►Dropout(0)(x)\n", "y = x\n"),
    ("y = Dense(10)(►Dropout(0)(a + b))\n", "y = Dense(10)((a + b))\n"),
    ("y = ►Dropout(0)(\n    Flatten()(x)\n)\n", "y = Flatten()(x)\n"),
    ("y = ►Dropout(0)(x, mask=m)\n", NO),
    ("y = ►Dropout(RATE)(x)\n", NO),
    ("y = ►Dropout(rate=RATE)(x)\n", NO),
    ("y = ►Dropout(0, name=f'drop_{n}')(x)\n", "y = x\n"),
    ("drop = ►Dropout(0)\ny = drop(x)\n", NO),
    ("m = Sequential([Flatten(), ►Dropout(0), Dense(10)])\n", "m = Sequential([Flatten(), Dense(10)])\n"),
    ("m = Sequential([►Dropout(0), Dense(10)])\n", "m = Sequential([Dense(10)])\n"),
    ("m = Sequential([Flatten(), ►Dropout(0)])\n", "m = Sequential([Flatten()])\n"),
    ("m = Sequential([►Dropout(0)])\n", NO),
    ("m = Sequential([\n    Flatten(),\n    ►Dropout(0),  # none\n    Dense(10),\n])\n", "m = Sequential([\n    Flatten(),\n    Dense(10),\n])\n"),
    ("m = Sequential([\n    Flatten(),  # flat\n    ►Dropout(0)\n])\n", NO),
    ("m = Sequential([\n    Flatten(),\n    ►Dropout(0)\n])\n", "m = Sequential([\n    Flatten()\n])\n"),
    ("@►dropout(0)\ndef f(): pass\n", NO),
]  # fmt: skip


def find_marked(text: str) -> tuple[str, Bad]:
    """The text without its mark, and the place of the longest call that begins there."""
    start = text.index("►")
    text = text.replace("►", "")
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    source = Source("net.py", text)
    from cnnspec.python_source.written import Written

    stretches = [stretch for stretch in map(Written(source).find_stretch, calls) if stretch[0] == start]
    return text, Bad(*max(stretches))


def layer_of(spec: str) -> Any:
    (network,) = analyse(Source("net.cnn", f"input 28x28x3\n{spec}")).networks
    return network.graph.nodes[1].layer


def edited(text: str, write: Any) -> str:
    text, place = find_marked(text)
    source = Source("net.py", text)
    try:
        made = apply_edits(text, write(PythonEditor(source, source), place))
    except Inexpressible:
        return NO
    assert made is not None
    ast.parse(made)
    return made


@pytest.mark.parametrize(("spec", "values", "before", "after"), SET)
def test_an_argument_is_set(spec: str, values: dict[str, Any], before: str, after: str) -> None:
    layer = layer_of(spec)
    assert edited(before, lambda editor, place: editor.set(place, layer, values, MAP)) == after


@pytest.mark.parametrize(("before", "after"), DROPPED)
def test_a_layer_is_dropped(before: str, after: str) -> None:
    assert edited(before, lambda editor, place: editor.drop(place)) == after


# ---- notebooks -----------------------------------------------------------------------------------------------
LINES = ["!x\n", "x = Conv2D(\n", "    8,\n", "    3,\n", ")(x)\n", "x = Dropout(0)(x)\n", 's = "\\u00fc\\"😀"']


def notebook(cells: list[Any], **layout: Any) -> str:
    made: list[Any] = [{"cell_type": "markdown", "source": ["# Conv2D(8, 3)"]}]
    made += [
        {"cell_type": "code", "metadata": {}, "outputs": [{"text": ["Conv2D(8"]}], "source": cell} for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {"cells": []}, "nbformat": 4}, **layout)


@pytest.mark.parametrize(
    "layout", [{"indent": 1}, {"indent": 4, "ensure_ascii": False}, {}, {"separators": (",", ":")}]
)
@pytest.mark.parametrize("source", [LINES, "".join(LINES)], ids=["lines", "text"])
def test_a_cell_is_changed_and_nothing_else(layout: dict[str, Any], source: Any) -> None:
    """The notebook that is left is what json would have written of the changed one, byte by byte."""
    file = Source("net.ipynb", notebook(["import keras", source], **layout))
    text = "".join(LINES).replace("!x\n", "pass\n")  # as the reader has it
    editor = PythonEditor(Source("net.ipynb:cell 2", text), file)
    calls = {name: Bad(text.index(name), text.index("(x)", text.index(name)) + 3) for name in ("Conv2D", "Dropout")}
    edits = [
        *editor.set(calls["Conv2D"], layer_of(CONV), {"bias": False}, MAP),
        *editor.drop(calls["Dropout"]),
    ]
    left = [*LINES[:4], "    use_bias=False,\n", LINES[4], LINES[6]]
    wanted: Any = left if isinstance(source, list) else "".join(left)
    assert apply_edits(file.text, edits) == notebook(["import keras", wanted], **layout)


@given(st.lists(st.text(max_size=9), min_size=1, max_size=3), st.booleans(), st.data())
def test_places_of_a_cell_are_known(lines: list[str], ascii: bool, data: st.DataObject) -> None:
    """Whatever stretch of a cell's text is replaced: the notebook says that, and is JSON as before."""
    text = "".join(lines)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(st.sampled_from(["", "a", "é\n", 'b"\nc']))
    file = notebook(["", lines], ensure_ascii=ascii, indent=1)
    cell = find_cell(file, 2)
    assert cell is not None
    assert cell.text == text
    first, last, written = cell.make_change(start, end, new)
    made = json.loads(file[:first] + written + file[last:])
    assert "".join(made["cells"][2]["source"]) == text[:start] + new + text[end:]
    made["cells"][2]["source"] = lines
    assert json.dumps(made, ensure_ascii=ascii, indent=1) == file


@pytest.mark.parametrize(
    "file", ["", "{", "[]", "{}", '{"cells": {}}', '{"cells": [1, {"source": 3}]}', '{"cells": [{}, {}]}', "[" * 9999]
)
def test_what_is_no_notebook_has_no_cells(file: str) -> None:
    assert find_cell(file, 2) is None
