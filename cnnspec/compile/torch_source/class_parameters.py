"""The values in which calls of one block differ → the parameters of its class, and how each value is made of them.

Numbers of channels may be made of other numbers of channels: the same, a multiple, a sum.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cnnspec.compile.torch_source.names import Names

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.outlines import Place

CHANNELS = {
    "in_channels", "out_channels", "in_features", "out_features", "num_features", "num_channels", "normalized_shape", "groups",
    "num_parameters", "channels",
}  # fmt: skip
NORMALISED = ("num_features", "num_channels", "normalized_shape", "num_parameters")
CALLED = {
    **dict.fromkeys(NORMALISED, "channels"),
    "index": "cut",
    "p": "rate",
}  # what a parameter is called for an argument
ANY = object()  # the value of a call that leaves out the part
RELATED = 8  # parameters that a number may be made of
MOST = 64  # times that one number is another one


class Parameter:
    """A parameter of a class: a name, the value that each call gives, and the one that is taken unless given."""

    def __init__(self, name: str, values: tuple[Any, ...]) -> None:
        self.name, self.values = name, tuple([None if value is ANY else value for value in values])
        self.has_default, self.default = ANY in values, None

    def choose_default(self) -> None:
        """The value that most calls give becomes the default, unless some need none."""
        if self.has_default:
            return
        (value, times), *_ = Counter(map(repr, self.values)).most_common(1)
        if times * 2 > len(self.values) > 2 or times > 2 and times * 2 >= len(self.values):
            self.has_default, self.default = True, next(v for v in self.values if repr(v) == value)


def find_parameters(columns: dict[Place, tuple[str, tuple[Any, ...]]]) -> tuple[list[Parameter], dict[Place, str]]:
    """The parameters of a class, and the expression in them of each value that differs. A column: the name of its argument,
    and its value in each call."""
    found: list[Parameter] = []
    kinds: list[str] = []
    texts: dict[Place, str] = {}
    names = Names({"self"})
    entering = [values for name, values in columns.values() if name in ("in_channels", "in_features")]
    for place, (name, values) in sorted(columns.items(), key=lambda column: ANY in column[1][1]):
        given = [value for value in values if value is not ANY]
        is_constant = all(same(value, given[0]) for value in given)
        if is_constant and len(given) == len(values):
            continue
        kind = "channels" if name in CHANNELS else name
        known = [p for p, k in zip(found, kinds, strict=True) if k == kind]
        text = relate(values, known, kind, name) or relate_padding(name, values, found)
        if not text and is_constant:
            continue
        if not text:
            word = "in_channels" if name in NORMALISED and values in entering else CALLED.get(name, name)
            parameter = Parameter(names.take(word), values)
            found.append(parameter)
            kinds.append(kind)
            text = parameter.name
        texts[place] = text
    for parameter, kind in zip(found, kinds, strict=True):
        if kind != "channels":
            parameter.choose_default()
    order = {
        id(parameter): (parameter.has_default, kind != "channels") for parameter, kind in zip(found, kinds, strict=True)
    }
    found.sort(key=lambda parameter: order[id(parameter)])
    return found, texts


def relate(values: tuple[Any, ...], known: list[Parameter], kind: str, name: str) -> str:
    """The values as an expression in parameters of their kind; "" where there is none."""
    if ANY in values:
        rows = [row for row, value in enumerate(values) if value is not ANY]
        values = tuple([values[row] for row in rows])
        known = [Parameter(p.name, tuple([p.values[row] for row in rows])) for p in known]
        if len(set(map(repr, values))) == 1:  # a number that is one of the others by chance alone
            return next((p.name for p in known if kind == "channels" or p.name == name if p.values == values), "")
    for parameter in known:
        if all(map(same, values, parameter.values)):
            return parameter.name
    if not all(type(v) is int for v in values):
        return ""
    numbers = [(p.name, whole) for p in known[:RELATED] if (whole := find_whole(p.values)) is not None]
    if kind == "index":
        return next(
            (f"-{one}" for one, given in numbers if all(v == -w for v, w in zip(values, given, strict=True))), ""
        )
    if kind != "channels" or name == "out_channels" and len(set(values)) < 3:
        return ""
    for one, given in numbers:
        if times := find_factor(values, given):
            return f"{times} * {one}"
        if times := find_factor(given, values):
            return f"{one} // {times}"
    for place, (one, given) in enumerate(numbers):
        for other, more in numbers[place + 1 :]:
            if all(v == a + b for v, a, b in zip(values, given, more, strict=True)):
                return f"{one} + {other}"
        rest = values[0] - given[0]
        if rest > 0 and all(v == a + rest for v, a in zip(values, given, strict=True)):
            return f"{one} + {rest}"
    return ""


def find_whole(values: tuple[Any, ...]) -> tuple[int, ...] | None:
    """The values, where all are whole numbers."""
    return values if all(type(value) is int for value in values) else None


def relate_padding(name: str, values: tuple[Any, ...], known: list[Parameter]) -> str:
    """A padding that is half the kernel."""
    for parameter in known:
        if name == "padding" and parameter.name.startswith("kernel_size"):
            if all(type(k) is int and k // 2 == v for k, v in zip(parameter.values, values, strict=True)):
                return f"{parameter.name} // 2"
    return ""


def find_factor(above: tuple[int, ...], below: tuple[int, ...]) -> int:
    """The whole number, at least 2, by which every value below gives the one above; 0 if there is none."""
    if not below[0] or above[0] % below[0]:
        return 0
    times = above[0] // below[0]
    return times if 2 <= times <= MOST and all(a == times * b for a, b in zip(above, below, strict=True)) else 0


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one type: True is not 1."""
    return type(one) is type(other) and bool(one == other)
