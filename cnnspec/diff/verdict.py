"""What comes of a budget on a change: each limit held against the figures of both networks.

A limit that cannot be held against a figure is not kept. Skipped is one that counts from the first network's figure where
there is no such network, and one of the receptive field where the network has none.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.base.size_signs import has_no_minus
from cnnspec.diff.difference import BROKEN, KEPT, SKIPPED, UNKNOWN
from cnnspec.diff.limits import SHARE
from cnnspec.lint.budget import BOUNDED, SHARES, is_met, measure_any, say_broken, say_unknown
from cnnspec.lint.rules.broken_budget import explain_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.diff.limits import ChangeLimit
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import BudgetLimit
    from cnnspec.lint.budget import Figure

FIELDS = ("receptive_field", "coverage")
LONGEST = 100  # characters of a sentence about figures that depend on the input's size
DIGITS = 12  # behind the point, from which on shares are the same


class Verdict(Record):
    """What comes of one limit. `a` and `b` are the figures of both networks, None where unknown, and where there is no such thing:
    no first network, no receptive field of vectors, in which case the network's letter is in `without`. `bounds` what `b` may be, one for each of its values; () where that cannot be told, and for what is no number.
    `message` says why it is not kept."""

    limit: ChangeLimit
    status: str
    a: Figure | None
    b: Figure | None
    bounds: tuple[Any, ...] = ()
    message: str = ""
    without: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the limit is broken, or cannot be held against a figure."""
        return self.status in (BROKEN, UNKNOWN)

    @property
    def changes(self) -> tuple[Any, ...]:
        """How much larger each value of B is; () where that is unknown, and for what is no number."""
        if self.a is None or self.b is None or self.limit.limit.quantity not in BOUNDED:
            return ()
        return _subtract(self.b.values, self.a.values)


class Bound(Record):
    """What a value is compared with, times `scale`, so that whole figures are compared as whole numbers."""

    value: Any
    scale: int = 1


def find_verdicts(limits: Sequence[ChangeLimit], a: Facts | None, b: Facts) -> tuple[Verdict, ...]:
    """What comes of each limit on the second network; `a`: None where it is new. ValueError for arguments that make no sense."""
    return tuple([find_verdict(limit, a, b) for limit in limits])


def find_verdict(asked: ChangeLimit, a: Facts | None, b: Facts) -> Verdict:
    """What comes of one limit."""
    quantity = asked.limit.quantity
    without = [name for name, side in (("a", a), ("b", b)) if side is None or quantity in FIELDS and has_no_axes(side)]
    return hold_limit(asked, a, b).replace(without=tuple(without))


def hold_limit(asked: ChangeLimit, a: Facts | None, b: Facts) -> Verdict:
    """One limit held against the figures of both."""
    limit = asked.limit
    old, new = (None if facts is None else measure_any(limit, facts) for facts in (a, b))
    if new is None and limit.quantity in FIELDS and has_no_axes(b):
        return Verdict(
            asked, SKIPPED, old, None, (), f"it has no {limit.quantity}, for no input of it has a spatial axis"
        )
    if new is None:
        return Verdict(asked, UNKNOWN, old, None, (), f"{say_unknown(limit.quantity)}; {explain_unknown(b.graph)}")
    if limit.quantity not in BOUNDED:
        met = is_met(new, limit)
        return Verdict(asked, KEPT if met else BROKEN, old, new, (), "" if met else say_broken(limit, new))
    if asked.change and a is None:
        return Verdict(asked, SKIPPED, None, new, (), "there is nothing that it would have changed from")
    if asked.change and (old is None or len(old.values) != len(new.values)):
        message = f"what {limit.quantity} was cannot be compared with what it is, so whether {asked.text} holds cannot be told"
        return Verdict(asked, UNKNOWN, old, new, (), message)
    bounds = find_bounds(asked, old, new)
    answers = [compare(v, limit.operator, bound) for v, bound in zip(new.values, bounds, strict=True)]
    allowed = tuple([find_allowed(bound, limit) for bound in bounds])
    status = BROKEN if False in answers else UNKNOWN if None in answers else KEPT
    made = Verdict(asked, status, old, new, allowed)
    return made if status == KEPT else made.replace(message=say_failed(made))


def has_no_axes(facts: Facts) -> bool:
    """Whether all inputs of a network are vectors."""
    return all([len(facts.shapes[i] or (1, 1)) == 1 for i in facts.graph.inputs])


# ---- the bound ---------------------------------------------------------------------------------------------
def find_bounds(asked: ChangeLimit, old: Figure | None, new: Figure) -> list[Bound]:
    """The bound of each value."""
    number = Fraction(str(asked.limit.bound))
    if not asked.change or old is None:
        return [Bound(number.numerator, number.denominator)] * len(new.values)
    if asked.change == SHARE:
        share = 1 + number / 100
        return [Bound(value * share.numerator, share.denominator) for value in old.values]
    return [Bound(value * number.denominator + number.numerator, number.denominator) for value in old.values]


def compare(value: Any, operator: str, bound: Bound) -> bool | None:
    """Whether a value keeps to a bound; None where that depends on the input's size."""
    room: Any = bound.value - value * bound.scale
    room = round(room, DIGITS) if isinstance(room, float) else room
    kept, broken = {
        "<=": (has_no_minus(room), is_positive(-room)),
        "<": (is_positive(room), has_no_minus(-room)),
        ">=": (has_no_minus(-room), is_positive(room)),
        ">": (is_positive(-room), has_no_minus(room)),
        "==": (room == 0, is_positive(room) or is_positive(-room)),
        "!=": (is_positive(room) or is_positive(-room), room == 0),
    }[operator]
    return True if kept else False if broken else None


def is_positive(number: Dim | float) -> bool:
    """Whether a number is certainly more than 0; an expression is a whole number."""
    return has_no_minus(number - 1) if isinstance(number, Size) else number > 0


def find_allowed(bound: Bound, limit: BudgetLimit) -> Any:
    """What a value may be at most or least: a whole number, but of a share. None where it depends on the input's size."""
    if isinstance(bound.value, Size):
        return None
    if limit.quantity in SHARES:
        return bound.value / bound.scale
    exact = Fraction(bound.value) / bound.scale
    return floor(exact) if limit.operator in ("<=", ">") else ceil(exact)


# ---- sentences ---------------------------------------------------------------------------------------------
def say_failed(verdict: Verdict) -> str:
    """Why a limit is not kept: what the figure is and may be, and where that comes from."""
    asked, old, new = verdict.limit, verdict.a, verdict.b
    assert new is not None
    limit, name = asked.limit, asked.limit.quantity
    if any([isinstance(value, Size) for value in (*new.values, *(old.values if old else ()))]):
        figures = f"{name} is {new.text}" + (f" and was {old.text}" if old else "")
        said = f"{figures}: " if len(figures) <= LONGEST else ""
        if verdict.status == BROKEN:
            return f"{said}at no size of the input {asked.text} holds"
        return f"{said}whether {asked.text} holds depends on the input's size"
    said = say_bounded(verdict)
    if not asked.change:
        same = old is not None and old.values == new.values
        return said if old is None else f"{said}, as before" if same else f"{said}; it was {old.text}"
    assert old is not None
    by = f"{abs(limit.bound):g} %" if asked.change == SHARE else show_size(verdict, abs(limit.bound))
    from_base = f"{old.text} {'-' if limit.bound < 0 else '+'} {by}" if limit.bound else "what it was"
    said += f" ({from_base}): the change is {write_change(verdict)}"
    if asked.change == SHARE and 0 in old.values:
        said += "; a share of 0 is 0, so give a figure or a change such as +10k"
    return said


def say_bounded(verdict: Verdict) -> str:
    """What the figure is and may be; with all digits where both are nearly the same."""
    limit, new = verdict.limit.limit, verdict.b
    assert new is not None
    if len(set(verdict.bounds)) == 1:
        return say_broken(limit.replace(bound=verdict.bounds[0]), new)
    return f"{limit.quantity} is {new.text}, not {limit.operator} {write_bounds(verdict)}"


def write_bounds(verdict: Verdict) -> str:
    """What the figure may be: 64,791, or 9x7 along axes that differ; "" where that cannot be told in a word."""
    if verdict.b is None or not verdict.bounds or None in verdict.bounds:
        return ""
    shown = [verdict.b.show(bound) for bound in verdict.bounds]
    return shown[0] if len(set(shown)) == 1 else "x".join(shown)


def write_change(verdict: Verdict) -> str:
    """How much larger the figure is: "+3,194 (+5.18 %)", "-2", "0"; "" where that is unknown."""
    changes = verdict.changes
    if not changes or verdict.a is None:
        return ""
    shown = [write_signed(verdict, change) for change in changes]
    text = shown[0] if len(set(shown)) == 1 else " x ".join(shown)
    base = verdict.a.values[0]
    if len(changes) == 1 and isinstance(changes[0], int) and changes[0] and isinstance(base, int) and base:
        text += f" ({percent(changes[0] / base, signed=True)})"
    return text


def write_signed(verdict: Verdict, change: Dim | float) -> str:
    """One change, with its sign."""
    if isinstance(change, Size) or not change:
        return str(change) if isinstance(change, Size) else "0"
    return f"{'-' if change < 0 else '+'}{show_size(verdict, abs(change))}"


def show_size(verdict: Verdict, size: Any) -> str:
    """How large a change is, in the words of its quantity: of a share in points."""
    if verdict.limit.limit.quantity in SHARES:
        return f"{percent(size).removesuffix(' %')} points"
    assert verdict.b is not None
    return verdict.b.show(int(size) if size == int(size) else size)


def _subtract(new: Sequence[Any], old: Sequence[Any]) -> tuple[Any, ...]:
    """new - old, value by value; () where they are not as many."""
    return tuple([a - b for a, b in zip(new, old, strict=True)]) if len(new) == len(old) else ()
