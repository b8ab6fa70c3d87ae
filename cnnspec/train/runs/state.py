"""A training's whole state → one file, and back, bit for bit: what a training needs to go on as if it had not stopped.

Keras keeps it in four places. Variables: the model's (weights, moving statistics, the states of dropout's random
numbers), the optimizer's (moments, learning rate, loss scale) and, within an epoch, the metrics'. Callbacks: what they
count and remember are the numbers, flags and arrays among their attributes, and operations of Keras that they have
chosen (a comparison); text is configuration, and what is left (open files, say) is made anew. The generators of random numbers: PyTorch's, from which its dropout draws, and
Python's and NumPy's, for whoever draws from them. The rest is the place reached: the epoch, and how many of its batches are done.

One .npz holds arrays alone, the rest as JSON in bytes; nothing is pickled.
"""

from __future__ import annotations

import math
import random
from contextlib import contextmanager
from numbers import Real
from typing import TYPE_CHECKING, Any, BinaryIO

from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import schema, snapshot
from cnnspec.train.runs.durable import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    Array = np.ndarray[Any, Any]

FILES_ALONE = ("CSVLogger",)  # its state is what it has written
OPERATIONS = ("less", "greater")  # of which callbacks choose one
KEPT_APART = ("params", "_model", "model")  # what Keras gives every callback


class State(Record):
    """A snapshot as it was read. `done` says how many batches of `epoch` (from 0) were trained; `more` is the keeper's."""

    epoch: int
    done: int
    ended: bool  # whether a callback has ended the training
    arrays: dict[str, Array]
    callbacks: list[Any]
    more: dict[str, Any]
    random: tuple[Any, Any]  # what is not an array of Python's and NumPy's random numbers


# ---- writing -----------------------------------------------------------------------------------------------
def save(path: str, model: Any, callbacks: list[Any], epoch: int, done: int, ended: bool, more: dict[str, Any]) -> None:
    """Write the state to a file, whole or not at all. Raises OSError."""
    import json

    import numpy as np

    arrays: dict[str, Array] = {}
    for name, variable in _list_variables(model, within=bool(done)):
        arrays[name] = _to_array(variable)
    described = [_describe_callback(callback, arrays, f"callback {i}") for i, callback in enumerate(callbacks)]
    dtypes = {name: array.dtype.name for name, array in arrays.items() if array.dtype.kind == "V"}
    for name in dtypes:  # bfloat16, which a file of NumPy's does not know
        arrays[name] = arrays[name].view(np.uint16)
    version, internal, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state()
    arrays["numpy"], arrays["python"] = np.asarray(keys), np.asarray(internal, np.uint64)
    arrays |= _read_torch_states() if done else {}
    said = {
        "format": schema.FORMAT, "epoch": epoch, "done": done, "ended": ended, "callbacks": described, "more": more,
        "dtypes": dtypes, "python": [version, gauss], "numpy": [kind, *rest],
    }  # fmt: skip
    arrays["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    with replacing(path) as beside, open(beside, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _list_variables(model: Any, within: bool) -> list[tuple[str, Any]]:
    groups = [("model", model.variables), ("optimizer", model.optimizer.variables)]
    if within:
        groups.append(("metrics", model.metrics_variables))
    return [(f"{group} {i}", variable) for group, variables in groups for i, variable in enumerate(variables)]


def _to_array(variable: Any) -> Array:
    import keras
    import numpy as np

    return np.array(keras.ops.convert_to_numpy(variable))


@contextmanager
def keep_unchanged(model: Any) -> Iterator[None]:
    """A context after which all variables are what they were before, bit for bit."""
    before = [(variable, _to_array(variable)) for _, variable in _list_variables(model, within=False)]
    yield
    for variable, value in before:
        variable.assign(value)


def synchronize(model: Any) -> None:
    """Give the variables what a training has made of them so far: within an epoch, JAX has it elsewhere."""
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()


def check(model: Any, epoch: int) -> None:
    """Raises TrainingFailed for weights that are no numbers, which no later epoch mends. `epoch` counts from 1."""
    import numpy as np

    for variable in model.variables:
        value = _to_array(variable)
        if value.dtype.kind == "V":
            value = value.astype(np.float32)
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise TrainingFailed(
                f"the weights of {variable.path} are no numbers any more in epoch {epoch}",
                "try a smaller learning rate, clipnorm=1 in the optimizer, or inputs that are scaled",
            )


def _describe_callback(callback: Any, arrays: dict[str, Array], prefix: str) -> dict[str, Any]:
    """A callback's state as JSON; its arrays go to `arrays`."""
    state = {}
    for name, value in vars(callback).items():
        if name not in KEPT_APART and type(callback).__name__ not in FILES_ALONE:
            found = _write_value(value, arrays, f"{prefix} {name}")
            if found is not None:
                state[name] = found
    return {"class": type(callback).__name__, "state": state}


def _write_value(value: Any, arrays: dict[str, Array], key: str) -> Any:
    """A number, a flag, an array, an operation or a list of those as JSON, each with what it is; None for anything else."""
    import keras
    import numpy as np

    if isinstance(value, (bool, int, float)) and not isinstance(value, np.generic):
        return ["is", value if not isinstance(value, float) or math.isfinite(value) else str(value)]
    if isinstance(value, (np.generic, np.ndarray)) and value.dtype.kind in "buifV":
        arrays[key] = np.asarray(value)
        return ["scalar" if isinstance(value, np.generic) else "array", key]
    if isinstance(value, (list, tuple)) and value:
        items = [_write_value(item, arrays, f"{key} {i}") for i, item in enumerate(value)]
        return None if any(item is None for item in items) else [type(value).__name__, items]
    name = getattr(value, "__name__", None)
    if name in OPERATIONS and getattr(keras.ops, name) is value:
        return ["operation", name]
    return None


def _read_torch_states() -> dict[str, Array]:
    """The states of PyTorch's generators, on its backend; an epoch's first are decided by `seed_epoch`."""
    import keras

    if keras.config.backend() != "torch":
        return {}
    import torch

    states = [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else ())]
    return {f"torch {i}": state.numpy() for i, state in enumerate(states)}


# ---- reading -----------------------------------------------------------------------------------------------
def load(file: BinaryIO, name: str) -> State:
    """Read a state. Raises TrainingFailed for a file that is none."""
    arrays, said = snapshot.read(file, name)
    return State(
        said["epoch"], said["done"], said["ended"], arrays, said["callbacks"], said["more"],
        (said["python"], said["numpy"]),
    )  # fmt: skip


def restore(state: State, model: Any, callbacks: list[Any], anew: bool = False) -> None:
    """Give the variables and the callbacks what they had; with `anew` the optimizer keeps its own, as another one than that of the
    state. Raises TrainingFailed when they are not those of the state."""
    groups = ("model", "metrics") if anew else ("model", "optimizer", "metrics")
    variables = {name: v for name, v in _list_variables(model, within=bool(state.done)) if name.split()[0] in groups}
    kept = {name: array for name, array in state.arrays.items() if name.split()[0] in groups}
    known = {name: (tuple(variable.shape), _find_family(variable.dtype)) for name, variable in variables.items()}
    if known != {name: (array.shape, _find_family(array.dtype.name)) for name, array in kept.items()}:
        raise TrainingFailed("the saved state does not fit the network: other variables", "train anew", 2)
    if [kept_one["class"] for kept_one in state.callbacks] != [type(c).__name__ for c in callbacks]:
        raise TrainingFailed("the saved state has other callbacks than the spec", "train anew", 2)
    for name, variable in variables.items():
        variable.assign(kept[name])
    try:
        check(model, state.epoch + 1)
    except TrainingFailed as error:
        raise TrainingFailed(f"the saved state is damaged: {error.message}", "train anew", 2) from None
    for callback, kept_one in zip(callbacks, state.callbacks, strict=True):
        for name, written in kept_one["state"].items():
            try:
                setattr(callback, name, _check_kind(callback, name, _read_value(written, state.arrays)))
            except (KeyError, TypeError, ValueError):
                message = f"the saved state is damaged: {name} of {type(callback).__name__} is not what is kept there"
                raise TrainingFailed(message, "train anew", 2) from None
    restore_random(state)


def _find_family(dtype: Any) -> str:
    """The kind of numbers of a type: a backend may have them in another width."""
    name = str(dtype).rpartition(".")[2]  # torch.float32
    return "float" if "float" in name else "int" if "int" in name else name


def _check_kind(callback: Any, name: str, value: Any) -> Any:
    """A value for an attribute of a callback, of the kind that it has at first. Raises ValueError."""
    before, declared = vars(callback).get(name), getattr(type(callback), name, None)
    if callable(declared) or isinstance(declared, property):
        raise ValueError(name)
    if isinstance(before, bool) or callable(before):
        sound = isinstance(value, bool) if isinstance(before, bool) else callable(value)
    elif isinstance(before, Real):
        sound = isinstance(value, Real) and not isinstance(value, bool)
        sound = sound and (math.isfinite(value) or isinstance(before, float))
    else:
        sound = not isinstance(before, str)
    if not sound:
        raise ValueError(name)
    return value


def restore_random(state: State) -> None:
    """Give the generators of random numbers what they had."""
    import numpy as np

    (version, gauss), (kind, *rest) = state.random
    random.setstate((version, tuple([int(n) for n in state.arrays["python"]]), gauss))
    np.random.set_state((kind, state.arrays["numpy"], *rest))
    if "torch 0" in state.arrays:
        import torch

        torch.set_rng_state(torch.tensor(state.arrays["torch 0"]))
        for i in range(torch.cuda.device_count() if "torch 1" in state.arrays else 0):
            torch.cuda.set_rng_state(torch.tensor(state.arrays[f"torch {i + 1}"]), i)


def seed_epoch(seed: int, epoch: int) -> None:
    """Let PyTorch's random numbers begin anew, as the seed and the epoch decide.

    Its data loaders draw from them too, how often depends on where an epoch began.
    """
    import keras
    import numpy as np

    if keras.config.backend() == "torch":
        import torch

        torch.manual_seed(int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> np.uint64(1)))


def _read_value(written: Any, arrays: dict[str, Array]) -> Any:
    """Raises KeyError, TypeError or ValueError for what was not written by `_write_value`."""
    kind, value = written
    if kind == "is" and isinstance(value, (bool, int, float)):
        return value
    if kind == "is" and value in ("inf", "-inf", "nan"):
        return float(value)
    if kind == "operation" and value in OPERATIONS:
        import keras

        return getattr(keras.ops, value)
    if kind == "array":
        return arrays[value].copy()
    if kind == "scalar":
        return arrays[value].reshape(())[()]
    if kind not in ("list", "tuple") or not isinstance(value, list):
        raise ValueError(kind)
    items = [_read_value(item, arrays) for item in value]
    return tuple(items) if kind == "tuple" else items
