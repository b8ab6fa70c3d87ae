"""Unknown sizes as text, in Python's notation, which a person can read.

The largest products come first, and nothing negative where it can be helped: 2*(H//2) + 1, 3 - H, (H - 3)//2.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Atom, Size


def write(size: Size, spec: str) -> str:
    """A size with its factors in the format of `spec`: "," separates their thousands, for people alone."""
    moved = _moved(size)
    if moved is not None:
        return moved
    terms = sorted(size.terms.items(), key=lambda term: (-len(term[0]), *_length(term[0])))
    leading = next((term for term in terms if term[1] > 0), None)
    terms.sort(key=lambda term: term is not leading)
    text = "".join([f" {'-' if f < 0 else '+'} {'*'.join(_factors(atoms, f, spec))}" for atoms, f in terms])
    return text[3:] if leading else f"-{text[3:]}" if terms else "0"


def quotient(dividend: Size | int, divisor: int) -> str:
    """A floor division."""
    alone = isinstance(dividend, int) or dividend.is_atom()
    return f"{dividend}//{divisor}" if alone else f"({dividend})//{divisor}"


def _moved(size: Size) -> str | None:
    """A quotient and a number as one quotient: (H + 1)//2 - 2 is (H - 3)//2. None for other sizes."""
    if len(size.terms) != 2 or () not in size.terms:
        return None
    (atoms,) = [atoms for atoms in size.terms if atoms]
    (atom, *others) = atoms
    if others or size.terms[atoms] != 1 or not atom.divisor or () not in atom.dividend.terms:
        return None
    return quotient(atom.dividend + size.terms[()] * atom.divisor, atom.divisor)


def _length(atoms: tuple[Atom, ...]) -> tuple[int, str]:
    text = "*".join([atom.text for atom in atoms])
    return len(text), text


def _factors(atoms: tuple[Atom, ...], factor: int, spec: str) -> list[str]:
    """A term without its sign. A quotient stands in parentheses beside a factor or behind a minus."""
    amount = [] if abs(factor) == 1 and atoms else [format(abs(factor), spec)]
    alone = not amount and len(atoms) == 1 and factor > 0
    return amount + [f"({atom.text})" if atom.divisor and not alone else atom.text for atom in atoms]
