"""The settings `columns` and `group`: what the columns of a table, or the arrays of a .npz, are called."""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import printable
from cnnspec.layers.argument import Unfit, text
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.train.ends import End, Ends
    from cnnspec.train.settings import TrainSettings

SPLIT, PATH, LABEL = "split", "path", "label"  # what `columns` may name beside inputs and outputs


def read_columns(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the columns of a table are called: {image: photo_path, labels: [cat, dog], split: fold}."""
    expected = "names of columns for inputs and outputs: {image: photo_path, labels: [cat, dog], split: fold}"
    if not isinstance(value, dict) or not value:
        raise Unfit(expected)
    found = {name: one if isinstance(one, (list, tuple)) else (one,) for name, one in value.items()}
    try:
        return tuple([(name, tuple([text(column) for column in listed])) for name, listed in found.items() if listed])
    except Unfit:
        raise Unfit(expected) from None


def find_given_names(ends: Ends, settings: TrainSettings) -> dict[int | str, tuple[str, ...]]:
    """What `columns` says, by the index of an input or output, and by `split` and (what several outputs share) `label`.

    The only input may be called `path`, the only output `label`. Raises TrainingFailed for another name, and for one that is
    given twice.
    """
    known: dict[str, int | str] = {end.name: end.index for end in (*ends.inputs, *ends.outputs) if end.name}
    if len(ends.inputs) == 1:
        known.setdefault(PATH, ends.inputs[0].index)
    known.setdefault(LABEL, ends.outputs[0].index if len(ends.outputs) == 1 else LABEL)
    known.setdefault(SPLIT, SPLIT)
    found: dict[int | str, tuple[str, ...]] = {}
    for name, columns in settings.columns:
        span = settings.span(f"columns.{name}") or settings.span("columns")
        if name not in known:
            hint = write_suggestion(name, known).removeprefix("; ") or f"it has {', '.join(known)}"
            message = f'columns names "{printable(name)}", which is no input or output of the network'
            raise TrainingFailed(message, hint, span=span)
        if known[name] in found:
            raise TrainingFailed(f"columns names {name} twice, as the only one of its side", "keep one", span=span)
        if known[name] == SPLIT and len(columns) > 1:
            raise TrainingFailed(f"columns names {len(columns)} columns for {SPLIT}", "name one", span=span)
        found[known[name]] = columns
    return found


def rename_only(graph: Graph, settings: TrainSettings) -> TrainSettings:
    """The settings with `path` and `label` for the only input and the only output in `columns`, as run.json keeps them: a
    saved model has other names."""
    only = {}
    for indices, word in ((graph.inputs, PATH), (graph.outputs, LABEL)):
        if len(graph.inputs) == len(graph.outputs) == 1:
            only[graph.nodes[indices[0]].name] = word
    return settings.replace(columns=tuple([(only.get(name, name), given) for name, given in settings.columns]))


def leave_whole(settings: TrainSettings) -> TrainSettings:
    """The settings without what says how data are split by their columns."""
    columns = tuple([(name, given) for name, given in settings.columns if name != SPLIT])
    return settings.replace(columns=columns, group=None)


def refuse_unknown(
    what: str, name: str, held: Iterable[str], path: str, key: str, settings: TrainSettings
) -> TrainingFailed:
    """The error for a column or an array (`what`) that a setting names and a file does not have."""
    held = [*held]
    hint = write_suggestion(name, held).removeprefix("; ") or f"it has {list_held(held)}"
    span = settings.span(key) or settings.span(key.partition(".")[0])
    return TrainingFailed(f'{path} has no {what} "{printable(name)}"', hint, span=span)


def list_held(names: Sequence[str]) -> str:
    """The names of what a file holds, the first ten of many."""
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join([printable(name) for name in names[:10]]) + more if names else "nothing"


def is_only(ends: Ends, end: End) -> bool:
    """Whether an end is the only one of its side, of a network with one input and one output."""
    return len(ends.inputs) == len(ends.outputs) == 1 and end in (*ends.inputs, *ends.outputs)
