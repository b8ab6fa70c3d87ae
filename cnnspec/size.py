"""Sizes that are not known yet: integers as expressions in the input's unknown sizes.

A `Size` is a polynomial with integer coefficients over atoms. An atom is a named unknown (H, W, …), a floor
division of a polynomial by a positive integer, or a maximum. Everything is kept in one normal form, so equal
expressions compare equal as far as these two identities reach (both exact for every integer):

    (k*m + r) // m         =  k + r // m
    ((a // m) + b) // n    =  (a + b*m) // (m*n)

The formulas of the layers use + - * // and `maximum` only, so one line of code serves an int and a Size.
"""

from __future__ import annotations

from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Dim: TypeAlias = "int | Size"


class Unknown(Record):
    """One unknown size of an input."""

    name: str

    def __str__(self) -> str:
        return self.name

    def value(self, given: Mapping[str, int]) -> int:
        return given[self.name]

    def names(self) -> set[str]:
        return {self.name}


class Quotient(Record):
    """floor(dividend / divisor), divisor > 1."""

    dividend: Size
    divisor: int

    def __str__(self) -> str:
        inner = str(self.dividend)
        return f"{inner}//{self.divisor}" if self.dividend.is_atom() else f"({inner})//{self.divisor}"

    def value(self, given: Mapping[str, int]) -> int:
        return self.dividend.value(given) // self.divisor

    def names(self) -> set[str]:
        return self.dividend.names()


class Maximum(Record):
    """The larger of two sizes."""

    left: Size
    right: Size

    def __str__(self) -> str:
        return f"max({self.left}, {self.right})"

    def value(self, given: Mapping[str, int]) -> int:
        return max(self.left.value(given), self.right.value(given))

    def names(self) -> set[str]:
        return self.left.names() | self.right.names()


class Size:
    """An integer expression. `terms` maps a product of atoms (sorted by their text) to its coefficient."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: dict[tuple[Unknown | Quotient | Maximum, ...], int]) -> None:
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
        terms: dict[tuple[Unknown | Quotient | Maximum, ...], int] = {}
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
        whole = {atoms: f // other for atoms, f in self.terms.items() if f % other == 0 or not atoms}
        rest = {atoms: f % other if not atoms else f for atoms, f in self.terms.items() if f % other}
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
    def value(self, given: Mapping[str, int]) -> int:
        """The integer that this is for given values of the unknowns."""
        total = 0
        for atoms, factor in self.terms.items():
            for atom in atoms:
                factor *= atom.value(given)
            total += factor
        return total

    def names(self) -> set[str]:
        """The unknowns it depends on."""
        return {name for atoms in self.terms for atom in atoms for name in atom.names()}

    def __str__(self) -> str:
        parts = []
        for atoms, factor in sorted(self.terms.items(), key=lambda t: (-len(t[0]), str(t[0]))):
            body = "*".join(f"({a})" if len(atoms) > 1 and isinstance(a, Quotient) else str(a) for a in atoms)
            if atoms and isinstance(atoms[0], Quotient) and len(atoms) == 1 and abs(factor) != 1:
                body = f"({body})"
            amount = abs(factor)
            text = str(amount) if not atoms else body if amount == 1 else f"{amount}*{body}"
            parts.append(("- " if factor < 0 else "+ ") + text)
        return " ".join(parts).removeprefix("+ ").replace("- ", "-", 1 if parts and parts[0][0] == "-" else 0) or "0"

    def __repr__(self) -> str:
        return f"Size({self})"


def _terms(value: Dim) -> dict[tuple[Unknown | Quotient | Maximum, ...], int]:
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
    difference = left - right
    if isinstance(difference, int):
        return left if difference >= 0 else right
    return Size({(Maximum(Size(_terms(left)), Size(_terms(right))),): 1})


def value(dim: Dim, given: Mapping[str, int]) -> int:
    """A dim's integer for given values of the unknowns."""
    return dim if isinstance(dim, int) else dim.value(given)
