"""Mutated ONNX files: read, or refused in one sentence."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from onnx import numpy_helper

from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.onnx.model_parts import (
    branching,
    doubling,
)
from tests.model_files.onnx.onnx_models import everything, small
from tests.support import THOROUGH

TRIES = 10_000 if THOROUGH else 240


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out or put in; seldom so many that it is no message any more."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(made))
        kind = chance.randrange(6)
        if kind == 0:
            del made[at : at + chance.randrange(1, 9)]
        elif kind == 1:
            made[at:at] = chance.randbytes(chance.randrange(1, 5))
        elif kind == 2:
            made[at] = chance.choice((0, 1, 127, 128, 255))
        else:
            made[at] ^= 1 << chance.randrange(8)
    return bytes(made)


def changed(proto: Any, chance: random.Random) -> bytes:
    """A model whose fields are changed, so that it is one still: names, numbers, shapes, the order of its nodes."""
    made = type(proto).FromString(proto.SerializeToString())
    nodes, tensors = made.graph.node, made.graph.initializer
    for _ in range(chance.choice((1, 2, 3))):
        one, other = chance.choice(nodes), chance.choice(nodes)
        kind = chance.randrange(9)
        if kind == 0 and one.input:
            one.input[chance.randrange(len(one.input))] = chance.choice([*other.input, *other.output, "", "none"])
        elif kind == 1:
            one.op_type = other.op_type
        elif kind == 2 and one.attribute:
            attribute = chance.choice(one.attribute)
            attribute.i = chance.choice((0, 1, -1, 7, 2**31, -(2**63)))
            if attribute.ints:
                attribute.ints[chance.randrange(len(attribute.ints))] = attribute.i
        elif kind == 3 and one.attribute:
            del one.attribute[chance.randrange(len(one.attribute))]
        elif kind == 4 and tensors:
            tensor = chance.choice(tensors)
            if tensor.dims:
                tensor.dims[chance.randrange(len(tensor.dims))] = chance.choice((0, 1, 2, 10**9, 2**62))
        elif kind == 5 and tensors:
            tensor = chance.choice(tensors)
            tensor.raw_data = chance.randbytes(len(tensor.raw_data))
        elif kind == 6:
            one.input.append(chance.choice([*other.input, *other.output, "x"]))
        elif kind == 7:
            nodes.insert(0, nodes.pop(chance.randrange(len(nodes))))
        else:
            dims = made.graph.input[0].type.tensor_type.shape.dim
            dims[chance.randrange(len(dims))].dim_value = chance.choice((0, 1, 5, -1, 10**9, 2**62))
    return bytes(made.SerializeToString())


def test_mutated_files_are_read_or_refused_in_one_sentence() -> None:
    """Bytes changed in one half of them, fields in the other; most of all still reach the graph's reader."""
    chance = random.Random(20)
    protos = [
        small(),
        small(11, 2),
        doubling(2),
        everything(),
        branching("t", [numpy_helper.from_array(np.array(True), "t")]),
    ]
    reached = converted = longest = 0
    for number in range(TRIES):
        proto = protos[number // 2 % len(protos)]
        data = mutated(proto.SerializeToString(), chance) if number % 2 else changed(proto, chance)
        try:
            model = read_model(data)
            reached += 1
            convert_model(model, "net")
            converted += 1
        except ModelRefused as refusal:
            longest = max(longest, len(refusal.lines))
    assert longest == 1
    assert reached > TRIES / 2
    assert converted > TRIES / 20
