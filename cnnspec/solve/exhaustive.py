"""All candidates gone through by their tapes: the proof that an answer is the best."""

from __future__ import annotations

import numpy as np

from cnnspec.solve.answer import Search
from cnnspec.sweep.rows import Key
from cnnspec.sweep.sweep import Request as SweepRequest
from cnnspec.sweep.sweep import run_sweep
from cnnspec.sweep.table import read_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.solve.question import Request

NAME = "exhaustive"


def search_all(request: Request, step: Callable[[int], None] | None = None) -> Search:
    """The best of all candidates; of equal ones the first. Raises TooManyCandidates."""
    objective: Any = request.objective
    question = request.question.replace(quantities=(*request.quantities, objective))
    asked = SweepRequest(
        question, request.space, request.conditions, (Key(objective, objective.is_largest),), 1,
        constants=request.constants,
    )  # fmt: skip
    found = run_sweep(asked, step)
    columns = found.best.figures[-1]
    value = read_value(columns[0][0]) if found.best.count and columns else None
    digits = None if value is None else tuple([int(np.asarray(digit)[0]) for digit in found.best.digits])
    is_whole = found.done == found.asked
    return Search(
        NAME, digits, value, value if is_whole else None, is_whole, found.structures, found.done, found.trouble
    )
