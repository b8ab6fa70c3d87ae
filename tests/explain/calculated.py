"""What the tests of explanations share: the texts of the catalogue, and printed arithmetic computed as it stands."""

from __future__ import annotations

import math
import re
from typing import Any

from cnnspec.base.size import Size, value
from cnnspec.layers import CATALOGUE

TEXTS = {f"{layer.__name__}-{i}": t for layer in CATALOGUE for i, t in enumerate((layer.example, *layer.more_examples))}
GIVEN = {name: 37 + 3 * i for i, name in enumerate(("H", "W", "D", "L", "C"))}


def calculated(text: str) -> float:
    """Printed arithmetic, computed as it stands."""
    plain = re.sub(r",(?=\d{3})", "", text).replace(" mod ", " % ")
    names = {"floor": math.floor, "ceil": math.ceil, "max": max, "__builtins__": {}, **GIVEN}
    return float(eval(plain, names))


def number(figure: Any) -> float:
    return float(value(figure, GIVEN) if isinstance(figure, Size) else figure)
