"""What every PyTorch module has: its docstring, imports, helpers, and the line that tries it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cnnspec.compile.python_text.layout import keep_printable, lay_out
from cnnspec.compile.torch_source.helpers import find_needed

if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.compile.torch_source.class_printer import Lines
    from cnnspec.graph import Graph
    from cnnspec.layers.shape import Shape

SIZE = 32  # what an unknown size is where the module is tried


def print_text(source: Source, graph: Graph, name: str, classes: list[Lines]) -> str:
    """The module around its classes."""
    origin = "a cnnspec text" if source.name.startswith("<") else os.path.basename(source.name)
    about = re.sub(r'["\\]', "_", keep_printable(f"{graph.name} in PyTorch, made by cnnspec from {origin}."))
    body = "\n".join([text for lines in classes for _, text in lines])
    shapes = [put_channels_first(graph.nodes[i].shape or (), SIZE) for i in graph.inputs]
    given = ", ".join(
        [
            f"torch.zeros({', '.join(map(str, (1, *shape)))}{print_dtype(graph, i)})"
            for shape, i in zip(shapes, graph.inputs, strict=True)
        ]
    )
    tail: Lines = [(0, 'if __name__ == "__main__":'), (1, f"model = {name}().eval()"), (1, "print(model)")]
    result = f"model({given})"
    tail.append((1, f"print({result}.shape)" if len(graph.outputs) == 1 else f"print(*[y.shape for y in {result}])"))
    helpers = find_needed(body)
    text = "\n".join([body, *helpers, given])
    head: Lines = [(0, f'"""{about}"""'), (0, "")]
    head += [(0, "import torch")]
    head += [(0, "import torch.nn.functional as F")] if re.search(r"\bF\.", text) else []
    head += [(0, "from torch import nn")]
    parts = [
        lay_out(head).rstrip("\n"),
        *helpers,
        *[lay_out(lines).rstrip("\n") for lines in classes],
        lay_out(tail).rstrip("\n"),
    ]
    return "\n\n\n".join(parts) + "\n"


def print_dtype(graph: Graph, index: int) -> str:
    """What a tensor of word numbers needs besides its size."""
    reads = [node.layer for node in graph.nodes if index in node.inputs and node.layer is not None]
    return ", dtype=torch.long" if any(layer.indexes for layer in reads) else ""


def put_channels_first(shape: Shape, unknown: int | None = None) -> tuple[str, ...]:
    """A shape as PyTorch has it, without the batch. Unknown sizes are written as they are, unless a number stands in for them."""
    order = (*shape[-1:], *shape[:-1])
    return tuple([str(n) if isinstance(n, int) or unknown is None else str(unknown) for n in order])


def describe_network(graph: Graph) -> list[str]:
    """The docstring of the network's class: what enters and what leaves, as PyTorch has them."""
    ends = []
    for indices in (graph.inputs, graph.outputs):
        shapes = [" x ".join(("N", *put_channels_first(graph.nodes[i].shape or ()))) for i in indices]
        ends.append(" and ".join(shapes))
    written = any([n.layer is not None and n.layer.written_weights(graph.input_shapes(n) or ()) for n in graph.nodes])
    others = "Weights that the spec does not write down" if written else "Weights"
    return [f'"""{ends[0]} → {ends[1]}.', "", f"{others} begin as PyTorch has them, not Keras.", '"""']


def describe_block(block: str) -> list[str]:
    """The docstring of a block's class, or of a loop's turns."""
    return ['"""One turn of a loop."""' if block.startswith(" ") else f'"""The block {block}."""']
