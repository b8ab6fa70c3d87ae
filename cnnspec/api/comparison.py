"""Networks side by side: `compare` asks, `Comparison` answers."""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_text, take_texts
from cnnspec.api.errors import SpecError
from cnnspec.compare.cells import TableChoice
from cnnspec.compare.comparison import Candidate, LeftOut, describe_mistakes
from cnnspec.compare.comparison import Comparison as NetworkComparison

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, ClassVar

    from cnnspec.api.network import Network
    from cnnspec.cost.cost import CostQuestion
    from cnnspec.network import AnalysedNetwork


class Comparison(Answer, NetworkComparison):
    """Networks side by side; `print` shows them as `cnnspec compare` does.

    `networks` has one for each, whose figures are its values: `params`, `macs`, `receptive_field`, `coverage`, `peak_memory`,
    `training_memory`, `seconds`, `macs_lost_share`, `findings`; of a run `epochs` and `figures`. `left_out` are those that have
    no row, each with a `name` and `why`.
    """

    _uncompared: ClassVar[frozenset[str]] = frozenset({"choice"})
    choice: TableChoice
    rows_are = "networks"

    def to_text(self, format: str = "text") -> str:
        """What `cnnspec compare` prints. `format`: text, markdown, csv, latex, json or html; ValueError for another."""
        from cnnspec.compare.formats import FORMATS, write_comparison

        if format not in FORMATS:
            raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)}')
        return write_comparison(self, self.choice, format)

    def to_html(self) -> str:
        """The networks as an HTML table."""
        return self.to_text("html").rstrip("\n")

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec compare --format json` prints."""
        from cnnspec.compare.json import write_data

        return write_data(self, self.choice)

    def __repr__(self) -> str:
        return f"<cnnspec.Comparison: {', '.join([one.name for one in self.networks[:3]]) or 'none'}{', …' * (len(self.networks) > 3)}>"


def compare(
    networks: Iterable[Network | str | os.PathLike[str]], *, columns: str | Sequence[str] | None = None, batch: int = 1,
    dtype: str = "float32", optimizer: str | None = None, device: str | None = None, sort: str = "",
    reverse: bool = False, relative: bool = False,
) -> Comparison:  # fmt: skip
    """Networks side by side, each a `Network`, a run (its folder, or a `Run` of `runs()`), or what `load` takes; a file that holds
    several models gives a row for each, a folder of runs one for each run.

    `columns` are those of `cnnspec compare`, "params,macs" or a list; memory and time are those of a `batch`, in the number format
    `dtype`. The rows are sorted by the column `sort`; with `relative` all but the first show how they differ from it.

    Networks with mistakes are `left_out`. Raises SpecError where all are, what `load` raises for a file, OSError for a run that
    cannot be read, ValueError for what is not known.
    """
    from cnnspec.api.answer import make_answer
    from cnnspec.api.cost_question import ask_cost
    from cnnspec.compare import find_comparison

    if isinstance(networks, (str, os.PathLike)) or not hasattr(networks, "__iter__"):
        raise TypeError("networks are several: give them as a list")
    found = [one for named in networks for one in find_candidates(named)]
    candidates = [one for one in found if isinstance(one, Candidate)]
    left_out = [one for one in found if isinstance(one, LeftOut)]
    if not candidates:
        raise SpecError(left_out[0].why) if left_out else ValueError("there is nothing to compare: name a network")

    def ask(network: AnalysedNetwork) -> CostQuestion:
        return ask_cost(network, batch, dtype, optimizer, None, device, None)

    return choose_table(
        make_answer(Comparison, find_comparison(candidates, ask, left_out), TableChoice()),
        columns,
        sort,
        reverse,
        relative,
    )


def choose_table(
    made: Comparison, columns: str | Sequence[str] | None, sort: str, reverse: bool, relative: bool
) -> Comparison:
    """A comparison that shows what is chosen. ValueError for a column that there is not."""
    from cnnspec.compare.cells import sort_networks
    from cnnspec.compare.columns import choose_columns

    names = columns if isinstance(columns, str) or columns is None else ",".join(take_texts(columns, "columns"))
    chosen = () if names is None else choose_columns(names, made.networks)
    choice = TableChoice(chosen, take_text(sort, "sort"), bool(reverse), bool(relative))
    sort_networks(made.networks, choice)
    return made.replace(choice=choice)


def find_candidates(named: Network | str | os.PathLike[str]) -> Iterator[Candidate | LeftOut]:
    """The networks that a value stands for; those with mistakes have no figures that could be compared."""
    from cnnspec.api import load_every
    from cnnspec.api.network import Network

    if isinstance(named, (str, os.PathLike)) and os.path.isdir(named):
        yield from find_run_candidates(named)
        return
    networks = [named] if isinstance(named, Network) else load_every(named)
    for network in networks:
        analysed = network.analysed
        file = analysed.source.name
        name = file if len(networks) == 1 else f"{file}:{network.name}"
        if not analysed.broken:
            yield Candidate(analysed)
        elif analysed.whole:
            yield LeftOut(name, describe_mistakes(name, file))
        else:
            yield LeftOut(name, f"{name} {analysed.trouble}")


def find_run_candidates(folder: str | os.PathLike[str]) -> Iterator[Candidate]:
    """The networks of the run in a folder, or of the runs. OSError where there are none, or one cannot be read."""
    from cnnspec.api.run_network import analyse_run
    from cnnspec.api.training_runs import runs
    from cnnspec.train.errors import TrainingFailed

    found = runs(folder).runs
    if not found:
        raise FileNotFoundError(2, f"{os.fspath(folder)} is a folder without runs: name the specs in it")
    for run in found:
        if run.wrong:
            raise OSError(run.wrong)
        try:
            yield Candidate(analyse_run(run.path, run.record), run)
        except TrainingFailed as error:
            raise OSError(str(error)) from None
