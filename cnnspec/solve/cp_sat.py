"""Regions searched by OR-tools' CP-SAT, for what no chain of tables holds, and for proofs that nothing fits.

Terms of few axes are tables here, too; what no table holds is built of its operands, whole numbers all. A float, such as a logarithm, is
counted in small units and rounded so that the bound stays one.
"""

from __future__ import annotations

from contextlib import suppress
from math import prod
from time import monotonic

import numpy as np

from cnnspec.solve.apart import must_be_apart, search_apart
from cnnspec.solve.branching import Branching, Node
from cnnspec.solve.lagrange import NoSum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.solve.answer import Search
    from cnnspec.solve.forms import Form, Forms
    from cnnspec.solve.question import Request

LARGEST = 2**12  # entries of a table of terms
MOST = 2**60  # a number that CP-SAT is given at most
UNITS = 2**44  # of a float, where that fits
AGAIN = 100  # answers that the analysis denies, before a region is left


class CpSat:
    """The method. Raises NoSum for numbers that CP-SAT cannot compute with."""

    name = "cp-sat"

    def open(self, search: Branching, node: Node) -> None:
        """Find the best of a region, or with no structure known any candidate of it, and look into that."""
        model = Model(search, node)
        for _ in range(AGAIN):
            digits, bound = model.solve(max(0.05, search.end - monotonic()))
            bound = min(node.bound, bound)
            if node.piece is None and digits is not None:
                search.look_into(node.replace(bound=bound), digits)
                break
            if digits is None or search.offer(digits, np.inf):
                search.drop(bound)
                break
            model.exclude(digits)
        else:
            search.drop(bound)
        if model.is_stopped:
            raise KeyboardInterrupt


class Model:
    """One region as CP-SAT has it: of each axis the number of its option is a variable."""

    def __init__(self, search: Branching, node: Node) -> None:
        from ortools.sat.python import cp_model

        self.cp, self.search, self.node = cp_model, search, node
        self.model = cp_model.CpModel()
        region = node.region
        self.axes = [
            self.model.new_int_var_from_domain(
                cp_model.Domain.from_values(np.flatnonzero(mask).tolist()), f"axis {number}"
            )
            for number, mask in enumerate(region.masks)
        ]
        self.values: dict[tuple[int, tuple[int, ...]], Any] = {}
        self.flat: dict[tuple[int, ...], Any] = {}
        for axes, holds in region.tables.items():
            self.allow(axes, holds)
        for linear in region.linears:
            self.model.add(self.form_of(linear.forms, linear.form, np.floor)[0] <= 0)
        self.unit = 1.0
        self.is_stopped = False
        objective = search.explorer.stated
        if node.piece is not None:
            objective = node.piece.forms, node.piece.objective
        self.has_objective = objective is not None
        if objective is not None:
            goal, self.unit = self.form_of(objective[0], objective[1].times(search.sign), np.ceil)
            if search.best is not None:
                self.model.add(goal >= int(np.ceil((search.value + search.noise) * self.unit - 1)))
            self.model.maximize(goal)

    def allow(self, axes: tuple[int, ...], holds: Any) -> None:
        """Take the combinations alone that a table of truths allows."""
        inside = holds[np.ix_(*[np.flatnonzero(self.node.region.masks[axis]) for axis in axes])]
        variables = [self.axes[axis] for axis in axes]
        kept = [np.flatnonzero(self.node.region.masks[axis]) for axis in axes]
        which = inside if inside.sum() * 2 <= inside.size else ~inside
        rows = [[int(own[i]) for own, i in zip(kept, row, strict=True)] for row in np.argwhere(which)]
        if which is inside:
            self.model.add_allowed_assignments(variables, rows)
        elif rows:
            self.model.add_forbidden_assignments(variables, rows)

    def exclude(self, digits: Sequence[int]) -> None:
        """Leave one candidate out."""
        self.model.add_forbidden_assignments(self.axes, [[*digits]])

    # ---- numbers -------------------------------------------------------------------------------------------------
    def form_of(self, forms: Forms, form: Form, round_: Any) -> tuple[Any, float]:
        """A form as an expression of CP-SAT, and in how many units one is counted: 1 where it is whole."""
        if forms.is_whole(form):
            total = form.constant
            for places, factor in form.terms.items():
                total = total + factor * self.term(forms, places)
            self.check([form.constant, *form.terms.values()])
            return total, 1.0
        if forms.knots(form):
            raise NoSum("a float that many parameters decide together")
        tables = forms.gather(form)
        most = sum([float(np.abs(table.values).max()) for table in tables if table.values.size])
        unit = min(float(UNITS), 2.0**50 / max(most, 1e-300))
        total = 0
        for table in tables:
            values = round_(table.values * unit).astype(np.int64)
            total = total + (self.element(table.axes, values) if table.axes else int(values))
        return total, unit

    def term(self, forms: Forms, places: tuple[int, ...]) -> Any:
        """A product of expressions, which a table holds, or one expression as a variable."""
        key = id(forms), places
        if key not in self.values:
            if forms.holds(places):
                table = forms.product_of(places)
                self.values[key] = self.element(table.axes, table.values) if table.axes else int(table.values)
            else:
                self.values[key] = self.knot(forms, places[0])
        return self.values[key]

    def knot(self, forms: Forms, place: int) -> Any:
        """An expression that no table holds, of its operands."""
        operation, *operands = forms.expressions[place]
        if not forms.replay.whole[place]:
            raise NoSum("a float that many parameters decide together")
        if operation in ("floor", "ceil"):
            return self.round(forms, place, operation, operands[0])
        parts = [self.form_of(forms, forms.form_of(operand), np.floor)[0] for operand in operands]
        made = self.model.new_int_var(*self.bounds(forms, place), f"expression {place}")
        if operation == "max":
            self.model.add_max_equality(made, parts)
        elif operation == "mul":
            self.model.add_multiplication_equality(made, parts)
        elif operation in ("floordiv", "mod"):
            bounds = [forms.replay.bounds[operand] for operand in operands]
            if bounds[0][0] < 0 or bounds[1][0] <= 0:
                raise NoSum("a division of what may be negative")
            add = self.model.add_division_equality if operation == "floordiv" else self.model.add_modulo_equality
            add(made, parts[0], parts[1])
        else:
            raise NoSum(f"what {operation} makes of many parameters")
        return made

    def round(self, forms: Forms, place: int, operation: str, inner: int) -> Any:
        """A whole number times a fraction, such as 0.5, rounded to a whole number."""
        name, *operands = forms.expressions[inner]
        constants = [forms.expressions[operand][1] for operand in operands if forms.expressions[operand][0] == "const"]
        wholes = [
            operand for operand in operands if forms.replay.whole[operand] and forms.expressions[operand][0] != "const"
        ]
        if (
            name != "mul"
            or len(constants) != 1
            or len(wholes) != 1
            or forms.replay.bounds[wholes[0]][0] < 0
            or constants[0] < 0
        ):
            raise NoSum("a float that many parameters decide together")
        above, below = float(constants[0]).as_integer_ratio()
        if below > 2**16:
            raise NoSum(f"{constants[0]} times what many parameters decide")
        whole = self.form_of(forms, forms.form_of(wholes[0]), np.floor)[0]
        made = self.model.new_int_var(*self.bounds(forms, place), f"expression {place}")
        self.model.add_division_equality(made, above * whole + (below - 1 if operation == "ceil" else 0), below)
        return made

    def bounds(self, forms: Forms, place: int) -> tuple[int, int]:
        least, most = forms.replay.bounds[place]
        self.check([least, most])
        return int(least), int(most)

    def check(self, numbers: Sequence[Any]) -> None:
        if any([abs(number) > MOST for number in numbers]):
            raise NoSum("numbers beyond 64 bits")

    def element(self, axes: tuple[int, ...], values: Any) -> Any:
        """The entry of a table that the options of its axes choose."""
        self.check([values.min(), values.max()])
        made = self.model.new_int_var(int(values.min()), int(values.max()), "term")
        self.model.add_element(self.place(axes), values.reshape(-1).tolist(), made)
        return made

    def place(self, axes: tuple[int, ...]) -> Any:
        """The place of the options of some axes in a table of all."""
        if axes not in self.flat:
            sizes = [len(self.node.region.masks[axis]) for axis in axes]
            if len(axes) == 1:
                return self.axes[axes[0]]
            made = self.model.new_int_var(0, prod(sizes) - 1, "place")
            total: Any = 0
            for axis, size in zip(axes, sizes, strict=True):
                total = total * size + self.axes[axis]
            self.model.add(made == total)
            self.flat[axes] = made
        return self.flat[axes]

    def wait(self, solver: Any) -> Any:
        """The status of the solver, which Ctrl-C stops."""
        from threading import Thread

        found: list[Any] = []
        failed: list[Exception] = []

        def search() -> None:
            try:
                found.append(solver.solve(self.model))
            except Exception as error:  # of the solver's, told where it is waited for
                failed.append(error)

        thread = Thread(target=search)
        thread.start()
        while thread.is_alive():
            try:
                thread.join(0.2)
            except KeyboardInterrupt:
                self.is_stopped = True
            if self.is_stopped:
                with suppress(RuntimeError):  # it has not begun, or has ended
                    solver.stop_search()
        if failed:
            raise failed[0]
        return found[0]

    # ---- the answer ----------------------------------------------------------------------------------------------
    def solve(self, seconds: float) -> tuple[tuple[int, ...] | None, float]:
        """The best candidate that there is time to find, None for none; and the bound of all, -inf where it is proven that there is
        none that is better than what the search has found."""
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.relative_gap_limit = self.search.request.gap
        solver.parameters.catch_sigint_signal = False  # it would leave Python without Ctrl-C
        status = self.wait(solver)
        if status == self.cp.MODEL_INVALID:
            raise NoSum("numbers beyond 64 bits")
        if status == self.cp.INFEASIBLE:
            return None, -np.inf
        bound = solver.best_objective_bound / self.unit if self.has_objective else np.inf
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None, bound if self.has_objective and abs(bound) < MOST else np.inf
        return tuple([int(solver.value(axis)) for axis in self.axes]), bound


def search_cp_sat(request: Request) -> Search:
    """The best candidate by CP-SAT. Raises MissingExtra where OR-tools is not installed."""
    from importlib.util import find_spec

    if find_spec("ortools") is None:
        from cnnspec.compile.backend import MissingExtra

        raise MissingExtra("OR-tools is not installed; what no chain of parameters holds needs it", "solve")
    if must_be_apart():
        return search_apart(request)
    return Branching(request, CpSat(), LARGEST).run()
