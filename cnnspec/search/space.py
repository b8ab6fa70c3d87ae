"""What a searcher draws from: the candidates of a spec, each judged as a sweep judges it before anything is built."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.elaborate import read_parameter
from cnnspec.layers.argument import show
from cnnspec.sweep.structure import Parameter, find_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.api.network import Network
    from cnnspec.search.fitting import Fitting
    from cnnspec.sweep.conditions import Condition
    from cnnspec.sweep.met import Met
    from cnnspec.sweep.question import Over
    from cnnspec.sweep.space import Axis
    from cnnspec.sweep.sweep import Request

LEGAL = "legal"  # the name of the constraint that all candidates have
MOST = 1_000_000  # candidates that are all gone through
LEAST = 1e-6  # the least violation: params < 1M with a million


class NothingFits(ValueError):
    """A space without a legal candidate that meets the conditions; the message is a sentence."""


class Judgement(Record):
    """What a candidate comes to, without being built.

    `parameters` are as `cnnspec.load` takes them (and `input`, the input's size, where that is an axis). `violations` has for
    "legal" and each condition how far the candidate is from meeting it: 0 where it does, up to 1 where it does not. `reason` is
    "" for one that meets all, else its first error or the condition. `figures` are those that conditions and columns name; of a
    figure for each axis the smallest, None for what is not known.
    """

    parameters: dict[str, Any]
    violations: dict[str, float]
    reason: str
    figures: dict[str, Any]

    @property
    def fits(self) -> bool:
        """Whether the candidate is legal, and meets all conditions."""
        return not self.reason


class SearchSpace:
    """The candidates of a spec: `axes` with their options, and `where`, the conditions; `count` of them."""

    def __init__(self, request: Request, name: str) -> None:
        self.request, self.name = request, name
        self.axes: tuple[Axis, ...] = request.space.axes
        self.count = request.space.count
        self._judged: dict[tuple[int, ...], Judgement] = {}
        self._fitting: Fitting | None = None

    def __repr__(self) -> str:
        return f"<cnnspec.search.SearchSpace: {self.count:,} candidates of {self.name}>"

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.request.conditions

    def describe(self) -> dict[str, Any]:
        """What a study is of: the spec's text and model, what is fixed, axes with their options, conditions, as plain values."""
        from hashlib import sha256

        question = self.request.question
        return {
            "model": self.name,
            "text": sha256(question.tree.source.text.encode()).hexdigest(),
            "fixed": {name: show(value) for name, value in self.request.space.fixed.items()},
            "axes": {axis.name: [show(option) for option in axis.options] for axis in self.axes},
            "where": [condition.text for condition in self.conditions],
        }

    def judge(self, digits: Sequence[int]) -> Judgement:
        """The candidate that takes these options, by their places, one an axis. It is analysed once."""
        key = tuple(digits)
        if key not in self._judged:
            self._judged[key] = judge_candidate(self.request, key)
        return self._judged[key]

    @property
    def fitting(self) -> Fitting:
        """The candidates that fit: all of them, or of a space of more than a million those among a million that are drawn.

        Raises NothingFits where there is none.
        """
        if self._fitting is None:
            self._fitting = find_fitting(self)
        return self._fitting

    def settle(self, digits: Sequence[int]) -> tuple[int, ...]:
        """A candidate that fits in the place of one that is proposed; one that fits is led to itself. Raises NothingFits."""
        if not self.fitting.whole and self.judge(digits).fits:
            return tuple(digits)
        return self.fitting.lead(digits, self.request.space.sizes)

    def find_digits(self, options: Mapping[str, Any]) -> tuple[int, ...]:
        """The places of options that are given by the names of the axes, as values or as the language writes them. ValueError for
        what is none of them."""
        found = []
        for axis in self.axes:
            if axis.name not in options:
                raise ValueError(f"{axis.name} is missing: it is one of {', '.join([one.name for one in self.axes])}")
            texts, wanted = [show(option) for option in axis.options], options[axis.name]
            text = wanted if isinstance(wanted, str) else show(read_parameter(wanted))
            if text not in texts:
                raise ValueError(f"{axis.name} has no option {text}: it has {', '.join(texts)}")
            found.append(texts.index(text))
        return tuple(found)

    def name_options(self, digits: Sequence[int]) -> dict[str, Any]:
        """The options with these places by the names of the axes: numbers as they are, all else as the language writes it."""
        options = [axis.options[digit] for axis, digit in zip(self.axes, digits, strict=True)]
        return {
            axis.name: option if type(option) in (int, float) else show(option)
            for axis, option in zip(self.axes, options, strict=True)
        }

    def write_spec(self, parameters: Mapping[str, Any], folder: str = ".") -> str:
        """The text of a candidate's own spec, to stand in a folder that is there. ValueError where it cannot stand there."""
        from cnnspec.sweep.specs import write_spec

        return write_spec(self.request.question, parameters, folder)

    def load(self, parameters: Mapping[str, Any]) -> Network:
        """The network of a candidate."""
        import os

        from cnnspec.api import loads

        question = self.request.question
        folder = os.path.dirname(os.path.abspath(question.tree.source.name))
        text = self.write_spec(parameters, folder if os.path.isdir(folder) else ".")
        return loads(text, model=question.model)


def make_space(
    path_or_text: str | os.PathLike[str], over: Over = (), *, where: str = "", columns: str = "params,macs",
    model: str | None = None, **parameters: Any,
) -> SearchSpace:  # fmt: skip
    """The candidates of a spec, as `cnnspec sweep` goes over them; takes a path or a text, as `cnnspec.load` does.

    `over` has the options of each parameter, {"width": range(16, 129, 8), "act": "relu, swish"}; `where` the conditions that a
    candidate must meet, "params < 1M"; `columns` the figures that are noted of each. The other keywords give parameters one
    value each. Raises OSError, SpecError for a spec with mistakes, ValueError for a space that makes no sense.
    """
    from cnnspec.api.argument_checks import check_texts
    from cnnspec.api.sources import read_tree

    check_texts({"where": where, "columns": columns})
    return ask_space(read_tree(path_or_text, over), model, parameters, over, where, columns)


def ask_space(
    parsed: Any, model: str | None, given: Mapping[str, Any], over: Over, where: str, columns: str, **more: Any
) -> SearchSpace:
    """The space of a parsed spec. Raises BadRequest, and BadCondition for conditions that make no sense."""
    from cnnspec.sweep.named import check_conditions
    from cnnspec.sweep.question import make_request

    request = make_request(parsed, model, given, over, where=where, columns=columns, **more)
    check_conditions(request)
    return SearchSpace(request, request.question.model or parsed.source.stem)


def find_fitting(space: SearchSpace) -> Fitting:
    """The candidates of a space that fit, as a sweep finds them. Raises NothingFits."""
    import numpy as np

    from cnnspec.search.fitting import Fitting
    from cnnspec.sweep.rows import join_all
    from cnnspec.sweep.sweep import run_sweep

    parts: list[Any] = []
    whole = space.count <= MOST
    request = space.request.replace(top=0, sample=None if whole else MOST)
    found = run_sweep(request, keepers=[parts.append])
    if not found.kept:
        raise NothingFits(describe_misfit(space, found))
    kept = join_all(parts, len(space.axes), len(request.question.quantities))
    digits = np.stack([np.asarray(column, np.intp) for column in kept.digits], axis=1)
    return Fitting(digits[np.lexsort(digits.T[::-1])], whole, found.asked, found.legal)


def judge_candidate(request: Request, digits: Sequence[int]) -> Judgement:
    """What one candidate comes to, and how far it is from meeting each condition."""
    import numpy as np

    from cnnspec.sweep.met import Met
    from cnnspec.sweep.named import list_parameters, name_figures, name_parameters

    space, quantities = request.space, request.question.quantities
    parameters = space.candidate(digits)
    answer = find_answer(request.question, parameters)
    names = [condition.text for condition in request.conditions]
    if answer.error is not None:
        return Judgement(parameters, dict.fromkeys([LEGAL, *names], 1.0), answer.error.message, {})
    figures = dict(zip(quantities, answer.figures, strict=True))
    columns = {
        quantity: [np.ma.MaskedArray(np.array([value])) for value in values or ()]
        for quantity, values in figures.items()
    }
    places = [np.array([digit], np.intp) for digit in digits]
    met = Met({**name_parameters(request, places), **name_figures(columns)}, 1, list_parameters(request))
    violations = {LEGAL: 0.0}
    for condition in request.conditions:
        violations[condition.text] = 0.0 if met.meets(condition)[0] else measure_violation(met, condition)
    unmet = [name for name in names if violations[name]]
    shown = {
        str(quantity): min(values) if values else None
        for quantity, values in figures.items() if not isinstance(quantity, Parameter)
    }  # fmt: skip
    return Judgement(parameters, violations, f"it does not meet {unmet[0]}" if unmet else "", shown)


def measure_violation(met: Met, condition: Condition) -> float:
    """How far a candidate is from meeting a condition that it does not meet, as a share in (0, 1]: of a comparison of numbers by
    how much of the larger side it is beside the other, the least where they are equal; 1 for all else, and for what is unknown."""
    import numpy as np

    from cnnspec.syntax import tree

    node = condition.node
    if not isinstance(node, tree.Compare) or node.operator not in ("<", "<=", ">", ">="):
        return 1.0
    sides = [met.numbers(met.value(side, np.ones(1, bool))) for side in (node.left, node.right)]
    found = LEAST
    for left in sides[0]:
        for right in sides[1]:
            if np.ma.is_masked(left) or np.ma.is_masked(right):
                return 1.0
            a, b = (float(np.ravel(side)[0]) for side in (left, right))
            off = a - b if node.operator in ("<", "<=") else b - a
            found = max(found, min(1.0, off / (max(abs(a), abs(b)) or 1.0)))
    return found


def describe_misfit(space: SearchSpace, found: Any) -> str:
    """Why no candidate fits, as a sentence."""
    of = f"{found.asked:,} candidates" if found.asked == space.count else f"{found.asked:,} candidates that were drawn"
    if not found.legal:
        return f"none of the {of} of {space.name} is legal: {found.reasons[0][0].error.message}"
    conditions = " and ".join([condition.text for condition in space.conditions])
    return f"none of the {of} of {space.name} meets {conditions}; of these, {found.legal:,} are legal"
