"""Run folders for tests of what reads them: a training's model, and a run.json that says what it was trained on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from support import network

from cnnspec.cli import main
from cnnspec.train.data import prepare
from cnnspec.train.settings import resolve
from cnnspec.train.sources import load


def make_run(path: Path, text: str, capsys: Any = None, **overrides: Any) -> str:
    """Trains a spec in a new run folder. What the training printed first, where it can be read from `capsys`."""
    path.mkdir()
    (path / "spec").mkdir()
    (path / "spec" / "net.cnn").write_text(text)
    options = [word for key, value in overrides.items() for word in ("--" + key.replace("_", "-"), str(value))]
    if capsys is not None:
        capsys.readouterr()
    Path("net.cnn").write_text(text)
    assert main(["train", "net.cnn", "-q", "-o", str(path / "last.keras"), *options]) == 0
    printed = "" if capsys is None else capsys.readouterr().out.splitlines()[0]
    shutil.copy(path / "last.keras", path / "best.keras")
    net = network(text)
    settings, found = resolve(net.train, overrides)
    assert not found
    data = prepare(load(settings), net.graph, settings)
    account = {
        "format": 1, "spec": "spec/net.cnn", "files": {}, "status": "finished", "backend": "tensorflow",
        "settings": {
            "data": settings.data, "loss": settings.loss and str(settings.loss), "batch": settings.batch,
            "seed": settings.seed, "validation": settings.validation, "test": settings.test,
        },
        "data": {
            "given": settings.data, "folder": str(Path(settings.folder).resolve()), "fingerprint": data.fingerprint,
            "classes": data.names, "shape": data.train.examples.shape, "targets": data.targets,
        },
    }  # fmt: skip
    (path / "run.json").write_text(json.dumps(account))
    return printed
