"""What every module has: its docstring, imports, the line that makes the model, and the summary."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cnnspec.compile.model_name import name_model
from cnnspec.compile.python_text.layout import keep_printable, lay_out

if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.compile.keras_source.frame import Lines
    from cnnspec.graph import Graph


def finish_module(source: Source, graph: Graph, lines: Lines) -> str:
    """The module around the lines that make `model`."""
    origin = "a cnnspec text" if source.name.startswith("<") else os.path.basename(source.name)
    about = re.sub(r'["\\]', "_", keep_printable(f"{graph.name} in Keras 3, made by cnnspec from {origin}."))
    head: Lines = [(0, f'"""{about}"""'), (0, "")]
    if any("math." in text for _, text in lines):
        head += [(0, "import math"), (0, "")]
    head += [(0, "import keras")]
    if any("np.array(" in text for _, text in lines):
        head += [(0, "import numpy as np")]
    if any("layers." in text for _, text in lines):
        head += [(0, "from keras import layers")]
    head += [(0, "")] if lines[0][1] else []
    tail: Lines = [(0, ""), (0, 'if __name__ == "__main__":'), (1, "model.summary()")]
    return lay_out([*head, *lines, *tail])


def print_model(graph: Graph, inputs: list[str], outputs: list[str]) -> str:
    """The `keras.Model` of a graph; `inputs` and `outputs` are variables, of which one stands by itself, several in a list."""
    ends = [names[0] if len(names) == 1 else f"[{', '.join(names)}]" for names in (inputs, outputs)]
    return f'keras.Model({", ".join(ends)}, name="{name_model(graph)}")'
