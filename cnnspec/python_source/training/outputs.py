"""Whether the losses, metrics and weights that compile is given are those of the model's outputs, as Keras asks it once a training
begins.

Source: measured on Keras 3.15 (tests/python_source/refused).
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.base.join_words import join_words
from cnnspec.base.record import Record
from cnnspec.python_source.keras.call_mistakes import is_layer, is_made_up, list_parts
from cnnspec.python_source.keras.problems import show
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.training.places import find_stretch
from cnnspec.python_source.training.words import is_word
from cnnspec.python_source.values import find_unknown, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.values import Call

AT = {"loss": 1, "loss_weights": 2, "metrics": 3, "weighted_metrics": 4}  # positions in compile
NAMED = ("loss", "metrics", "weighted_metrics")  # which may be dicts by the outputs' names
LOOSE = (list, tuple, dict)
RAISES = ("ValueError", "KeyError")
MOST_SHOWN = 4  # outputs for which a list is written out


class Output(Record):
    """An output of a model: its name, "" where Keras makes one up, for a layer of the class `kind`, "" of what is no layer."""

    name: str
    kind: str

    def may_be(self, name: Any) -> bool:
        if self.name or not isinstance(name, str):
            return bool(self.name == name)
        return not self.kind or is_made_up(name, self.kind)


def list_outputs(model: ModelValue) -> list[Output] | None:
    """The outputs of a Functional model, by the names by which compile calls them; None where they are not known for sure."""
    found = model.state["outputs"]
    tensors = (
        list(found.values()) if isinstance(found, dict) else found if isinstance(found, (list, tuple)) else [found]
    )
    if model.kind != "Functional" or not all([isinstance(one, TensorValue) and one.is_certain for one in tensors]):
        return None
    if isinstance(found, dict):
        return [Output(name, "") for name in found] if all([isinstance(name, str) for name in found]) else None
    makers = [find_maker(tensor) for tensor in tensors]
    if len(set(map(id, makers))) < len(makers):  # two outputs of one name
        return None
    return [Output(maker.name, maker.kind) if is_layer(maker) else Output("", "") for maker in makers]


def find_maker(tensor: TensorValue) -> Any:
    """The layer or operation that makes a tensor."""
    node = tensor.node
    return node.owner if node.is_input else node.use.callee if node.use is not None else node


# ---- compile -----------------------------------------------------------------------------------------------
def report_outputs(model: ModelValue, call: Call) -> None:
    """Report losses, metrics and weights that are not those of the model's outputs."""
    given = {key: call.find(place, key) for key, place in AT.items()}
    outputs = list_outputs(model)
    if outputs is not None and any([report_keys(outputs, key, given[key], call) for key in NAMED]):
        return
    several = outputs is not None and len(outputs) > 1
    if outputs is not None and not isinstance(model.state["outputs"], dict):
        report_missing(outputs, given, call)
    if outputs is not None and several:
        report_counts(len(outputs), given, isinstance(model.state["outputs"], list), call)
    report_weights(given["loss"], given["loss_weights"], call)


def report_keys(outputs: list[Output], key: str, given: Any, call: Call) -> bool:
    """Report a key of losses or metrics that is no output's name; whether there is one. Metrics of one output may be called
    anything."""
    if not isinstance(given, dict) or len(outputs) == 1 and key != "loss":
        return False
    for number, name in enumerate(given):
        if find_unknown(name) is None and not any([output.may_be(name) for output in outputs]):
            known = [output.name for output in outputs if output.name]
            help = write_question(find_proposals(name, known)) if isinstance(name, str) else ""
            if not help and len(known) == len(outputs):
                help = f"the output{'s are' if len(known) > 1 else ' is'} called {join_words([show(name) for name in known])}"
            message = f'no output of the model is called "{name}"'
            stretch = find_stretch(call, AT[key], key, number, key=True)
            call.machine.report("E030", message, call.site, stretch, help, raises=RAISES)
            return True
    return False


def report_missing(outputs: list[Output], given: dict[str, Any], call: Call) -> None:
    """Report losses by name that lack an output, and weights that lack one that has a loss."""
    loss, weights = given["loss"], given["loss_weights"]
    if not isinstance(loss, dict) or find_unknown(loss) is not None:
        return
    if len(loss) < len(outputs):
        names = [output.name for output in outputs if output.name and output.name not in loss]
        which = f": {join_words(names)} {'has' if len(names) == 1 else 'have'} none" if names else ""
        message = f"loss is given for {len(loss)} of the model's {count_nouns(len(outputs), 'output')}{which}"
        report(call, "loss", message, "write None for one that is not trained")
    elif isinstance(weights, dict) and find_unknown(weights) is None:
        lacking = [name for name in loss if name not in weights]
        if lacking:
            report(call, "loss_weights", f"loss_weights has no weight of {join_words([str(name) for name in lacking])}")


def report_counts(count: int, given: dict[str, Any], listed: bool, call: Call) -> None:
    """Report more losses than there are outputs, where these are `listed`, and metrics for another number of them."""
    loss = given["loss"]
    if listed and isinstance(loss, list) and len(loss) > count and find_unknown(loss) is None:
        report(call, "loss", f"there are {len(loss)} losses, and the model has {count_nouns(count, 'output')}")
    for key in ("metrics", "weighted_metrics"):
        value = given[key]
        if isinstance(value, (list, tuple)) and value and len(value) != count and find_unknown(value) is None:
            has = "1 entry" if len(value) == 1 else f"{len(value)} entries"
            message = f"{key} has {has}, and the model has {count} outputs: each takes a list of its own"
            report(call, key, message, f"write {key}=[{', '.join(['[…]'] * count)}]" if count < MOST_SHOWN else "")


def report_weights(loss: Any, weights: Any, call: Call) -> None:
    """Report loss_weights that are not as many as there are losses, or no weights."""
    if (
        is_known(weights)
        and weights
        and not (isinstance(weights, str) and is_word("metrics", weights))
        and not isinstance(weights, (*LOOSE, float))
    ):
        help = f"write {weights}.0" if type(weights) is int else ""
        report(
            call, "loss_weights", f"loss_weights is a float, or a list or dict of them, and is {show(weights)}", help
        )
    if not isinstance(weights, LOOSE) or not weights or find_unknown([loss, weights]) is not None:
        return
    texts = [weight for weight in list_parts(weights) if isinstance(weight, str) and not is_word("metrics", weight)]
    if texts:
        report(call, "loss_weights", f"loss_weights is made of numbers, and has {show(texts[0])} in it")
        return
    losses, found = len(list_parts(loss)), len(list_parts(weights))
    if losses != found and not (isinstance(loss, dict) and isinstance(weights, dict)):
        there = "there is 1 loss" if losses == 1 else f"there are {losses} losses"
        report(call, "loss_weights", f"loss_weights has {count_nouns(found, 'number')}, and {there}")


def report(call: Call, key: str, message: str, help: str = "") -> None:
    call.machine.report("E030", message, call.site, find_stretch(call, AT[key], key), help, raises=RAISES)
