"""Keras's initializers, regularizers, losses, metrics, optimizers and so on: which, and with which arguments."""

from __future__ import annotations

from functools import partial

from cnnspec.python_source.keras.arguments import bind, find_signature
from cnnspec.python_source.keras.function_table import ACTIVATIONS
from cnnspec.python_source.keras.object_refusals import find_object_refusal
from cnnspec.python_source.keras.signatures import ALIASES, SIGNATURES
from cnnspec.python_source.values import External, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

OF_LAYERS = ("initializers", "regularizers", "constraints")
MODULES = ("initializers", "regularizers", "constraints", "losses", "metrics", "optimizers", "callbacks")


class KerasObject(Value):
    """An object of a class of Keras's that is neither layer nor model. `name` is its class's full name:
    keras.losses.BinaryCrossentropy; `arguments` those that it is given, by Keras's names."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        self.name, self.arguments = name, arguments

    @property
    def kind(self) -> str:
        """Its class without the module: BinaryCrossentropy."""
        return self.name.rpartition(".")[2]

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        if name in self.arguments:
            return self.arguments[name]
        signature = find_signature(self.name)
        if signature is not None and name in signature.defaults and signature.defaults[name] is not ...:
            return signature.defaults[name]
        return super().get_attribute(name, machine, node)

    def describe(self) -> str:
        return f"a {self.kind}"

    def __repr__(self) -> str:
        return f"{self.kind}({self.arguments})"


def make_object(name: str, call: Call) -> Any:
    """What a call of a class of Keras's gives."""
    name = ALIASES.get(name, name)
    signature = find_signature(name)
    kind = name.rpartition(".")[2]
    bound = bind(call, signature, kind) if signature is not None else None
    refusal = find_object_refusal(name, bound.arguments) if bound is not None else None
    if bound is not None and refusal is not None:
        stretch = bound.stretches.get(refusal.argument)
        call.machine.report(refusal.code, refusal.message, call.site, stretch, refusal.help)
    if bound is None or refusal is not None:
        return call.make_unknown(f"this {kind} is refused")
    return KerasObject(name, bound.arguments)


def get_activation(call: Call) -> Any:
    """keras.activations.get: the function of a name, or what it is given."""
    given = call.find(0, "identifier")
    name = "linear" if given is None else given
    if isinstance(name, str):
        known = name in ACTIVATIONS
        return External(f"keras.activations.{name}") if known else call.make_unknown(f"no activation {name} is known")
    return given if isinstance(given, Value) else call.make_unknown("which activation is meant is not known")


def get_object(call: Call) -> Any:
    """keras.initializers.get and its like: layers take a name as well as the object that it stands for."""
    given = call.find(0, "identifier")
    plain = given is None or isinstance(given, (str, Value))
    return given if plain else call.make_unknown("what its settings make is not known")


def register(libraries: Libraries) -> None:
    for name in (*SIGNATURES, *ALIASES):
        kind = ALIASES.get(name, name).rpartition(".")[2]
        if name.split(".")[1] in MODULES and kind[:1].isupper():
            libraries.functions[name] = partial(make_object, name)
    libraries.functions["keras.activations.get"] = get_activation
    libraries.functions |= {f"keras.{module}.get": get_object for module in OF_LAYERS}
