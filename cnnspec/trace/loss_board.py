"""A loss on the board: the output, its target, the error, and the gradient that begins the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cnnspec.trace.board import Section
from cnnspec.trace.formula import Formula, SumStep
from cnnspec.trace.forward import find_values
from cnnspec.trace.grids import draw_map
from cnnspec.trace.losses import EPSILON, SPARSE, Loss, write_ratio
from cnnspec.trace.symbols import Symbol, name_map
from cnnspec.trace.way_back import find_last_function
from cnnspec.trace.written_back import choose_places, write_factor

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.trace.trace import Trace

WHOLE = re.compile(r"\([^()]*\)")  # a sum that stands in parentheses as a whole


def draw_loss(trace: Trace, index: int, loss: Loss, losses: int) -> Section:
    """An output and its target, the loss, and the gradient of the output."""
    node = trace.network.graph.nodes[index]
    (output,) = find_values(trace, [index])
    letter = name_output(trace, node)
    shape = output.shape[1:]
    own = name_map("p" if loss.probabilities is not None else letter, shape)
    target = name_map("t", shape)
    groups = [draw_map(letter, output[0]), draw_map("t", loss.target[0])]
    if loss.probabilities is not None:
        groups.append(draw_map("p", loss.probabilities[0]))
    error = "E" if losses == 1 else f"E({node.name})"
    formulas = [Formula(error, (write_loss(loss, own, target),)), *write_start(loss, letter, own, target)]
    return Section(
        f"back: {loss.word} of {node.name}", (*groups, draw_map(f"dE/d{letter}", loss.gradient[0])), tuple(formulas),
        tuple(explain_loss(loss, node.name, own.replace(letter=letter), losses)),
    )  # fmt: skip


def write_loss(loss: Loss, own: Symbol, target: Symbol) -> SumStep:
    """The loss as the sum of its parts."""
    terms, symbols, shares = [], [], tuple(map(write_factor, loss.shares))
    for place in np.ndindex(loss.parts.shape):
        y, t = [symbol.name(place[1:], own.short) for symbol in (own, target)]
        name = loss.write_part(y, t, loss.target[place])
        if name:
            terms.append((loss.parts[place], *loss.shares))
            symbols.append((name, *shares))
    return SumStep(tuple(terms), loss.value, tuple(symbols))


def write_start(loss: Loss, letter: str, own: Symbol, target: Symbol) -> Iterator[Formula]:
    """The gradients of the output."""
    shares = tuple(map(write_factor, loss.shares))
    if loss.write_slope is None:
        return
    for place in choose_places(loss.gradient):
        y, t = [symbol.name(place[1:], own.short) for symbol in (own, target)]
        slope = loss.write_slope(y, t, loss.target[place])
        slope = slope if shares or not WHOLE.fullmatch(slope) else slope[1:-1]  # alone it needs no parentheses
        step = SumStep(((loss.slopes[place], *loss.shares),), loss.gradient[place], ((slope, *shares),))
        yield Formula(f"dE/d{own.replace(letter=letter).name(place[1:], own.short)}", (step,))


def explain_loss(loss: Loss, output: str, own: Symbol, losses: int) -> Iterator[str]:
    """What the letters are, how places are counted, and what Keras does besides."""
    letter = own.letter
    target = "1 for the class, which --target counts from 0, else 0" if loss.word == SPARSE else "its target"
    made = f"; p: the {loss.function} of {letter}" if loss.function else ""
    yield f"E: the error; {letter}: the output of {output}; t: {target}{made}"
    if own.words:
        yield "subscripts count from 1" if own.short else f"places count from 0: {letter}[{','.join(own.words)}]"
    if loss.write_slope is write_ratio:
        yield f"Keras divides the outputs by their sum, which is 1 here: hence the 1 in dE/d{letter}, which a softmax cancels"
    if loss.clipped:
        yield f"a probability nearer to 0 or 1 than {EPSILON:.0e} counts as that far away, as in Keras, and gets no gradient"
    if losses > 1:
        yield "the error is the sum of the losses of all outputs"


def name_output(trace: Trace, node: Node) -> str:
    """The letter of a node's output: a behind a function, else h; an input's is X."""
    if node.layer is None:
        return "X"
    (output,) = find_values(trace, [node.index])
    return "h" if find_last_function(node.layer, find_values(trace, node.inputs), output) is None else "a"
