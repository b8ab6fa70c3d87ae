"""Writes signatures.py: `python -m cnnspec.python_source.keras.make_signatures`, where Keras is installed."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

TABLE = Path(__file__).with_name("signatures.py")
HEAD = '''"""What Keras's layers, initializers, losses and so on take: their parameters, as they stand between the brackets of a `def`.

Written by `python -m cnnspec.python_source.keras.make_signatures`; do not edit.
"""

from __future__ import annotations

'''
MODULES = (
    "layers",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "callbacks",
)
WORDS = ("activations", "initializers", "regularizers", "constraints")
PASSED_OVER = (  # functions of each of these modules, bases, and what wraps another framework's layers
    "get", "serialize", "deserialize", "Constraint", "Initializer", "Regularizer", "Loss", "Metric", "Optimizer",
    "LearningRateSchedule", "Callback", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper",
)  # fmt: skip
OTHERS_OWN = ("rank", "self")  # what a base takes from the class alone
POPPED = re.compile(r'kwargs\.pop\(\s*"(\w+)"|"(\w+)" in kwargs')


def list_public(module: str) -> Iterator[tuple[str, Any]]:
    """The public classes of a module of Keras's, by their names."""
    import keras

    space: Any = keras
    for part in module.split("."):
        space = getattr(space, part)
    for name in sorted(vars(space)):
        found = getattr(space, name)
        if name not in PASSED_OVER and inspect.isclass(found) and (name[:1].isupper() or found.__name__[:1].isupper()):
            yield name, found


def find_parameters(made: Any) -> tuple[list[inspect.Parameter], list[str], bool]:
    """The parameters of a class or function, the names that it takes besides, and whether it hands the rest to Keras's
    Layer."""
    import keras

    if not inspect.isclass(made):
        own = list(inspect.signature(made).parameters.values())
        return [p for p in own if p.kind is not p.VAR_KEYWORD], [], any(p.kind is p.VAR_KEYWORD for p in own)
    inits = [vars(cls)["__init__"] for cls in made.__mro__ if "__init__" in vars(cls) and cls is not object]
    own, besides, ends_in_layer = [], [], False
    for number, init in enumerate(inits):
        if init is keras.layers.Layer.__init__:
            ends_in_layer = True
            break
        parameters = [
            p for p in list(inspect.signature(init).parameters.values())[1:] if p.kind is not p.VAR_POSITIONAL
        ]
        if number == 0:
            own = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
        else:
            besides += [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
        besides += [name for found in POPPED.findall(inspect.getsource(init)) for name in found if name]
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    taken = {p.name for p in own}
    return own, [name for name in dict.fromkeys(besides) if name not in taken and name not in OTHERS_OWN], ends_in_layer


def list_layer_parameters() -> list[str]:
    """What every layer takes by name alone."""
    import keras

    init = keras.layers.Layer.__init__
    named = [p.name for p in inspect.signature(init).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return sorted({*named, *[name for found in POPPED.findall(inspect.getsource(init)) for name in found if name]})


def write_signature(made: Any) -> str:
    """What stands between the brackets: "units, activation=None, **layer", where `**layer` are the parameters of all
    layers, and `...` is a default that is not plain."""
    own, besides, ends_in_layer = find_parameters(made)
    written = [show_parameter(p) for p in own if p.kind is not p.KEYWORD_ONLY]
    named = [show_parameter(p) for p in own if p.kind is p.KEYWORD_ONLY] + [f"{name}=None" for name in besides]
    return ", ".join([*written, *(["*", *named] if named else []), *(["**layer"] if ends_in_layer else [])])


def show_parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    plain = isinstance(parameter.default, (bool, int, float, str, tuple, type(None)))
    return f"{parameter.name}={repr(parameter.default) if plain else '...'}"


def find_signatures() -> tuple[dict[str, str], dict[str, str]]:
    """The signatures by full name, and the other names of what stands there."""
    signatures: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for module in MODULES:
        first: dict[int, str] = {}
        public = dict(list_public(module))
        for name, made in sorted(public.items(), key=lambda item: item[0] != item[1].__name__):
            full = f"keras.{module}.{name}"
            if first.setdefault(id(made), full) != full:
                aliases[full] = first[id(made)]
            else:
                signatures[full] = write_signature(made)
    return signatures, aliases


def find_words() -> dict[str, dict[str, str]]:
    """What a word means as an argument: module → word → the class or function that it stands for."""
    from importlib import import_module

    tables = {module: import_module(f"keras.src.{module}").ALL_OBJECTS_DICT for module in WORDS}
    return {module: {word: made.__name__ for word, made in sorted(table.items())} for module, table in tables.items()}


def write_table() -> str:
    signatures, aliases = find_signatures()
    parts = [
        ("LAYER_PARAMETERS", "tuple[str, ...]", repr(tuple(list_layer_parameters())).replace("'", '"')),
        ("SIGNATURES", "dict[str, str]", show(signatures)),
        ("ALIASES", "dict[str, str]", show_by_module(aliases)),
        ("WORDS", "dict[str, dict[str, str]]", "{\n" + "".join(f'    "{m}": {table},\n'.replace("'", '"') for m, table in find_words().items()) + "}"),
    ]  # fmt: skip
    return HEAD + "\n".join([f"{name}: {kind} = {text}  # fmt: skip" for name, kind, text in parts]) + "\n"


def show(table: dict[str, str]) -> str:
    return "{\n" + "".join([f'    "{name}": "{text}",\n' for name, text in sorted(table.items())]) + "}"


def show_by_module(table: dict[str, str]) -> str:
    """The same with those of one module in a line."""
    lines: dict[str, list[str]] = {}
    for name, text in sorted(table.items()):
        lines.setdefault(name.rpartition(".")[0], []).append(f'"{name}": "{text}"')
    return "{\n" + "".join([f"    {', '.join(items)},\n" for items in lines.values()]) + "}"


if __name__ == "__main__":
    TABLE.write_text(write_table(), encoding="utf-8")
