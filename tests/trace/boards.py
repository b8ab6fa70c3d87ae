"""Traces for tests: a spec on given numbers, with weights that are written in it, whole numbers otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.trace import draw_board
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.text import write_text
from cnnspec.trace.trace import Trace, find_shown, trace_network
from cnnspec.trace.weights import WeightsFound


def trace_text(
    text: str, inputs: Any = None, layers: tuple[str, ...] = (), place: Any = None, whole: bool = False
) -> Trace:  # fmt: skip
    """The trace of a network on one array for each input, 0, 1, 2, … where there is none; weights that are not written are
    1, 2, 3, … `whole`: up to the outputs."""
    network = analyse(Source("net.cnn", text)).networks[0]
    graph, weights = network.graph, {}
    for node in graph.nodes:
        shapes = graph.input_shapes(node) or ()
        written = node.layer.written_weights(shapes) if node.layer is not None else {}
        weights[node.name] = {
            w.name: make_exact(written[w.name].nested()) if w.name in written else count_up(w.shape, 1)
            for w in (node.layer.own_weights(shapes) if node.layer is not None else ())
        }
    shapes = [graph.nodes[index].shape or () for index in graph.inputs]
    given = [
        count_up(shape, 0) if inputs is None else make_exact(inputs[i]).reshape(shape) for i, shape in enumerate(shapes)
    ]
    return trace_network(
        network, [x[None] for x in given], WeightsFound(weights, {}), find_shown(network, layers), place, whole
    )


def count_up(shape: Any, first: int) -> Any:
    return make_exact(np.arange(first, first + int(np.prod(shape))).reshape(shape))


def write_board(trace: Trace, decimals: bool = False, width: int | None = 80) -> list[str]:
    """The lines of a trace's text, without empty ones."""
    return [line for line in write_text(draw_board(trace), decimals, width).split("\n") if line]
