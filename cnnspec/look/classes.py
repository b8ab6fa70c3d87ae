"""The class that is explained, and what a model says of it: which output it is, and which value it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.predict import split_answer
from cnnspec.train.evaluation.question import OutputQuestion, Question, find_input, make_question

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.train.evaluation.trained import Trained

    Array = np.ndarray[Any, Any]


class Choice(Record):
    """A class: its number and name, the output that speaks for it, or with `sign` -1 against it."""

    number: int
    name: str
    unit: int
    sign: int


def ask(trained: Trained, names: Sequence[str] | None, range: tuple[float, float] | None) -> Question:
    """The question for a model, of whatever kind its answers are. Raises TrainingFailed for one that takes no images, and for one
    of several inputs or outputs."""
    for tensors, noun in ((trained.saved.model.inputs, "inputs"), (trained.saved.model.outputs, "outputs")):
        if len(tensors) > 1:
            message = f"the model in {trained.saved.path} has {len(tensors)} {noun}"
            raise TrainingFailed(message, "look into one with one input and one output", 2)
    output = trained.output
    head = output.find_head(output.targets)
    if head.kind in ("classes", "binary", "labels"):
        return make_question(trained, names, range)
    size, shape = find_input(trained)
    asked = OutputQuestion(output.name, 0, head, (), "value")
    return Question(size, shape, (asked,), range or trained.pixel_range)


def has_classes(asked: Question) -> bool:
    """Whether a model says of a whole image which class it is of."""
    return asked.output.unit in ("probability", "score")


def choose_class(asked: Question, given: str | None) -> int | None:
    """The number of the class that is named or numbered; None where none is given. Raises TrainingFailed."""
    if given is None:
        return None
    if not has_classes(asked):
        raise TrainingFailed("the model tells no classes of images apart", "leave --class out", 2)
    if given in asked.output.names:
        return asked.output.names.index(given)
    if given.isascii() and given.isdecimal() and len(given) < 9 and int(given) < len(asked.output.names):
        return int(given)
    known = ", ".join(asked.output.names[:10]) + (", …" if len(asked.output.names) > 10 else "")
    near = write_suggestion(given, asked.output.names)
    raise TrainingFailed(f'no class is called "{given}"{near}', "" if near else f"there are {known}", 2)


def measure_classes(outputs: Array, asked: Question) -> Array:
    """The probability, or the score, of every class, from a model's outputs (N, units)."""
    values = asked.output.head.probabilities(outputs)
    return split_answer(values, asked.output.head) if asked.output.head.kind == "binary" else values


def make_choice(asked: Question, number: int) -> Choice:
    binary = asked.output.head.kind == "binary"
    return Choice(number, asked.output.names[number], 0 if binary else number, -1 if binary and number == 0 else 1)
