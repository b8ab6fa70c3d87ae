"""The produced source is read back and compared with the graph before it is handed out; Keras is not needed for that."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest

from cnnspec.compile.keras_source import to_source
from cnnspec.compile.keras_source.expression_printer import ExpressionPrinter
from cnnspec.compile.keras_source.graph_match import Mismatch
from cnnspec.compile.keras_source.replay import replay
from tests.compile.source_harness import (
    EXPECTED,
    ROOT,
    SPEC,
    agrees,
    network,
)
from tests.support import steps


def test_no_keras_is_needed() -> None:
    code = (
        "import sys; from cnnspec.pipeline import analyse; from cnnspec.base.source import Source\n"
        "from cnnspec.compile.keras_source import to_source\n"
        "to_source(analyse(Source('net.cnn', 'input 8x8x3; conv(4, 3x3)')).networks[0])\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_checking_does_not_import_the_printer() -> None:
    code = (
        "import sys; from cnnspec.pipeline import analyse; from cnnspec.base.source import Source\n"
        "analyse(Source('net.cnn', 'input 8x8x3; conv(4, 3x3)'))\n"
        "assert not any(name.startswith('cnnspec.compile') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("filters, kernel, strides", "filters + 1, kernel, strides"),
        ("use_bias=False", "use_bias=True"),
        ('padding="same", ', ""),
        ("[y, shortcut]", "[shortcut, y]"),
        ("range(2)", "range(1)"),
        ("shortcut = x\n", "shortcut = y\n"),
        ("return layers.ReLU()(x)", "return x"),
        ("keras.Model(image, logits", "keras.Model(image, x"),
        ("ZeroPadding2D(3)", "ZeroPadding2D(2)"),
        ('name="logits"', 'name="image"'),
        ("shape=(32, 32, 3)", "shape=(32, 32, 1)"),
        ("ReLU()", "Softmax()"),
        ('float("-inf")', "0"),
        ('name="Net"', 'name="Not"'),
        ("def net(", "def net(extra, "),
        ("for i in range(2):", "while True:"),
        ("x = layers.GlobalAveragePooling2D()(x)", "x = open(x)"),
    ],
)
def test_replay_sees_what_is_wrong(before: str, after: str) -> None:
    made = network(SPEC)
    assert before in EXPECTED
    replay(EXPECTED, made.graph)
    with pytest.raises(Mismatch):
        replay(EXPECTED.replace(before, after), made.graph)


def test_replay_knows_that_a_local_variable_hides_a_global_one() -> None:
    made = network("input 8x8x3\nconv(4, 3x3)")
    text = to_source(made)
    before = "def build_model():\n"
    replay(text.replace(before, f"n = 1\n\n\n{before}    k = n\n"), made.graph)
    with pytest.raises(Mismatch):
        replay(text.replace(before, f"n = 1\n\n\n{before}    k = n\n    n = 2\n"), made.graph)


def test_layers_made_once_are_told_from_layers_made_twice() -> None:
    made = network("shared f = conv(3, 1x1)\ninput 8x8x3\nf -> f")
    text = to_source(made)
    replay(text, made.graph)
    again = text.replace("x = f(inputs)", "x = f(inputs)\n    f = layers.Conv2D(3, (1, 1))")
    assert again != text
    with pytest.raises(Mismatch):
        replay(again, made.graph)


def test_a_wrong_print_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExpressionPrinter, "print_opposite", lambda self, node, place: self.print(node, place))
    made = network(SPEC)
    text = to_source(made)
    assert "def bottleneck" not in text
    agrees(made, text)


@pytest.mark.parametrize("depth", [15, 40])
def test_loops_nested_deeper_than_python_allows(depth: int) -> None:
    text = "input 8x8x3\n" + "for i in 1..1 {\n" * depth + "conv(3, 1x1)" + "\n}" * depth
    made = network(text)
    compile(to_source(made), "generated.py", "exec")
    agrees(made, to_source(made))


def test_a_long_text_takes_no_long_time() -> None:
    """The work grows with the text, not with its square: named lines are printed, read back and laid out."""
    work = []
    for count in (200, 800):
        lines = "\n".join(f"conv(4, 1x1) -> relu as step{i}" for i in range(count))
        made = network(f"input 8x8x4\n{lines}")
        work.append(steps(lambda: to_source(made)))  # noqa: B023
        assert to_source(made).count("layers.Conv2D") == count
    assert work[1] < 4 * 1.5 * work[0]


def test_module_can_be_imported(tmp_path: Any) -> None:
    path = tmp_path / "net.py"
    path.write_text(to_source(network("input 8x8x3\nconv(4, 3x3) -> flatten -> dense(2)")))
    spec = importlib.util.spec_from_file_location("net", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.model.output_shape == (None, 2)


def test_odd_names_do_no_harm() -> None:
    made = network("input 8x8x3\nconv(4, 3x3)", name='a "quoted"\\\n.cnn')
    compile(to_source(made), "generated.py", "exec")
    agrees(made, to_source(made))
