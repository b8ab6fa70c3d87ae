"""Tensors as views of nodes: random programs give the values that NumPy gives, whatever layers the views were spared."""

from __future__ import annotations

import contextlib
from math import prod

import numpy
import pytest
from hypothesis import given

from cnnspec.model_files.channels_first.axes import (
    summarize,
)
from cnnspec.model_files.channels_first.learned import connect_fully
from cnnspec.model_files.channels_first.pointwise import merge, rescale
from cnnspec.model_files.views.arranging import arrange_freely
from cnnspec.model_files.views.opaque_batch import add_opaque_batch
from cnnspec.model_files.views.tensor import Inexpressible, permute, squeeze
from cnnspec.model_files.views.tensor_layers import finish, reshape
from cnnspec.model_files.views.weight_ref import WeightRef
from tests.model_files.view_programs import BATCH, compute, make_builder, programs
from tests.support import cases


@given(programs())
@cases(4)
def test_a_random_program_gives_what_numpy_gives(program):
    shape, steps = program
    builder = make_builder()
    values = numpy.arange(BATCH * prod(shape), dtype=float).reshape(BATCH, *shape)
    x = builder.add_input((BATCH, *shape))
    known = [(x, values)]
    for step, random in steps:
        try:
            made, value = step(builder, random, known)
        except Inexpressible:
            continue
        assert made.shape == value.shape
        if value.ndim > 1:
            known.append((made, value))
    outputs = known[-3:]
    placed, seen = [], []
    for tensor, value in outputs:
        with contextlib.suppress(Inexpressible):  # more axes than layers take
            placed.append(arrange_freely(builder, tensor))
            seen.append((tensor, value))
    channels_last = values.transpose(0, *range(2, values.ndim), 1) if values.ndim > 2 else values
    computed = compute(builder.graph, [channels_last])
    for (node, order), (_, value) in zip(placed, seen, strict=True):
        found = computed[node].transpose(0, *[axis + 1 for axis in order])
        numpy.testing.assert_allclose(found, value)
    graph = finish(builder, [tensor for tensor, _ in seen])
    assert len(compute(graph, [channels_last])) <= len(computed)


# ---- what views are spared, by example --------------------------------------------------------------------------
def words(builder, *outputs):
    return [node.label for node in finish(builder, outputs).nodes]


def test_axes_that_are_moved_there_and_back_cost_nothing():
    builder = make_builder()
    x = builder.add_input((BATCH, 6, 5, 4))
    there = rescale(builder, permute(x, (0, 2, 3, 1)), 2)
    assert words(builder, permute(there, (0, 3, 1, 2))) == ["input", "rescaling"]


def test_a_shuffle_of_channels_is_one_layer():
    builder = make_builder()
    x = builder.add_input((BATCH, 6, 5, 4))
    grouped = reshape(builder, x, (BATCH, 3, 2, 5, 4))
    mixed = reshape(builder, permute(grouped, (0, 2, 1, 3, 4)), (BATCH, -1, 5, 4))
    assert words(builder, rescale(builder, merge(builder, "add", x, mixed), 2)) == [
        "input", "channel_shuffle", "add", "rescaling",
    ]  # fmt: skip


def test_a_flatten_behind_a_global_pool_is_the_pool_without_axes():
    builder = make_builder()
    pooled = summarize(builder, builder.add_input((BATCH, 6, 5, 4)), (2, 3), keepdims=True, kind="mean")
    flat = reshape(builder, pooled, (BATCH, -1))
    assert words(builder, connect_fully(builder, flat, WeightRef("w", (6, 10)), None)) == ["input", "gap", "dense"]
    assert not builder.remarks


def test_a_map_that_is_flattened_channels_first_is_noted_where_a_weight_reads_it():
    builder = make_builder()
    flat = reshape(builder, builder.add_input((BATCH, 6, 5, 4)), (BATCH, -1))
    scaled = rescale(builder, flat, 2)
    assert words(builder, connect_fully(builder, scaled, WeightRef("w", (120, 10)), None)) == [
        "input", "flatten", "rescaling", "dense",
    ]  # fmt: skip
    assert builder.remarks == [
        "1 layer reads a map that was flattened channels first: here the rows of its weight stand channels last, "
        "which concerns trained weights alone"
    ]


@pytest.mark.parametrize("batch", [1, 7, None])
def test_the_batch_may_have_any_size_and_stays_apart(batch):
    builder = make_builder()
    x = builder.add_input((batch, 6, 5, 4))
    n = x.shape[0]
    flat = reshape(builder, x, (n, -1))
    assert flat.shape == (n, 120)
    again = reshape(builder, flat, (-1, 6, 20))
    assert again.shape == (n, 6, 20)
    rows = reshape(builder, x, (n * 6, 20))
    with pytest.raises(Inexpressible, match="mixes the examples of a batch"):
        connect_fully(builder, rows, WeightRef("w", (20, 3)), None)


def test_a_layer_whose_weights_were_used_before_shares_them():
    builder = make_builder()
    weight = WeightRef("w", (4, 4))
    x = builder.add_input((BATCH, 4))
    for _ in range(3):
        x = connect_fully(builder, x, weight, None)
    assert [node.shares for node in finish(builder, [x]).nodes] == [None, None, 1, 1]


@pytest.mark.parametrize("shape", [(1, 8), (1, 1), (1, 8, 3, 3)])
@pytest.mark.parametrize("axes", [None, (0,)])
def test_an_output_without_its_batch_of_one(shape: tuple[int, ...], axes: tuple[int, ...] | None) -> None:
    """squeeze() drops the batch of a model that was exported with one example; the output is that of the example."""
    builder = make_builder()
    x = squeeze(rescale(builder, builder.add_input(shape), 2, 0), axes)
    assert x.shape == tuple([n for axis, n in enumerate(shape) if n != 1 or axes and axis])
    graph = finish(builder, [x])
    (output,) = graph.outputs
    assert prod(graph.nodes[output].shape) == prod(shape)


def test_an_open_batch_is_not_dropped() -> None:
    assert squeeze(make_builder().add_input((None, 1, 8))).shape[1:] == (8,)


def test_an_output_of_one_value_for_each_example() -> None:
    builder = make_builder()
    x = rescale(builder, builder.add_input((BATCH, 1)), 2, 0)
    graph = finish(builder, [squeeze(x, (1,))])
    assert [graph.nodes[index].shape for index in graph.outputs] == [(1,)]


def test_what_an_unknown_operator_makes_of_each_example_may_be_one_value() -> None:
    builder = make_builder()
    x = add_opaque_batch(builder, "argmax", [builder.add_input((BATCH, 5))], (BATCH,))
    assert x.shape == (BATCH,)
    graph = finish(builder, [x])
    assert [graph.nodes[index].shape for index in graph.outputs] == [(1,)]
