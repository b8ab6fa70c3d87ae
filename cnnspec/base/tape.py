"""Numbers that remember how they were computed: the third kind, beside ints and sizes that are not known yet.

A number on a tape says that it is an int (or a float), computes as one, and has the value of one. The tape keeps each
operation as an expression in the numbers that it began with, and each comparison with its answer as a guard. For other
numbers that satisfy all guards, whatever was computed would have gone the same way, so that the expressions are right for
them, too: `cnnspec.sweep` works them out for many candidates at once.

What reads the number itself (a range, an index, a conversion, a hash) pins it: the guard is then that it is this number. Its
text alone is written unseen: texts are for people. What else is no guard stands in `recording.py`.
"""

from __future__ import annotations

import math
import operator

from cnnspec.base.recording import RECORDER, is_remembering

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_POWER = 64


class Tape:
    """What was computed and compared. `expressions` are (operation, operand, operand), an operand being a place in this list;
    ("leaf", name) and ("const", number) have none. `guards` are comparisons, "lt" or "eq", of two of them, with the answer.
    `pins` are the expressions whose values were read; `leaves`: the place of each number that it began with, by its name."""

    def __init__(self) -> None:
        self.expressions: list[tuple[Any, ...]] = []
        self.guards: dict[tuple[str, int, int], bool] = {}
        self.pins: dict[int, None] = {}
        self.stopped = False
        self._places: dict[tuple[Any, ...], int] = {}

    def __enter__(self) -> Tape:
        RECORDER.begin(self)
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped = RECORDER.stopped
        RECORDER.end()

    def begin(self, name: Any, value: float) -> Any:
        """A number to begin with."""
        return _make(self, self.place("leaf", name), value)

    def place(self, *expression: Any) -> int:
        """Where an expression stands."""
        found = self._places.get(expression)
        if found is None:
            found = self._places[expression] = len(self.expressions)
            self.expressions.append(expression)
        return found

    def place_of(self, number: Any) -> int:
        """Where a number's expression stands. A constant that is a float is another than the int of its value."""
        if isinstance(number, Taped):
            if number.tape is self:
                return number.expression
            number = number.value  # of an earlier tape, where something was remembered
        number = float(number) if type(number) is float else int(number)
        return self.place("const", number, type(number) is float)

    def constant(self, place: int) -> Any:
        """The number that an expression is, whatever the tape began with; None for others."""
        expression = self.expressions[place]
        return expression[1] if expression[0] == "const" else None

    def compute(self, operation: str, left: Any, right: Any, value: Any) -> Any:
        """The number that an operation comes to."""
        a, b = self.place_of(left), self.place_of(right)
        if type(value) is not int or isinstance(left, float) or isinstance(right, float):
            return _make(self, self.place(operation, a, b), value)
        return self._simplify(operation, a, b, value)

    def _simplify(self, operation: str, a: int, b: int, value: int) -> Any:
        """The same of two ints, with equal things in one form where that is cheap."""
        if operation == "sub" and a == b:
            return 0
        right = self.constant(b)
        if operation == "sub" and right is not None:
            operation, right = "add", -right
            b = self.place_of(right)
        if operation in COMMUTE and self.constant(a) is not None:
            a, b, right = b, a, self.constant(a)
        if right is not None:
            if operation == "mul" and right == 0 or operation == "mod" and right == 1:
                return 0
            if operation == "add" and right == 0 or operation in ("mul", "floordiv") and right == 1:
                return _make(self, a, value)
            inner = self.expressions[a]
            if operation in ("add", "mul") and inner[0] == operation:
                before = self.constant(inner[2])
                if before is not None:
                    both = before + right if operation == "add" else before * right
                    return self._simplify(operation, inner[1], self.place_of(both), value)
        elif operation in COMMUTE and b < a:
            a, b = b, a
        return _make(self, self.place(operation, a, b), value)

    def compare(self, operation: str, left: Any, right: Any, answer: bool) -> None:
        """Note what a comparison came to."""
        a, b = self.place_of(left), self.place_of(right)
        if operation in ("gt", "le"):
            a, b = b, a
        if a == b:
            return
        if operation in ("ge", "le", "ne"):
            answer = not answer
        if operation in ("eq", "ne"):
            self.guards.setdefault(("eq", min(a, b), max(a, b)), answer)
        else:
            self.guards.setdefault(("lt", a, b), answer)

    def pin(self, number: Taped) -> None:
        """Note that a number's value was read."""
        self.pins[number.expression] = None
        self.compare("eq", number, number.value, True)


COMMUTE = ("add", "mul", "max")


class Taped:
    """A number on a tape: `value` is the one that it has while it is followed."""

    __slots__ = ("expression", "tape", "value")

    def __init__(self, tape: Tape, expression: int, value: Any) -> None:
        self.tape = tape
        self.expression = expression
        self.value = value

    def read(self) -> Any:
        """The value itself, which a guard then holds."""
        if RECORDER.tape is self.tape:
            self.tape.pin(self)
        return self.value

    def apply(self, operation: str, value: Any) -> Any:
        """What an operation makes of this number alone."""
        if RECORDER.tape is not self.tape:
            return value
        return _make(self.tape, self.tape.place(operation, self.expression), value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.read(), name)

    def __hash__(self) -> int:
        """That of the value, which is read. Where a function remembers what it found for a number, equal expressions have one:
        what is computed alike is found again, and what has the same value by chance is not."""
        if RECORDER.tape is self.tape and not is_remembering():
            return hash(self.read())
        return hash((id(self.tape), self.expression))

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __bool__(self: Any) -> bool:
        return bool(self != 0)

    def __int__(self) -> int:
        return int(self.read())

    def __float__(self) -> float:
        return float(self.read())

    def __trunc__(self) -> int:
        return int(self.read())

    def __pos__(self) -> Any:
        return self

    def __neg__(self: Any) -> Any:
        return 0 - self

    def __abs__(self: Any) -> Any:
        return -self if self < 0 else self

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __pow__(self, exponent: Any) -> Any:
        power = operator.index(exponent) if isinstance(exponent, int) else -1
        if type(self.value) is not int or not 0 <= power <= MOST_POWER:
            return self.read() ** exponent
        made: Any = 1
        for _ in range(power):
            made = made * self
        return made

    def __rpow__(self, base: Any) -> Any:
        return base ** self.read()


class TapedInt(Taped):
    """An int on a tape. It says that it is an int, and is none, so that nothing reads its value unseen."""

    __slots__ = ()
    __class__ = property(lambda self: int)

    def __index__(self) -> int:
        return int(self.read())

    def __invert__(self) -> int:
        return ~int(self.read())

    def __round__(self, digits: int | None = None) -> Any:
        return self if digits is None else round(self.read(), digits)

    def __floor__(self) -> Any:
        return self

    def __ceil__(self) -> Any:
        return self

    def is_integer(self) -> bool:
        return True


class TapedFloat(Taped):
    """A float on a tape, which says that it is a float."""

    __slots__ = ()
    __class__ = property(lambda self: float)

    def __round__(self, digits: int | None = None) -> Any:
        return self.apply("round", round(self.value)) if digits is None else round(self.read(), digits)

    def __floor__(self) -> Any:
        return self.apply("floor", math.floor(self.value))

    def __ceil__(self) -> Any:
        return self.apply("ceil", math.ceil(self.value))

    def is_integer(self) -> bool:
        return bool(self == math.floor(self))


def _make(tape: Tape, expression: int, value: Any) -> Any:
    return (TapedFloat if type(value) is float else TapedInt)(tape, expression, value)


def plain(number: Any) -> Any:
    """The value of a number, on a tape or not, without a guard: for words and tests."""
    return number.value if isinstance(number, Taped) else number


def larger(left: Any, right: Any) -> Any:
    """The larger of two ints: where one is on a tape, an operation, and no guard."""
    if RECORDER.tape is None or not isinstance(left, Taped) and not isinstance(right, Taped):
        return left if left >= right else right
    return RECORDER.tape.compute("max", left, right, max(plain(left), plain(right)))


# ---- operators ---------------------------------------------------------------------------------------------
def _operation(name: str, swapped: bool) -> Any:
    work_out = getattr(operator, name)

    def operate(self: Taped, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        left, right = (other, self) if swapped else (self, other)
        value = work_out(plain(left), plain(right))
        return value if RECORDER.tape is not self.tape else self.tape.compute(name, left, right, value)

    return operate


def _comparison(name: str) -> Any:
    work_out = getattr(operator, name)

    def compare(self: Taped, other: Any) -> Any:
        if self is other:
            return name in ("eq", "le", "ge")
        if not isinstance(other, (int, float)):
            return NotImplemented
        answer = work_out(self.value, plain(other))
        if RECORDER.tape is self.tape:
            self.tape.compare(name, self, other, answer)
        return answer

    return compare


def _reading(name: str) -> Any:
    def read(self: Taped, other: Any) -> Any:
        return getattr(self.read(), name)(plain(other) if not isinstance(other, Taped) else other.read())

    return read


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod"):
    setattr(Taped, f"__{_name}__", _operation(_name, False))
    setattr(Taped, f"__r{_name}__", _operation(_name, True))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Taped, f"__{_name}__", _comparison(_name))
for _name in ("and", "or", "xor", "lshift", "rshift"):
    setattr(TapedInt, f"__{_name}__", _reading(f"__{_name}__"))
    setattr(TapedInt, f"__r{_name}__", _reading(f"__r{_name}__"))
del _name
