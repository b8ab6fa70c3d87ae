"""Parts of a sweep, each computed and reduced to what it came to, in the process that computes it."""

from __future__ import annotations

from time import thread_time

import numpy as np

from cnnspec.sweep.candidates import find_numbers
from cnnspec.sweep.engine import Engine
from cnnspec.sweep.met import Met
from cnnspec.sweep.named import list_parameters, name_figures, name_parameters
from cnnspec.sweep.partial import Partial, choose_best, choose_front, count_all, none_of, nothing_done
from cnnspec.sweep.rows import Kept, join_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.candidates import Part
    from cnnspec.sweep.engine import Batch
    from cnnspec.sweep.sweep import Request


class Reducer:
    """Answers a request for parts of the candidates. With `rows`, all that is kept comes along."""

    def __init__(self, request: Request, rows: bool) -> None:
        self.request, self.rows = request, rows
        self.engine = Engine(request.question, request.space)
        self.quantities = request.question.quantities
        self.parameters = list_parameters(request)

    def reduce(self, part: Part) -> Partial:
        """What the candidates of a part came to."""
        began = thread_time()
        engine = self.engine
        engine.trouble = None
        structures, singly = engine.structures, engine.singly
        found, rows = nothing_done(self.request), []
        for batch in engine.compute(part):
            of_batch = self._take(batch)
            rows.append(of_batch.rows)
            found = of_batch if not found.done else found.join(of_batch, self.request)
        return found.replace(
            rows=join_all(rows, len(self.request.space.axes), len(self.quantities)),
            structures=engine.structures - structures,
            singly=engine.singly - singly,
            trouble=engine.trouble,
            seconds=thread_time() - began,
        )

    def _take(self, batch: Batch) -> Partial:
        """Count a batch, and reduce what of it meets the conditions."""
        request = self.request
        found = batch.legal.copy()
        unmet, divided = [0] * len(request.conditions), 0
        if request.conditions:
            figures = name_figures(dict(zip(self.quantities, batch.figures, strict=True)))
            met = Met({**name_parameters(request, batch.digits), **figures}, batch.count, self.parameters)
            for number, condition in enumerate(request.conditions):
                meets = found & met.meets(condition)
                unmet[number] = int(found.sum() - meets.sum())
                divided += int((found & ~meets & met.divided).sum())
                found = meets
        kept = Kept.of(batch, found)
        return Partial(
            batch.count, int(batch.legal.sum()), kept.count, self._count_reasons(batch), tuple(unmet), divided,
            choose_best(kept, request), choose_front(kept, request), count_all(kept, request),
            kept.pack(request.space.sizes) if self.rows else none_of(request), 0, 0, None, 0.0,
        )  # fmt: skip

    def _count_reasons(self, batch: Batch) -> dict[Any, tuple[int, int]]:
        """Of the illegal candidates how many there are for each reason, and the smallest number of these."""
        made = {}
        for reason in np.unique(batch.reasons[~batch.legal]).tolist():
            rows = np.flatnonzero((batch.reasons == reason) & ~batch.legal)
            count = len(rows)
            for digits in batch.digits:
                own = digits[rows]
                rows = rows[own == own.min()]
            (number,) = find_numbers([digits[rows[:1]] for digits in batch.digits], self.request.space.sizes).tolist()
            made[self.engine.reasons.keys[reason]] = count, number
        return made
