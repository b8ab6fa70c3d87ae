"""Models in small sources: what is read of them is what Keras makes when the source is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.python_source import read_python
from cnnspec.python_source.interpreter.run import run_source
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.values import is_known
from tests.python_source.comparing import count_all, list_shapes, read_file

SOURCES = sorted((Path(__file__).parent / "sources").glob("*.py"))


def run(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the names of a source come to, read and run by Python."""
    read = run_source(Machine(), Source("case.py", text), read_file).names
    ran: dict[str, Any] = {}
    exec(compile(text, "case.py", "exec"), ran)
    return dict(read), ran


def make_plain(value: Any) -> Any:
    """A value as it can be compared: Keras has shapes in lists, and in tuples."""
    return [make_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_models_and_what_is_asked_of_them(path: Path) -> None:
    import keras

    text = path.read_text(encoding="utf-8")
    read, ran = run(text)
    for name, value in ran.items():
        if is_known(value) and not name.startswith("__"):
            assert make_plain(read[name]) == make_plain(value), name
    reading = read_python(Source("case.py", text), read_file)
    assert reading.found == ()
    assert [one.reason for one in reading.unknowns if not one.reason.endswith(" alone are known")] == []
    networks = {network.names[0]: network for network in reading.networks}
    for name in {name for name, value in ran.items() if isinstance(value, keras.Model) and value.built}:
        network, model = networks[name], ran[name]
        assert network.whole, name
        assert count_all(network.graph) == model.count_params(), name
        trainable = sum(weight.numpy().size for weight in model.trainable_weights)
        assert count_all(network.graph, trainable=True) == trainable, name
        if isinstance(model, (keras.Sequential, keras.src.models.functional.Functional)):
            shapes = sorted([list(tensor.shape[1:]) for tensor in model.outputs])
            assert sorted(list_shapes(network.graph, network.graph.outputs)) == shapes, name
            operations = model.layers if isinstance(model, keras.Sequential) else model.operations
            if not [part for made in operations for part in getattr(made, "_layers", [])]:  # none stands within another
                kinds = {type(operation).__name__ for operation in operations} - {"InputLayer"}
                assert {node.class_name for node in network.graph.nodes if node.inputs} == kinds, name


def test_models_made_deep_within_calls_and_loops() -> None:
    """What led to a model may be hundreds of steps; it is told from one that is made again at the same place."""
    loops = "".join([f"{'    ' * level}for i{level} in (1, 2):\n" for level in range(1, 9)])
    deep = f"def f(n):\n    if n == 0:\n        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n{loops}{'    ' * 9}return f(n - 1)\n"
    text = f"import keras\n\n{deep}\na = f(50)\nb = [f(50) for _ in range(3)]\nc = f(50)\n"
    reading = read_python(Source("case.py", text), read_file)
    assert [network.names[0] for network in reading.networks] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "body",
    [
        "x * self.odd",
        "self.dense(x) * self.odd",
        "keras.ops.tanh(self.dense(x)) + self.odd",
        "self.odd",
        "self.dense(self.odd)",
        "self.odd(x)",
    ],
)
def test_what_is_not_known_within_a_layer_of_ones_own_is_told(body: str) -> None:
    lines = [
        "import keras",
        "from elsewhere import odd",
        "class Own(keras.layers.Layer):",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.dense, self.odd = keras.layers.Dense(2), odd()",
        "    def call(self, x):",
        f"        return {body}",
        "x = keras.Input((2,))",
        "m = keras.Model(x, keras.layers.Dense(3)(Own()(x)))",
    ]
    reading = read_python(Source("case.py", "\n".join(lines)), read_file)
    assert not reading.networks[0].whole and not reading.found
    assert {unknown.site.first_line for unknown in reading.unknowns} & {2, 6}


def test_more_models_than_are_looked_at() -> None:
    text = "import keras\n\nfor n in range(1, 600):\n    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\n"
    reading = read_python(Source("case.py", text), read_file)
    assert len(reading.networks) == 500
    (unknown,) = reading.unknowns
    assert unknown.reason.startswith("the source makes more than 500 models") and unknown.site.first_line == 4


@pytest.mark.parametrize(
    "lines",
    [
        [
            "d = {x * 2: 2}",
            "a = d.get(x, 3)",
            "b = d.setdefault(x, 4)",
            "c = d.pop(x, 5)",
        ],  # a tensor is equal to anything, perhaps
        ["y = keras.ops.maximum(x, layer.w)", "z = keras.Model(x, y)"],
        ["y = Itself()(x)"],
    ],
    ids=["a tensor as a key", "one number of a weight", "a layer that holds itself"],
)
def test_odd_uses_are_read(lines: list[str]) -> None:
    """What people seldom write comes to something, known or not, and never ends in an error of ours."""
    text = f"""import keras


class Itself(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.drop = self
        self.w = self.add_weight(shape=())

    def call(self, x, training=False):
        return self.drop(x) + self.w if training else x + self.w


x = keras.Input((4, 4, 3))
layer = Itself()
{chr(10).join(lines)}
"""
    assert read_python(Source("case.py", text), read_file).found == ()
