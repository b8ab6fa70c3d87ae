"""What a network is called as a Keras model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.graph import Graph


def name_model(graph: Graph) -> str:
    """The name of the Keras model: letters, digits and _, which TensorFlow does not take as the first."""
    return re.sub(r"[^A-Za-z0-9_]", "_", graph.name).strip("_") or "network"
