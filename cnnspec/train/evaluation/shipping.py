"""A model that is written for another runtime: the examples from which int8 takes its ranges, and what the file still knows.

The file is run by its own runtime on the part of the data that was held back, beside the model that it was written of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed, explain_run_errors
from cnnspec.train.evaluation.evaluate import count_batch, find_heads, make_tallies, open_part
from cnnspec.train.evaluation.saved import list_outputs
from cnnspec.train.progress import format_figure

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.compile.runtimes.model import RuntimeModel
    from cnnspec.train.evaluation.evaluate import OpenedPart
    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.scores import Tally
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines

    Array = np.ndarray[Any, Any]

LEAST, MOST = 10, 256  # examples from which ranges are taken
CHECKED = 32  # of them are run on both kernels of LiteRT
ROOM = 2**28  # bytes of float32 that they may take, if they are more than LEAST
FIGURES = {
    "accuracy": "accuracy",
    "mean_iou": "mean IoU",
    "mae": "MAE",
}  # of which the first that is counted is compared


class Chosen(Record):
    """Examples, an array (N, …) an input, and what they are, in words."""

    examples: tuple[Array, ...]
    described: str


class Kept(Record):
    """What a file still knows of an output: a figure (`FIGURES`) of the model and of the file, and the share of examples (places of
    maps, labels) of which both say the same, None for quantities."""

    output: str
    figure: str
    model: float
    file: float
    same: float | None


class Comparison(Record):
    """`part` says what both were measured on: "359 test examples of digits"."""

    part: str
    outputs: tuple[Kept, ...]


def check_count(count: int, data: str) -> None:
    """Raises TrainingFailed for data that have too few examples to take ranges from."""
    if count < LEAST:
        have = f"{count:,} example{'s are' if count != 1 else ' is'}" if count else "no examples are"
        message = f"int8 takes the ranges of all values from examples, and of {data} {have} there to train on"
        raise TrainingFailed(message, f"give --data with {LEAST} or more", 2)


def choose_examples(trained: Trained, data: str | None, shown: Lines) -> Chosen:
    """Examples of the part to train on, drawn by the seed of the training. Raises TrainingFailed for too few."""
    import numpy as np

    opened = open_part(trained, data, "train", None, shown)
    part, seed = opened.part, opened.settings.seed
    check_count(len(part), opened.name)
    size = 4 * sum(int(np.prod(given.shape)) for given in part.inputs)
    count = min(len(part), max(LEAST, min(MOST, ROOM // max(size, 1))))
    places = np.random.default_rng(seed).permutation(len(part))[:count]
    given, _ = part.take(places)
    examples = given if isinstance(given, tuple) else (given,)
    if count == len(part):
        return Chosen(examples, f"all {count:,} examples to train on of {opened.name}")
    return Chosen(
        examples, f"{count:,} of the {len(part):,} examples to train on of {opened.name}, drawn by seed {seed}"
    )


def compare(trained: Trained, file: RuntimeModel, opened: OpenedPart, shown: Lines) -> Comparison:
    """A model and the file that was written of it, measured on the same examples. Raises TrainingFailed."""
    heads = find_heads(trained, opened.data)
    tallies = make_tallies(trained, opened.data), make_tallies(trained, opened.data)
    same = _count_both(trained, file, opened, tallies, shown)
    kept = []
    for output in trained.outputs:
        if output.number in tallies[0]:
            ours, theirs = (tally[output.number].scores().figures for tally in tallies)
            figure = next(name for name in FIGURES if ours.get(name) is not None)
            shares = same[output.number]
            share = sum(shares) / len(shares) if heads[output.name].kind != "quantities" else None
            kept.append(Kept(output.name, figure, ours[figure] or 0.0, theirs[figure] or 0.0, share))
    return Comparison(opened.described, tuple(kept))


def _count_both(
    trained: Trained, file: RuntimeModel, opened: OpenedPart, tallies: tuple[dict[int, Tally], dict[int, Tally]],
    shown: Lines,
) -> dict[int, list[bool]]:  # fmt: skip
    """Count every batch for the model and for the file; by outputs, for every decision, whether both take it alike."""
    heads, saved = find_heads(trained, opened.data), trained.saved
    both = (saved.model, saved.engine, saved.path), (file, file.runtime, "the written file")
    same: dict[int, list[bool]] = {number: [] for number in tallies[0]}
    starts = range(0, len(opened.part), opened.settings.batch)
    shown.begin("comparing", len(starts))
    for number, start in enumerate(starts):
        x, y = opened.part.take(slice(start, start + opened.settings.batch))
        made = []
        for (model, engine, called), tally in zip(both, tallies, strict=True):
            with explain_run_errors(f"{engine} cannot run {called}"):
                made.append(list_outputs(model.predict_on_batch(x)))
            count_batch(made[-1], y, tally, called)
        for output in trained.outputs:
            if output.number in same:
                ours, theirs = (_decide(one[output.number], heads[output.name]) for one in made)
                same[output.number] += (ours == theirs).reshape(-1).tolist()
        shown.advance(number + 1, "")
    return same


def _decide(outputs: Array, head: Head) -> Array:
    """What the outputs say: a class, or yes or no."""
    import numpy as np

    return np.asarray(outputs.argmax(axis=-1) if head.kind == "classes" else outputs > head.threshold)


def find_delegate_doubt(plain: RuntimeModel, delegated: RuntimeModel, examples: tuple[Array, ...]) -> float:
    """By how much the outputs of a file differ between LiteRT's own kernels and XNNPACK's, as a share of their range: the largest."""
    import numpy as np

    given = tuple([array[:CHECKED] for array in examples])
    pairs = zip(plain.predict_on_batch(given), delegated.predict_on_batch(given), strict=True)
    return max(float(abs(ours - theirs).max() / max(np.ptp(ours), 1e-9)) for ours, theirs in pairs)


def write_comparison(found: Comparison, name: str) -> list[str]:
    """A sentence for each output; `name` is that of the file."""
    sentences = []
    for kept in found.outputs:
        shares = kept.figure == "accuracy"
        ours, theirs = (percent(v) if shares else format_figure(v) for v in (kept.model, kept.file))
        own = f"{kept.output}: " if len(found.outputs) > 1 else ""
        same = "" if kept.same is None else f"; both say the same of {percent(kept.same)}"
        sentences.append(f"{own}{FIGURES[kept.figure]} {ours} as the model, {theirs} as {name} ({found.part}){same}")
    return sentences
