"""A trained model on data with known answers: the figures it was compiled with, and what `scores` counts.

The data are split as in the training, so that a run is measured on what it has not seen. They are gone through twice:
Keras's own `evaluate` gives the compiled figures, to the digit as in the training; then predictions are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import GIVEN
from cnnspec.base.record import Record
from cnnspec.compile.backend import without_needless_warnings
from cnnspec.facts.facts import Facts
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.files import Files, check_two_classes
from cnnspec.train.data.given import Given, read_given
from cnnspec.train.data.given_names import leave_whole
from cnnspec.train.data.mask_targets import find_mask_outputs
from cnnspec.train.data.opened import open_files
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.data_fit import find_image_sizes
from cnnspec.train.devices.feed import make_feed, take_arrays
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed, explain_run_errors
from cnnspec.train.evaluation.likened import bring_to_range, renumber_classes
from cnnspec.train.evaluation.only import take_only
from cnnspec.train.evaluation.saved import list_outputs
from cnnspec.train.evaluation.scores import Scores, Tally, make_tally
from cnnspec.train.evaluation.whole_images import count_whole, find_tiled
from cnnspec.train.figures import LOSS, group_figures
from cnnspec.train.plan import TrainingPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.train.data.examples import Part, Raw
    from cnnspec.train.data.masks import View
    from cnnspec.train.data.prepare import Data
    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.saved import Saved
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.evaluation.worst import WorstExamples
    from cnnspec.train.progress import Lines
    from cnnspec.train.settings import TrainSettings

    Array = np.ndarray[Any, Any]


class Measured(Record):
    """What was found of an output: `kind` is `head.Head.kind`; `figures` are its compiled ones by their own names ("loss",
    "accuracy", …); `scores` None where nothing is counted."""

    kind: str
    figures: dict[str, Any]
    scores: Scores | None


class Evaluation(Record):
    """`part` says what was measured on: "359 test examples of digits"; `figures` are those that the model was compiled with
    ("loss", …; of several outputs "mask_loss", …, too), empty where it was not; `outputs` has every output that was trained, by
    name; `kind` and `scores` are those of the only one. `tile` is the size of the tiles of which the maps of whole images were made to
    count them; `figures` are those of the window in the middle of each then."""

    model: str
    data: str
    split: str  # "test", "validation", "train" or "all"
    part: str
    examples: int
    figures: dict[str, Any]
    outputs: dict[str, Measured]
    tile: tuple[int, int] | None

    @property
    def kind(self) -> str:
        """What the only output means. ValueError where there are several."""
        return take_only(self.outputs).kind

    @property
    def scores(self) -> Scores | None:
        """The scores of the only output. ValueError where there are several."""
        return take_only(self.outputs).scores


class OpenedPart(Record):
    """A part of a data set, ready for a model. `name` is the data's, `split` the part's ("test", "validation", "train" or "all");
    `settings` are those with which it was prepared."""

    data: Data
    part: Part
    name: str
    split: str
    settings: TrainSettings

    @property
    def described(self) -> str:
        """What is measured on, such as "359 test examples of digits"."""
        return f"{len(self.part):,} {'' if self.split == 'all' else self.split + ' '}examples of {self.name}"


def evaluate(
    keras: Any,
    trained: Trained,
    data: str | Given | None,
    split: str,
    batch: int | None,
    shown: Lines,
    worst: WorstExamples | None = None,
) -> Evaluation:
    """Measure a model on a part of the data that it was trained on, or of other data; `worst` is shown every
    batch. Raises TrainingFailed."""
    opened = open_part(trained, data, split, batch, shown)
    saved, part = trained.saved, opened.part
    heads, tallies = find_heads(trained, opened.data), make_tallies(trained, opened.data)
    for output, prepared in zip(trained.outputs, opened.data.outputs, strict=True):
        if worst is not None:
            worst.offer(output, heads[output.name], output.names or prepared.names)
    tiled = find_tiled(trained, part) if tallies else {}
    figures = _measure(keras, saved, part, opened.settings.batch, tallies, tiled, worst, shown)
    by_output = _share_out(figures, trained)
    measured = {}
    for output in trained.outputs:
        scores = tallies[output.number].scores() if output.number in tallies else None
        measured[output.name] = _make_measured(heads[output.name], by_output[output.name], scores)
    return Evaluation(
        saved.path,
        opened.name,
        opened.split,
        opened.described,
        len(part),
        figures,
        measured,
        trained.settings.crop if tiled else None,
    )


def find_heads(trained: Trained, data: Data) -> dict[str, Head]:
    """What each output that was trained means, by its name."""
    pairs = zip(trained.outputs, data.outputs, strict=True)
    return {output.name: output.find_head(prepared.targets) for output, prepared in pairs}


def make_tallies(trained: Trained, data: Data) -> dict[int, Tally]:
    """A tally for each output that is counted, by its number."""
    heads, tallies = find_heads(trained, data), {}
    for output, prepared in zip(trained.outputs, data.outputs, strict=True):
        names, maps = output.names or prepared.names, len(output.yields) > 1
        tally = make_tally(heads[output.name], output.yields[-1] or 0, names, maps)
        if tally is not None:
            tallies[output.number] = tally
    return tallies


def _share_out(figures: dict[str, Any], trained: Trained) -> dict[str, dict[str, Any]]:
    """The compiled figures of each output, by their own names; the loss of the whole is that of an output alone."""
    outputs = [output.name for output in trained.outputs]
    if not trained.settings.outputs:
        return {outputs[0]: figures}
    groups = group_figures(figures, outputs)
    found = {o: {f.removeprefix(f"{o}_"): figures[f] for f in groups.get(o, ())} for o in outputs}
    if len(outputs) == 1 and LOSS in figures:
        found[outputs[0]] = {LOSS: figures[LOSS]} | found[outputs[0]]
    return found


def _make_measured(head: Head, figures: dict[str, Any], scores: Scores | None) -> Measured:
    if scores is not None and abs(figures.get("accuracy", -1) - (scores.figures.get("accuracy") or 0)) < 1e-6:
        same = {"accuracy": figures["accuracy"]}  # the same share in Keras's float32, as the training printed it
        scores = scores.replace(figures=scores.figures | same)
    return Measured(head.kind, figures, scores)


def open_part(trained: Trained, data: str | Given | None, split: str, batch: int | None, shown: Lines) -> OpenedPart:
    """A part of the data that a model was trained on, or of other data. Raises TrainingFailed.

    Its own data, known by their fingerprint, are split as in the training. Of other data it is the test part, or all where
    there is none.
    """
    settings = trained.settings.replace(batch=batch or trained.settings.batch)
    given, data = (data, GIVEN) if isinstance(data, Given) else (None, data)
    if data is not None:
        settings = settings.replace(data=data, folder="")
    if settings.data is None:
        raise TrainingFailed(f"{trained.saved.path} does not say what it was trained on", "give --data", 2)
    raw = _read_data(settings, trained, shown) if given is None else _read_given(given, settings, trained)
    own = trained.is_run and raw.fingerprint() == trained.fingerprint
    if not own:
        if data is None:
            raise TrainingFailed(
                f"{settings.data} is not what it was in the training, so its test part is not the same",
                f"measure on all of it with --data {settings.data}, or bring the old data back", 2,
            )  # fmt: skip
        if split == "validation" and raw.validation is None:
            raise TrainingFailed(
                f"what is held back of {data} to validate is drawn in a training", "choose another --split", 2
            )
        for output in trained.outputs:
            raw = renumber_classes(raw, output.name if output.name in raw.names else "", output.names, data)
        raw = bring_to_range(raw, trained.inputs, data, shown)
        settings = settings.replace(test=0.0, validation=0.0, folds=None, fold=None)
        if "" not in raw.train.inputs:
            settings = settings.replace(pairing="")  # they are pairs already
    prepared = _prepare_data(raw, trained.saved, settings)
    for note in prepared.notes:
        shown.note(note)
    part, split = _choose_part(prepared, split, own, str(settings.data))
    return OpenedPart(prepared, part, str(settings.data), split, settings)


def _read_data(settings: TrainSettings, trained: Trained, shown: Lines) -> Raw:
    """The data set; of image files those that can be decoded, in the size that the model takes."""
    try:
        raw = load(settings, trained.saved.graph)
    except TrainingFailed:
        whole = leave_whole(settings)  # as other data may be
        if whole == settings:
            raise
        raw = load(whole, trained.saved.graph)
    if not isinstance(raw, Files):
        return raw
    if all(not output.names for output in trained.outputs):
        check_two_classes(raw)
    ends = find_ends(trained.saved.graph, settings)
    known = {output.name: output.masks for output in trained.outputs}
    masks = [
        output
        if (meant := known.get(output.end.name)) is None
        else output.replace(known=meant.values, stride=meant.stride)
        for output in find_mask_outputs(raw, ends, settings)
    ]
    sizes = find_image_sizes(raw.images, ends)
    return open_files(raw, sizes, settings.resize, shown.note, masks, settings.crop)


def _read_given(given: Given, settings: TrainSettings, trained: Trained) -> Raw:
    return read_given(given, find_ends(trained.saved.graph, settings), settings.replace(group=None))


def _prepare_data(raw: Raw, saved: Saved, settings: TrainSettings) -> Data:
    try:
        return prepare(raw, TrainingPlan(saved.graph, Facts(saved.graph), settings))
    except TrainingFailed as error:  # its help is for whoever writes the network
        if error.span is None:
            raise
        raise TrainingFailed(error.message.replace("the network", "the model"), "choose other data", 2) from None


def _choose_part(data: Data, split: str, own: bool, name: str) -> tuple[Part, str]:
    held = {"test": data.test, "validation": data.validation, "train": data.train}[split]
    if held is not None:
        return held.replace(
            weights=None, augment=(), cropped=False
        ), split  # as they are, though they were trained on otherwise
    if split == "test" and not own:
        return data.train, "all"
    raise TrainingFailed(f"the training held back nothing of {name} for the {split}", "choose another --split", 2)


@without_needless_warnings()
def _measure(
    keras: Any,
    saved: Saved,
    part: Part,
    batch: int,
    tallies: dict[int, Tally],
    tiled: dict[int, View],
    worst: WorstExamples | None,
    shown: Lines,
) -> dict[str, Any]:
    """Count every batch by the numbers of outputs, those that are `tiled` on whole images, and look at its maps; the compiled
    figures of all of them."""
    model, figures = saved.model, {}
    starts = range(0, len(part), batch)
    with explain_run_errors(f"{saved.engine} cannot evaluate {saved.path}"):
        if any(loss is not None for loss in saved.losses):
            given = make_batches(keras, part, batch)
            shown.begin("measuring", len(given))
            if keras.config.backend() == "tensorflow":
                take_arrays(model)
            figures = model.evaluate(
                make_feed(given), verbose=0, return_dict=True, callbacks=[_make_counter(keras, shown)]
            )
        plain = {number: tally for number, tally in tallies.items() if number not in tiled}
        again = bool(plain) or worst is not None and bool(tallies)
        if again:
            shown.begin("comparing", len(starts))
        for number, start in enumerate(starts if again else ()):
            x, y = part.take(slice(start, start + batch))
            outputs = list_outputs(model.predict_on_batch(x))
            count_batch(outputs, y, plain, saved.path)
            if worst is not None:
                worst.add(x, y if isinstance(y, tuple) else (y,), outputs)
            shown.advance(number + 1, "")
        if tiled:
            count_whole(saved, part, batch, {number: tallies[number] for number in tiled}, tiled, shown)
    return {name: _to_number(value) for name, value in figures.items()}


def count_batch(outputs: Sequence[Array], targets: Any, tallies: dict[int, Tally], path: str) -> None:
    """Count what a model yields for a batch, whose targets are an array, or a tuple of one an output. Raises TrainingFailed."""
    import numpy as np

    targets = targets if isinstance(targets, tuple) else (targets,)
    for number, tally in tallies.items():
        if not np.isfinite(outputs[number]).all():
            raise TrainingFailed(f"{path} yields NaN or infinity for some examples")
        tally.add(targets[number], outputs[number])


def _make_counter(keras: Any, shown: Lines) -> Any:
    class Advancing(keras.callbacks.Callback):  # type: ignore[misc]
        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            shown.advance(batch + 1, "")

    return Advancing()


def _to_number(value: Any) -> Any:
    """A figure as Python has numbers: a list where it has one for every class."""
    import numpy as np

    return np.asarray(value).tolist()
