"""What run.json says of a training: settings, data, versions, device, counts; in words that a person reads and a program compares."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.outside_reach import mask_secrets
from cnnspec.layers.argument import Term, show
from cnnspec.train.runs.spec import sums
from cnnspec.train.words import our_word

if TYPE_CHECKING:
    from cnnspec.train.data.prepare import Data
    from cnnspec.train.devices.place import Place
    from cnnspec.train.runs.spec import Spec
    from cnnspec.train.settings import TrainSettings


def settings_said(settings: TrainSettings) -> dict[str, Any]:
    """Every setting, those by default too: numbers and flags as they are, words as the language writes them."""
    left_out = ("spans", "folder")
    return {name: _said(getattr(settings, name)) for name in settings._fields if name not in left_out}


def _said(value: Any) -> Any:
    if isinstance(value, Term):
        shown = str if value.name != "RemoteMonitor" else mask_secrets
        given = [f"{name}={_said(v) if isinstance(v, Term) else shown(_quoted(v))}" for name, v in value.keywords]
        return our_word(value) + (f"({', '.join(given)})" if given else "")
    if isinstance(value, (list, tuple)):
        return [_said(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else show(value)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) and not value.isidentifier() else show(value)


def data_said(data: Data, settings: TrainSettings) -> dict[str, Any]:
    """The data: as given and where, what they hold (`fingerprint`), how many, in which form the network takes them."""
    counts = {
        n: 0 if p is None else len(p)
        for n, p in (("train", data.train), ("validation", data.validation), ("test", data.test))
    }
    return {
        "given": settings.data, "folder": os.path.abspath(settings.folder), "fingerprint": data.fingerprint, **counts,
        "classes": None if data.names is None else list(data.names),
        "shape": list(data.train.examples.shape), "targets": data.targets, "notes": list(data.notes),
        "values": list(data.values),
    }  # fmt: skip


def versions(keras: Any) -> dict[str, str]:
    """What the figures may depend on."""
    import platform
    from importlib import import_module

    import numpy

    import cnnspec

    backend = keras.config.backend()
    return {
        "cnnspec": cnnspec.__version__, "python": platform.python_version(), "keras": keras.__version__,
        backend: str(getattr(import_module(backend), "__version__", "")), "numpy": numpy.__version__,
    }  # fmt: skip


def account(
    spec: Spec, settings: TrainSettings, data: Data, model: Any, spot: Place, output: str | None
) -> dict[str, Any]:
    """run.json of a training that begins."""
    keras, trainable = spot.keras, sum(math.prod(v.shape) for v in model.trainable_variables)
    return {
        "spec": f"spec/{spec.main}", "files": sums(spec), "name": spec.name, "model": spec.model,
        "parameters": dict(spec.parameters), "max_layers": spec.max_layers, "overrides": dict(spec.overrides),
        "settings": settings_said(settings), "data": data_said(data, settings),
        "loss": model.loss.name, "params": {"total": model.count_params(), "trainable": trainable},
        "backend": keras.config.backend(), "versions": versions(keras), "devices": list(spot.used),
        "precision": settings.precision, "seed": settings.seed,
        "output": output and os.path.abspath(output),
        "status": "running", "why": "", "started": now(), "ended": None, "seconds": 0.0,
        "epochs": 0, "best": None, "last": None, "test": None,
    }  # fmt: skip


def now() -> str:
    """The time, to the second, with its zone: 2025-03-01T14:05:09+00:00."""
    from datetime import datetime

    return datetime.now().astimezone().isoformat(timespec="seconds")
