"""A value as it is written out: 3*(-1) + 4*(-1) + 3*5 + 2*(-1) + 0*(-1) = 6; as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cnnspec.base.record import Record

DIGITS = 6
MOST_TERMS = 64  # that are written of a sum, or of what a function takes; the middle of more is left out


class SumStep(Record):
    """What is added up, and the sum. A term is one number, or several that are multiplied; `symbols` has the same terms in
    names (dE/dh11, X11), () where they have none. `minus`: which terms, counted from 0, are taken off."""

    terms: tuple[tuple[Any, ...], ...]
    value: Any
    symbols: tuple[tuple[str, ...], ...] = ()
    minus: tuple[int, ...] = ()


class CallStep(Record):
    """What a function takes, and what it gives; at place `index` where it gives as many numbers as it takes: a softmax."""

    function: str
    arguments: tuple[Any, ...]
    value: Any
    index: int | None = None


class Formula(Record):
    """How the value of a name comes about, step by step: conv1[0,0]; the last step's value is its own."""

    name: str
    steps: tuple[SumStep | CallStep, ...]

    @property
    def value(self) -> Any:
        return self.steps[-1].value


class Style(Record):
    """How numbers and operations are written; {0}, {1} and {2} are what they are of. `bar`: a fraction is a bar, which needs
    no parentheses."""

    times: str
    fraction: str
    call: str
    index: str
    dots: str
    power: str
    bar: bool


TEXT = Style("*", "{0}/{1}", "{0}({1})", "[{0}]", "… {0:,} more …", "{0}e{1}", False)
LATEX = Style(
    r" \cdot ",
    r"\frac{{{0}}}{{{1}}}",
    r"\operatorname{{{0}}}({1})",
    "_{{{0}}}",
    r"\dots",
    r"{0} \cdot 10^{{{1}}}",
    True,
)


# ---- arithmetic ----------------------------------------------------------------------------------------------
def write_steps(steps: Sequence[SumStep | CallStep], style: Style = TEXT, decimals: bool = False) -> str:
    """The arithmetic of a value; with `decimals`, fractions as decimals."""
    return "; ".join([write_step(step, style, decimals) for step in steps])


def write_step(step: SumStep | CallStep, style: Style, decimals: bool) -> str:
    value = write_number(step.value, style, decimals)
    if isinstance(step, CallStep):
        arguments = shorten([write_number(number, style, decimals) for number in step.arguments], style)
        index = "" if step.index is None else style.index.format(step.index)
        name = step.function.replace("_", r"\_") if style.bar else step.function
        return f"{style.call.format(name, ', '.join(arguments))}{index} = {value}"
    if len(step.terms) <= 1 and all([len(term) == 1 for term in step.terms]):  # it is passed on
        return value
    return f"{write_sum([write_term(term, style, decimals) for term in step.terms], style, step.minus)} = {value}"


def write_symbols(step: SumStep, style: Style = TEXT) -> str:
    """The terms of a sum in names: dE/dh11*X11 + dE/dh12*X12."""
    return write_sum([style.times.join(term) for term in step.symbols], style, step.minus)


def write_sum(terms: list[str], style: Style, minus: Sequence[int] = ()) -> str:
    """Terms with + or - between; what stands first needs no parentheses around its sign."""
    if terms and terms[0].startswith("(-") and 0 not in minus:
        terms = [terms[0].replace("(", "", 1).replace(")", "", 1), *terms[1:]]
    signed = [f"{'-' if number in minus else '+'} {term}" for number, term in enumerate(terms)]
    written = " ".join([part if part[0] in "+-" else f"+ {part}" for part in shorten(signed, style)])
    return written.removeprefix("+ ") if written.startswith("+") else written.replace("- ", "-", 1)


def shorten(parts: list[str], style: Style) -> list[str]:
    """All of a few parts; of many the first and the last."""
    if len(parts) <= MOST_TERMS:
        return parts
    half = MOST_TERMS // 2
    return [*parts[:half], style.dots.format(len(parts) - 2 * half), *parts[-half:]]


def write_term(term: tuple[Any, ...], style: Style, decimals: bool) -> str:
    """A number, or a product: with a sign in parentheses, and so is a fraction in a product."""
    written = [write_number(value, style, decimals) for value in term]
    return style.times.join([f"({w})" if w.startswith("-") or "/" in w and len(term) > 1 else w for w in written])


# ---- numbers -------------------------------------------------------------------------------------------------
def write_number(value: Any, style: Style = TEXT, decimals: bool = False) -> str:
    """10/3, 6, 0.25."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return str(value)
    if isinstance(value, Fraction) and not decimals:
        return "-" * (value < 0) + style.fraction.format(abs(value.numerator), value.denominator)
    written = f"{float(value):.{DIGITS}g}"
    mantissa, power, exponent = written.partition("e")
    if power and style.bar:
        return style.power.format(mantissa, int(exponent))
    return "0" if written == "-0" else written
