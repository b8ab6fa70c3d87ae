"""compile and fit → the settings of a train section, and the words in them that Keras does not know."""

from __future__ import annotations

from cnnspec.base.did_you_mean import NAMED_DATA, write_suggestion
from cnnspec.graph import Setting
from cnnspec.layers.argument import Term
from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue
from cnnspec.python_source.arrays.reading import is_int
from cnnspec.python_source.keras.objects import KerasObject
from cnnspec.python_source.training.objects import read_object
from cnnspec.python_source.training.places import find_stretch, make_setting, move_setting
from cnnspec.python_source.training.targets import find_data, report_misfits
from cnnspec.python_source.training.words import FITTING, WORDS, is_word
from cnnspec.python_source.values import External

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

NOUNS = {"losses": "loss", "metrics": "metric", "optimizers": "optimizer"}
AT = {"optimizer": 0, "loss": 1, "loss_weights": 2, "metrics": 3, "weighted_metrics": 4, "jit_compile": 7}  # in compile
CUSTOM = ("custom_object", "register_keras_serializable")  # what makes words of a source's own for optimizers
MOST_BATCH = 2**31


def find_settings(model: Any, machine: Machine) -> dict[str, Setting]:
    """What the last compile and fit of a model say, as far as it is known and a train section can say it. `model.compiled`
    and `model.fitted` are what read_compile and read_fit gave for them."""
    found: dict[str, Setting] = {}
    for part in (model.compiled, model.fitted):
        if isinstance(part, dict):
            found |= part
    return found


# ---- compile -----------------------------------------------------------------------------------------------
def read_compile(call: Call) -> dict[str, Setting]:
    """What a call of compile says. Words that Keras will refuse are reported."""
    found: dict[str, Setting] = {}
    for key, module in (("optimizer", "optimizers"), ("loss", "losses")):
        given = call.find(AT[key], key)
        value = _take_only(given)
        _report_words(call, module, key, given if key == "loss" else value)
        read = _read_named(module, given) if isinstance(given, dict) else read_object(module, value)
        if read is not None:
            found[key] = make_setting(key, read, call, AT[key], key)
    metrics = call.find(AT["metrics"], "metrics")
    terms = _read_metrics(call, metrics)
    _report_words(call, "metrics", "weighted_metrics", call.find(AT["weighted_metrics"], "weighted_metrics"))
    if terms is not None:
        found["metrics"] = make_setting("metrics", terms, call, AT["metrics"], "metrics")
    _report_weights(call)
    compiled = call.find(AT["jit_compile"], "jit_compile")
    if isinstance(compiled, bool):
        found["xla"] = make_setting("xla", compiled, call, AT["jit_compile"], "jit_compile")
    return found


def _report_weights(call: Call) -> None:
    """Report metrics in the place of loss_weights, the third argument of compile: Keras refuses them once it fits."""
    value = call.find(AT["loss_weights"], "loss_weights")
    items = value if isinstance(value, (tuple, list)) else (value,)
    if not items or not all(
        [isinstance(item, KerasObject) or isinstance(item, str) and is_word("metrics", item) for item in items]
    ):
        return
    message = "loss_weights are numbers, and these are metrics"
    help = "" if "loss_weights" in call.keywords else "the third argument of compile is loss_weights: write metrics=[…]"
    stretch = find_stretch(call, AT["loss_weights"], "loss_weights")
    call.machine.report("E030", message, call.site, stretch, help)


def _read_named(module: str, given: dict[Any, Any]) -> dict[str, Term] | None:
    """What a dict has for outputs by their names; None where one is not known."""
    read = {name: read_object(module, value) for name, value in given.items() if isinstance(name, str)}
    known = {name: term for name, term in read.items() if term is not None}
    return known if known and len(known) == len(given) else None


def _take_only(value: Any) -> Any:
    """The only one of a list or dict: the loss of a model of one output."""
    if isinstance(value, dict):
        value = list(value.values())
    return value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value


def _read_metrics(call: Call, value: Any) -> list[Term] | None:
    """None where one of them is not known."""
    if isinstance(value, dict):
        _report_words(call, "metrics", "metrics", value)
    if isinstance(value, str):
        message = f"metrics must be a list, and is the text {value!r}"
        call.machine.report(
            "E030", message, call.site, find_stretch(call, AT["metrics"], "metrics"), f'write metrics=["{value}"]'
        )
        return None
    if not isinstance(value, (tuple, list)) or not value:
        return None
    _report_words(call, "metrics", "metrics", value)
    terms = [read_object("metrics", metric) for metric in value]
    known = [term for term in terms if term is not None]
    return known if len(known) == len(terms) else None


def _report_words(call: Call, module: str, key: str, value: Any) -> None:
    """Report the words in a value that Keras does not know, and what is no word at all."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else None
    if parts is None:
        _report_word(call, module, key, value, None)
    for number, part in enumerate(parts or ()):
        for one in part if isinstance(part, (tuple, list)) else (part,):
            _report_word(call, module, key, one, number)


def _report_word(call: Call, module: str, key: str, value: Any, item: int | None) -> None:
    """Report a word that Keras does not know, or what stands for a word and is none."""
    noun = NOUNS[module]
    stretch = find_stretch(call, AT[key], key, item)
    what = _name_other(module, value)
    if what:
        message = f"{key} takes {'an' if noun == 'optimizer' else 'a'} {noun}, by its word or as an object, and this is {what}"
        call.machine.report(
            "E030",
            message,
            call.site,
            stretch,
            f"write {what.rpartition(' ')[2]}()" if isinstance(value, External) else "",
        )
    if not isinstance(value, str) or is_word(module, value):
        return
    source = call.site.source
    if module == "optimizers" and any([word in source.text for word in CUSTOM]):
        return
    known = (*FITTING[module], *WORDS[module])
    help = write_suggestion(value, known).removeprefix("; ")
    if any(
        [is_word(other, value) for other in ("optimizers", "losses") if {other, module} == {"optimizers", "losses"}]
    ):
        help = "the optimizer comes first in compile, then the loss"
    listed = ", ".join(WORDS[module][:6])
    message = f'Keras knows no {noun} "{value}"'
    call.machine.report("E030", message, call.site, stretch, help or f"it knows {listed} and others")


def _name_other(module: str, value: Any) -> str:
    """What a value is that Keras takes for no loss, metric or optimizer; "" where it may take it."""
    if isinstance(value, (bool, int, float)) and (module != "losses" or value):
        return f"{value!r}"
    if module != "optimizers":
        return ""
    if isinstance(value, External) and value.name.startswith("keras.optimizers."):
        return f"the class {value.name.rpartition('.')[2]}"
    if isinstance(value, KerasObject) and value.name.startswith(
        ("keras.losses.", "keras.metrics.", "keras.callbacks.")
    ):
        return value.describe()
    return ""


# ---- fit ---------------------------------------------------------------------------------------------------
def read_fit(model: Any, call: Call) -> dict[str, Setting]:
    """What a call of fit says. Data that do not fit the model or its loss are reported."""
    found: dict[str, Setting] = {}
    given = call.find(0, "x", "generator")
    batch = call.find(2, "batch_size")
    if is_int(batch) and 0 < batch < MOST_BATCH:
        found["batch"] = make_setting("batch", batch, call, 2, "batch_size")
    elif isinstance(given, DatasetValue) and given.batch is not None and 0 < given.batch[0] < MOST_BATCH:
        found["batch"] = move_setting("batch", *given.batch)
    epochs = call.find(3, "epochs")
    if is_int(epochs) and 0 < epochs < MOST_BATCH:
        found["epochs"] = make_setting("epochs", epochs, call, 3, "epochs")
    examples, targets = find_data(call)
    misfit = report_misfits(model, call, examples, targets)
    name = _name_data(examples, targets)
    if name and not misfit:
        found["data"] = make_setting("data", name, call, 0, "x")
    return found


def _name_data(examples: ArrayValue | None, targets: ArrayValue | None) -> str:
    """The data set by name, where the examples are its, and the labels its classes; "" else."""
    if examples is None or targets is None or not examples.data or examples.data != targets.data:
        return ""
    labels, known = targets.labels, NAMED_DATA.get(examples.data)
    if labels is None or known is None or labels.classes != known[1] or examples.labels is not None:
        return ""
    return examples.data if _has_size(examples, known[0]) else ""


def _has_size(examples: ArrayValue, image: tuple[int, int, int]) -> bool:
    """Whether examples have the values of an image of the set, in whatever shape, or as many channels in another size."""
    sizes = examples.shape[1:] if examples.shape else (None,)
    if None in sizes:
        return False
    total = 1
    for size in sizes:
        total *= size or 0
    return total == image[0] * image[1] * image[2] or len(sizes) == 3 and sizes[-1] == image[-1]
