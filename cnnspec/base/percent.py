"""Shares as people read them, the same in every report and message: 75 %, 56.25 %, 13.8 %, 6.25 %, 0.07 %, 99.93 %.

A share that two digits behind the point say exactly is written so, without zeros at the end. Any other is rounded, a
half up: to one digit, to two below 10 % and above 90 %. What is there is never 0 %, what is not all never 100 %.
"""

from __future__ import annotations

from math import floor

from cnnspec.base.recording import for_words

NOISE = 1e-3  # hundredths of a percent that a share may be off by its own arithmetic


@for_words
def percent(share: float | None, signed: bool = False) -> str:
    """A share of 1: "56.25 %", "?" where it is unknown. `signed`: a change, "+10.1 %" or "-28 %"."""
    if share is None:
        return "?"
    sign = "-" if share < 0 else "+" if signed and share > 0 else ""
    size = 100 * abs(share)
    if 0 < size < 0.005:
        digits = "<0.01"
    elif 99.995 <= size < 100:
        digits = ">99.99"
    elif abs(100 * size - floor(100 * size + 0.5)) < NOISE:
        digits = f"{size:,.2f}".rstrip("0").rstrip(".")
    else:
        places = 2 if size < 10 or 90 < size < 100 else 1
        digits = f"{floor(size * 10**places + 0.5 + NOISE) / 10**places:,.{places}f}"
    return f"{sign}{digits} %"
