"""Random layers, each as a line of the language and as a call of Keras written by hand.

The Keras side knows nothing of cnnspec: it says with Keras's own layers what the line means.
"""

from __future__ import annotations

from tests.layers.array_cases import blocks, reductions, stacks, value_functions
from tests.layers.keras_drawing import Case as Case
from tests.layers.value_cases import (
    activations,
    branch_ends,
    channelwise,
    dense,
    embeddings,
    merges,
    moves,
    norms,
    plain,
    slices,
)
from tests.layers.window_cases import (
    adaptive_pools,
    ceil_pools,
    convolutions,
    depthwise,
    edge_layers,
    global_pools,
    pools,
    resizes,
    separable,
    transposed,
    upsamples,
)

FAMILIES = {
    "conv": convolutions(), "depthwise_conv": depthwise(), "separable_conv": separable(), "conv_transpose": transposed(),
    "pool": pools(), "ceil pool": ceil_pools(), "upsample": upsamples(), "pad and crop": edge_layers(), "global pool": global_pools(), "dense": dense(),
    "norm": norms(), "merge": merges(), "flatten, reshape, permute": moves(), "slice": slices(), "branch end": branch_ends(), "resize": resizes(),
    "adaptive pool": adaptive_pools(), "plain": plain(), "activation": activations(), "channelwise": channelwise(), "embedding": embeddings(),
    "reduction": reductions(), "stack": stacks(), "value function": value_functions(), "block": blocks(),
}  # fmt: skip
