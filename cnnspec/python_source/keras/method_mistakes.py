"""What Keras refuses where a method of a model is called, whatever the model is: arguments that the method does not have, and
training before the model is compiled.

Source: measured on Keras 3.15 (tests/python_source/refused).
"""

from __future__ import annotations

import ast
from functools import cache

from cnnspec.python_source.interpreter.missed import may_be_missed
from cnnspec.python_source.keras.arguments import Signature, bind, find_written, read_signature
from cnnspec.python_source.keras.call_signatures import METHODS
from cnnspec.python_source.keras.object_refusals import MODEL_SAVED, WEIGHTS_SAVED, find_ending_mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.values import Call

FORMS = {"zipped", "save_format", "max_shard_size"}  # arguments that change what a file's name may be
TRAINING = ("fit", "evaluate", "train_on_batch", "test_on_batch")  # methods that need a model that is compiled
OF_KERAS = ("Functional", "Sequential")  # models of no class of the source, which may have methods of its own


@cache
def find_method_signature(kind: str, name: str) -> Signature | None:
    """What a method of models of a class takes; None where that is not known."""
    text = METHODS.get(f"{kind}.{name}", METHODS.get(f"Model.{name}"))
    return None if text is None else read_signature(text)


def refuse_method(model: ModelValue, name: str, call: Call) -> None:
    """Report what is wrong with a call of a model's method, whatever its arguments are."""
    signature = find_method_signature(model.kind, name)
    if signature is not None:
        bind(call, signature, name)
    if name in ("save", "save_weights"):
        refuse_file(name, call)
    if name == "compile" and isinstance(call.node, ast.Call):
        call.machine.interpreter.called.add(id(call.node.func))
    if name in TRAINING and model.kind in OF_KERAS and model.compiled is None:
        if not may_be_missed(call.machine.interpreter, "compile", call.site):
            message = f"{name} is called before the model is compiled"
            call.machine.report("E030", message, call.site, None, "call model.compile(…) before it")


def refuse_file(name: str, call: Call) -> None:
    """Report a file to which a model or its weights are saved, by whose ending Keras does not know how."""
    path = call.find(0, "filepath")
    if not isinstance(path, str) or call.keywords.keys() & FORMS or len(call.arguments) > 1 or path.startswith("hf://"):
        return
    message = find_ending_mistake(path, MODEL_SAVED if name == "save" else (WEIGHTS_SAVED,))
    if message:
        help = f'write "….{"keras" if name == "save" else "weights.h5"}"'
        call.machine.report("E011", message, call.site, find_written(call, 0) or find_written(call, "filepath"), help)
