"""The catalogue of layers: `CATALOGUE` in reading order, `find` by any spelling."""

from __future__ import annotations

from cnnspec.base.did_you_mean import PYTORCH
from cnnspec.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from cnnspec.layers.argument import REQUIRED
from cnnspec.layers.arithmetic import Abs, Power, TanhGelu
from cnnspec.layers.base import Layer
from cnnspec.layers.channels import ChannelShuffle, Slice
from cnnspec.layers.convolution import Conv, DepthwiseConv, SeparableConv
from cnnspec.layers.dense import Dense
from cnnspec.layers.depth_to_space import DepthToSpace, SpaceToDepth
from cnnspec.layers.edges import Crop, Pad
from cnnspec.layers.global_pooling import GlobalAvgPool, GlobalMaxPool
from cnnspec.layers.local_response import LocalResponseNorm
from cnnspec.layers.matmul import Matmul
from cnnspec.layers.merging import Add, Average, Concatenate, Divide, Dot, Maximum, Minimum, Multiply, Subtract
from cnnspec.layers.normalization import BatchNorm, GroupNorm, LayerNorm, RMSNorm, UnitNorm
from cnnspec.layers.opaque import Opaque
from cnnspec.layers.pooling import AvgPool, MaxPool
from cnnspec.layers.preprocessing import Embedding, Normalization, Rescaling
from cnnspec.layers.reducing import ReduceL2, ReduceMax, ReduceMean, ReduceSum
from cnnspec.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout,
)
from cnnspec.layers.resampling import AdaptiveAvgPool, AdaptiveMaxPool, Resize, Upsample
from cnnspec.layers.reshaping import Flatten, Identity, Permute, Repeat, Reshape
from cnnspec.layers.residual import Affine, LayerScale, StochasticDepth
from cnnspec.layers.stacking import Stack
from cnnspec.layers.transposed import ConvTranspose

CATALOGUE: tuple[type[Layer], ...] = (
    Conv, DepthwiseConv, SeparableConv, ConvTranspose, Dense,
    MaxPool, AvgPool, GlobalAvgPool, GlobalMaxPool, AdaptiveAvgPool, AdaptiveMaxPool,
    ReduceMean, ReduceSum, ReduceMax, ReduceL2,
    BatchNorm, LayerNorm, GroupNorm, RMSNorm, UnitNorm, LocalResponseNorm,
    Dropout, SpatialDropout, AlphaDropout, GaussianDropout, GaussianNoise, ActivityRegularization, StochasticDepth, LayerScale, Affine,
    ReLU, LeakyReLU, PReLU, ELU, Softmax, TanhGelu, Activation,
    Power, Abs,
    Add, Subtract, Multiply, Divide, Average, Maximum, Minimum, Concatenate, Stack, Dot, Matmul,
    Flatten, Reshape, Permute, Repeat, Slice, ChannelShuffle, DepthToSpace, SpaceToDepth, Pad, Crop, Upsample, Resize, Rescaling, Normalization, Embedding, Identity, Opaque,
)  # fmt: skip

_by_spelling: dict[str, type[Layer]] = {spelling: layer for layer in CATALOGUE for spelling in layer.names}


def find(word: str) -> type[Layer] | None:
    """The layer that a word names, in any case and by any of its spellings: conv, CONV, Conv2D. Not PyTorch's Conv2d."""
    return _by_spelling.get(word) or (None if word in PYTORCH else _by_spelling.get(word.lower()))


def find_bare_layer(word: str) -> Layer | None:
    """The layer that a word alone is: relu, gelu, maxpool; None for no layer, or one that needs arguments."""
    layer = find(word)
    if layer is None:
        return None
    preset = layer.presets.get(word) or layer.presets.get(word.lower(), {})
    needs = [name for name, a in layer.arguments.items() if a.record_default is REQUIRED and name not in preset]
    return None if needs else layer(**preset)


def list_spellings() -> list[str]:
    """Every canonical name, the name of every activation, then whatever else a layer is called."""
    names = [layer.names[0] for layer in CATALOGUE] + sorted(n for layer in CATALOGUE for n in layer.presets)
    return list(dict.fromkeys([*names, *_by_spelling]))


def first_line(layer: type[Layer]) -> str:
    """What a layer does, in a line: the first of its page."""
    from inspect import cleandoc

    return cleandoc(layer.__doc__ or "").split("\n")[0]
