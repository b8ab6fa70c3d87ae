"""Models that tell in which line of which Python file each layer is called, as those of PyTorch do.

A file of this made-up kind holds a spec; a layer in its third line is said to be called in the third line of model.py.
"""

from __future__ import annotations

from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.graph import Graph, Site
from cnnspec.model_files.kinds import Kind
from cnnspec.pipeline import analyse
from cnnspec.syntax import tree

KIND = Kind("tests.model_files.lined_models", "read_lined_file")
EXPORTED = "/home/somebody/project/src/model.py"  # as the Python file was called where the model was made


def read_lined_file(path: str) -> Graph:
    (network,) = analyse(Source("net.cnn", Path(path).read_text(encoding="utf-8"))).networks
    for node in network.graph.nodes:
        module, node.name = f"features.{node.name}", ""
        if node.layer is None:
            node.site = Site(Source(path, ""), tree.Input(0, 0, None, None), module="x")
        else:
            node.site = Site(Source(EXPORTED, ""), tree.Bad(0, 0), line=node.site.first_line, module=module)
    return network.graph
