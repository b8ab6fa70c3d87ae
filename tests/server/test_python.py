"""Python sources in an editor: hints, totals and findings stand in the Python text; what Python's own tools do is left to these."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.actions import list_actions
from cnnspec.server.commands import COMMANDS, run_command
from cnnspec.server.diagnostics import place_findings
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.lenses import list_lenses
from cnnspec.server.requests import FOR_PYTHON, REQUESTS
from cnnspec.server.uris import write_uri
from tests.server.client import Editor, apply, stretch
from tests.server.opened import open_text, plain

HEAD = "from keras import Input, Model, Sequential, layers\nfrom keras.layers import BatchNormalization, Conv2D, Dense, Flatten\n"
BIASED = HEAD + (
    "model = Sequential([\n"
    "    Input((28, 28, 1)),\n"
    "    Conv2D(8, 3),\n"
    "    BatchNormalization(),\n"
    '    layers.Activation("relu"),\n'
    "    Flatten(),\n"
    "    Dense(10),\n"
    "])\n"
)

# texts in which each hint stands where it is shown
HINTED = [
    "model = Sequential([\n    Input((28, 28, 1)),\n    Conv2D(8, 3)«26x26x8»,\n    Flatten()«5408»,\n])\n",
    "model = Sequential([Conv2D(8, 3, input_shape=(28, 28, 1))«26x26x8», Flatten()«5408»])\n",
    "model = Sequential()\nmodel.add(Input((28, 28, 1)))\nmodel.add(Conv2D(8, 3)«26x26x8»)  # (3)\n",
    "x = i = Input((8, 8, 3))\nx = Conv2D(4, 3)(x)«6x6x4»\nx = layers.ReLU()(x)«6x6x4»\nModel(i, x)\n",
    # a layer and its activation, which is a layer too
    "x = i = Input((8, 8, 3))\nfor n in (4, 5):\n    x = Conv2D(n, 3, activation=layers.ReLU())(x)«6x6x4 … 4x4x5 ×2»\nModel(i, x)\n",
    # several layers of one call
    "model = Sequential([Input((8, 8, 3)), *[Conv2D(4, 3)«6x6x4 … 4x4x4 ×2» for _ in range(2)]])\n",
    (
        "def unit(x, n):\n    x = Conv2D(n, 3)(x)«6x6x4 … 4x4x8 ×2»\n    return layers.ReLU()(x)«6x6x4 … 4x4x8 ×2»\n\n"
        "i = Input((8, 8, 3))\nModel(i, unit(unit(i, 4)«6x6x4», 8)«4x4x8»)\n"
    ),
    # a function that gives two tensors has no shape of its own
    (
        "def unit(x):\n    y = Conv2D(4, 3)(x)«6x6x4»\n    return y, layers.MaxPooling2D()(y)«3x3x4»\n\n"
        "i = Input((8, 8, 3))\na, b = unit(i)\nModel(i, [a, b])\n"
    ),
    # of what is not known nothing is shown
    "import sys\nmodel = Sequential([Input((8, 8, 3)), Conv2D(4, 3)«6x6x4», Conv2D(int(sys.argv[1]), 3), Flatten()])\n",
    'i = Input((8, 8, 3))\ny = layers.Add()([Conv2D(3, 1)(i), i])«8x8x3»\nModel(i, layers.Dense(2, name="ä𝄞")(y)«8x8x2»)\n',
]  # fmt: skip


def show_hints(document: Document, documents: Documents) -> str:
    """The text with its hints."""
    shown = [
        (document.places.find_offset(h.position), f"«{h.label}»")
        for h in list_hints(document, documents, document.places.whole)
    ]
    text = document.source.text
    for at, label in sorted(shown, reverse=True):
        text = text[:at] + label + text[at:]
    return text


def list_codes(document: Document, documents: Documents) -> list[str]:
    return [found.code for found in documents.know(document).found]


def hover(document: Document, documents: Documents, words: str) -> str:
    """What is told at the beginning of some words."""
    at = document.places.find_position(document.source.text.index(words))
    found = find_hover(document, documents, at)
    return "" if found is None else plain(found)["contents"]["value"]


@pytest.mark.parametrize("text", HINTED)
def test_shapes_stand_behind_the_calls(text: str) -> None:
    documents, document = open_text("/nowhere/train.py", HEAD + re.sub("«.*?»", "", text))
    assert show_hints(document, documents) == HEAD + text


def test_findings_are_those_of_check_with_their_repairs() -> None:
    documents, document = open_text("/nowhere/train.py", BIASED)
    (shown,) = plain(place_findings(documents.repair(document), document, documents))[document.uri]
    assert shown["code"] == "T407"
    assert shown["range"] == stretch(4, 4, 16)
    first, *_ = list_actions(document, documents, document.places.whole, ["quickfix"])
    assert first.is_preferred
    assert first.edit is not None
    mended = apply(BIASED, plain(first.edit)["changes"][document.uri])
    assert mended == BIASED.replace("Conv2D(8, 3)", "Conv2D(8, 3, use_bias=False)")
    titles = {action.title: action for action in list_actions(document, documents, document.places.whole, None)}
    ignoring = titles["Ignore T407 bias-before-norm here"].edit
    assert apply(BIASED, plain(ignoring)["changes"][document.uri]) == BIASED.replace(
        "3),\n    B", "3),  # cnnspec: ignore[T407]\n    B"
    )
    assert apply(BIASED, plain(titles["Make all safe repairs"].edit)["changes"][document.uri]) == mended


def test_what_is_under_the_cursor_is_told() -> None:
    text = (
        HEAD + "def head(x):\n    return Dense(2)(Flatten()(x))\n\nnet: Model = Model(i := Input((4, 4, 1)), head(i))\n"
    )
    documents, document = open_text("/nowhere/train.py", text)
    assert "`head(i) → dense1`: 16 → **2**, 34 parameters" in hover(document, documents, "Dense(2)")
    assert "together: `(16 + 1)*2 = 34`" in hover(document, documents, "Dense(2)")
    assert hover(document, documents, "head(i)") == (
        "4x4x1 → **2**, 2 layers, 34 parameters, 32 MACs, receptive field behind it all"
    )
    totals = "`net`: 34 parameters · 32 MACs · receptive field 1x1 · output 2"
    assert [hover(document, documents, words) for words in ("net", "Model = ", "Model(i")] == [totals] * 3
    assert not hover(document, documents, "def head")


def test_a_layer_without_a_word_is_told_by_its_class() -> None:
    documents, document = open_text(
        "/nowhere/train.py", HEAD + "Sequential([Input((9, 4)), layers.LSTM(5), Dense(2)])\n"
    )
    assert hover(document, documents, "layers.LSTM(5)").startswith("`LSTM`: An operation that has no layer here")
    assert hover(document, documents, "Dense(2)").startswith("Fully connected layer: ")


def test_what_is_not_known_is_said_so() -> None:
    text = HEAD + "import sys\nModel(i := Input((4, 4, 1)), Dense(int(sys.argv[1]))(Flatten()(i)))\n"
    documents, document = open_text("/nowhere/train.py", text)
    told = hover(document, documents, "Dense(int")
    assert told == "takes 16; what it comes to is not known: `cnnspec check --explain-unknown` says why"
    assert "mistakes" not in told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one = Sequential([Input((4, 4, 1)), Flatten(), Dense(2)])\n", ["2: 34 parameters · 32 MACs · receptive field 1x1 · output 2", "2: Summary"]),
        (
            "def build(n):\n    return Sequential([Input((4,)), Dense(n)])\n\n\na = build(1)\nb = build(2)\n",
            ["3: a: 5 parameters · 4 MACs · output 1", "3: Summary", "3: b: 10 parameters · 8 MACs · output 2", "3: Summary"],
        ),
        ("print(1)\n", []),
    ],
)  # fmt: skip
def test_totals_stand_above_each_model(text: str, shown: list[str]) -> None:
    documents, document = open_text("/nowhere/train.py", HEAD + text)
    lenses = list_lenses(document, documents)
    assert [f"{lens.range.start.line}: {lens.command.title}" for lens in lenses if lens.command] == shown
    for lens in lenses:
        assert lens.command is not None
        assert lens.command.arguments is not None
        summary = run_command(COMMANDS[lens.command.command], documents, lens.command.arguments)
        assert "Total params" in summary["text"]
    documents.lenses = False
    assert not list_lenses(document, documents)


# ---- commands --------------------------------------------------------------------------------------------------
def test_commands() -> None:
    documents, document = open_text("/nowhere/train.py", BIASED)
    told = run_command(COMMANDS["cnnspec.explain"], documents, [document.uri, {"line": 8, "character": 6}])
    assert told["title"] == "Figures of dense1"
    with pytest.raises(JsonRpcException, match=r"train\.py trains its models itself: run it"):
        run_command(COMMANDS["cnnspec.train"], documents, [document.uri])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import keras\n", "train.py: it builds no model with Keras\n"),
        ("import keras\nmodel = (\n", "train.py has no network yet: this is no Python: '(' was never closed\n"),
    ],
)
def test_a_summary_says_why_there_is_none(text: str, told: str) -> None:
    documents, document = open_text("/nowhere/train.py", text)
    assert run_command(COMMANDS["cnnspec.summary"], documents, [document.uri])["text"] == told


def test_a_text_without_keras_is_refused() -> None:
    documents, document = open_text("/nowhere/train.py", "import torch\n")
    with pytest.raises(JsonRpcException, match=r"train\.py does not mention keras: nothing is known of it"):
        run_command(COMMANDS["cnnspec.summary"], documents, [document.uri])


# ---- while it is typed -----------------------------------------------------------------------------------------
SHOWN = "model = Sequential([\n    Input((28, 28, 1)),\n    Conv2D(8, 3)«26x26x8»,\n    Flatten()«5408»,\n])\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Flatten()«5408»,\n])", "Flatten()«was 5408»,\n    Dense(\n])"),  # Python cannot read it
        ("Conv2D(8, 3)«26x26x8»,", "Conv2D(8, ,"),
        ("    Conv2D(8, 3)«26x26x8»,", "    # Conv2D(8, 3),\n    (,"),
        ("    Conv2D(8, 3)«26x26x8»,\n", "    # Conv2D(8, 3),\n"),
        ("model = ", "import sys\nmodel = "),
    ],
)
def test_hints_stay_while_a_text_cannot_be_read(old: str, new: str) -> None:
    documents, document = open_text("/nowhere/train.py", HEAD + re.sub("«.*?»", "", SHOWN))
    documents.find_uses(document)
    assert old in SHOWN
    shown = HEAD + SHOWN.replace(old, new)
    text = re.sub("«.*?»", "", shown)
    documents.edit(document.uri, [(None, text)], 2)
    readable = old == "model = " or "# " in new and "(," not in new
    if not readable:
        shown = re.sub("«(was )?", "«was ", shown)
    elif "# " in new:
        shown = shown.replace("5408", "784")
    assert show_hints(document, documents) == shown
    assert list_codes(document, documents) == []


def test_python_s_own_mistakes_are_not_ours() -> None:
    documents, document = open_text("/nowhere/train.py", "import keras\nx = (\n")
    assert documents.repair(document) == ()
    assert documents.know(document).analysis.diagnostics


# ---- which texts -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "language", "found"),
    [
        ("file:///nowhere/train.py", "python", ["T407"]),
        ("file:///nowhere/train.py", "", ["T407"]),
        ("untitled:Untitled-1", "python", ["T407"]),
        ("file:///nowhere/train", "python", []),
        ("file:///nowhere/train.pyi", "python", []),
        ("file:///nowhere/train.ipynb", "json", []),
        ("vscode-notebook-cell:/nowhere/train.ipynb#W0sZmlsZQ%3D%3D", "python", []),
    ],
)
def test_texts_of_other_kinds_are_passed_over(uri: str, language: str, found: list[str]) -> None:
    documents = Documents(ConfiguredFiles)
    document = documents.open(uri, BIASED, 1, language)
    assert list_codes(document, documents) == found
    assert bool(show_hints(document, documents) != BIASED) == bool(found)


def test_a_python_text_is_asked_nothing_else(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    editor.begin()
    uri = write_uri(str(tmp_path / "train.py"))
    editor.open(uri, BIASED)
    assert editor.codes(uri) == ["T407"]
    place = {"line": 4, "character": 6}
    for method in REQUESTS:
        asked: dict[str, Any] = {"textDocument": {"uri": uri}, "position": place, "range": stretch(0, 0, 9)}
        asked |= {"positions": [place], "previousResultId": "1", "newName": "x", "context": {"diagnostics": []}}
        asked["context"] |= {"includeDeclaration": True, "triggerKind": 1, "isRetrigger": False}
        asked["options"] = {"tabSize": 4, "insertSpaces": True}
        answer = editor.answer(method, **asked)
        assert method in FOR_PYTHON or answer["result"] is None, method
    assert editor.end() == 0


# ---- several files ---------------------------------------------------------------------------------------------
HELPER = "from keras import layers\n\n\ndef unit(x, n):\n    return layers.Conv2D(n, 3)(x)\n"
USER = "import keras\nfrom parts import unit\n\ni = keras.Input((8, 8, 3))\nmodel = keras.Model(i, unit(i, 4))\n"


def test_modules_that_are_open_count_as_they_are_in_the_editor(tmp_path: Path) -> None:
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "parts.py").write_text(HELPER)
    documents, user = open_text(str(tmp_path / "train.py"), USER)
    assert "unit(i, 4)«6x6x4»" in show_hints(user, documents)
    helper = documents.open(write_uri(str(tmp_path / "parts.py")), HELPER.replace("3)", "5)"), 1)
    assert "unit(i, 4)«4x4x4»" in show_hints(user, documents)
    assert "(n, 5)(x)«4x4x4»" in show_hints(helper, documents)
    documents.edit(helper.uri, [(None, HELPER.replace("3)", "9)"))], 2)
    (found,) = [one for one in documents.know(user).found if one.code == "E101"]
    placed = plain(place_findings([found], user, documents))
    assert {uri: len(shown) for uri, shown in placed.items()} == {user.uri: 0, helper.uri: 1}
    (related,) = placed[helper.uri][0]["relatedInformation"]
    assert related["location"]["uri"] == user.uri
    documents.close(helper.uri)
    assert "unit(i, 4)«6x6x4»" in show_hints(user, documents)


def test_a_module_that_comes_is_read(tmp_path: Path) -> None:
    (tmp_path / "cnnspec.toml").write_text("")
    editor = Editor(tmp_path)
    editor.begin({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    uri = write_uri(str(tmp_path / "train.py"))
    editor.open(uri, USER.replace("unit(i, 4)", "unit(i, 4, 5)"))
    assert editor.codes(uri) == []
    registered = [
        one["params"]["registrations"][0] for one in editor.said if one["method"].endswith("registerCapability")
    ]
    assert ["*.py" in str(one) for one in registered] == [False, True]
    (tmp_path / "parts.py").write_text(HELPER.replace("n, 3", "n, 9").replace("x, n", "x, n, m"))
    changed = {"uri": write_uri(str(tmp_path / "parts.py")), "type": int(types.FileChangeType.Created)}
    editor.tell("workspace/didChangeWatchedFiles", changes=[changed])
    while not editor.findings.get(changed["uri"]):
        editor.receive()
    assert [found["code"] for found in editor.findings[changed["uri"]]] == ["E101"]
    assert editor.end() == 0
