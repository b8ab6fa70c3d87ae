"""What Keras refuses where layers, models and inputs are made and called: layers in the place of tensors and the other way
round, layers that stand in no list, arguments that Keras does not have.

Source: measured on Keras 3.15 (each is planted in a source of tests/python_source/mistakes).
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.model_files import is_automatic
from cnnspec.python_source.keras.arguments import Signature, find_stretches
from cnnspec.python_source.keras.problems import show
from cnnspec.python_source.keras.reached import find_nodes
from cnnspec.python_source.keras.signatures import SIGNATURES
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import External, Unknown, Value, is_known, walk
from cnnspec.python_source.written import WrittenCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.values import Call

SEQUENTIAL = Signature(("layers", "trainable", "name"), (), {"layers": None, "trainable": True, "name": None})
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


# ---- layers on what is no tensor -------------------------------------------------------------------------------
def refuse_no_tensors(layer: Any, call: Call) -> bool:
    """Report a layer or class among the tensors that a layer of Keras's is called on; whether there is one."""
    for value in walk(call.arguments):
        what = name_no_tensor(value)
        if what:
            takes = f"{layer.kind} is called on tensors, and this is {what}"
            report(call, "E012", takes, Signature(("inputs",), (), {}), "inputs", advise(value))
            return True
    return False


# ---- models ----------------------------------------------------------------------------------------------------
def refuse_row(call: Call) -> bool:
    """Report layers that a Sequential model is given one by one, in no list; whether they are."""
    alone = call.arguments and (is_layer(call.arguments[0]) or isinstance(call.arguments[0], TensorValue))
    if not alone and not any(map(is_layer, call.arguments[1:])):
        return False
    message = "Sequential takes its layers in one list"
    report(call, "E011", message, Signature((), (), {}), "", "write Sequential([…])")
    return True


def refuse_ends(call: Call) -> bool:
    """Report what Model is given for tensors and is none, and arguments that it does not have; whether there is such."""
    signature = Signature(("inputs", "outputs"), (), {})
    for key in ("input", "output"):
        if key in call.keywords:
            message, help = f"Model has no argument {key}", f"Keras 3 calls it {key}s"
            report(call, "E011", message, Signature((key,), (), {}), key, help)
            return True
    for number, key in enumerate(signature.positional):
        for value in walk(call.find(number, key)):
            what, help = name_no_tensor(value), advise(value)
            if type(value) is int:
                what, help = "a number", "write keras.Input(shape=(…))" if key == "inputs" else ""
            if what:
                report(call, "E012", f"{key} of Model are tensors, and this is {what}", signature, key, help)
                return True
    return False


def refuse_layer_name(model: ModelValue, name: str, call: Call) -> None:
    """Report a name that no layer of a model has. Names that Keras makes up are not known: none of those is refused."""
    inputs = model.list_inputs()
    inner = find_nodes(call.machine.tape, model.list_outputs(), inputs)[len(inputs) :]
    if not inner or any([node.layer is None for node in inner]):
        return  # there may be more layers than are known
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


# ---- inputs ----------------------------------------------------------------------------------------------------
def refuse_shape(call: Call) -> bool:
    """Report a shape of Input that is no tuple of sizes; whether it is none."""
    if call.open_keywords or call.open_arguments:
        return False
    for key in call.keywords:
        if not INPUT.takes(key):
            help = write_question(find_proposals(key, INPUT.positional))
            report(call, "E011", f"Input has no argument {key}", Signature((key,), (), {}), key, help)
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
    sizes = list(shape) if isinstance(shape, (tuple, list)) and is_known(shape) else []
    wrong = [
        size for size in sizes if size is not None and (type(size) in (float, str) or type(size) is int and size < 0)
    ]
    if wrong:
        message = f"shape of Input is made of whole numbers, or None, and has {wrong[0]!r} in it"
        help = "None stands for a size that may vary" if wrong[0] == -1 else ""
        report(call, "E011", message, INPUT, "shape", help)
    return bool(wrong)
