"""The question for a trained model: what it is given, and what the answers of each of its outputs mean."""

from __future__ import annotations

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.layers.base import show_shape
from cnnspec.train.data.framing import STRETCH
from cnnspec.train.data.ranges import SHARES, show_range
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.scores import name_classes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.train.data.pictures import Size
    from cnnspec.train.evaluation.head import Head
    from cnnspec.train.evaluation.trained import Trained, TrainedOutput


class OutputQuestion(Record):
    """What an output is asked: its name, its number among the model's outputs, from 0, what it means, and the names of its
    answers. `unit` is what an answer's value is: a "probability", a "score", a "share" of a map, a "value"."""

    name: str
    number: int
    head: Head
    names: tuple[str, ...]
    unit: str


class Question(Record):
    """The way in which a model is asked about images: their `size`, their `shape` for the model (None: as they are), what
    its outputs mean, what black and white become, and the way of `framing` in which images come to their size."""

    size: Size
    shape: tuple[int, ...] | None
    outputs: tuple[OutputQuestion, ...]
    range: tuple[float, float] = SHARES
    way: str = STRETCH

    @property
    def output(self) -> OutputQuestion:
        """The only one."""
        (only,) = self.outputs
        return only


def make_question(trained: Trained, names: Sequence[str] | None, range: tuple[float, float] | None = None) -> Question:
    """The question for a model of images. `range` is what black and white become, None: as in the training. Raises
    TrainingFailed."""
    outputs = ask_outputs(trained, names)
    size, shape = find_input(trained)
    return Question(size, shape, outputs, range or trained.pixel_range, trained.settings.way)


def ask_outputs(trained: Trained, names: Sequence[str] | None) -> tuple[OutputQuestion, ...]:
    """What the outputs are asked whose answers fit a line. `names` are those of the classes of the only output. Raises
    TrainingFailed where there is none such."""
    if names and len(trained.outputs) > 1:
        message = f"--names names the classes of one output, and the model has {len(trained.outputs)}"
        raise TrainingFailed(message, "leave it out", 2)
    asked = [_ask_output(trained, output, names) for output in trained.outputs]
    found = tuple([one for one in asked if isinstance(one, OutputQuestion)])
    if not found:
        raise next(one for one in asked if isinstance(one, TrainingFailed))
    return found


def _ask_output(
    trained: Trained, output: TrainedOutput, names: Sequence[str] | None
) -> OutputQuestion | TrainingFailed:
    """What an output is asked; an error where its answers fit no line."""
    head = output.find_head(output.targets)
    units = output.yields[-1] if output.yields else None
    if units is None:
        return TrainingFailed(f"{trained.saved.path} does not say how many outputs it has", "", 2)
    count = 2 if head.kind == "binary" else units
    if names and len(names) != count:
        given = "1 name is" if len(names) == 1 else f"{len(names)} names are"
        raise TrainingFailed(f"{given} given, and the model has {count} {_find_noun(head, count)}", "", 2)
    if len(output.yields) > 1 and head.kind in ("quantities", "other"):
        what = show_shape(output.yields)
        return TrainingFailed(f"{trained.saved.path} yields {what} numbers for an image, no answer that fits a line", "call the model's own predict in Python", 2)  # fmt: skip
    called = tuple(name_classes(names or output.names, count))
    return OutputQuestion(output.name, output.number, head, called, _find_unit(head, len(output.yields) > 1))


def describe_assumptions(trained: Trained, outputs: Sequence[OutputQuestion], given: str) -> list[str]:
    """What is taken for granted about the outputs of the model that is `given`, and which are left out."""
    asked = [output.name for output in outputs]
    left_out = [output.name for output in trained.outputs if output.name not in asked]
    said = [f"left out, as the answers fit no line: {join_words(left_out)}"] if left_out else []
    if any(output.head.assumed for output in outputs):
        said.append(f"{given} does not say what it yields: its outputs are taken for logits of classes")
    return said


def describe_range(asked: Question) -> list[str]:
    """That images are brought to another range than 0 to 1."""
    return [] if asked.range == SHARES else [f"images are brought to {show_range(asked.range)}, as in the training"]


def _find_noun(head: Head, count: int) -> str:
    nouns = {"quantities": ("output", "outputs"), "other": ("output", "outputs"), "labels": ("label", "labels")}
    return nouns.get(head.kind, ("class", "classes"))[count != 1]


def _find_unit(head: Head, maps: bool) -> str:
    if head.kind in ("quantities", "other"):
        return "value"
    return "share" if maps else "score" if head.turn is None else "probability"


def find_input(trained: Trained) -> tuple[Size, tuple[int, ...] | None]:
    """The size of images (H, W, channels), and the shape that they are given in. Raises TrainingFailed for a model of others."""
    if len(trained.inputs) > 1:
        names = [given.name for given in trained.inputs]
        message = f"{trained.saved.path} takes the inputs {join_words(names)}"
        raise TrainingFailed(message, "give a .npz with an array for each, by these names", 2)
    takes, run = trained.input.takes, trained.input.shape
    if run is not None and len(run) == len(takes):  # sizes that are open are the training's
        takes = tuple([r if t is None else t for t, r in zip(takes, run, strict=True)])
    if len(takes) == 3 and takes[2] in (1, 3):
        return (takes[0], takes[1], takes[2]), None
    sizes = tuple([n for n in takes if n is not None])
    if len(sizes) == len(takes) == 2:
        return (sizes[0], sizes[1], 1), sizes
    images = NAMED_DATA.get(trained.data, ((0, 0, 0), 0))[0]
    if sizes == (images[0] * images[1] * images[2],):
        return images, sizes
    shape = show_shape(takes)
    message = f"{trained.saved.path} takes {shape}, which is no image"
    raise TrainingFailed(message, "an image is height x width x 1 or 3 channels; give a .npz", 2)
