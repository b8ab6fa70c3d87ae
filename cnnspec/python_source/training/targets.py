"""Whether the data that fit is given suit the model and its loss, as Keras asks it once a training begins.

Source: measured on Keras 3.15 (tests/python_source/training/test_targets.py trains each case).
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Note
from cnnspec.layers.argument import Term
from cnnspec.layers.shape import all_known
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue
from cnnspec.python_source.keras.inputs import add_inputs
from cnnspec.python_source.training.places import find_stretch
from cnnspec.train.section_values import read_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.tape import Tape
    from cnnspec.python_source.values import Call

SPARSE = "SparseCategoricalCrossentropy"
SAME_SHAPE = ("CategoricalCrossentropy", "BinaryCrossentropy", "BinaryFocalCrossentropy")


def find_data(call: Call) -> tuple[ArrayValue | None, ArrayValue | None]:
    """The examples and targets that fit is given, where they are one array each."""
    given, targets = call.find(0, "x", "generator"), call.find(1, "y")
    if isinstance(given, DatasetValue):
        element = given.element if isinstance(given.element, tuple) else (given.element,)
        given, targets = element[0] if element else None, element[1] if len(element) > 1 else None
    return given if isinstance(given, ArrayValue) else None, targets if isinstance(targets, ArrayValue) else None


def report_misfits(model: Any, call: Call, examples: ArrayValue | None, targets: ArrayValue | None) -> bool:
    """Report data of which Keras refuses a batch; whether there are such."""
    inputs, outputs = [
        [tensor.list_sizes() for tensor in tensors] for tensors in (model.list_inputs(), model.list_outputs())
    ]
    if len(inputs) == 1 and inputs[0] is not None and examples is not None and examples.shape:
        refused = _try_examples(model, inputs[0], examples.shape, call)
        if refused is not None:
            message = f"the model takes examples of {_show(inputs[0])}, and these are {_show(examples.shape)}"
            _report(call, 0, message, "", refused)
            return True
    compiled = model.compiled
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    if loss is None or len(outputs) != 1 or outputs[0] is None or targets is None or not targets.shape:
        return False
    (term, *_) = loss.value.values() if isinstance(loss.value, dict) else (loss.value,)
    found = _find_misfit(term, outputs[0], targets)
    if found is None:
        return False
    at = 0 if isinstance(call.find(0, "x", "generator"), DatasetValue) else 1
    _report(call, at, *found, (Note("the loss", loss.site.span),))
    return True


def _report(call: Call, position: int, message: str, help: str, notes: tuple[Note, ...]) -> None:
    stretch = find_stretch(call, position, ("x", "y")[position])
    call.machine.report("E030", message, call.site, stretch, help, notes)


def _show(shape: Sizes) -> str:
    """A shape without the batch, as Python writes it: (28, 28, 1)."""
    sizes = ["None" if n is None else str(n) for n in shape[1:]]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


# ---- examples ----------------------------------------------------------------------------------------------
def _try_examples(model: Any, wanted: Sizes, given: Sizes, call: Call) -> tuple[Note, ...] | None:
    """Why a model refuses examples of this shape, None where it does not. A model of tensors takes the sizes of its input
    alone, one of layers in a row what its layers take: it is called on them. An axis of 1 at the end that one of the shapes
    has is left out, or added, as Keras does it."""
    if model.kind not in ("Functional", "Sequential"):
        return None
    if len(given) == len(wanted) + 1 and given[-1] in (1, None):
        given = given[:-1]
    elif len(wanted) == len(given) + 1 and wanted[-1] in (1, None):
        given = (*given, 1)
    if len(given) != len(wanted):
        return ()
    if not _differ(wanted, given):
        return None
    if model.kind == "Functional":
        return ()
    if None in given[1:]:
        return None
    machine, node = call.machine, call.node
    before = len(machine.tape.nodes)

    def use() -> None:
        model.body.follow(model, add_inputs(given, machine, node), machine, node, call.site)

    notes = [Note(mistake.message, mistake.span) for mistake in machine.find_mistakes(use)]
    return tuple(notes[:1]) or _find_other_weights(machine.tape, before)


def _find_other_weights(tape: Tape, before: int) -> tuple[Note, ...] | None:
    """The first layer whose weights do not fit what it gets in the uses since then; None where there is none."""
    made = {(id(node.owner), node.part): node for node in reversed(tape.nodes[:before]) if node.layer is not None}
    for node in tape.nodes[before:]:
        first = made.get((id(node.owner), node.part))
        if node.owner is None or first is None or node.layer is None:
            continue
        shapes = [tuple([tape.nodes[i].shape for i in one.inputs]) for one in (first, node)]
        if not all_known(shapes[0]) or not all_known(shapes[1]) or first.layer is None:
            continue
        own, now = [
            [w.shape for w in layer.weights(s)] for layer, s in ((first.layer, shapes[0]), (node.layer, shapes[1]))
        ]
        sizes = [n for weights in (own, now) for shape in weights for n in shape]
        if own != now and all([isinstance(n, int) for n in sizes]):
            (one, *_), (other, *_) = shapes
            assert one is not None and other is not None
            message = f"this layer has weights for {one[-1]:,} values, and would get {other[-1]:,}"
            return (Note(message, first.site.span),)
    return None


# ---- targets -----------------------------------------------------------------------------------------------
def _find_misfit(loss: Term, output: Sizes, targets: ArrayValue) -> tuple[str, str] | None:
    """Why Keras refuses targets for a loss and an output, and what helps; None where it does not, or that is not known."""
    name, shape = read_word("losses", loss).name, targets.shape
    assert shape is not None
    if name == SPARSE:
        return _find_sparse_misfit(loss, output, shape, targets)
    if name not in SAME_SHAPE:
        return None
    output, shape = _squeeze(output, shape)
    shape, output = _squeeze(shape, output)
    if len(shape) == len(output) and not _differ(shape, output):
        return None
    if None in (shape[-1], output[-1]) and len(shape) != len(output):
        return None
    units = output[-1]
    if len(shape) == len(output) == 2 and shape[-1] != 1:
        message = (
            f"{loss.name} needs as many values in a label as the model has outputs: {units}, and these have {shape[-1]}"
        )
        return message, ""
    numbers = targets.labels is not None and not targets.labels.one_hot
    if (len(shape) == 1 or shape[1:] == (1,)) and len(output) == 2:
        what = "class numbers" if numbers else "single numbers"
        message = f"{loss.name} needs labels of {units} values, as many as the model has outputs, and these are {what}"
        if name == "CategoricalCrossentropy":
            return (
                message,
                f"write sparse_categorical_crossentropy, or make them vectors: keras.utils.to_categorical(y, {units})",
            )
        return message, ""
    return (
        f"{loss.name} needs labels of the shape of the model's output, {_show(output)}, and these are {_show(shape)}",
        "",
    )


def _squeeze(longer: Sizes, shorter: Sizes) -> tuple[Sizes, Sizes]:
    """Keras leaves out a last axis of 1 where one shape has an axis more."""
    return (longer[:-1], shorter) if len(longer) == len(shorter) + 1 and longer[-1] == 1 else (longer, shorter)


def _differ(one: Sizes, other: Sizes) -> bool:
    """Whether two shapes of as many axes have different sizes, behind the batch."""
    return any([None not in pair and pair[0] != pair[1] for pair in zip(one[1:], other[1:], strict=True)])


def _find_sparse_misfit(loss: Term, output: Sizes, shape: Sizes, targets: ArrayValue) -> tuple[str, str] | None:
    if len(shape) == len(output) and shape[-1] in (1, None):
        if shape[-1] is None:
            return None
        shape = shape[:-1]
    if output[-1] == 1:  # Keras may leave that axis out; nothing can be learned there anyway
        return None
    if len(shape) == len(output) - 1 and not _differ(shape, output[:-1]):
        return None
    if len(shape) == len(output):
        vectors = (
            "one-hot vectors"
            if targets.labels is not None and targets.labels.one_hot
            else f"vectors of {shape[-1]} values"
        )
        message = f"{loss.name} takes class numbers, and the labels are {vectors}"
        return message, "write categorical_crossentropy, or leave the labels as numbers"
    return (
        f"{loss.name} takes a class number for each of {_show(output[:-1])} answers, and the labels are {_show(shape)}",
        "",
    )
