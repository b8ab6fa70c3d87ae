"""A value as it is written out: 3*(-1) + 4*(-1) + 3*5 + 2*(-1) + 0*(-1) = 6; as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor, log10
from typing import Any

from cnnspec.base.record import Record
from cnnspec.base.wrapping import count_columns

DIGITS = 6
LONGEST = 600  # bits of a numerator or a denominator that is written out: some 180 digits
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
    """How numbers and operations are written; {0} and {1} are what they are of. `bar`: a fraction is a bar, which needs
    no parentheses."""

    times: str
    fraction: str
    function: str
    index: str
    dots: str
    power: str
    bar: bool


TEXT = Style("*", "{0}/{1}", "{0}", "[{0}]", "… {0:,} more …", "{0}e{1}", False)
LATEX = Style(
    r" \cdot ",
    r"\frac{{{0}}}{{{1}}}",
    r"\operatorname{{{0}}}",
    "_{{{0}}}",
    r"\dots",
    r"{0} \cdot 10^{{{1}}}",
    True,
)


# ---- arithmetic ----------------------------------------------------------------------------------------------
def write_formula(formula: Formula, decimals: bool = False, width: int | None = None) -> Iterator[str]:
    """conv1[0,0] = 3*(-1) + 4*(-1) = -7; where it has names, they stand before the numbers, or in a line above if a line has no
    room for both."""
    first, numbers = formula.steps[0], write_steps(formula.steps, decimals=decimals)
    if isinstance(first, SumStep) and first.symbols:
        named = f"{formula.name} = {write_symbols(first)}"
        if width is None or count_columns(f"{named} = {numbers}") <= width:
            yield f"{named} = {numbers}"
            return
        yield named
    yield f"{formula.name} = {numbers}"


def write_steps(steps: Sequence[SumStep | CallStep], style: Style = TEXT, decimals: bool = False) -> str:
    """The arithmetic of a value; with `decimals`, fractions as decimals."""
    return " ".join(list_pieces(steps, style, decimals))


def write_symbols(step: SumStep, style: Style = TEXT) -> str:
    """The terms of a sum in names: dE/dh11*X11 + dE/dh12*X12."""
    return " ".join(list_symbols(step, style))


def list_pieces(steps: Sequence[SumStep | CallStep], style: Style = TEXT, decimals: bool = False) -> list[str]:
    """The arithmetic of a value in pieces that stay whole where a line ends between them: 3*5, + 2*(-1), = 13."""
    pieces: list[str] = []
    for step in steps:
        if pieces:
            pieces[-1] += ";"
        value = write_number(step.value, style, decimals)
        if isinstance(step, CallStep):
            pieces += [*list_arguments(step, style, decimals), f"= {value}"]
        elif len(step.terms) <= 1 and all([len(term) == 1 for term in step.terms]):  # it is passed on
            pieces.append(value)
        else:
            terms = [write_term(term, style, decimals) for term in step.terms]
            pieces += [*list_terms(terms, step.minus, style), f"= {value}"]
    return pieces


def list_symbols(step: SumStep, style: Style = TEXT) -> list[str]:
    """The terms of a sum in names, each with its sign."""
    return list_terms([style.times.join(term) for term in step.symbols], step.minus, style)


def list_terms(terms: list[str], minus: Sequence[int], style: Style) -> list[str]:
    """Terms, each with + or - before it; what stands first needs no +, nor parentheses around its sign."""
    if terms and terms[0].startswith("(-") and 0 not in minus:
        terms = [terms[0].replace("(", "", 1).replace(")", "", 1), *terms[1:]]
    signed = [f"{'-' if number in minus else '+'} {term}" for number, term in enumerate(terms)]
    first, *others = [part if part[0] in "+-" else f"+ {part}" for part in shorten(signed, style)]
    return [first.removeprefix("+ ") if first[0] == "+" else first.replace("- ", "-", 1), *others]


def list_arguments(step: CallStep, style: Style, decimals: bool) -> list[str]:
    """max(1, 34, 222, 253), each argument with what stands around it."""
    arguments = shorten([write_number(number, style, decimals) for number in step.arguments], style) or [""]
    name = step.function.replace("_", r"\_") if style.bar else step.function
    arguments[0] = f"{style.function.format(name)}({arguments[0]}"
    last = ")" if step.index is None else ")" + style.index.format(step.index)
    return [*[f"{argument}," for argument in arguments[:-1]], arguments[-1] + last]


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
def write_number(value: Any, style: Style = TEXT, decimals: bool = False, digits: int = DIGITS) -> str:
    """10/3, 6, 0.25; `digits` are those of a decimal."""
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
            return write_power(*find_power(value), style)
        if value.denominator == 1:
            return str(value)
        if not decimals:
            return "-" * (value < 0) + style.fraction.format(abs(value.numerator), value.denominator)
    mantissa, power, exponent = f"{float(value):.{digits}g}".partition("e")
    return write_power(mantissa, int(exponent), style) if power else "0" if mantissa == "-0" else mantissa


def write_power(mantissa: str, exponent: int, style: Style) -> str:
    """2e+09, as Python writes a float."""
    return style.power.format(mantissa, exponent if style.bar else f"{exponent:+03}")


def find_power(value: Fraction) -> tuple[str, int]:
    """About what a number with many digits is: a mantissa, and the power of 10."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    exponent = floor(bits * log10(2))
    mantissa = float(value / Fraction(10) ** exponent)
    more = floor(log10(abs(mantissa)))
    return f"{mantissa / 10**more:.{DIGITS}g}", exponent + more
