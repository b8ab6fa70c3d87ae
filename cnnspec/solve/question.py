"""What is asked of `solve`, as text: an objective, conditions and axes → a `Request`."""

from __future__ import annotations

import re
from contextlib import suppress

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record
from cnnspec.base.source import Source, brief, printable
from cnnspec.base.source_files import read
from cnnspec.solve import METHODS
from cnnspec.solve.expressions import NO_NUMBER, Evaluation, Objective, Unknown, compare, find_comparisons
from cnnspec.sweep.conditions import BadCondition, explain, find_quantities, name_holes
from cnnspec.sweep.named import check_conditions
from cnnspec.sweep.question import BadRequest, find_model, make_request
from cnnspec.sweep.structure import Quantity
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.sweep.conditions import Condition
    from cnnspec.sweep.question import Over
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Parameter, Question

SECONDS = 60.0
GAP = 0.01
WIDTHS = "widths"
SHOWN = (Quantity("params"), Quantity("macs"))


class Request(Record):
    """What is asked: the question, whose quantities are shown, and the space; the conditions, and what is to be the largest or the
    smallest of those that meet them. `method`: one of METHODS, None for the one that suits. A search that branches ends after so many
    `seconds`, or where no other candidate can be better by more than the share `gap` of the answer."""

    question: Question
    space: Space
    objective: Objective
    conditions: tuple[Condition, ...] = ()
    method: str | None = None
    seconds: float = SECONDS
    gap: float = GAP
    constants: tuple[tuple[str, Any], ...] = ()

    @property
    def quantities(self) -> tuple[Quantity | Parameter, ...]:
        return self.question.quantities


def make_solve_request(
    parsed: tree.Tree, model: str | None, given: Mapping[str, Any], over: Over, *, maximize: str = "", minimize: str = "",
    subject: str = "", method: str | None = None, seconds: float = SECONDS, gap: float = GAP,
    read: Read = read, max_layers: int = MAX_LAYERS,
) -> Request:  # fmt: skip
    """The request that texts say; `given` are parameters with one value each. Raises BadRequest."""
    if bool(maximize.strip()) == bool(minimize.strip()):
        raise BadRequest("give one objective: --maximize, such as receptive_field, or --minimize, such as macs")
    if method is not None and method not in METHODS:
        raise BadRequest(f'there is no method "{brief(printable(method))}": {", ".join(METHODS)}')
    if not seconds > 0 or not 0 <= gap < 1:
        raise BadRequest("the time is a number of seconds above 0, and the gap a share from 0 up to 1")
    graph, _ = find_model(parsed, model, given, read, max_layers)
    asked = make_request(parsed, model, given, over, where=subject, read=read, max_layers=max_layers)
    try:
        check_conditions(asked)
        text = maximize or minimize
        if WIDTHS not in graph.parameters and re.search(rf"\b{WIDTHS}\b", text):
            from cnnspec.solve.widths import write_widths

            text = re.sub(rf"\b{WIDTHS}\b", write_widths(asked.question, asked.space), text)
        objective = read_objective(text, bool(maximize.strip()), [*graph.parameters])
        objective = objective.replace(text=(maximize or minimize).strip())
        check(objective, asked.conditions, {**graph.parameters, **asked.space.candidate([0] * len(asked.space.axes))})
        quantities = find_quantities(objective.node, [*graph.parameters])
    except BadCondition as error:
        raise BadRequest(str(error)) from None
    for condition in asked.conditions:
        quantities += condition.quantities
    question = asked.question.replace(quantities=tuple(dict.fromkeys([*SHOWN, *quantities])))
    return Request(question, asked.space, objective, asked.conditions, method, seconds, gap, asked.constants)


def read_objective(text: str, is_largest: bool, parameters: Sequence[str]) -> Objective:
    """An objective as text. Raises BadCondition."""
    text = text.strip()
    parsed = parse(Source("--maximize" if is_largest else "--minimize", f"x = {text}"))
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    if parsed.diagnostics or not isinstance(item, tree.Assign):
        why = f": {explain(parsed.diagnostics[0])}" if parsed.diagnostics else ""
        raise BadCondition(f'"{brief(printable(text))}" is no objective, such as macs or sum(log2(w)){why}')
    node = name_holes(item.value)
    if isinstance(node, (tree.Compare, tree.Logic, tree.Opposite)):
        raise BadCondition(f'"{brief(printable(text))}" is a condition, which belongs to --subject; {NO_NUMBER}')
    find_quantities(node, parameters)
    return Objective(text, node, is_largest)


def check(objective: Objective | None, conditions: Sequence[Condition], parameters: Mapping[str, Any]) -> None:
    """BadCondition where an objective is no number, or a condition neither true nor false."""
    evaluation = Evaluation(parameters, lambda quantity: (True,) if quantity.is_flag else (1,))
    if objective is not None:
        with suppress(Unknown):
            evaluation.numbers(objective.node)
    for node in [node for condition in conditions for node in find_comparisons(condition.node)]:
        with suppress(Unknown):
            compare(evaluation, node)
