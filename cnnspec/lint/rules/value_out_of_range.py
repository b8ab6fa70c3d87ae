"""W216 value-out-of-range: a parameter's value is none of those that the spec itself calls sensible.

Behind `in` stand the values of a parameter that make sense: `width=64 in 16..128:8`. A default that is none of them is hardly
meant: `sweep`, `solve` and `search` never try the network that everybody else sees. The network is legal all the same, and so is a
value that `--set` gives.

Bad:

    model Net(width=20 in 8..64:8) {
      input 28x28x1
      conv(width, 3x3, activation=relu) -> gap -> dense(10)
    }

Good:

    model Net(width=24 in 8..64:8) {
      input 28x28x1
      conv(width, 3x3, activation=relu) -> gap -> dense(10)
    }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.values import UNKNOWN, describe
from cnnspec.layers.argument import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.elaborate.choices import Choices
    from cnnspec.lint.context import Context

CODE = "W216"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("values that make sense",)
MANY = 10_000  # values, among which the nearest is not looked for


def check(context: Context) -> Iterator[Diagnostic]:
    for name, choices in context.graph.choices.items():
        value = context.graph.parameters.get(name, UNKNOWN)
        if value is UNKNOWN or choices.allow(value):
            continue
        given = "is set to" if choices.given else "has the default"
        shown = show(value) if isinstance(value, (list, tuple)) else describe(value)
        message = f"{name} {given} {shown}, which is none of its values: {choices.text}"
        yield Diagnostic(CODE, message, choices.site.span, find_near(choices, value), (), SEVERITY)


def find_near(choices: Choices, value: Any) -> str:
    """What to write: the values next to a number, else the first ones."""
    few = choices if len(choices) <= MANY else ()
    numbers = [one for one in few if isinstance(one, (int, float)) and not isinstance(one, bool)]
    if isinstance(value, (int, float)) and numbers:
        below, above = [n for n in numbers if n < value], [n for n in numbers if n > value]
        near = [show(number) for number in (max(below, default=None), min(above, default=None)) if number is not None]
        return f"write {' or '.join(near)}, or a range that has {show(value)}"
    return "write one of them, or add it to them"
