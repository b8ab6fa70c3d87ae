"""What a built Keras model says of itself: its config, and its layers by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def config_of(model: Any) -> dict[str, Any]:
    """A model's config as a file holds it."""
    saved: dict[str, Any] = json.loads(model.to_json())
    return saved


def by_path(model: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every layer and operation by its name behind those of the models around it."""
    for operation in getattr(model, "operations", model.layers):
        if hasattr(operation, "layers"):
            yield from by_path(operation, f"{path}{operation.name}/")
        elif path == "" or type(operation).__name__ != "InputLayer":
            yield path + operation.name, operation
