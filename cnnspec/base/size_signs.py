"""The sign of a size that depends on several unknowns, as far as its terms tell."""

from __future__ import annotations

from cnnspec.base.size import Maximum, Quotient, Size, never_negative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Atom, Dim


def has_no_minus(dim: Dim) -> bool:
    """Whether this is certainly 0 or more, whatever size from 1 its unknowns have; of one unknown `never_negative` knows more."""
    if not isinstance(dim, Size):
        return dim >= 0
    terms = dim.terms.items()
    if all([factor > 0 and all(map(is_never_less, atoms)) for atoms, factor in terms]):
        return True
    return never_negative(dim)


def is_never_less(atom: Atom) -> bool:
    """Whether an atom is certainly 0 or more."""
    if isinstance(atom, Maximum):
        return has_no_minus(atom.left) or has_no_minus(atom.right)
    return not isinstance(atom, Quotient) or has_no_minus(atom.dividend)
