"""How a call's arguments become those of a class or function of Keras's, bound as Python binds them."""

from __future__ import annotations

from functools import cache

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.base.record import Record
from cnnspec.python_source.keras.signatures import ALIASES, LAYER_PARAMETERS, SIGNATURES
from cnnspec.python_source.written import WrittenCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.values import Call

# What Keras 1 and 2 called arguments of layers, and what Keras 3 calls them.
FORMER_NAMES = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "batch_input_shape": "input_shape, without the batch",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "init": "kernel_initializer",
    "lr": "learning_rate",
    "nb_epoch": "epochs",
    "nb_filter": "filters",
    "nb_val_samples": "validation_steps",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "samples_per_epoch": "steps_per_epoch",
    "stride": "strides",
    "subsample": "strides",
}
# What Keras 2 took elsewhere, or stands elsewhere: the argument, and what to do.
_LOADING = "leave it out: in Keras 3 the data set has it, keras.utils.PyDataset"
_OPTIMIZER = "give it to the optimizer: keras.optimizers.Adam(learning_rate=…)"
ELSEWHERE = {
    "learning_rate": _OPTIMIZER,
    "lr": _OPTIMIZER,
    "max_queue_size": _LOADING,
    "sample_weight_mode": "leave it out: Keras 3 tells it from the shape of sample_weight",
    "use_multiprocessing": _LOADING,
    "workers": _LOADING,
}


class Signature(Record):
    """The parameters of a class or function: those that are taken by position too, those by name alone, and the defaults of
    those that need not be given."""

    positional: tuple[str, ...]
    named: tuple[str, ...]
    defaults: dict[str, Any]

    def takes(self, name: str) -> bool:
        return name in self.positional or name in self.named


class Bound(Record):
    """The arguments of a call by the names of parameters. `stretches`: where those that are written stand."""

    arguments: dict[str, Any]
    stretches: dict[str, tuple[int, int]]


@cache
def find_signature(name: str) -> Signature | None:
    """The signature of what stands under a full name: keras.layers.Conv2D."""
    name = ALIASES.get(name, name)
    return read_signature(SIGNATURES[name]) if name in SIGNATURES else None


def read_signature(text: str) -> Signature:
    """The signature that a text is: "units, activation=None, *, alpha=None, **layer"."""
    import ast

    statement = ast.parse(f"def f({text}): 0").body[0]
    assert isinstance(statement, ast.FunctionDef)
    given = statement.args
    positional = [argument.arg for argument in given.args]
    defaults = dict(
        zip(positional[len(positional) - len(given.defaults) :], map(ast.literal_eval, given.defaults), strict=True)
    )
    named = [argument.arg for argument in given.kwonlyargs]
    if given.kwarg is not None:
        named += [name for name in LAYER_PARAMETERS if name not in positional]
    return Signature(tuple(positional), tuple(named), defaults)


def bind(call: Call, signature: Signature, name: str) -> Bound | None:
    """The arguments of a call, or None where Python or Keras would refuse them, which is reported. `name`: what is
    called, in messages."""
    stretches = find_stretches(call, signature)
    arguments = dict(zip(signature.positional, call.arguments, strict=False))
    if len(call.arguments) > len(signature.positional) and not call.open_arguments:
        most = len(signature.positional)
        count = f"{most} argument{'s' * (most != 1)}" if most else "no argument"
        message = f"{name} takes {count} by position, and is given {len(call.arguments)}"
        report(call, message, find_written(call, most), name_further(signature))
        return None
    for key, value in call.keywords.items():
        if not signature.takes(key):
            report(call, f"{name} has no argument {key}", find_written(call, key), propose(key, signature))
            return None
        if key in arguments:
            report(call, f"{name} is given {key} twice, by position and by name", find_written(call, key))
            return None
        arguments[key] = value
    missing = [key for key in signature.positional if key not in arguments and key not in signature.defaults]
    if missing and (call.open_keywords or call.open_arguments):
        unknown = call.make_unknown(f"whether {name} is given {missing[0]} is not known")
        arguments |= dict.fromkeys(missing, unknown)
    elif missing:
        node = call.site.node
        place = node.function if isinstance(node, WrittenCall) else None
        report(call, f"{name} is not given {' and '.join(missing)}", place)
        return None
    if call.open_keywords or call.open_arguments:
        unknown = call.make_unknown(f"which further arguments {name} is given is not known")
        arguments = {**{key: unknown for key in signature.positional if key not in arguments}, **arguments}
    return Bound(arguments, stretches)


def find_stretches(call: Call, signature: Signature) -> dict[str, tuple[int, int]]:
    """Where the arguments of a call stand that are written in it: one that a dict or a partial gives has no place."""
    node = call.site.node
    if not isinstance(node, WrittenCall):
        return {}
    found = {key: place for key, place in node.arguments.items() if isinstance(key, str)}
    numbers = [key for key in node.arguments if isinstance(key, int)]
    if len(numbers) == len(call.arguments):
        found |= {signature.positional[n]: node.arguments[n] for n in numbers if n < len(signature.positional)}
    return found


def find_written(call: Call, key: int | str) -> tuple[int, int] | None:
    node = call.site.node
    return node.arguments.get(key) if isinstance(node, WrittenCall) else None


def report(call: Call, message: str, place: tuple[int, int] | None, help: str = "") -> None:
    call.machine.report("E011", message, call.site, place, help, raises=("TypeError", "ValueError"))


def propose(key: str, signature: Signature) -> str:
    """What an argument's name may have meant."""
    former = FORMER_NAMES.get(key, "")
    if former and signature.takes(former.split(",")[0]):
        return f"Keras 3 calls it {former}"
    return ELSEWHERE.get(key) or write_question(find_proposals(key, (*signature.positional, *signature.named)))


def name_further(signature: Signature) -> str:
    return f"by name: {', '.join(signature.named[:6])}" if signature.named and not signature.positional else ""
