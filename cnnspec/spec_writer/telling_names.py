"""The names of layers that a person would write: those that say more than the layer does.

A name that is a word for its layer (relu, avgpool, features.conv0) says nothing, and neither does a place in a list
(features.3, layer1.0.out).
"""

from __future__ import annotations

import re

from cnnspec.graph import Graph, Node
from cnnspec.layers.base import Layer

PLACES = re.compile(r"(\.\d+)+$")
AXES = re.compile(r"[123]d$")
SHORTEST = 3  # letters of a part of a layer's word
ACTIVATIONS = ("act", "activation")


def find_telling_names(graph: Graph) -> list[str]:
    """For each node its name, "" where it tells nothing. A module that is a list of one layer gives the layer its name."""
    modules = [node.site.module for node in graph.nodes]
    outer: dict[str, int] = {}  # how many nodes each list of modules has
    lists = {PLACES.sub("", node.name) for node in graph.nodes if node.name and node.name == node.site.module}
    for module in modules:
        for end in [end for end, letter in enumerate(module) if letter == "."] + [len(module)]:
            if module[:end] in lists:
                outer[module[:end]] = outer.get(module[:end], 0) + 1
    made: list[str] = []
    for node in graph.nodes:
        name = node.name
        if name and name == node.site.module and PLACES.search(name):
            name = PLACES.sub("", name)
            name = name if outer[name] == 1 else ""
        if name == node.site.module and any([part.isdigit() for part in name.split(".")]):
            name = ""
        made.append("" if is_word_for(name, node) else name)
    return made


def is_word_for(name: str, node: Node) -> bool:
    """Whether a name is a word for a node's layer, or a part of one: avgpool for a global average pool, norm for bn."""
    if node.layer is None or not name:
        return False
    if name == node.site.module and "." in name:
        name = name.rpartition(".")[2].rstrip("0123456789")
    plain = squeeze_word(name)
    if plain in ACTIVATIONS:
        return type(node.layer).ends_in is not Layer.ends_in
    words = [squeeze_word(word) for word in node.layer.names]
    part = len(plain) >= SHORTEST
    return any([word == plain or part and (word.startswith(plain) or word.endswith(plain)) for word in words])


def squeeze_word(word: str) -> str:
    """A word without what spellings differ in: max_pool2d is maxpool."""
    return AXES.sub("", word.lower().replace("_", ""))
