"""Private names of libraries that are used all the same: each is there, and does what is relied on.

A new version of a library may take one away without a word. Then a test here says which, and where it is used.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.test_code_laws import PINNED
from tests.test_import_order import FILES, nodes


def takes_options() -> None:
    """cli/fix_files.py: what a parser and a group of its options have in common."""
    parser = argparse.ArgumentParser()
    for taking in (parser, parser.add_argument_group("more")):
        assert isinstance(taking, argparse._ActionsContainer)
        taking.add_argument(f"--{len(taking._actions)}")


def hashes_as_hashlib_does() -> None:
    """cli/cache_entry.py: blake2b without all of OpenSSL."""
    from _blake2 import blake2b

    for data in (b"", b"conv(8, 3x3)" * 100):
        assert blake2b(data, digest_size=16).hexdigest() == hashlib.blake2b(data, digest_size=16).hexdigest()


def keeps_its_table() -> None:
    """syntax/generate.py: Lark's LALR table, of a grammar of one word."""
    lark = pytest.importorskip("lark")
    made = lark.Lark('start: WORD\nWORD: "conv"', parser="lalr", lexer="basic")
    table = made.parser.parser._parse_table
    first, last = table.start_states["start"], table.end_states["start"]
    action, target = table.states[first]["WORD"]
    assert {first, last, target} <= set(table.states) and action.name == "Shift"


def walks_back() -> None:
    """train/evaluation/head.py: the layer that made a tensor, the use of it, and what that use read."""
    keras = pytest.importorskip("keras")
    start = keras.Input((4,))
    dense, flat = keras.layers.Dense(3, activation="softmax"), keras.layers.Flatten()
    middle = dense(start)
    end = keras.Model(start, flat(middle)).outputs[0]
    layer, use, number = end._keras_history
    assert (layer, use, number) == (flat, 0, 0)
    assert layer._inbound_nodes[use].input_tensors[0]._keras_history[0] is dense


def tells_of_onednn() -> None:
    """compile/kernels.py: whether TensorFlow computes with oneDNN."""
    pytest.importorskip("tensorflow")
    from tensorflow.python.util import _pywrap_util_port

    assert _pywrap_util_port.IsMklEnabled() in (True, False)


def has_defaults() -> None:
    """model_files/torch/make_op_defaults.py: the arguments of an operator and their default values."""
    torch = pytest.importorskip("torch")
    names = {argument.name: argument for argument in torch.ops.aten.conv2d.default._schema.arguments}
    assert names["stride"].default_value == [1, 1] and not names["weight"].has_default_value()


def tells_values_from_options() -> None:
    """cli/argument_parser.py: which words that begin with a minus are values."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--at")
    assert parser._negative_number_matcher.match("-1")
    parser._negative_number_matcher = re.compile("-[0-9]")
    assert parser.parse_args(["--at", "-1,0"]).at == "-1,0"


def answers_by_number() -> None:
    """server/language_server.py: the answer to a request that cannot be read."""
    protocol = pytest.importorskip("pygls.protocol")
    assert list(inspect.signature(protocol.JsonRPCProtocol._send_response).parameters)[:3] == [
        "self",
        "msg_id",
        "result",
    ]


def changes_by_a_rate() -> None:
    """train/starting/rates.py: an optimizer decays and steps by a rate that it asks itself for."""
    keras = pytest.importorskip("keras")
    optimizer, variable = keras.optimizers.SGD(0.5, weight_decay=0.5), keras.Variable([4.0])
    optimizer.build([variable])
    optimizer._get_current_learning_rate = lambda: 0.25
    optimizer._apply_weight_decay([variable])
    assert float(variable[0]) == 3.5
    assert callable(getattr(optimizer, "_parallel_update_step", optimizer._backend_update_step))


def weighs_each_output() -> None:
    """train/devices/output_losses.py: what means the loss of each output, which a step in symbols makes."""
    keras = pytest.importorskip("keras")
    start = keras.Input((2,))
    model = keras.Model(start, [keras.layers.Dense(1)(start), keras.layers.Dense(1)(start)])
    model.compile("sgd", ["mse", "mse"])
    zeros = np.zeros((3, 2), "float32"), (np.zeros((3, 1), "float32"),) * 2
    model._symbolic_build(data_batch=zeros)
    assert model._compile_loss.built and len(model._compile_loss.metrics) == 2
    for counted in model._compile_loss.metrics:
        counted.update_state(1.0, sample_weight=3)
        counted.update_state(5.0, sample_weight=1)
        assert float(counted.result()) == 2


USED: dict[str, Callable[[], Any]] = {
    "_ActionsContainer": takes_options, "_blake2": hashes_as_hashlib_does, "_parse_table": keeps_its_table,
    "_inbound_nodes": walks_back, "_keras_history": walks_back, "_pywrap_util_port": tells_of_onednn,
    "_get_current_learning_rate": changes_by_a_rate, "_apply_weight_decay": changes_by_a_rate, "_schema": has_defaults, "_negative_number_matcher": tells_values_from_options, "_send_response": answers_by_number,
    "_compile_loss": weighs_each_output, "_symbolic_build": weighs_each_output,
}  # fmt: skip


@pytest.mark.parametrize("name", USED)
def test_a_private_name_does_what_is_relied_on(name: str) -> None:
    USED[name]()


def test_saved_operations_are_those_of_keras() -> None:
    """model_files/keras: a call of a function of keras.ops is saved under a module of this name."""
    keras = pytest.importorskip("keras")
    start = keras.Input((4, 4, 2))
    saved = keras.Model(start, keras.ops.pad(start, [[0, 0], [1, 1], [1, 1], [0, 0]])).get_config()
    assert [layer["module"].startswith("keras.src.ops.") for layer in saved["layers"]] == [False, True]


def test_every_private_name_in_use_is_pinned() -> None:
    imported = set()
    for path in FILES:
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom):
                names = [*(node.module or "").split("."), *[alias.name for alias in node.names]]
                imported |= {name for name in names if name.startswith("_") and not name.startswith("__")}
    assert imported | PINNED == set(USED)
