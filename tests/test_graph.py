"""A node of the graph knows where it comes from, and what led to it."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.graph import BlockCall, FunctionUse, LoopTurn, RepeatTurn, Site
from cnnspec.syntax import tree
from tests.support import legal, network

BLOCKS = """
norm = bn -> relu
shared tower = conv(4, 3x3) -> relu
block unit(n) { conv(n, 3x3, padding=same); norm }
block stage(n, f) { for i in 1..2 { unit(n); f } }
block own(n) { act = leaky_relu(0.1); conv(n, 1); act }
block twice(f) { f; f }
input 32x32x4
"""

# What stands below the blocks, and the path of every node that it makes, one a line.
PATHS = {
    "conv(4, 1)": "conv1",
    "unit(4)": """
        unit(4) → conv1
        unit(4) → norm → bn1
        unit(4) → norm → relu1
    """,
    "norm": """
        norm → bn1
        norm → relu1
    """,
    "norm * 2": """
        repeat 1 of 2 → norm → bn1
        repeat 1 of 2 → norm → relu1
        repeat 2 of 2 → norm → bn2
        repeat 2 of 2 → norm → relu2
    """,
    "unit(4) * 2": """
        repeat 1 of 2 → unit(4) → conv1
        repeat 1 of 2 → unit(4) → norm → bn1
        repeat 1 of 2 → unit(4) → norm → relu1
        repeat 2 of 2 → unit(4) → conv2
        repeat 2 of 2 → unit(4) → norm → bn2
        repeat 2 of 2 → unit(4) → norm → relu2
    """,
    "(conv(4, 1) * 2) * 2": """
        repeat 1 of 2 → repeat 1 of 2 → conv1
        repeat 1 of 2 → repeat 2 of 2 → conv2
        repeat 2 of 2 → repeat 1 of 2 → conv3
        repeat 2 of 2 → repeat 2 of 2 → conv4
    """,
    "stage(4, pad(1))": """
        stage(4, pad(1)) → turn 1 of 2 → unit(n) → conv1
        stage(4, pad(1)) → turn 1 of 2 → unit(n) → norm → bn1
        stage(4, pad(1)) → turn 1 of 2 → unit(n) → norm → relu1
        stage(4, pad(1)) → turn 1 of 2 → f → pad1
        stage(4, pad(1)) → turn 2 of 2 → unit(n) → conv2
        stage(4, pad(1)) → turn 2 of 2 → unit(n) → norm → bn2
        stage(4, pad(1)) → turn 2 of 2 → unit(n) → norm → relu2
        stage(4, pad(1)) → turn 2 of 2 → f → pad2
    """,
    "twice(tower)": """
        twice(tower) → f → conv1
        twice(tower) → f → relu1
        twice(tower) → f → conv2
        twice(tower) → f → relu2
    """,
    "own(4)": """
        own(4) → conv1
        own(4) → act → leaky_relu1
    """,
    "for k in [1, 3] { for i in 1..2 { conv(4, k) } }": """
        turn 1 of 2 → turn 1 of 2 → conv1
        turn 1 of 2 → turn 2 of 2 → conv2
        turn 2 of 2 → turn 1 of 2 → conv3
        turn 2 of 2 → turn 2 of 2 → conv4
    """,
    "add(in, unit(4), norm)": """
        unit(4) → conv1
        unit(4) → norm → bn1
        unit(4) → norm → relu1
        norm → bn2
        norm → relu2
        add1
    """,
    "conv(4, 1, activation=leaky_relu(0.1))": """
        conv1
        leaky_relu1
    """,
    "if in.channels == 4 { conv(4, 1) as head } else { relu }": "head",
    "steps = [unit(4), norm]\nfor f in steps { f }": """
        turn 1 of 2 → f → unit(4) → conv1
        turn 1 of 2 → f → unit(4) → norm → bn1
        turn 1 of 2 → f → unit(4) → norm → relu1
        turn 2 of 2 → f → bn2
        turn 2 of 2 → f → relu2
    """,
    "tower -> conv(\n  4,\n  1)": """
        tower → conv1
        tower → relu1
        conv2
    """,
}


@pytest.mark.parametrize("text", PATHS)
def test_a_path_is_what_a_person_would_say(text: str) -> None:
    nodes = legal(BLOCKS + text).nodes
    assert [node.path for node in nodes[1:]] == [line.strip() for line in PATHS[text].strip().splitlines()]
    assert (nodes[0].path, nodes[0].site.steps) == ("input1", ())


def test_nodes_of_one_call_share_its_step() -> None:
    graph = legal(BLOCKS + "unit(4) * 2")
    calls = [node.site.call or node.site.steps[1] for node in graph.nodes[1:]]
    assert calls[0] is calls[1] is calls[2] and calls[3] is calls[4] is calls[5] is not calls[0]
    assert [type(step) for step in graph.nodes[2].site.steps] == [RepeatTurn, BlockCall, FunctionUse]


def test_the_call_around_a_text_is_that_of_its_block() -> None:
    """A constant at the top stands in no block, whoever uses it; its path has the block all the same."""
    conv, norm, _ = legal(BLOCKS + "unit(4)").nodes[1:]
    assert (conv.site.block, norm.site.block) == ("unit", "")
    assert conv.site.caller is not None and conv.site.caller.span.text == "unit(4)"
    assert norm.site.caller is None
    assert isinstance(norm.site.path, FunctionUse) and norm.site.path.away
    act = legal(BLOCKS + "own(4)").nodes[2]
    assert act.site.block == "own" and isinstance(act.site.path, FunctionUse) and not act.site.path.away


def test_paths_say_where_their_steps_are_written() -> None:
    node = legal(BLOCKS + "stage(4, relu)").nodes[2]
    turn = node.site.steps[1]
    assert isinstance(turn, LoopTurn) and turn.site.span.text.startswith("for i in 1..2 {")
    assert [step.site.origin for step in node.site.steps] == [
        "net.cnn:9:1",
        "net.cnn:5:21",
        "net.cnn:5:37",
        "net.cnn:4:45",
    ]


# ---- origins -----------------------------------------------------------------------------------------------
def test_an_origin_in_a_text_has_line_and_column() -> None:
    assert [node.site.origin for node in legal("input 8x8x3\nconv(8, 3x3) -> relu\n").nodes] == [
        "net.cnn:1:1", "net.cnn:2:1", "net.cnn:2:17",
    ]  # fmt: skip


def test_an_origin_without_text_has_a_line_or_a_name() -> None:
    nowhere = tree.Node(0, 0)
    assert Site(Source("net.py", ""), nowhere, line=12).origin == "net.py:12"
    assert Site(Source("net.keras", ""), nowhere, module="encoder/conv").origin == "net.keras: encoder/conv"
    assert Site(Source("net.onnx", ""), nowhere).origin == "net.onnx"


def test_a_layer_of_a_model_file_comes_from_its_name_there() -> None:
    keras = pytest.importorskip("keras")
    from cnnspec.model_files.keras.to_graph import convert_config
    from tests.model_files.keras_configs import config_of

    layers = keras.layers
    encoder = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 3, name="stem")], name="encoder")
    model = keras.Sequential([layers.Input((8, 8, 3), name="image"), encoder, layers.ReLU(name="act")], name="net")
    graph = convert_config(config_of(model), "net")
    assert [node.site.origin for node in graph.nodes] == ["net: image", "net: encoder/stem", "net: act"]
    assert all(node.site.span.text == "" and node.site.first_line == 0 for node in graph.nodes)


def test_a_table_shows_the_path() -> None:
    from cnnspec.pipeline import analyse
    from cnnspec.tables.columns import COLUMNS, write_cells
    from cnnspec.tables.rows import find_figures

    text = "block f(n) { norm = bn; for i in 1..2 { conv(n, 1) }; norm }\ninput 8x8x3\nf(4) * 2\n"
    (made,) = analyse(Source("net.cnn", text)).networks
    cells, _ = write_cells(made, find_figures(made), ("name", "path"))
    assert cells[0] == ["input1", ""]
    assert cells[1] == ["conv1", "repeat 1 of 2 → f(4) → turn 1 of 2"]
    assert cells[6] == ["bn2", "repeat 2 of 2 → f(4) → norm"]
    assert "path" in COLUMNS


# ---- what is said of a path --------------------------------------------------------------------------------
def notes(text: str) -> list[tuple[str, Any]]:
    """What is said of the way to the one mistake of a text, and where."""
    (error,) = network(text).errors
    return [(note.message, note.span and note.span.text) for note in error.notes]


def test_a_mistake_in_a_constant_says_which_block_uses_it() -> None:
    text = "down = conv(4, 9)\nblock b { pool(2); down }\ninput 16x16x3\nb\n"
    assert notes(text) == [("down is used here", "down"), ("in block b, called here", "b")]
    assert notes("down = conv(4, 9)\ninput 8x8x3\npool(2)\ndown\n") == []
    assert notes("block b { down = conv(4, 9); pool(2); down }\ninput 16x16x3\nb\n") == [
        ("in block b, called here", "b")
    ]


def test_a_mistake_in_a_later_turn_says_in_which() -> None:
    assert notes("input 16x16x3\nfor k in [3, 5, 15] { conv(4, k) }\n") == [
        ("in turn 3 of 3", "for k in [3, 5, 15] { conv(4, k) }")
    ]
    assert notes("input 16x16x3\n(pool(4) -> relu) * 3\n") == [("in repeat 3 of 3", "(pool(4) -> relu) * 3")]
    assert notes("input 16x16x3\nfor k in [17, 3] { conv(4, k) }\n") == []
