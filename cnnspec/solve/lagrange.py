"""Regions bounded by Lagrange multipliers, for spaces whose tables hang together as a chain, or nearly so."""

from __future__ import annotations

import numpy as np

from cnnspec.solve.branching import Branching, Node
from cnnspec.solve.dual import FIT, Dual
from cnnspec.solve.elimination import Sums
from cnnspec.sweep.replay import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.solve.answer import Search
    from cnnspec.solve.dual import Bounded
    from cnnspec.solve.forms import Form, Forms
    from cnnspec.solve.question import Request

LISTED = 2**15  # candidates of a region that are all looked at
FIRST_ROUNDS, ROUNDS = 200, 40
LARGEST = 2**19  # entries of a table of terms


class NoSum(Exception):
    """A condition or an objective that is no sum of tables; the message names it."""


class Lagrange:
    """The method. Raises NoSum, and TooWide where the tables couple too many axes."""

    name = "chain"

    def __init__(self) -> None:
        self.known: dict[int, tuple[Form, list[Table]]] = {}

    def gather(self, forms: Forms, form: Form, what: str) -> list[Table]:
        """A form as tables. Raises NoSum."""
        if id(form) not in self.known:
            if forms.knots(form):
                raise NoSum(f"{what} is no sum of terms that a few parameters decide")
            self.known[id(form)] = form, forms.gather(form)
        return self.known[id(form)][1]

    def add_sums(self, search: Branching, node: Node) -> Sums:
        """The objective and the budgets of a region. Raises NoSum."""
        objective: tuple[Forms, Form] | None = search.explorer.stated
        if node.piece is not None:
            objective = node.piece.forms, node.piece.objective
        tables = [] if objective is None else self.gather(*objective, f"{search.request.objective}")
        signed = [Table(table.axes, search.sign * table.values) for table in tables]
        budgets = [self.gather(linear.forms, linear.form, "a condition") for linear in node.region.linears]
        return Sums(node.region.masks, [signed, *budgets], node.region.tables)

    def open(self, search: Branching, node: Node) -> None:
        """Bound a region; look into its structure, or split it."""
        sums = self.add_sums(search, node)
        if not all(sums.sizes):
            return
        if sums.count <= LISTED:
            list_all(search, node, sums)
            return
        dual = Dual(sums)
        rounds = FIRST_ROUNDS if not len(node.prices) else ROUNDS
        found = dual.find_bound(node.prices, rounds, search.value, search.limit, search.is_late)
        bound = min(node.bound, found.bound)
        if bound == -np.inf:
            return
        digits = None if found.found is None else sums.spell(found.found)
        if node.piece is None:
            if digits is not None:
                search.look_into(node.replace(bound=bound), digits)
            else:
                split(search, node.replace(bound=bound), sums, found)
            return
        if digits is not None:
            search.offer(digits, found.value)
        if bound <= search.limit:
            search.drop(bound)
        else:
            split(search, node.replace(bound=bound, prices=found.prices), sums, found)


def list_all(search: Branching, node: Node, sums: Sums) -> None:
    """Look at all candidates of a region."""
    digits, figures = sums.list_all()
    scale = 1 + np.abs(sums.constants[1:, None])
    fits = (figures[1:] <= FIT * scale).all(0)
    digits, figures = digits[:, fits], figures[:, fits]
    if not digits.shape[1]:
        return
    if node.piece is None:
        best = int(figures[0].argmax()) if search.explorer.stated is not None else 0
        bound = min(node.bound, figures[0].max()) if search.explorer.stated is not None else node.bound
        if search.is_better(bound):
            search.look_into(node.replace(bound=bound), sums.spell(digits[:, best].tolist()))
        return
    for place in np.argsort(-figures[0], kind="stable"):
        if not search.is_better(figures[0][place]):
            return
        if search.is_late():
            search.drop(float(figures[0][place]))
            return
        if search.offer(sums.spell(digits[:, place].tolist()), float(figures[0][place])):
            return


def split(search: Branching, node: Node, sums: Sums, found: Bounded) -> None:
    """Halve a region along the axis whose option is the least decided."""
    free = np.array(sums.sizes) > 1
    scores = np.where(free, found.spread + 1e-6 * np.array(sums.sizes), -1)
    axis = int(scores.argmax())
    size = sums.sizes[axis]
    cut = int(np.floor(found.middle[axis])) + 1 if found.spread[axis] > 0 else size // 2
    cut = min(max(cut, 1), size - 1)
    kept = sums.kept[axis]
    for part in (kept[:cut], kept[cut:]):
        mask = np.zeros(len(node.region.masks[axis]), bool)
        mask[part] = True
        search.push(node.replace(region=node.region.limit((axis,), mask)))


def search_chain(request: Request) -> Search:
    """The best candidate by Lagrange multipliers and branching."""
    return Branching(request, Lagrange(), LARGEST).run()
