"""Where the layers of a model are: in the model's file, or at a line of a Python file, as far as the model tells."""

from __future__ import annotations

import os

from cnnspec.base.source import Source
from cnnspec.graph import Graph, Node

MOST_FOLDERS = 64  # of a path that is looked for


def place_layers(graph: Graph, name: str) -> None:
    """Give each node its place, with its own name and number: in a Python file, as far as the model tells and the file is
    here, else in the model file of this name."""
    own = Source(name, "")
    here: dict[str, str] = {}
    for node in graph.nodes:
        site, file = node.site, node.site.source.name
        if site.line and file not in here:
            here[file] = find_below(file)
        found = here[file] if site.line else ""
        node.site = site.replace(
            source=Source(found, "") if found else own,
            node=site.node.replace(start=node.index, end=node.index),
            line=site.line if found else 0,
            layer=node.name,
            called=f"{file}:{site.line}" if site.line and not found else "",
        )


def forget_names(graph: Graph) -> Graph:
    """A copy of a named graph, as `read_graph` gives it."""
    made = Graph(graph.name)
    made.inputs, made.outputs, made.remark = graph.inputs, graph.outputs, graph.remark
    made.module_classes = graph.module_classes
    for node in graph.nodes:
        copy = Node(node.index, node.layer, node.inputs, node.shape, node.label, node.site)
        copy.name, copy.shares, copy.class_name = node.given, node.shares, node.class_name
        made.nodes.append(copy)
    return made


def find_below(path: str) -> str:
    """What a Python file is called here that a model names as it was called where the model was exported: its path from the
    working folder, if one of its last parts leads to a file there; "" where none does.

    Nothing outside of the working folder is looked at: the path is whatever somebody has put into the model.
    """
    parts = path.replace("\\", "/").split("/")[-MOST_FOLDERS:]
    for start in range(len(parts)):
        below = parts[start:]
        if "\0" in path or any([part in ("", os.curdir, os.pardir) or ":" in part for part in below]):
            continue
        name = os.path.join(*below)
        if os.path.isfile(name):
            return name
    return ""
