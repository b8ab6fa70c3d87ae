"""The words that a look's text and its pictures share."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.look.image_look import Explained
    from cnnspec.look.responses import Box

MOST_FILTERS = 16  # whose patches are shown


def write_number(value: float) -> str:
    """A value of a unit: 2.31, -0.052, 1.2e+04."""
    return f"{value:.3g}"


def write_share(shown: int, there: int, noun: str) -> str:
    """ "32 kernels", "the first 64 of 96 kernels"."""
    return count_nouns(there, noun) if shown == there else f"the first {shown} of {there:,} {noun}s"


def write_box(box: Box) -> str:
    """ "rows 3 to 5, columns 4 to 6"."""
    return ", ".join([write_span(span, noun) for span, noun in zip(box, ("row", "column"), strict=True)])


def write_span(span: tuple[int, int], noun: str) -> str:
    first, last = span
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"


def write_value(value: float, unit: str) -> str:
    """The value of a class: a probability in percent."""
    return percent(value) if unit == "probability" else write_number(value)


def describe_drop(explained: Explained) -> str:
    """How a class falls where the square that costs it most lies."""
    found, name = explained.occlusion, explained.name
    whole, least = [write_value(value, explained.unit) for value in (found.whole, found.least)]
    if found.least >= found.whole or least == whole:
        square = f"{found.side}x{found.side} pixels are" if found.side > 1 else "pixel is"
        return f"{name} does not fall from {whole}, whichever {square} covered"
    return (
        f"{name} falls from {whole} to {least} where {write_box(found.box)} {'are' if found.side > 1 else 'is'} covered"
    )
