"""Sizes that are not known yet: integers as expressions in the input's unknown sizes.

A `Size` is a polynomial with integer coefficients over atoms. An atom is a named unknown (H, W, …), a floor
division of a polynomial by a positive integer, or a maximum. Everything is kept in one normal form, so equal
expressions compare equal as far as these identities reach (exact for every integer):

    (k*a*m + b) // m       =  k*a + b // m
    ((a // m) + b) // n    =  (a + b*m) // (m*n)
    (g*a + b) // (g*n)     =  (a + b // g) // n

A maximum is decided where one side is never the smaller, the unknown being any size from 1. The formulas of the layers
use + - * // and `maximum` only, so one line of code serves an int and a Size.
"""

from __future__ import annotations

from math import gcd, lcm

from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Dim: TypeAlias = "int | Size"
    Atom: TypeAlias = "Unknown | Quotient | Maximum"
    Growth: TypeAlias = "tuple[int, int] | None"

LONGEST_PERIOD = 5040  # over which a question about all sizes is answered by looking at each


class Unknown(Record):
    """One unknown size of an input."""

    name: str

    def __str__(self) -> str:
        return self.name

    def at(self, given: Mapping[str, Dim]) -> Dim:
        return given[self.name] if self.name in given else Size({(self,): 1})

    def names(self) -> set[str]:
        return {self.name}

    def growth(self) -> Growth:
        return 1, 1


class Quotient(Record):
    """floor(dividend / divisor), divisor > 1."""

    dividend: Size
    divisor: int

    def __str__(self) -> str:
        inner = str(self.dividend)
        return f"{inner}//{self.divisor}" if self.dividend.is_atom() else f"({inner})//{self.divisor}"

    def at(self, given: Mapping[str, Dim]) -> Dim:
        return self.dividend.at(given) // self.divisor

    def names(self) -> set[str]:
        return self.dividend.names()

    def growth(self) -> Growth:
        inner = self.dividend.growth()
        if inner is None:
            return None
        period, grown = inner
        times = self.divisor // gcd(grown, self.divisor)
        return period * times, grown * times // self.divisor


class Maximum(Record):
    """The larger of two sizes."""

    left: Size
    right: Size

    def __str__(self) -> str:
        return f"max({self.left}, {self.right})"

    def at(self, given: Mapping[str, Dim]) -> Dim:
        return maximum(self.left.at(given), self.right.at(given))

    def names(self) -> set[str]:
        return self.left.names() | self.right.names()

    def growth(self) -> Growth:
        left, right = self.left.growth(), self.right.growth()
        if left is None or right is None or left[1] * right[0] != right[1] * left[0]:
            return None
        period = lcm(left[0], right[0])
        return period, left[1] * (period // left[0])


class Size:
    """An integer expression. `terms` maps a product of atoms (sorted by their text) to its coefficient."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: dict[tuple[Atom, ...], int]) -> None:
        self.terms = {atoms: factor for atoms, factor in terms.items() if factor}
        self._hash = hash(frozenset(self.terms.items()))

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
                atoms = tuple(sorted(left + right, key=str))
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
        return isinstance(other, Size) and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    def is_atom(self) -> bool:
        return len(self.terms) == 1 and all(len(atoms) == 1 and f == 1 for atoms, f in self.terms.items())

    # ---- meaning -------------------------------------------------------------------------------------------
    def at(self, given: Mapping[str, Dim]) -> Dim:
        """What this is where some of the unknowns are known."""
        total: Dim = 0
        for atoms, factor in self.terms.items():
            product: Dim = factor
            for atom in atoms:
                product = product * atom.at(given)
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
            inner = atoms[0].growth() if len(atoms) == 1 else None
            if inner is None:
                return None
            both = lcm(period, inner[0])
            grown = grown * (both // period) + factor * inner[1] * (both // inner[0])
            period = both
        return period, grown

    def names(self) -> set[str]:
        """The unknowns it depends on."""
        return {name for atoms in self.terms for atom in atoms for name in atom.names()}

    def __str__(self) -> str:
        """Python's notation, largest products first, but nothing negative where it can be helped."""
        return format(self)

    def __format__(self, spec: str) -> str:
        """As text, its factors in the format of `spec`: "," separates their thousands, for people alone."""
        terms = sorted(self._readable().items(), key=lambda term: (-len(term[0]), *_length(term[0])))
        leading = next((term for term in terms if term[1] > 0), None)
        terms.sort(key=lambda term: term is not leading)
        text = "".join([f" {'-' if f < 0 else '+'} {'*'.join(_factors(atoms, f, spec))}" for atoms, f in terms])
        return text[3:] if leading else f"-{text[3:]}" if terms else "0"

    def _readable(self) -> dict[tuple[Atom, ...], int]:
        """The terms, (H + 1)//2 - 2 as (H - 3)//2."""
        if len(self.terms) == 2 and () in self.terms:
            (atoms,) = [atoms for atoms in self.terms if atoms]
            (atom, *others) = atoms
            if not others and self.terms[atoms] == 1 and isinstance(atom, Quotient) and () in atom.dividend.terms:
                moved = atom.dividend + self.terms[()] * atom.divisor
                return {(Quotient(Size(_terms(moved)), atom.divisor),): 1}
        return self.terms

    def __repr__(self) -> str:
        return f"Size({self})"


def _length(atoms: tuple[Atom, ...]) -> tuple[int, str]:
    text = "*".join(map(str, atoms))
    return len(text), text


def _factors(atoms: tuple[Atom, ...], factor: int, spec: str) -> list[str]:
    """A term without its sign. A quotient stands in parentheses beside a factor or behind a minus."""
    amount = [] if abs(factor) == 1 and atoms else [format(abs(factor), spec)]
    alone = not amount and len(atoms) == 1 and factor > 0
    return amount + [str(a) if alone or not isinstance(a, Quotient) else f"({a})" for a in atoms]


def _terms(value: Dim) -> dict[tuple[Atom, ...], int]:
    return value.terms if isinstance(value, Size) else {(): value}


def _plain(size: Size) -> Dim:
    """An int where no unknown is left."""
    if not size.terms:
        return 0
    if len(size.terms) == 1 and () in size.terms:
        return size.terms[()]
    return size


def maximum(left: Dim, right: Dim) -> Dim:
    """The larger of two sizes, as an expression where that is not decided."""
    if isinstance(left, int) and isinstance(right, int):
        return left if left >= right else right
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
    if growth is None or growth[0] > LONGEST_PERIOD or growth[1] < 0:
        return False
    (name,) = dim.names()
    return all(dim.value({name: n}) >= 0 for n in range(1, growth[0] + 1))


def value(dim: Dim, given: Mapping[str, int]) -> int:
    """A dim's integer for given values of the unknowns."""
    return dim if isinstance(dim, int) else dim.value(given)
