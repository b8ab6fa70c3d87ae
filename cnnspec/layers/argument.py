"""What a layer's argument may be: a declaration on the layer's class, and a kind that reads the written value.

A kind is a function from an evaluated value to the canonical value that the layer keeps. What it cannot take it
raises as `Unfit`, with what it expected; the caller, who knows the place, makes a diagnostic of it.
"""

from __future__ import annotations

import re

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    Kind = Callable[[Any], Any]


class Term(Record):
    """A word, perhaps with arguments, that is no layer and no name: same, he_normal, l2(1e-4).

    `module` is the Keras module that gives it a meaning ("initializers", …), "" for a plain word; `place` is where
    it was written, for whoever cannot take it, and `call` the call that it was written as.
    """

    _uncompared: ClassVar[frozenset[str]] = frozenset({"place", "call"})
    name: str
    positional: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()
    module: str = ""
    place: Any = None
    call: Any = None

    def __str__(self) -> str:
        inner = [show(v) for v in self.positional] + [f"{k}={show(v)}" for k, v in self.keywords]
        name = snake(self.name) if self.module else self.name
        return f"{name}({', '.join(inner)})" if inner else name


NO_WORD = Term("?")  # which no argument takes


class Unfit(Exception):
    """A value that a kind cannot take. `expected` completes the sentence "… must be"; `hint` says what to write. Of a
    `word`, `words` are those that would be taken."""

    def __init__(self, expected: str, hint: str = "", word: str | None = None, words: Iterable[str] = ()) -> None:
        super().__init__(expected)
        self.expected = expected
        self.otherwise = hint
        self.word, self.words = word or "", words

    @property
    def hint(self) -> str:
        return write_question(find_proposals(self.word, self.words)) or self.otherwise

    def complete(self, given: str) -> str:
        """The rest of a sentence that names what the value was for: must be a number, not "x"; write, for example, 3."""
        return "; ".join(filter(None, (f'must be {self.expected}, not "{given}"', self.hint)))


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Any = _Required()


class Argument(Record):
    """One argument of a layer: how it is read, what it is when left out, what Keras calls it, other spellings."""

    kind: Kind
    about: str
    record_default: Any
    keras: str
    aliases: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it takes, as far as it takes words: valid, same, causal."""
        try:
            self.kind(NO_WORD)
        except Unfit as unfit:
            return tuple(unfit.words)
        return ()

    def write(self, value: Any) -> str:
        """A value as it is written for this argument: 3x3 for sizes, (1, 2) for axes, ((0, 1), (0, 1)) for sides of axes."""
        plain = isinstance(value, tuple) and (self.kind in AXES or any([isinstance(side, tuple) for side in value]))
        return str(value) if plain else show(value)


def argument(kind: Kind, about: str, default: Any = REQUIRED, keras: str = "", aliases: tuple[str, ...] = ()) -> Any:
    """Declares a field of a layer as an argument of its syntax."""
    return Argument(kind, about, default, keras, aliases)


def snake(name: str) -> str:
    """The word for a Keras class: GlorotUniform → glorot_uniform."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def show(value: Any) -> str:
    """A value as the language writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        if value and all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in value) and len(value) > 1:
            return "x".join(map(str, value))
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, dict):
        keys = [key if str(key).isidentifier() else f'"{key}"' for key in value]
        return "{" + ", ".join([f"{key}: {show(v)}" for key, v in zip(keys, value.values(), strict=True)]) + "}"
    return str(value)


# ---- one form for what means the same ----------------------------------------------------------------------
EACH_AXIS: set[Kind] = set()  # kinds that read a value for every axis, or one for all
AXES: set[Kind] = set()  # kinds that read the numbers of axes, or other numbers that are no shape: (1, 2)


def shortest(argument: Argument, value: Any) -> Any:
    """The one form of the values that mean the same to an argument: 3 for 3x3, 1 for ((1, 1), (1, 1)), valid for 0."""
    if argument.kind not in EACH_AXIS:
        return value
    short = same_on_every_axis(value)
    return "valid" if short == 0 and argument.record_default == "valid" else short


def same_on_every_axis(sizes: Any) -> Any:
    """((1, 1), (1, 1)) is 1, ((1, 1), (2, 2)) is (1, 2), ((1, 2), (1, 2)) stays."""
    if not isinstance(sizes, tuple):
        return sizes
    inner = [same_on_every_axis(size) for size in sizes]
    if any(isinstance(size, tuple) for size in inner):
        return sizes
    return inner[0] if inner and all([size == inner[0] for size in inner]) else tuple(inner)


# ---- kinds -------------------------------------------------------------------------------------------------
def whole(value: Any, least: int, expected: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = round(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Unfit(expected)
    return value


def count(value: Any) -> int:
    """A whole number from 1."""
    return whole(value, 1, "a whole number from 1")


def natural(value: Any) -> int:
    """A whole number from 0."""
    return whole(value, 0, "a whole number from 0")


def integer(value: Any) -> int:
    """A whole number."""
    return whole(value, -(10**18), "a whole number")


def number(value: Any) -> int | float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unfit("a number")
    return value


def from_zero(value: Any) -> int | float:
    """A number from 0."""
    if number(value) < 0:
        raise Unfit("a number from 0")
    return number(value)


def rate(value: Any) -> int | float:
    """A number from 0 up to, not including, 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        percent = isinstance(value, int) and not isinstance(value, bool) and 1 < value < 100
        raise Unfit("a share from 0 up to, not including, 1", f"{value} percent is {value / 100}" if percent else "")
    return value


def share(value: Any) -> int | float:
    """A number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise Unfit("a number from 0 to 1")
    return value


def flag(value: Any) -> bool:
    """true or false."""
    if isinstance(value, bool):
        return value
    raise Unfit("true or false")


def optional(kind: Kind) -> Kind:
    """What `kind` reads, or none."""

    def read(value: Any) -> Any:
        return None if word_of(value) in ("none", "None") else kind(value)

    read.__doc__ = f"{(kind.__doc__ or '').rstrip('.')}, or none."
    for kinds in (EACH_AXIS, AXES):
        if kind in kinds:
            kinds.add(read)
    return read


def word_of(value: Any) -> str | None:
    """The word that a bare word or a text is, else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, Term) and not value.positional and not value.keywords:
        return value.name
    return None


def takes(kind: Kind, value: Any) -> bool:
    """Whether an argument of this kind can have a value."""
    try:
        kind(value)
    except Unfit:
        return False
    return True


def choice(*options: str) -> Kind:
    """One of some words."""
    listed = ", ".join(options[:-1]) + " or " + options[-1] if len(options) > 1 else options[0]

    def read(value: Any) -> str:
        word = word_of(value)
        if word is None or word.lower() not in options:
            raise Unfit(listed, word=word, words=options)
        return word.lower()

    read.__doc__ = f"{listed}."
    return read


def text(value: Any) -> str:
    """A word or a text."""
    word = word_of(value)
    if word is None:
        raise Unfit("a word or a text")
    return word


def per_axis(least: int) -> Kind:
    """A whole number for every axis, or one for each: 3, 3x3, (3, 3)."""
    expected = f"a whole number from {least}, or one an axis, such as 3x3"

    def read(value: Any) -> int | tuple[int, ...]:
        if isinstance(value, (tuple, list)):
            if not value:
                raise Unfit(expected)
            return tuple([whole(v, least, expected) for v in value])
        return whole(value, least, expected)

    read.__doc__ = f"{expected}."
    EACH_AXIS.add(read)
    return read


def padding(*words: str) -> Kind:
    """One of some words, a number, a number for each axis (1x2), or a pair for each axis (((1, 2), (3, 4)))."""
    named = ", ".join(words) + ", " if words else ""
    expected = f"{named}a number from 0, a number an axis (1x2) or a pair an axis (((1, 2), (3, 4)))"

    def read(value: Any) -> Any:
        word = word_of(value)
        if word is not None and word.lower() in words:
            return word.lower()
        if isinstance(value, (tuple, list)) and value:
            if all(isinstance(v, (tuple, list)) for v in value):
                if any(len(v) != 2 for v in value):
                    raise Unfit(expected)
                return tuple([(whole(a, 0, expected), whole(b, 0, expected)) for a, b in value])
            return tuple([whole(v, 0, expected) for v in value])
        if word is not None:
            raise Unfit(expected, word=word, words=words)
        return whole(value, 0, expected)

    read.__doc__ = f"{expected}."
    EACH_AXIS.add(read)
    return read


def shape(value: Any) -> tuple[int, ...]:
    """Sizes without the batch, channels last: 7x7x64; -1 once for what is left."""
    if isinstance(value, (int, float)):
        value = (value,)
    if not isinstance(value, (tuple, list)) or not value:
        raise Unfit("a shape such as 7x7x64")
    return tuple([whole(v, -1, "a shape such as 7x7x64") for v in value])


def axes(value: Any) -> int | tuple[int, ...]:
    """An axis number, or several."""
    if isinstance(value, (tuple, list)):
        return tuple([integer(v) for v in value])
    return integer(value)


AXES.add(axes)


def unknown_word(expected: str, word: str | None, known: Iterable[str]) -> Unfit:
    """The refusal of a word that is none of those known; they are listed where none is near."""
    return Unfit(expected, f"known are {', '.join(known)}", word, known)
