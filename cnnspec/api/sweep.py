"""Many candidates of a spec at once, as the API returns them: counts, the best, a front, and arrays of all that is kept."""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer, make_answer
from cnnspec.api.argument_checks import check_texts, take_count
from cnnspec.api.sources import read_tree
from cnnspec.compile.backend import MissingExtra
from cnnspec.sweep.sweep import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, ClassVar

    from numpy.typing import NDArray

    from cnnspec.sweep.rows import Kept
    from cnnspec.tables.report import Report


class Sweep(Answer, Found):
    """What a sweep found: `print` shows it as `cnnspec sweep` does, and `sweep["params"]` is an array of all kept candidates.

    Of the `done` candidates so many are `legal` and `kept`. `columns` are arrays by name, one entry a kept candidate: its
    number in the space, its parameters, its figures; of a figure for each axis of the network (the receptive field) the smallest;
    what is not known is masked. `to_pandas` and `to_polars` make a frame of them. `histograms` have `edges` and `counts` as
    numpy.histogram does.
    """

    _uncompared: ClassVar[frozenset[str]] = frozenset({"best", "front", "seconds", "name", "file", "columns"})
    name: str
    file: str
    columns: dict[str, NDArray[Any]]
    rows_are = "best"

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array of a column."""
        return self.columns[name]

    def __len__(self) -> int:
        return self.kept

    def candidate(self, number: int) -> dict[str, Any]:
        """The parameters of a candidate by its number in the space, as `load` takes them. IndexError where there is none such."""
        from cnnspec.sweep.candidates import find_digits

        space = self.request.space
        if not 0 <= number < space.count:
            raise IndexError(f"the space has {space.count:,} candidates, numbered from 0")
        return space.candidate(find_digits(int(number), space.sizes))

    def to_pandas(self) -> Any:
        """A pandas.DataFrame of all kept candidates: ints beside which some are not known are of its type Int64. MissingExtra where
        pandas is not installed."""
        pandas = import_frames("pandas")
        return pandas.DataFrame({name: hold_in_pandas(column, pandas) for name, column in self.columns.items()})

    def to_polars(self) -> Any:
        """A polars.DataFrame of all kept candidates: what may be a word or beyond 64 bits is text. MissingExtra where polars is not
        installed."""
        from cnnspec.sweep.table import find_kinds

        polars = import_frames("polars")
        kinds = find_kinds(self.request)
        return polars.DataFrame({name: hold_in_polars(column, kinds[name]) for name, column in self.columns.items()})

    def _write_text(self) -> str:
        from cnnspec.sweep.text import write_text

        return write_text(self, self.name)

    def _make_report(self) -> Report:
        from cnnspec.api.html.sweep import make_report

        return make_report(self, self.name)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec sweep --format json` prints."""
        from cnnspec.sweep.json import write_data

        return write_data(self, self.name, self.file)


def import_frames(library: str) -> Any:
    """A library of data frames."""
    from importlib import import_module

    try:
        return import_module(library)
    except ImportError:
        raise MissingExtra(f"{library} is not installed: pip install {library}") from None


def hold_in_pandas(column: Any, pandas: Any) -> Any:
    """A column as pandas holds it, with what is not known."""
    import numpy as np

    if not np.ma.isMaskedArray(column):
        return column
    kinds = {"i": pandas.arrays.IntegerArray, "b": pandas.arrays.BooleanArray}
    if column.dtype.kind in kinds:
        return kinds[column.dtype.kind](np.ma.getdata(column), np.ma.getmaskarray(column))
    nothing = np.nan if column.dtype.kind == "f" else None
    return np.ma.filled(column, nothing)


def hold_in_polars(column: Any, kind: type) -> Any:
    """A column of a kind as polars holds it, with what is not known."""
    import numpy as np

    from cnnspec.sweep.table import write_word

    values = column.tolist() if np.ma.isMaskedArray(column) or column.dtype == object else column
    if column.dtype != object:
        return values
    if kind is float:
        return [*map(float, values)]
    fits = all([value is None or isinstance(value, int) and -(2**63) <= value < 2**63 for value in values])
    return values if fits else [None if value is None else write_word(value) for value in values]


def sweep(
    path_or_text: str | os.PathLike[str], over: Mapping[str, str | Iterable[Any]] | Sequence[str] = (), *, where: str = "",
    by: str = "", top: int = 10, pareto: str = "", histogram: str = "", columns: str = "", sample: float | None = None,
    seed: int = 0, jobs: int = 1, dask: Any = None, model: str | None = None, **parameters: Any,
) -> Sweep:  # fmt: skip
    """Go over the candidates of a spec, as `cnnspec sweep` does; takes a path or a text, as `load` does.

    `over` has the options of each parameter: {"width": range(16, 129, 8), "w[0]": "8..64:8", "input": [(32, 32), (64, 64)]}. Of
    parameters and holes that it does not name, the options are the values that the text gives them: width=64 in 16..128:8.
    `where` is the condition that is kept, "params < 5M and w[0] <= w[1]"; `by` the keys that order the `top` ones, "macs"; `pareto`
    those of a front, "params,-receptive_field"; `histogram` those whose distribution `histograms` has, "macs,w[0]"; `columns` the
    figures, "params,peak_memory(dtype=int8)". `sample` draws so many candidates. `jobs` processes compute at once; `dask` is the
    address of a Dask scheduler whose workers do, or a distributed.Client: the answer is the same. The other keywords give
    parameters one value each.

    Raises what `load` raises for a file, SpecError for a spec with mistakes, ValueError for a request that makes no sense,
    MissingExtra where NumPy, or Dask's distributed, is not installed, and SweepBroken (a RuntimeError) where other processes or a
    scheduler are gone.
    """
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise MissingExtra("numpy is not installed; a sweep needs it", "sweep")
    import numpy as np

    from cnnspec.sweep.candidates import find_numbers
    from cnnspec.sweep.crews import choose_crew
    from cnnspec.sweep.question import make_request
    from cnnspec.sweep.rows import join_all
    from cnnspec.sweep.sweep import check_request, run_sweep
    from cnnspec.sweep.table import find_columns

    check_texts({"where": where, "by": by, "pareto": pareto, "histogram": histogram, "columns": columns})
    if sample is not None:
        sample = take_count(int(sample) if isinstance(sample, float) and sample.is_integer() else sample, "sample")
    parsed = read_tree(path_or_text, over)
    source = parsed.source
    request = make_request(
        parsed, model, parameters, over, where=where, by=by, top=take_count(top, "top", 0), pareto=pareto, histogram=histogram, columns=columns,
        sample=sample, seed=take_count(seed, "seed", 0),
    )  # fmt: skip
    check_request(request)  # before processes are started
    parts: list[Kept] = []
    found = run_sweep(request, keepers=[parts.append], crew=choose_crew(jobs, dask))
    kept = join_all(parts, len(request.space.axes), len(request.question.quantities))
    kept = kept.take(np.argsort(find_numbers(kept.digits, request.space.sizes), kind="stable"))
    return make_answer(Sweep, found, request.question.model or source.stem, source.name, find_columns(kept, request))
