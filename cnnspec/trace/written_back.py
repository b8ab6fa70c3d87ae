"""Gradients written out: the sums that they are, in names and in numbers, as the lectures write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from cnnspec.trace.derivatives import Key, Part, Place, Product, find_places, find_products
from cnnspec.trace.formula import MOST_TERMS, Formula, SumStep, write_number
from cnnspec.trace.losses import Loss
from cnnspec.trace.names import Names
from cnnspec.trace.reference.activation import MIXINGS
from cnnspec.trace.reference.arrays import make_floats, number, zeros
from cnnspec.trace.reference.definition import Array

LARGEST = 10_000  # denominator of a fraction that a float stands for
FEW = 12  # numbers of an array, up to which each is written out; of a larger one the first is


def choose_places(array: Array, axes: Sequence[int] = ()) -> list[Place]:
    """Which numbers of an array are written out, in reading order; of a weight in that of its `axes` as they are named."""
    if array.size > FEW:
        return [(0,) * array.ndim]
    return sorted(np.ndindex(array.shape), key=lambda place: [place[axis] for axis in axes])


# ---- by the sums ---------------------------------------------------------------------------------------------
def write_derivatives(names: Names, part: Part, gradient: Array, of: Key, given: Array) -> Iterator[Formula]:
    """The gradients `given` for an array: dE/dW11 = dE/dh11*X11 + dE/dh12*X12 + …; the first alone of sums that are too long to
    be read; nothing where they are no such sums, or infinite."""
    cells = find_chosen(part)[:FEW] if part.selects else choose_places(given, find_axes(names, of))
    for cell in cells:
        products = find_products(part, of, cell) if isfinite(given[cell]) else None
        if products is not None:
            step = add_up(names, part, gradient, products, names.name(of, cell), given[cell])
            yield Formula(f"dE/d{names.name(of, cell)}", (step,))
            if len(step.terms) > MOST_TERMS:
                return


def add_up(names: Names, part: Part, gradient: Array, products: list[Product], by: str, value: Any) -> SumStep:
    """A derivative as the sum of products."""
    terms, symbols, minus = [], [], []
    for place, product in enumerate(products):
        output = names.name_sum(product.place)
        term = [gradient[product.place], *[part.arrays[key][cell] for key, cell in product.values]]
        named = [f"dE/d{output}", *[names.name(key, cell) for key, cell in product.values]]
        if product.factor == -1 and not product.derivative:
            minus.append(place)
        elif product.factor != 1 or product.derivative:
            term.append(product.factor)
            named.append(f"d{output}/d{by}" if product.derivative else write_factor(product.factor))
        terms.append(tuple(term))
        symbols.append(tuple(named))
    return SumStep(tuple(terms) or ((value,),), value, tuple(symbols), tuple(minus))


def find_axes(names: Names, key: Key) -> tuple[int, ...]:
    """The axes of a weight in the order of its names; those of a map are in order."""
    return names.arrays[key].axes if isinstance(key, str) else ()


def write_factor(factor: Any) -> str:
    """A factor as it stands among names: 3, (1/4); (1/3) also for the float that is nearest to it."""
    simple = Fraction(float(factor)).limit_denominator(LARGEST)
    written = write_number(simple if float(simple) == float(factor) else factor)
    return f"({written})" if "/" in written or written.startswith("-") else written


def find_chosen(part: Part) -> list[Place]:
    """The cells that the outputs of a pool were taken from."""
    output = part.output
    return find_places(part.backward(zeros(output.shape, output) + 1, part.arrays)[0])


# ---- through a function --------------------------------------------------------------------------------------
def write_through(
    names: Names, function: str, back: Callable[[Array], Array], gradient: Array, given: Array, before: Callable[[Place], str]
) -> Iterator[Formula]:  # fmt: skip
    """The gradients `given` before a function, from those behind it, by its slope: dE/dh11 = dE/da11*relu'(h11). `before` names
    what it takes."""
    slopes = None if function in MIXINGS else back(np.ones_like(gradient)) + zeros(gradient.shape, gradient)
    for cell in choose_places(given):
        name = before(cell)
        if slopes is not None:
            terms = [(gradient[cell], slopes[cell])]
            symbols = [(f"dE/d{names.name_output(cell)}", f"{function}'({name})")]
        else:
            outputs = [(*cell[:-1], channel) for channel in range(gradient.shape[-1])]
            terms = [(gradient[place], back(make_one(gradient, place))[cell]) for place in outputs]
            symbols = [(f"dE/d{names.name_output(place)}", f"d{names.name_output(place)}/d{name}") for place in outputs]
        yield Formula(f"dE/d{name}", (SumStep(tuple(terms), given[cell], tuple(symbols)),))


def make_one(like: Array, place: Place) -> Array:
    """Zeros and a 1."""
    one = zeros(like.shape, like)
    one[place] = one[place] + 1
    return one


def write_differences(
    names: Names, output: Array, loss: Loss, given: Array, before: Callable[[Place], str]
) -> Iterator[Formula]:  # fmt: skip
    """The gradients `given` before a softmax or sigmoid whose output a cross-entropy takes: dE/dh1 = a1 - t1."""
    for cell in choose_places(given):
        a = names.name_output(cell)
        named, figures = (
            [a, names.output.replace(letter="t").name(cell[1:], names.short)],
            [output[cell], loss.target[cell]],
        )
        written = tuple(map(write_factor, loss.shares))
        terms = tuple([(figure, *loss.shares) for figure in figures])
        step = SumStep(terms, given[cell], tuple([(name, *written) for name in named]), (1,))
        yield Formula(f"dE/d{before(cell)}", (step,))


def is_difference(given: Array, output: Array, loss: Loss) -> bool:
    """Whether a gradient is output less target, by the share of the loss."""
    return bool(np.allclose(make_floats(given - (output - loss.target) * loss.share), 0, 0, 1e-9))


# ---- a step --------------------------------------------------------------------------------------------------
def write_update(names: Names, key: Key, weight: Array, gradient: Array, step: Fraction) -> Iterator[Formula]:
    """W11 - eta*dE/dW11."""
    eta = number(step, gradient)
    for cell in choose_places(weight, find_axes(names, key)):
        name = names.name(key, cell)
        value = weight[cell] - eta * gradient[cell]
        added = SumStep(((weight[cell],), (eta, gradient[cell])), value, ((name,), ("eta", f"dE/d{name}")), (1,))
        yield Formula(f"next {name}", (added,))
