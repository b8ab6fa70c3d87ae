"""Keras's initializers in NumPy: the numbers that a weight begins with, exact where nothing is drawn.

NumPy's RandomState draws, whose numbers are the same in every version. Source of the definitions: keras.initializers.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnspec.layers.exact_numbers import read_exact
from cnnspec.layers.words import INITIALIZERS
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.layers.argument import Term

DEFAULTS = dict(INITIALIZERS.values())  # Keras's classes, with their arguments
FARTHEST = 2  # standard deviations from the mean at which a truncated normal distribution ends
DEVIATION = 0.87962566103423978  # the standard deviation of the standard normal distribution that is truncated there


def begin_weight(shape: tuple[int, ...], term: Term, *seeds: object) -> Array:
    """The numbers of a weight that begins by an initializer. Equal seeds, or the initializer's own, draw equal numbers. Raises
    NoTrace for an initializer that makes no weight of this shape."""
    given = find_arguments(term)
    own = given.get("seed")
    random = make_random(*seeds) if own is None else make_random(own)
    return BEGIN[term.name](shape, random, **{name: value for name, value in given.items() if name != "seed"})


def find_arguments(term: Term) -> dict[str, Any]:
    """The arguments of an initializer, Keras's where none are written."""
    return DEFAULTS[term.name] | dict(term.keywords)


def is_drawn(term: Term) -> bool:
    """Whether an initializer draws random numbers."""
    return "seed" in DEFAULTS[term.name]


def make_random(*seeds: object) -> np.random.RandomState:
    """What draws random numbers: the same ones for the same seeds."""
    digest = sha256("\0".join(map(str, seeds)).encode()).digest()
    return np.random.RandomState(np.frombuffer(digest, "<u4").tolist())


# ---- constants ---------------------------------------------------------------------------------------------
def fill(shape: tuple[int, ...], random: np.random.RandomState, value: Any) -> Array:
    """One number, or numbers that are repeated along axes that they do not have."""
    numbers = make_exact(np.vectorize(read_exact, otypes=[object])(value))
    return np.broadcast_to(numbers, shape).copy()


# ---- normal and uniform ------------------------------------------------------------------------------------
def draw_uniform(shape: tuple[int, ...], random: np.random.RandomState, minval: float, maxval: float) -> Array:
    return minval + (maxval - minval) * random.random_sample(shape)


def draw_normal(shape: tuple[int, ...], random: np.random.RandomState, mean: float, stddev: float) -> Array:
    return mean + stddev * random.standard_normal(shape)


def draw_truncated(shape: tuple[int, ...], random: np.random.RandomState, mean: float, stddev: float) -> Array:
    """Normal, and what is farther from the mean than two standard deviations is drawn again."""
    drawn = random.standard_normal(prod(shape))
    while len(far := np.flatnonzero(np.abs(drawn) > FARTHEST)):
        drawn[far] = random.standard_normal(len(far))
    return mean + stddev * drawn.reshape(shape)


# ---- by the number of inputs and outputs -------------------------------------------------------------------
def draw_scaled(
    shape: tuple[int, ...], random: np.random.RandomState, scale: float, mode: str, distribution: str
) -> Array:
    """With the variance scale / n: n inputs of a unit ("fan_in"), its outputs ("fan_out") or their mean ("fan_avg")."""
    inputs, outputs = count_fans(shape)
    fans = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}
    stddev = sqrt(scale / max(1, fans[mode]))
    if distribution == "uniform":
        return draw_uniform(shape, random, -sqrt(3) * stddev, sqrt(3) * stddev)
    if distribution == "untruncated_normal":
        return draw_normal(shape, random, 0, stddev)
    return draw_truncated(shape, random, 0, stddev / DEVIATION)


def count_fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """The inputs and outputs of a unit by its weight's shape: of a kernel, the taps times the channels that the last two axes
    are, whatever they mean to the layer."""
    if len(shape) < 2:
        return prod(shape), prod(shape)
    *window, inputs, outputs = shape
    return prod(window) * inputs, prod(window) * outputs


def scaled(scale: float, mode: str, distribution: str) -> Callable[..., Array]:
    """An initializer of one name and no arguments."""
    return lambda shape, random: draw_scaled(shape, random, scale, mode, distribution)


# ---- orthogonal --------------------------------------------------------------------------------------------
def draw_orthogonal(shape: tuple[int, ...], random: np.random.RandomState, gain: float) -> Array:
    """A matrix with a column for each place of the last axis, whose columns, or rows where those are fewer, are orthogonal
    and `gain` long."""
    if len(shape) < 2:
        raise NoTrace("orthogonal begins no weight of one axis: choose another initializer for it")
    rows, columns = prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(random.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))
    return gain * (q if rows >= columns else q.T).reshape(shape)


BEGIN: dict[str, Callable[..., Array]] = {
    "Zeros": lambda shape, random: fill(shape, random, 0),
    "Ones": lambda shape, random: fill(shape, random, 1),
    "Constant": fill,
    "RandomNormal": draw_normal,
    "RandomUniform": draw_uniform,
    "TruncatedNormal": draw_truncated,
    "GlorotNormal": scaled(1, "fan_avg", "truncated_normal"),
    "GlorotUniform": scaled(1, "fan_avg", "uniform"),
    "HeNormal": scaled(2, "fan_in", "truncated_normal"),
    "HeUniform": scaled(2, "fan_in", "uniform"),
    "LecunNormal": scaled(1, "fan_in", "truncated_normal"),
    "LecunUniform": scaled(1, "fan_in", "uniform"),
    "Orthogonal": draw_orthogonal,
    "VarianceScaling": draw_scaled,
}
