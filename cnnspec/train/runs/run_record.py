"""The record of a training, run.json: settings, data, versions, devices, counts, in words for people and programs."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.outside_reach import mask_secrets
from cnnspec.layers.argument import Term, show
from cnnspec.train.runs.spec import hash_files
from cnnspec.train.section_words import spell_term
from cnnspec.train.starting.model_start import describe_start

if TYPE_CHECKING:
    from cnnspec.train.data.prepare import Data
    from cnnspec.train.devices.runtime import Runtime
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.settings import TrainSettings


def describe_settings(settings: TrainSettings) -> dict[str, Any]:
    """Every setting, defaults too: numbers and flags as they are, words as the language writes them."""
    left_out = (
        "spans",
        "folder",
        "outputs",
        "start_folder",
        *[name for name in (*PAIRS, *RARE) if not getattr(settings, name)],
        *(() if settings.pairing else PAIRED),
    )
    found = {name: _describe(getattr(settings, name)) for name in settings._fields if name not in left_out}
    return found | {name: dict(found[name]) for name in PAIRS if name in found}


RARE = (  # which most settings do not have
    "group", "folds", "fold", "sampling", "resize", "crop", "windows", "start", "freeze", "unfreeze_after", "unfreeze_rate",
)  # fmt: skip
PAIRED = ("pairing", "each")
PAIRS = ("losses", "loss_weights", "metrics_by_output", "columns", "learning_rates")  # pairs of a name and its value


def _describe(value: Any) -> Any:
    if isinstance(value, Term):
        shown = str if value.name != "RemoteMonitor" else mask_secrets
        given = [f"{name}={_describe(v) if isinstance(v, Term) else shown(_quote(v))}" for name, v in value.keywords]
        return spell_term(value) + (f"({', '.join(given)})" if given else "")
    if isinstance(value, (list, tuple)):
        return [_describe(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else show(value)


def _quote(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) and not value.isidentifier() else show(value)


def describe_data(data: Data, settings: TrainSettings) -> dict[str, Any]:
    """The data: their name and place, a fingerprint of their values, their counts, the form in which the network takes them."""
    counts = {
        n: 0 if p is None else len(p)
        for n, p in (("train", data.train), ("validation", data.validation), ("test", data.test))
    }
    inputs = [
        {"shape": list(examples.shape), "values": list(values)}
        for examples, values in zip(data.train.inputs, data.values, strict=True)
    ]
    outputs: dict[str, dict[str, Any]] = {name: {"classes": None, "targets": None} for name in settings.outputs}
    for output in data.outputs:
        names = None if output.names is None else list(output.names)
        outputs[output.name] = {"classes": names, "targets": output.targets}
        if output.masks is not None:
            masks = {"values": list(output.masks.values), "stride": list(output.masks.stride)}
            outputs[output.name]["masks"] = masks
    single = len(inputs) == len(outputs) == 1
    return {
        "given": settings.data, "folder": os.path.abspath(settings.folder), "fingerprint": data.fingerprint, **counts,
        "notes": list(data.notes),
        **(inputs[0] | outputs[data.outputs[0].name] if single else {
            "inputs": dict(zip(data.input_names, inputs, strict=True)), "outputs": outputs,
        }),
    }  # fmt: skip


def find_versions(keras: Any) -> dict[str, str]:
    """The versions of everything on which the figures may depend."""
    import platform
    from importlib import import_module

    import numpy

    import cnnspec

    backend = keras.config.backend()
    return {
        "cnnspec": cnnspec.__version__, "python": platform.python_version(), "keras": keras.__version__,
        backend: str(getattr(import_module(backend), "__version__", "")), "numpy": numpy.__version__,
    }  # fmt: skip


def begin_record(plan: TrainingPlan, data: Data, model: Any, loss: str, runtime: Runtime) -> dict[str, Any]:
    """The record of a training that begins; `loss` is that of the model, in words."""
    spec, settings = plan.spec, plan.settings
    assert spec is not None
    keras, trainable = runtime.keras, sum(math.prod(v.shape) for v in model.trainable_variables)
    return {
        "spec": f"spec/{spec.main}", "files": hash_files(spec), "name": spec.name, "model": spec.model,
        "parameters": dict(spec.parameters), "max_layers": spec.max_layers, "overrides": dict(spec.overrides),
        "settings": describe_settings(settings), "data": describe_data(data, settings),
        **({} if plan.start is None else {"start": describe_start(plan.start)}),
        "loss": loss, "params": {"total": model.count_params(), "trainable": trainable},
        "backend": keras.config.backend(), "versions": find_versions(keras), "devices": list(runtime.used),
        "precision": settings.precision, "seed": settings.seed,
        "output": plan.output and os.path.abspath(plan.output),
        "status": "running", "why": "", "started": format_now(), "ended": None, "seconds": 0.0,
        "epochs": 0, "best": None, "last": None, "test": None,
    }  # fmt: skip


def format_now() -> str:
    """The time, to the second, with its zone: 2025-03-01T14:05:09+00:00."""
    from datetime import datetime

    return datetime.now().astimezone().isoformat(timespec="seconds")
