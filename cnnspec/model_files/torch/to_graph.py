"""A torch program → graph, from a file or in memory."""

from __future__ import annotations

import os
from contextlib import contextmanager

from cnnspec.base.source import Source
from cnnspec.model_files.model_weights import ModelWeights
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import read_archive
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.remarks import find_remarks
from cnnspec.model_files.torch.stored_weights import open_weights
from cnnspec.model_files.torch.translator import ProgramTranslator
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.views.graph_builder import GraphBuilder
from cnnspec.model_files.views.tensor import Inexpressible
from cnnspec.model_files.views.tensor_layers import finish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph
    from cnnspec.model_files.torch.program import Program


FRAMEWORK = "torch.nn."  # classes of layers and containers, which say no more than what they hold


def read_torch_file(path: str) -> Graph:
    """The graph of a .pt2 file, with the file's name; nodes have the names of their modules. Raises ModelRefused."""
    return convert_program(read_program(path, read_archive(path)), start_graph(path))


@contextmanager
def open_torch_file(path: str) -> Iterator[ModelWeights]:
    """A .pt2 file and its weights, while it is open. Raises ModelRefused."""
    builder = start_graph(path)
    graph = convert_program(read_program(path, read_archive(path)), builder)
    with open_weights(path) as find:
        yield ModelWeights(graph, builder.weights, find, tuple(builder.differing.values()))


def start_graph(path: str) -> GraphBuilder:
    return GraphBuilder(os.path.splitext(os.path.basename(path))[0], Source(path, ""))


def convert_program(program: Program, builder: GraphBuilder) -> Graph:
    """The graph of a program. Raises ModelRefused."""
    path = builder.source.name
    translator = ProgramTranslator(program, builder)
    try:
        graph = finish(builder, translator.translate())
    except Damaged as error:
        raise ModelRefused(f"{path} is a damaged .pt2 file: {error}") from error
    except Inexpressible as error:
        raise ModelRefused(f"{path} has an output that cannot be expressed: {error}") from error
    graph.module_classes = {
        module: name.rpartition(".")[2] for module, name in program.classes.items() if not name.startswith(FRAMEWORK)
    }
    remarks = find_remarks(program, builder, translator.computed, translator.opaque)
    graph.remark = "; ".join([text for text in (graph.remark, *remarks) if text])
    return graph
