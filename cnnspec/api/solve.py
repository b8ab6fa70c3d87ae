"""The best candidate of a spec under conditions, as the API returns it: parameters, figures, proof, and the filled spec."""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer, make_answer
from cnnspec.api.argument_checks import check_texts, take_count, take_real, take_text
from cnnspec.api.sources import read_tree
from cnnspec.compile.backend import MissingExtra
from cnnspec.solve.answer import Solved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, ClassVar

    from cnnspec.tables.report import Report


class Solution(Answer, Solved):
    """What a search found: `print` shows it as `cnnspec solve` does.

    `status` is "best" where no other is better, "bounded" where none is better by more than the share `gap`, "nothing" where it is proven
    that no candidate fits, "open" where nothing is proven. `parameters` are as `load` takes them, `text` is the spec with them in it,
    `value` the objective, `bound` what no other is beyond.
    """

    _uncompared: ClassVar[frozenset[str]] = frozenset({"seconds", "name", "file"})
    name: str = ""
    file: str = ""
    rows_are = "conditions"

    def _write_text(self) -> str:
        from cnnspec.solve.text import write_text

        return write_text(self, self.name)

    def _make_report(self) -> Report:
        from cnnspec.api.html.solve import make_report

        return make_report(self, self.name)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec solve --format json` prints."""
        from cnnspec.solve.json import write_data

        return write_data(self, self.name, self.file)


def solve(
    path_or_text: str | os.PathLike[str], over: Mapping[str, str | Iterable[Any]] | Sequence[str] = (), *,
    maximize: str = "", minimize: str = "", subject: str = "", scale_to: str = "", multiple: int = 8, method: str | None = None, seconds: float = 60.0,
    gap: float = 0.01, model: str | None = None, **parameters: Any,
) -> Solution:  # fmt: skip
    """Find the best candidate of a spec, as `cnnspec solve` does; takes a path or a text, as `load` does.

    `over` has the options of each parameter, as `sweep` takes them. `maximize` or `minimize` is the objective: "receptive_field",
    "sum(log2(w))", "widths". `subject` are the conditions: "params <= 1M, peak_memory(dtype=int8) <= 256KiB, lossless". `method` forces one
    ("exhaustive", "chain", "cp-sat"), `seconds` and `gap` end a search that branches. The other keywords give parameters one value
    each.

    `scale_to` finds the largest factor of all numbers of filters and units at which these conditions hold, instead: "macs <= 5M"; they are
    rounded to a `multiple`, and are parameters, or where the spec has none of these, numbers of its text.

    Raises what `load` raises for a file, SpecError for a spec with mistakes, ValueError for a request that makes no sense, and
    MissingExtra where NumPy, or OR-tools, is needed and not installed.
    """
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise MissingExtra("numpy is not installed; solving needs it", "solve")
    from cnnspec.solve.question import make_solve_request
    from cnnspec.solve.solve import solve as find_best

    check_texts({"maximize": maximize, "minimize": minimize, "subject": subject, "scale_to": scale_to})
    if method is not None:
        take_text(method, "method")
    parsed = read_tree(path_or_text, over)
    source = parsed.source
    if scale_to.strip():
        if maximize or minimize or over or method:
            raise ValueError("scale_to finds one factor for all widths: leave maximize, minimize, over and method out")
        from cnnspec.solve.scale import scale_to as find_factor

        solved = find_factor(
            parsed, model, parameters, scale_to=scale_to, subject=subject, multiple=take_count(multiple, "multiple")
        )
    else:
        request = make_solve_request(
            parsed, model, parameters, over, maximize=maximize, minimize=minimize, subject=subject, method=method,
            seconds=take_real(seconds, "seconds"), gap=take_real(gap, "gap"),
        )  # fmt: skip
        solved = find_best(request)
    return make_answer(Solution, solved, solved.request.question.model or source.stem, source.name)
