"""The losses: how wrong an output is, and the gradient that begins the way back, number by number; as Keras defines them.

A loss is the sum of a part for each number of the output, times a share: 1 by how many numbers there are, or, for the
cross-entropy of classes, by how many positions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from math import log
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.activation import clip, log_softmax, sigmoid, softmax, softplus, tanh
from cnnspec.trace.reference.arrays import is_exact, make_exact, make_floats, number, settle
from cnnspec.trace.reference.definition import Array

Write = Callable[[str, str, Any], str]
EPSILON = 1e-7  # Keras's: probabilities of a cross-entropy are kept this far from 0 and 1


class Loss(Record):
    """A loss of an output. `target` is what it is compared with, a number for each of the output: smoothed, and 1 for a class
    that is named. `parts` and `slopes` are those of each number; `value` is the sum of the parts, times `share`, and
    `gradient`, the slopes times `share`, that of the output. `probabilities`: what the loss makes of the output first, if
    anything, by `function`; `clipped`: some of the output were kept away from 0 and 1. `write_part(y, t, target)` is a part in names, of a number of the probabilities or else of the
    output and that of its target, "" for one that is always 0; `write_slope` its slope, None where that has no short form.
    """

    word: str
    target: Array
    share: Any
    parts: Array
    slopes: Array
    write_part: Write
    write_slope: Write | None
    probabilities: Array | None = None
    function: str = ""
    clipped: bool = False

    @property
    def shares(self) -> tuple[Any, ...]:
        """The share as a factor that is written, if it is not 1."""
        return () if self.share == 1 else (self.share,)

    @property
    def value(self) -> Any:
        return settle((self.parts * self.share).sum(keepdims=True)).ravel()[0]

    @property
    def gradient(self) -> Array:
        return settle(self.slopes * self.share)


# ---- number by number ----------------------------------------------------------------------------------------
class Pointwise(Record):
    """A loss of numbers one by one: the part and the slope of each, from the output and the target, and how both are named."""

    part: Callable[[Array, Array, Any], Array]
    slope: Callable[[Array, Array, Any], Array]
    write_part: Callable[[str, str, Any], str]
    write_slope: Callable[[str, str, Any], str]


def sign(x: Array) -> Array:
    return (x > 0) * 1 - (x < 0) * 1


def huber(y: Array, t: Array, delta: Any) -> Array:
    d = np.abs(y - t)
    return np.where(d <= delta, d * d / 2, delta * d - delta * delta / 2)


def find_bce(p: Array, t: Array, _: Any) -> Array:
    kept = clip(make_floats(p), EPSILON, 1 - EPSILON)
    return -(t * np.log(kept) + (1 - t) * np.log(1 - kept))


def find_bce_slope(p: Array, t: Array, _: Any) -> Array:
    kept = clip(make_floats(p), EPSILON, 1 - EPSILON)
    return (kept == p) * (kept - t) / (kept * (1 - kept))


def write_bce(y: str, t: str, target: Any) -> str:
    if target in (0, 1):
        return f"(-log({y}))" if target == 1 else f"(-log(1 - {y}))"
    return f"({t}*log(1/{y}) + (1 - {t})*log(1/(1 - {y})))"


def write_bce_slope(y: str, t: str, target: Any) -> str:
    if target in (0, 1):
        return f"(-1/{y})" if target == 1 else f"1/(1 - {y})"
    return f"({y} - {t})/({y}*(1 - {y}))"


def write_as(pattern: str) -> Write:
    """A part or a slope that is always written alike."""
    return partial(fill_in, pattern)


def fill_in(pattern: str, y: str, t: str, target: Any) -> str:
    return pattern.format(y=y, t=t)


POINTWISE = {
    "mean_squared_error": Pointwise(
        lambda y, t, _: (y - t) ** 2, lambda y, t, _: 2 * (y - t),
        write_as("({y} - {t})^2"), write_as("2*({y} - {t})"),
    ),
    "mean_absolute_error": Pointwise(
        lambda y, t, _: np.abs(y - t), lambda y, t, _: sign(y - t),
        write_as("|{y} - {t}|"), write_as("sign({y} - {t})"),
    ),
    "huber": Pointwise(
        huber, lambda y, t, delta: clip(y - t, -delta, delta),
        write_as("huber({y} - {t})"), write_as("huber'({y} - {t})"),
    ),
    "log_cosh": Pointwise(
        lambda y, t, _: (y - t) + softplus(-2 * (y - t)) - log(2), lambda y, t, _: tanh(y - t),
        write_as("log(cosh({y} - {t}))"), write_as("tanh({y} - {t})"),
    ),
    "poisson": Pointwise(
        lambda y, t, _: make_floats(y) - t * np.log(make_floats(y) + EPSILON),
        lambda y, t, _: 1 - t / (make_floats(y) + EPSILON),
        write_as("({y} - {t}*log({y}))"), write_as("(1 - {t}/{y})"),
    ),
    "binary_crossentropy": Pointwise(find_bce, find_bce_slope, write_bce, write_bce_slope),
}  # fmt: skip
OF_LOGITS = Pointwise(
    lambda y, t, _: np.maximum(make_floats(y), 0) - make_floats(y) * t + softplus(-np.abs(make_floats(y))),
    lambda y, t, _: sigmoid(y) - t,
    write_bce, write_as("({y} - {t})"),
)  # fmt: skip
BINARY, SPARSE, CATEGORICAL = "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"
LOSSES = (*POINTWISE, CATEGORICAL, SPARSE)
OPTIONS = ("from_logits", "label_smoothing", "delta", "reduction", "axis", "name", "dtype")


# ---- a loss --------------------------------------------------------------------------------------------------
def find_loss(word: str, options: Mapping[str, Any], y: Array, target: Array) -> Loss:
    """The loss of that word, with its options, of an output; both have the batch first. The target has the output's shape, or,
    for classes by their numbers, that without the last axis. Raises NoTrace for a loss that is not computed here."""
    other = [
        name
        for name, value in options.items()
        if name not in OPTIONS or name == "axis" and value not in (-1, y.ndim - 1)
    ]
    if word not in LOSSES or other:
        what = f"{word} with {other[0]}={options[other[0]]}" if word in LOSSES else word
        raise NoTrace(
            f"the gradient of {what} is not known here: take {', '.join(LOSSES[:-1])} or {LOSSES[-1]}, or give it"
        )
    t = name_classes(target, y) if word == SPARSE else target
    smoothing = options.get("label_smoothing", 0)
    if smoothing:
        even = Fraction(1, 2 if word == BINARY else y.shape[-1])
        t = t * number(1 - smoothing, t) + number(smoothing, t) * number(even, t)
    whole = options.get("reduction") == "sum"
    if word not in POINTWISE:
        share = number(Fraction(1, 1 if whole else y[..., 0].size), y)
        return find_entropy(word, y, t, share, options.get("from_logits", False))
    share = number(Fraction(1, y.shape[-1] if whole else y.size), y)
    logits = word == BINARY and options.get("from_logits", False)
    kind, figure = OF_LOGITS if logits else POINTWISE[word], number(options.get("delta", 1), y)
    made = Loss(word, t, share, kind.part(y, t, figure), kind.slope(y, t, figure), kind.write_part, kind.write_slope)
    if logits:
        return made.replace(probabilities=sigmoid(y), function="sigmoid")
    return made.replace(clipped=word == BINARY and is_clipped(y))


def find_entropy(word: str, y: Array, t: Array, share: Any, logits: bool) -> Loss:
    """The cross-entropy of classes: -t log(p), p being the output by its sum, or its softmax where it is logits."""
    y, t, share = make_floats(y), make_floats(t), float(share)
    if logits:
        p = softmax(y, -1)
        slopes = p * t.sum(axis=-1, keepdims=True) - t
        named = write_difference if is_one(t) else None
        return Loss(word, t, share, -t * log_softmax(y, -1), slopes, write_entropy, named, p, "softmax")
    sums = y.sum(axis=-1, keepdims=True)
    if word == SPARSE:  # kept away from 0 and 1 first, and brought to the sum 1 then
        kept = clip(y, EPSILON, 1 - EPSILON)
        p = kept / kept.sum(axis=-1, keepdims=True)
        slopes = (kept == y) * (1 / kept.sum(axis=-1, keepdims=True) - t / kept)
    else:
        q = y / sums
        p = clip(q, EPSILON, 1 - EPSILON)
        back = -t / p * (p == q)
        slopes = (back - (back * q).sum(axis=-1, keepdims=True)) / sums
    plain = is_one(y) and is_one(t) and np.allclose(p, y, 1e-12, 0)
    made = Loss(word, t, share, -t * np.log(p), slopes, write_entropy, write_ratio if plain else None)
    return made.replace(clipped=is_clipped(y if word == SPARSE else y / sums))


def name_classes(target: Array, y: Array) -> Array:
    """A 1 for the class of each position, 0 for the others."""
    numbers = make_floats(target).reshape(y.shape[:-1])
    if not np.isin(numbers, np.arange(y.shape[-1])).all():
        raise NoTrace(f"a target of {SPARSE} is the number of a class, from 0 to {y.shape[-1] - 1:,}")
    chosen = (numbers[..., None] == np.arange(y.shape[-1])) * 1
    return make_exact(chosen) if is_exact(y) else chosen.astype(float)


def is_clipped(p: Array) -> bool:
    """Whether some probabilities are too near to 0 or 1."""
    return bool((clip(make_floats(p), EPSILON, 1 - EPSILON) != p).any())


def is_one(x: Array) -> bool:
    """Whether the channels of every position add up to 1."""
    return bool(np.allclose(x.sum(axis=-1), 1, 0, 1e-9))


def write_entropy(y: str, t: str, target: Any) -> str:
    return "" if target == 0 else f"(-log({y}))" if target == 1 else f"{t}*log(1/{y})"


def write_difference(y: str, t: str, target: Any) -> str:
    return f"({y} - {t})"


def write_ratio(y: str, t: str, target: Any) -> str:
    return f"(1 - {t}/{y})"
