"""The Python face: load, the network's figures, its Keras model, its mistakes."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import numpy as np
import pytest

import cnnspec
from cnnspec.base.size import Size

GOOD = "input 8x8x1\nconv(4, 3x3, activation=relu) -> bn as last\ngap -> dense(3, softmax)\n"


def test_every_public_name_is_there() -> None:
    for name in cnnspec.__all__:
        assert getattr(cnnspec, name).__doc__
    with pytest.raises(AttributeError):
        cnnspec.nothing  # noqa: B018


def test_a_room_does_not_take_the_place_of_a_public_function() -> None:
    from cnnspec.diff.text import write_text

    net = cnnspec.loads(GOOD)
    found = cnnspec.diff(net, net)
    assert isinstance(found, cnnspec.Difference)
    assert cnnspec.diff(net, cnnspec.loads(GOOD)) == found
    assert str(found) == found.to_text() == write_text(found)


def test_docstrings_run() -> None:
    import cnnspec.api

    assert doctest.testmod(cnnspec.api).attempted > 0
    assert doctest.testmod(cnnspec.api).failed == 0


def test_figures() -> None:
    net = cnnspec.loads(GOOD)
    assert (net.params, net.trainable_params, net.non_trainable_params) == (71, 63, 8)
    assert net.macs == 6 * 6 * 4 * 9 + 12
    assert net.inputs == ((8, 8, 1),)
    assert net.outputs == ((3,),)
    assert net.receptive_field == cnnspec.ReceptiveField((3, 3), (1, 1), (0, 0))
    assert [layer.name for layer in net.layers] == ["input1", "conv1", "last", "gap1", "dense1"]
    conv = net.layers[1]
    assert (conv.type, conv.inputs, conv.output_shape, conv.params, conv.line) == (
        "Conv2D",
        ("input1",),
        (6, 6, 4),
        40,
        2,
    )
    assert net.diagnostics == ()
    assert repr(net) == "<cnnspec.Network network: 5 layers, 71 parameters>".replace("network:", f"{net.name}:")


def test_a_path_or_a_text(tmp_path: Path) -> None:
    path = tmp_path / "my_net.cnn"
    path.write_text(GOOD)
    assert cnnspec.load(path).name == cnnspec.load(str(path)).name == "my_net"
    assert cnnspec.load(path).params == cnnspec.loads(GOOD).params
    with pytest.raises(FileNotFoundError):
        cnnspec.load(tmp_path / "no.cnn")
    with pytest.raises(FileNotFoundError):
        cnnspec.load("no.cnn")
    with pytest.raises(OSError, match="cannot read"):
        cnnspec.load(tmp_path)


def test_parameters_and_models() -> None:
    text = "model A(n=2) { input 3 -> dense(n) }\nmodel B(layers=[1]) { input 3\nfor n in layers { dense(n) } }\n"
    assert cnnspec.loads(text, model="A", n=10).params == 40
    assert cnnspec.loads(text, model="B", layers=[4, 5]).params == 16 + 25
    with pytest.raises(TypeError, match='no model has a parameter "m"; it has n'):
        cnnspec.loads(text, model="A", m=1)
    with pytest.raises(cnnspec.SpecError, match="one of A, B"):
        cnnspec.loads(text)
    with pytest.raises(cnnspec.SpecError, match='called "C"'):
        cnnspec.loads(text, model="C")
    with pytest.raises(cnnspec.SpecError, match="holds no network"):
        cnnspec.loads("block f() { relu }\n")


def test_mistakes_are_values(tmp_path: Path) -> None:
    net = cnnspec.loads("input 8x8x1\nconv(4, 9x9)\n")
    (found,) = net.diagnostics
    assert (found.code, found.name, found.severity) == ("E101", "empty-output", "error")
    assert net.params is None
    assert net.layers[1].output_shape is None
    with pytest.raises(cnnspec.SpecError, match="E101") as caught:
        net.to_keras()
    assert caught.value.diagnostics == (found,)
    assert cnnspec.check_text("input 8x8x1\nconv(4, 9x9)\n") == (found,)


def test_a_broken_promise_does_not_keep_a_network_from_being_built() -> None:
    net = cnnspec.loads("input 8x8x1\nconv(4, 3x3)\nexpect params < 3\n")
    assert [d.code for d in net.diagnostics] == ["E021"]
    assert net.to_keras().count_params() == net.params == 40


def test_the_keras_model_has_the_names_and_figures_of_the_network() -> None:
    net = cnnspec.loads(GOOD)
    model = net.to_keras()
    assert [layer.name for layer in model.layers] == [layer.name for layer in net.layers]
    assert model.count_params() == net.params


def test_one_of_a_thing_is_no_plural() -> None:
    assert repr(cnnspec.loads("input 8x8x1\n", name="a")) == "<cnnspec.Network a: 1 layer, 0 parameters>"
    one = cnnspec.loads("input 1x1x1\nconv(1, 1x1, bias=false)\n", name="a")
    assert repr(one) == "<cnnspec.Network a: 2 layers, 1 parameter>"
    library = "block a { relu }\n"
    assert "1 block at" in repr(cnnspec.blocks(library, "8x8x1"))
    assert "2 blocks at" in repr(cnnspec.blocks(library + library.replace("a", "b", 1), "8x8x1"))
    assert repr(one.analysed.source).endswith(f"{len(one.text)} characters)")
    assert repr(one.analysed.source.replace(text="a")) == "Source('a', 1 character)"


def test_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    net = cnnspec.loads(GOOD)
    net.summary()
    assert "last (BatchNormalization)" in capsys.readouterr().out
    assert json.loads(net.to_text("json"))["totals"]["params"] == 71
    assert net.to_text("csv").startswith("layer,type,")
    with pytest.raises(ValueError, match="no format is called"):
        net.summary("xml")


def test_unknown_sizes_are_expressions() -> None:
    net = cnnspec.loads("input ?x?x3\nmaxpool(2x2)\n")
    shape = net.outputs[0]
    assert shape is not None
    assert str(shape[0]) == "H//2"
    assert isinstance(shape[0], Size)
    assert shape[0].value({"H": 7}) == 3


def test_parameters_from_python_are_read_as_the_language_writes_them() -> None:
    spec = "model N(k=3, act=relu) {\n  input 8x8x3\n  conv(k, 3x3, activation=act)\n  relu if act else in\n}"
    for k in (np.int64(4), 4):
        net = cnnspec.loads(spec, k=k, act=None)
        assert (net.diagnostics, net.params, len(net.layers)) == ((), 112, 2)
