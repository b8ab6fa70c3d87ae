"""Sizes that are not known yet: integers as expressions in the input's unknown sizes.

A `Size` is a polynomial with integer coefficients over atoms. An atom is a named unknown (H, W, …), a floor
division of a polynomial by a positive integer, or a maximum. Everything is kept in one normal form, so equal
expressions compare equal as far as these identities reach (exact for every integer):

    (k*a*m + b) // m       =  k*a + b // m
    ((a // m) + b) // n    =  (a + b*m) // (m*n)
    (g*a + b) // (g*n)     =  (a + b // g) // n

A maximum is decided where one side is never the smaller, the unknown being any size from 1. The formulas of the layers
use + - * // and `maximum` only, so one line of code serves an int and a Size.

Equal atoms are one object, however often they occur: sizes share their parts, and what is asked of a part (its text,
how it grows, its value) is worked out once. What a size takes written out is its `length`; the language and the layers
refuse one that is longer than a person can read (`too_long`), so that every question here stays cheap.
"""

from __future__ import annotations

from math import gcd, lcm
from operator import attrgetter

from cnnspec.base import size_text
from cnnspec.base.limits import MAX_NUMBER, MAX_SIZE_LENGTH
from cnnspec.base.tape import larger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias, TypeVar

    _A = TypeVar("_A", bound="Atom")
    Dim: TypeAlias = "int | Size"
    Growth: TypeAlias = "tuple[int, int] | None"

MAX_STEPS = 50_400  # names and numbers to work out for a question about all values of an unknown
_text = attrgetter("text")  # of an atom


class Atom:
    """What a polynomial is made of. Equal atoms are the same object, so they are compared by identity."""

    __slots__ = ("__weakref__", "dividend", "divisor", "growth", "length", "names", "parts", "text")

    text: str
    parts: tuple[Any, ...]  # what it is made of
    length: int  # names and numbers, written out
    names: frozenset[str]  # the unknowns that it depends on
    growth: Growth  # as of a Size
    dividend: Size
    divisor: int  # 0 for what is no floor division

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.parts  # a copy is the atom itself, so far as it lives

    def at(self, given: Mapping[str, Dim], known: dict[Atom, Dim]) -> Dim:
        """The atom where some unknowns are known; `known`: the atoms worked out so far, for these unknowns."""
        raise NotImplementedError


class Unknown(Atom):
    """One unknown size of an input."""

    __slots__ = ("name",)

    def __new__(cls, name: str) -> Unknown:
        return _one(cls, (name,), lambda made: made._begin(name))

    def _begin(self, name: str) -> None:
        self.name = self.text = name
        self.parts, self.length, self.names, self.growth, self.divisor = (name,), 1, frozenset((name,)), (1, 1), 0

    def at(self, given: Mapping[str, Dim], known: dict[Atom, Dim]) -> Dim:
        return given[self.name] if self.name in given else Size({(self,): 1})


class Quotient(Atom):
    """floor(dividend / divisor), divisor > 1."""

    __slots__ = ()

    def __new__(cls, dividend: Size, divisor: int) -> Quotient:
        return _one(cls, (dividend.key(), divisor), lambda made: made._begin(dividend, divisor))

    def _begin(self, dividend: Size, divisor: int) -> None:
        self.parts = self.dividend, self.divisor = dividend, divisor
        self.text = size_text.quotient(dividend, divisor)
        self.length, self.names, self.growth = dividend.length + 1, frozenset(dividend.names()), None
        inner = dividend.growth()
        if inner is not None:
            period, grown = inner
            times = divisor // gcd(grown, divisor)
            self.growth = period * times, grown * times // divisor

    def at(self, given: Mapping[str, Dim], known: dict[Atom, Dim]) -> Dim:
        return self.dividend.at(given, known) // self.divisor


class Maximum(Atom):
    """The larger of two sizes."""

    __slots__ = ("left", "right")

    def __new__(cls, left: Size, right: Size) -> Maximum:
        return _one(cls, (left.key(), right.key()), lambda made: made._begin(left, right))

    def _begin(self, left: Size, right: Size) -> None:
        self.parts = self.left, self.right = left, right
        self.text, self.divisor = f"max({left}, {right})", 0
        self.length, self.names, self.growth = left.length + right.length, frozenset(left.names() | right.names()), None
        one, other = left.growth(), right.growth()
        if one is not None and other is not None and one[1] * other[0] == other[1] * one[0]:
            period = lcm(one[0], other[0])
            self.growth = period, one[1] * (period // one[0])

    def at(self, given: Mapping[str, Dim], known: dict[Atom, Dim]) -> Dim:
        return maximum(self.left.at(given, known), self.right.at(given, known))


_alive: Any = None  # the atoms in use, by kind and parts; weakly held, made with the first of them


def _one(kind: type[_A], parts: tuple[Any, ...], begin: Callable[[_A], None]) -> _A:
    """The atom of a kind with these parts."""
    global _alive
    if _alive is None:
        from weakref import WeakValueDictionary

        _alive = WeakValueDictionary()
    key = (kind, *parts)
    found: _A | None = _alive.get(key)
    if found is None:
        found = object.__new__(kind)
        begin(found)
        _alive[key] = found
    return found


class Size:
    """A size that depends on the input's: an integer expression, such as (H - 2)//2 + 1. `value` works it out.

    `terms` maps a product of atoms (sorted by their text) to its coefficient."""

    __slots__ = ("_key", "terms")

    def __init__(self, terms: dict[tuple[Atom, ...], int]) -> None:
        self.terms = {atoms: factor for atoms, factor in terms.items() if factor}
        self._key = frozenset(self.terms.items())

    @staticmethod
    def unknown(name: str) -> Size:
        return Size({(Unknown(name),): 1})

    # ---- arithmetic ----------------------------------------------------------------------------------------
    def __add__(self, other: Dim) -> Dim:
        terms = dict(self.terms)
        for atoms, factor in _terms(other).items():
            terms[atoms] = terms.get(atoms, 0) + factor
        return _plain(Size(terms))

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return self * -1

    def __sub__(self, other: Dim) -> Dim:
        return self + -other

    def __rsub__(self, other: Dim) -> Dim:
        return -self + other

    def __mul__(self, other: Dim) -> Dim:
        terms: dict[tuple[Atom, ...], int] = {}
        for left, a in self.terms.items():
            for right, b in _terms(other).items():
                atoms = tuple(sorted(left + right, key=_text))
                terms[atoms] = terms.get(atoms, 0) + a * b
        return _plain(Size(terms))

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        if not isinstance(other, int) or other < 1:
            return NotImplemented
        if other == 1:
            return self
        common = gcd(other, *[f for atoms, f in self.terms.items() if atoms])
        if common > 1:
            less = {atoms: f // common for atoms, f in self.terms.items()}  # of the number, the floor
            return _plain(Size(less)) // (other // common)
        whole = {atoms: f // other for atoms, f in self.terms.items()}
        rest = {atoms: f % other for atoms, f in self.terms.items() if f % other}
        if len(rest) == 2 and () in rest or len(rest) == 1:
            # ((a // m) + b) // n = (a + b*m) // (m*n)
            (only,) = [atoms for atoms in rest if atoms] or [()]
            if len(only) == 1 and rest[only] == 1 and isinstance(only[0], Quotient):
                inner = only[0]
                merged = (inner.dividend + rest.get((), 0) * inner.divisor) // (inner.divisor * other)
                return merged + _plain(Size(whole))
        if not [atoms for atoms in rest if atoms]:
            return _plain(Size(whole))
        return _plain(Size({(Quotient(Size(rest), other),): 1})) + _plain(Size(whole))

    def __mod__(self, other: int) -> Dim:
        return self - (self // other) * other

    # ---- comparison ----------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Size) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def key(self) -> frozenset[tuple[tuple[Atom, ...], int]]:
        """What makes two sizes equal."""
        return self._key

    def is_atom(self) -> bool:
        """Whether it is one unknown, quotient or maximum alone."""
        return len(self.terms) == 1 and all(len(atoms) == 1 and f == 1 for atoms, f in self.terms.items())

    # ---- meaning -------------------------------------------------------------------------------------------
    @property
    def length(self) -> int:
        """How many names and numbers it takes, written out."""
        return sum([sum([atom.length for atom in atoms]) + (factor != 1) for atoms, factor in self.terms.items()])

    def at(self, given: Mapping[str, Dim], known: dict[Atom, Dim] | None = None) -> Dim:
        """What this is where some of the unknowns are known; `known`: the atoms worked out so far, for these."""
        known = {} if known is None else known
        total: Dim = 0
        for atoms, factor in self.terms.items():
            product: Dim = factor
            for atom in atoms:
                if atom not in known:
                    known[atom] = atom.at(given, known)
                product = product * known[atom]
            total = total + product
        return total

    def value(self, given: Mapping[str, int]) -> int:
        """The integer that this is for given values of the unknowns. KeyError where one is missing."""
        found = self.at(given)
        if isinstance(found, Size):
            raise KeyError(*sorted(found.names()))
        return found

    def growth(self) -> Growth:
        """(period, growth): with every so many positions more of its one unknown it is so much larger. None where it
        has several unknowns, their product, or a maximum that grows now with one side, now with the other."""
        period, grown = 1, 0
        if len(self.names()) > 1:
            return None
        for atoms, factor in self.terms.items():
            if not atoms:
                continue
            inner = atoms[0].growth if len(atoms) == 1 else None
            if inner is None:
                return None
            both = lcm(period, inner[0])
            grown = grown * (both // period) + factor * inner[1] * (both // inner[0])
            period = both
        return period, grown

    def names(self) -> set[str]:
        """The unknowns it depends on."""
        return {name for atoms in self.terms for atom in atoms for name in atom.names}

    def __str__(self) -> str:
        return size_text.write(self, "")

    def __format__(self, spec: str) -> str:
        return size_text.write(self, spec)

    def __repr__(self) -> str:
        return f"Size({self})"


def _terms(value: Dim) -> dict[tuple[Atom, ...], int]:
    return value.terms if isinstance(value, Size) else {(): value}


def _plain(size: Size) -> Dim:
    """An int where no unknown is left."""
    return size.terms.get((), 0) if size.terms.keys() <= {()} else size


def add_up(sizes: Iterable[Dim]) -> Dim:
    """The sum of many sizes."""
    sizes = list(sizes)
    terms: dict[tuple[Atom, ...], int] = {}
    for size in sizes:
        for atoms, factor in size.terms.items() if isinstance(size, Size) else ():
            terms[atoms] = terms.get(atoms, 0) + factor
    known = sum([size for size in sizes if isinstance(size, int)])
    return _plain(Size(terms)) + known if terms else known


def too_long(dim: Dim) -> bool:
    """Whether a size is an expression that nobody can read, or has numbers that no size has."""
    terms = {} if isinstance(dim, int) else dim.terms
    numbers = [number for atoms, factor in terms.items() for number in (abs(factor), *[atom.divisor for atom in atoms])]
    return any([number >= MAX_NUMBER for number in numbers]) or (isinstance(dim, Size) and dim.length > MAX_SIZE_LENGTH)


def maximum(left: Dim, right: Dim) -> Dim:
    """The larger of two sizes, as an expression where that is not decided."""
    if isinstance(left, int) and isinstance(right, int):
        return larger(left, right)  # type: ignore[no-any-return]  # one of the two
    if never_negative(left - right):
        return left
    if never_negative(right - left):
        return right
    return Size({(Maximum(Size(_terms(left)), Size(_terms(right))),): 1})


def never_negative(dim: Dim) -> bool:
    """Whether this is certainly 0 or more, whatever size from 1 its unknown has."""
    if isinstance(dim, int):
        return dim >= 0
    growth = dim.growth()
    if growth is None or growth[0] > longest_period(dim) or growth[1] < 0:
        return False
    (name,) = dim.names()
    return all(dim.value({name: n}) >= 0 for n in range(1, growth[0] + 1))


def longest_period(size: Size) -> int:
    """The period up to which a question about all values of its unknown is answered by looking at each of them."""
    return min(5040, MAX_STEPS // size.length)


def value(dim: Dim, given: Mapping[str, int]) -> int:
    """A dim's integer for given values of the unknowns."""
    return dim if isinstance(dim, int) else dim.value(given)
