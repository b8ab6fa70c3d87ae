"""Trained models measured and used: `evaluate` and `predict` ask, `Evaluation` and `Predictions` answer.

Nothing is printed meanwhile: what the commands say on stderr stands in the `notes` of the answer.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from io import StringIO

from cnnspec.api.answer import Answer, flatten_rows, make_answer
from cnnspec.api.argument_checks import take_count, take_path, take_paths, take_range, take_text, take_texts
from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import GIVEN, NAMED_DATA
from cnnspec.base.outside_reach import find_reached
from cnnspec.base.record import Record
from cnnspec.base.source_files import find_project_root
from cnnspec.layers.argument import Unfit
from cnnspec.train.data.given import Given
from cnnspec.train.data.pictures import list_images
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.evaluate import Evaluation as ModelEvaluation
from cnnspec.train.evaluation.evaluate import evaluate as evaluate_model
from cnnspec.train.evaluation.only import take_only
from cnnspec.train.evaluation.opening import open_model
from cnnspec.train.evaluation.predict import Prediction
from cnnspec.train.evaluation.predict_rows import is_arrays, open_arrays, open_rows, predict_rows
from cnnspec.train.evaluation.predict_tiles import predict_paths
from cnnspec.train.evaluation.prediction_forms import list_cells, write_csv, write_data, write_heads, write_line
from cnnspec.train.evaluation.question import (
    OutputQuestion,
    ask_outputs,
    describe_assumptions,
    describe_range,
    make_question,
)
from cnnspec.train.evaluation.trained import Trained
from cnnspec.train.progress import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Literal

    from cnnspec.train.evaluation.worst import WorstExamples

    Path = str | os.PathLike[str]
    Split = Literal["test", "validation", "train"]

SPLITS = ("test", "validation", "train")
# in a sentence of the command: how a training goes on, and an option, with the space before its value
RESUME = re.compile(r"cnnspec resume (.+?)(?: --epochs (\d+))?(?=[,;]|$)")
OPTION = re.compile(r"--(\w[\w-]*)( (?=\S+(?:[,;]|$)))?|(?<= )-o(?=[ ,;]|$)")


class Evaluation(Answer, ModelEvaluation):
    """A trained model on data with known answers; `print` shows it as `cnnspec evaluate` does.

    `notes` is what is to be known besides, such as images that could not be read.
    """

    notes: tuple[str, ...]
    rows_are = "classes"

    def to_text(self) -> str:
        """What `cnnspec evaluate` prints."""
        from cnnspec.train.evaluation.text import write_text

        return write_text(self)

    def to_html(self) -> str:
        """The classes, and which are taken for which, as HTML tables."""
        from cnnspec.api.html.evaluation import write_html

        return write_html(self, self.notes)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec evaluate --format json` prints."""
        from cnnspec.train.evaluation.json import write_data

        return write_data(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """A flat dictionary for each class, of several outputs with the name of its `output` first; none where the model does not
        tell classes apart."""
        data = self.to_data()
        outputs = data.get("outputs", {})
        by_output = [{"output": name, **row} for name, one in outputs.items() for row in one.get(self.rows_are, [])]
        return flatten_rows(by_output or data.get(self.rows_are, []))


class Predictions(Answer, Record):
    """What a trained model sees in images, or in the rows of arrays; `print` shows it as `cnnspec predict` does.

    `images` has a `Prediction` for each, in their order; of one that cannot be read `why` says so. `model` is the model's file,
    and `outputs` says what each of its outputs was asked: the names of its answers, and in `unit` what the value of an answer is,
    "probability", "score", "share" (of the positions of a map) or "value". `notes` is what is to be known besides.
    """

    model: str
    images: tuple[Prediction, ...]
    outputs: dict[str, OutputQuestion]
    heads: tuple[str, ...]  # of a row
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the answers of the only output. ValueError where there are several."""
        return take_only(self.outputs).names

    @property
    def unit(self) -> str:
        """What the values of the only output are. ValueError where there are several."""
        return take_only(self.outputs).unit

    def to_text(self, format: str = "text") -> str:
        """What `cnnspec predict` prints. `format`: text, csv or json; ValueError for another."""
        if format == "text":
            return "".join(
                [f"{write_line(image, tuple(self.outputs.values()))}\n" for image in self.images if not image.why]
            )
        if format == "csv":
            return write_csv(self.images, self.heads)
        if format == "json":
            return self.to_json()
        raise ValueError(f'no format is called "{format}": text, csv or json')

    def to_html(self) -> str:
        """A row for each image as an HTML table."""
        from cnnspec.api.html.predictions import write_html

        return write_html(self.model, self.images, tuple(self.outputs.values()), self.notes)

    def to_data(self) -> list[dict[str, Any]]:
        """What `cnnspec predict --format json` prints."""
        return [write_data(image, tuple(self.outputs.values())) for image in self.images]

    def to_json(self) -> str:
        """What `cnnspec predict --format json` prints: a line an image."""
        from cnnspec.tables.escape import json

        return "[\n " + ",\n ".join([json(image, None) for image in self.to_data()]) + "\n]\n"

    def to_rows(self) -> list[dict[str, Any]]:
        """A flat dictionary for each image: image, name_1, probability_1, …, error; None for what there is not."""
        cells = [list_cells(image, len(self.heads)) for image in self.images]
        return [{h: None if c == "" else c for h, c in zip(self.heads, row, strict=True)} for row in cells]

    def __repr__(self) -> str:
        return f"<cnnspec.Predictions of {count_nouns(len(self.images), 'image')}>"


def evaluate(
    trained: Path, data: Path | Any = None, *, split: Split = "test", batch: int | None = None, last: bool = False,
    backend: str | None = None,
) -> Evaluation:  # fmt: skip
    """A trained model on data with known answers, class by class, as `cnnspec evaluate` measures it.

    `trained` is the folder of a run (a `Run` or `Training`, too), or a .keras, .onnx or .tflite file. `data`, None: the run's, are a name (digits, mnist, …,
    tfds:NAME), a folder of class folders, a .csv or a .npz, or arrays (x, y) and what else `Network.train` takes; `split` is the part, held back as in the training; `batch` is the
    examples at once, None: the run's, else 32. With `last` a run's last model is taken, not its best.

    Raises FileNotFoundError where there is no such model or file, ValueError, in one sentence, for what cannot be measured, MissingExtra
    when Keras is not installed.
    """
    path = take_path(trained)
    arrays = Given({"train": data}) if holds_examples(data) else None
    given = None if data is None or arrays else take_path(data)
    if split not in SPLITS:
        raise ValueError(f"split must be test, validation or train, not {split!r}")
    count = None if batch is None else take_count(batch, "batch")
    engine = None if backend is None else take_text(backend, "backend")
    named = None if given is None else read_data_name(given)
    notes = Notes()
    with explaining(path):
        model, keras = open_model(path, engine, last)
    notes.kept += find_warnings(model, keras, outside=data is None)
    with explaining(None if named in NAMED_DATA else given):
        found = evaluate_model(keras, model, arrays or named, split, count, notes)
    return make_answer(Evaluation, found, tuple(notes.kept))


def measure(path: str, split: str, worst: WorstExamples) -> Evaluation:
    """A run on a part of its own data, of which `worst` sees every batch. Raises what `evaluate` raises."""
    notes = Notes()
    with explaining(path):
        model, keras = open_model(path, None, False)
        notes.kept += find_warnings(model, keras, outside=True)
        found = evaluate_model(keras, model, None, split, None, notes, worst)
    return make_answer(Evaluation, found, tuple(notes.kept))


def predict(
    trained: Path, images: Path | Iterable[Path] | Any, *, top: int = 3, names: Sequence[str] | None = None,
    range: tuple[float, float] | None = None, batch: int = 32, last: bool = False, backend: str | None = None,
) -> Predictions:  # fmt: skip
    """What a trained model sees in image files, as `cnnspec predict` says.

    `trained` is the folder of a run (a `Run`, too), or a .keras, .onnx or .tflite file; `images` the path of an image or of a folder of images, or
    several, or of a .npz with an array for each input; or an array of examples, of several inputs a dict or tuple of them. `top` is how many classes are told, `names` are those of the classes, None: the run's. `range` is what black and
    white become, None: as in the run, else (0, 1). `batch` is the images at once. With `last` a run's last model is taken.

    Raises FileNotFoundError where there is no such model, ValueError, in one sentence, where it cannot be asked, MissingExtra when
    Keras is not installed. An image that cannot be read is no exception.
    """
    path = take_path(trained)
    arrays = holds_arrays(images)
    given = [] if arrays else take_paths(images)
    told, count = take_count(top, "top"), take_count(batch, "batch")
    classes = None if names is None else take_texts(names, "names")
    pixels = None if range is None else take_range(range, "range")
    engine = None if backend is None else take_text(backend, "backend")
    if not (arrays or given):
        raise ValueError("images names no image")
    notes = Notes()
    with explaining():
        rows_of = GIVEN if arrays else given[0] if is_arrays(given) else None
        paths = [*list_images(given)] if rows_of is None else []
    with explaining(path):
        model, keras = open_model(path, engine, last)
    with explaining(None if arrays else rows_of):
        notes.kept += find_warnings(model, keras)
        if rows_of is not None:
            if pixels is not None:
                raise ValueError("range is for image files; the numbers of arrays are taken as they are")
            outputs = ask_outputs(model, classes)
            rows = open_arrays(model, images, notes) if arrays else open_rows(model, rows_of, notes)
            found = tuple(predict_rows(model, outputs, "x" if arrays else rows_of, rows, told, count))
        else:
            asked = make_question(model, classes, pixels)
            outputs = asked.outputs
            notes.kept += [] if pixels is not None else describe_range(asked)
            found = tuple(predict_paths(model, asked, paths, told, count))
        notes.kept += describe_assumptions(model, outputs, path)
    heads = tuple(write_heads(outputs, told))
    by_name = {output.name: output for output in outputs}
    return Predictions(model.saved.path, found, by_name, heads, tuple(notes.kept))


class Notes(Lines):
    """A display that shows nothing; what is said is kept."""

    def __init__(self) -> None:
        super().__init__(StringIO(), quiet=True)
        self.kept: list[str] = []

    def note(self, text: str) -> None:
        self.kept.append(text)

    warn = note


def holds_examples(data: Any) -> bool:
    """Whether data are examples themselves, and no path or name."""
    return not isinstance(data, (str, bytes, os.PathLike)) and (
        hasattr(data, "__iter__") or hasattr(data, "__getitem__")
    )


def holds_arrays(images: Any) -> bool:
    """Whether what is to be predicted are numbers and no paths."""
    if isinstance(images, (str, bytes, os.PathLike)):
        return False
    first = next(iter(images), None) if isinstance(images, (list, tuple)) else images
    return isinstance(images, dict) or hasattr(first, "__array__") or isinstance(first, (list, tuple))


def read_data_name(given: str) -> str:
    """The data as the settings have them. ValueError."""
    from cnnspec.train.data_words import data_or_folder

    try:
        return data_or_folder(given)
    except Unfit as unfit:
        raise ValueError(f"data {unfit.complete(given)}") from None


def find_warnings(model: Trained, keras: Any, outside: bool = False) -> list[str]:
    """What the commands warn of: data of the run that lie elsewhere, what this machine does not compute."""
    from cnnspec.model_files import find_kernel_remarks

    root = os.path.realpath(find_project_root(os.getcwd()) or os.getcwd())
    reached = [f"this {one.what}" for one in find_reached(model.settings, root)] if outside else []
    return reached + find_kernel_remarks(model.saved.model, keras, 'backend="jax"')


def write_in_python(sentence: str) -> str:
    """A sentence of the command, its options as keywords, and what goes on with a training as a call."""
    resumed = RESUME.sub(lambda m: f"cnnspec.resume({m[1]!r}{f', epochs={m[2]}' if m[2] else ''})", sentence)
    return OPTION.sub(lambda m: f"{(m[1] or 'output').replace('-', '_')}=", resumed)


@contextmanager
def explaining(path: str | None = None) -> Iterator[None]:
    """What fails says the command's sentence, its options as keywords: a FileNotFoundError where the path leads nowhere, else a
    ValueError."""
    try:
        yield
    except TrainingFailed as error:
        sentence = write_in_python(str(error))
        missing = path is not None and not path.startswith("tfds:") and not os.path.exists(path)
        raise (FileNotFoundError(2, sentence) if missing else ValueError(sentence)) from None
    except MemoryError:
        raise MemoryError("there is not enough memory; give a smaller batch=") from None
