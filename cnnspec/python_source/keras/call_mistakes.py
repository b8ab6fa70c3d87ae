"""What Keras refuses where layers, models and inputs are made and called: layers in the place of tensors and the other way
round, layers that stand in no list, arguments that Keras does not have.

Source: measured on Keras 3.15 (each is planted in a source of tests/python_source/mistakes).
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.model_files import is_automatic
from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.keras.arguments import Signature, find_stretches, find_written
from cnnspec.python_source.keras.problems import show
from cnnspec.python_source.keras.reached import find_nodes
from cnnspec.python_source.keras.signatures import SIGNATURES
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import NOTHING, External, Unknown, Value, can_walk, find_unknown, is_known
from cnnspec.python_source.written import WrittenCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

SEQUENTIAL = Signature(("layers", "trainable", "name"), (), {"layers": None, "trainable": True, "name": None})
RAISES = ("TypeError", "ValueError")
ENDS = Signature(("inputs", "outputs"), ("name",), {})
BY_NAME = Signature((), (), {})
BY_NUMBER = Signature(("first", "second", "third"), (), {})
INPUT = Signature(
    ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor", "optional", "ragged"), (), {}
)


def is_layer(value: Any) -> bool:
    """Whether a value surely is a layer or a model."""
    return isinstance(value, Value) and value.is_instance("keras.layers.Layer") is True


def name_no_tensor(value: Any) -> str:
    """What a value is that stands in the place of a tensor, for a message; "" where it may be one."""
    if is_layer(value):
        return str(value.describe())
    if isinstance(value, External) and value.name in SIGNATURES and value.name.startswith("keras.layers."):
        return f"the class {value.name.rpartition('.')[2]}"
    return ""


def name_plain(value: Any) -> str:
    """The same for what is no value of Keras's."""
    if value is None:
        return "None"
    if isinstance(value, (bool, int, float)):
        return "a number"
    return "a text" if isinstance(value, str) else "an array" if isinstance(value, ArrayValue) else ""


def advise(value: Any) -> str:
    """How a layer becomes a tensor."""
    if isinstance(value, External):
        return f"make a layer of it, and call that: {value.name.rpartition('.')[2]}(…)(x)"
    return "call it on a tensor: layer(x)"


def report(call: Call, code: str, message: str, signature: Signature, key: str, help: str = "") -> None:
    """Report a mistake at an argument of a call, or, where it is not written there, at the name of what is called."""
    node = call.site.node
    function = node.function if isinstance(node, WrittenCall) else None
    call.machine.report(code, message, call.site, find_stretches(call, signature).get(key, function), help)


# ---- models ----------------------------------------------------------------------------------------------------
def refuse_row(call: Call) -> bool:
    """Report layers that a Sequential model is given one by one, in no list, and what else it refuses; whether there is such."""
    alone = call.arguments and (is_layer(call.arguments[0]) or isinstance(call.arguments[0], TensorValue))
    if alone or any(map(is_layer, call.arguments[1:])):
        message = "Sequential takes its layers in one list"
        report(call, "E011", message, BY_NAME, "", "write Sequential([…])")
        return True
    trainable = call.find(1, "trainable")
    if is_known(trainable) and trainable is not None and not isinstance(trainable, bool):
        message = f"trainable is True or False, and is {show(trainable)}"
        help = "write name=…" if isinstance(trainable, str) and "trainable" not in call.keywords else ""
        report(call, "E011", message, SEQUENTIAL, "trainable", help)
        return True
    return refuse_name(call, SEQUENTIAL)


def refuse_ends(call: Call) -> bool:
    """Report what Model is given for tensors and is none, ends that it is not given, and arguments that it does not have; whether
    there is such."""
    for key in ("input", "output"):
        if key in call.keywords:
            message, help = f"Model has no argument {key}", f"Keras 3 calls it {key}s"
            report(call, "E011", message, BY_NAME, key, help)
            return True
    if not call.open_arguments and not call.open_keywords and _refuse_missing(call):
        return True
    for number, key in enumerate(ENDS.positional):
        given = call.find(number, key, default=NOTHING)
        if isinstance(given, (list, tuple, dict)) and not given:
            report(call, "E011", f"Model is given no {key}", ENDS, key)
            return True
        for value in list_parts(given):
            what, help = name_no_tensor(value) or name_plain(value), advise(value)
            if type(value) is int and key == "inputs":
                help = "write keras.Input(shape=(…))"
            elif not name_no_tensor(value):
                help = ""
            if what:
                report(call, "E012", f"{key} of Model are tensors, and this is {what}", ENDS, key, help)
                return True
    return refuse_name(call, ENDS)


def list_parts(value: Any) -> list[Any]:
    """What is in lists, and under the keys of dicts, however deep; the value itself if it is neither."""
    if not isinstance(value, (list, tuple, dict)):
        return [value]
    items = value.values() if isinstance(value, dict) else value
    return [part for item in items for part in list_parts(item)] if can_walk(value) else []


def _refuse_missing(call: Call) -> bool:
    """Report that of a model's ends only one is given, or more than its ends by position."""
    given = {*ENDS.positional[: len(call.arguments)], *call.keywords} & {*ENDS.positional}
    if len(call.arguments) > len(ENDS.positional):
        message = f"Model takes inputs and outputs by position, and is given {len(call.arguments)} arguments"
        report(call, "E011", message, BY_NUMBER, "third", "write name=…" if isinstance(call.arguments[2], str) else "")
        return True
    if len(given) == 1:
        (missing,) = {*ENDS.positional} - given
        report(call, "E011", f"Model is not given {missing}", ENDS, "", "write keras.Model(inputs, outputs)")
    return len(given) == 1


def refuse_name(call: Call, signature: Signature) -> bool:
    """Report a name of a model that is no text; whether it is none."""
    name = call.find(signature.positional.index("name") if "name" in signature.positional else None, "name")
    wrong = name is not None and is_known(name) and (not isinstance(name, str) or "/" in name)
    if wrong:
        what = "an input" if signature is INPUT else "a model"
        report(call, "E011", f"{what}'s name is a text without /, and is {show(name)}", signature, "name")
    return wrong


def refuse_choice(model: ModelValue, name: Any, index: Any, call: Call) -> bool:
    """Report what is asked of get_layer, where it is neither a layer's name nor its number; whether it is refused."""
    choice = Signature(("name", "index"), (), {})
    if not is_known([name, index]):
        return False
    layers = model.layers
    if name is None and index is None:
        report(call, "E011", "get_layer is given neither name nor index", choice, "")
    elif name is not None and index is not None:
        report(call, "E011", "get_layer takes a name or an index, and is given both", choice, "index")
    elif index is not None and type(index) is not int:
        help = f"write get_layer({show(index)})" if isinstance(index, str) else ""
        report(call, "E011", f"index of get_layer is a whole number, and is {show(index)}", choice, "index", help)
    elif name is not None and not isinstance(name, str):
        help = f"write get_layer(index={name})" if type(name) is int else ""
        report(call, "E011", f"name of get_layer is a text, and is {show(name)}", choice, "name", help)
    elif index is not None and has_all_layers(model, call.machine) and not -len(layers) <= index < len(layers):
        message = f"there is no layer {index}: the model has {count_nouns(len(layers), 'layer')}"
        report(call, "E010", message, choice, "index", f"the last is {len(layers) - 1}" if layers else "")
    else:
        return False
    return True


def has_all_layers(model: ModelValue, machine: Machine) -> bool:
    """Whether all layers of a model are known."""
    inputs = model.list_inputs()
    inner = find_nodes(machine.tape, model.list_outputs(), inputs)[len(inputs) :]
    return bool(inner) and not any([node.layer is None for node in inner]) and not find_unknown(model.layers)


def refuse_layer_name(model: ModelValue, name: str, call: Call) -> None:
    """Report a name that no layer of a model has. Names that Keras makes up are not known: none of those is refused."""
    if not has_all_layers(model, call.machine):
        return
    names = []
    for layer in model.layers:
        given = call.machine.get_attribute(layer, "name", call.node)
        if isinstance(given, str):
            names.append(given)
        elif isinstance(layer, Unknown) or is_made_up(name, layer.kind) or given is not None:
            return
    message = f"{model.describe() if model.name else 'the model'} has no layer called {show(name)}"
    report(call, "E010", message, Signature(("name",), (), {}), "name", write_question(find_proposals(name, names)))


def is_made_up(name: str, kind: str) -> bool:
    """Whether a name may be one that Keras makes up for a layer or model of this class."""
    return is_automatic(name, kind) or name.startswith(("input", kind.lower())) or kind not in SIGNATURE_KINDS


SIGNATURE_KINDS = frozenset(name.rpartition(".")[2] for name in SIGNATURES if name.startswith("keras.layers."))


def refuse_model_call(model: ModelValue, call: Call) -> bool:
    """Report a model that is called on nothing, or on its tensors one by one; whether it is."""
    if call.open_arguments or call.open_keywords:
        return False
    what = model.describe() if model.name else "the model"
    if not call.arguments and not call.keywords:
        call.machine.report(
            "E011", f"{what} is called on nothing", call.site, None, "call it on a tensor: model(x)", raises=RAISES
        )
        return True
    tensors = [value for value in call.arguments if isinstance(value, TensorValue) and value.is_certain]
    if len(tensors) < max(2, len(call.arguments)):
        return False
    one = len(model.list_inputs()) == 1
    takes = "1 tensor" if one else "one list of tensors"
    message, help = f"{what} takes {takes}, and is called on {len(tensors)}", "" if one else "write model([a, b])"
    call.machine.report("E011", message, call.site, find_written(call, 1), help, raises=RAISES)
    return True


# ---- inputs ----------------------------------------------------------------------------------------------------
def refuse_shape(call: Call) -> bool:
    """Report a shape of Input that is no tuple of sizes; whether it is none."""
    if call.open_keywords or call.open_arguments:
        return False
    for key in call.keywords:
        if not INPUT.takes(key):
            help = write_question(find_proposals(key, INPUT.positional))
            report(call, "E011", f"Input has no argument {key}", BY_NAME, key, help)
            return True
    shape = call.find(0, "shape")
    if shape is None and not call.keywords.keys() & {"batch_shape", "tensor"} and len(call.arguments) < 2:
        report(call, "E011", "Input is not given shape", INPUT, "")
        return True
    if type(shape) in (int, float, str):
        sizes = [value for value in call.arguments if type(value) is int]
        help = f"write Input(({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)}))" if sizes else ""
        if not sizes and type(shape) is int:
            help = f"write shape=({shape},)"
        report(call, "E011", f"shape of Input is a tuple of sizes, and is {shape!r}", INPUT, "shape", help)
        return True
    batch = call.find(1, "batch_size")
    if isinstance(batch, (str, float)):
        report(call, "E011", f"batch_size of Input is a whole number, and is {show(batch)}", INPUT, "batch_size")
        return True
    if refuse_name(call, INPUT):
        return True
    sizes = list(shape) if isinstance(shape, (tuple, list)) and is_known(shape) else []
    wrong = [
        size for size in sizes if size is not None and (type(size) in (float, str) or type(size) is int and size < 0)
    ]
    if wrong:
        message = f"shape of Input is made of whole numbers, or None, and has {wrong[0]!r} in it"
        help = "None stands for a size that may vary" if wrong[0] == -1 else ""
        report(call, "E011", message, INPUT, "shape", help)
    return bool(wrong)
