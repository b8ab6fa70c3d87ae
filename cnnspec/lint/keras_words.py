"""What is said of a Keras source in Keras's own words: use_bias=False for bias=false, Flatten for flatten."""

from __future__ import annotations

import re

from cnnspec.lint.fix.spelling import spell_as_keras

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Graph

LAYERS = {  # of the words in advice; {n} is the number of axes
    "avgpool": "AveragePooling{n}D", "bn": "BatchNormalization", "conv(": "Conv{n}D(", "dense(": "Dense(", "dropout(": "Dropout(",
    "flatten": "Flatten", "gap": "GlobalAveragePooling{n}D", "group_norm": "GroupNormalization", "layer_norm": "LayerNormalization",
    "maxpool": "MaxPooling{n}D", "multiply": "Multiply", "pad(": "ZeroPadding{n}D(", "raise batch": "raise batch_size",
}  # fmt: skip
WORD = re.compile("|".join([rf"\b{re.escape(word)}" + r"\b" * word[-1].isalpha() for word in LAYERS]))
SIZE = re.compile(r"(?<=\()\d+(?:x\d+)+(?=[,)])|(?<=, )\d+(?:x\d+)+(?=\))")  # an argument of a layer: (64, 1x1)


def say_in_keras(found: Diagnostic, graph: Graph) -> Diagnostic:
    """A finding about a Keras source with its message and its advice in Keras's words."""
    nodes = [graph.nodes[index] for index in found.nodes]
    layers = [node.layer for node in nodes if node.layer is not None]
    ranks = [len(shape) - 1 for node in nodes or graph.nodes if (shape := node.shape) and len(shape) > 1]
    rank = ranks[0] if ranks else 2

    def name_layer(word: re.Match[str]) -> str:
        return LAYERS[word[0]].format(n=rank)

    help = SIZE.sub(lambda size: f"({size[0].replace('x', ', ')})", WORD.sub(name_layer, found.help))
    return found.replace(message=spell_as_keras(found.message, layers), help=spell_as_keras(help, layers))
