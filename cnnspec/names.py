"""Names that several parts know: pasted modules, losses, data sets; the nearest of some names to one that is unknown."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PASTED_MODULES = {
    "tf", "tensorflow", "keras", "layers", "nn", "math", "activations", "initializers", "regularizers", "constraints",
    "models", "optimizers", "losses", "metrics", "callbacks", "np", "K",
}  # fmt: skip

# PyTorch's layers whose arguments mean something else: told apart from Keras's by their case, and what to write.
_CONV = "PyTorch gives the input's channels first: leave them out, conv(64, 3x3, padding=1)"
_TRANSPOSED = "PyTorch gives the input's channels first: leave them out, conv_transpose(64, 2x2, stride=2)"
_NORM = "PyTorch gives the channels: leave them out, bn"
PYTORCH = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d", "LazyConv2d"), _CONV),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _TRANSPOSED),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"), _NORM),
    "InstanceNorm2d": "PyTorch gives the channels: leave them out, instance_norm",
    "GroupNorm": "PyTorch gives the channels too: group_norm(groups)",
    "LayerNorm": "PyTorch gives the shape: leave it out, layer_norm",
    "Linear": "PyTorch gives the inputs first: leave them out, dense(10)",
    "AdaptiveAvgPool2d": "write gap for size 1, else adaptive_avgpool(7x7)",
    "Upsample": "write upsample(2)",
    "Dropout2d": "write spatial_dropout(0.5)",
}

# Keras's cross-entropies, without underscores, and the function that makes the probabilities that each expects.
CROSS_ENTROPIES = {
    "categoricalcrossentropy": "softmax",
    "sparsecategoricalcrossentropy": "softmax",
    "categoricalfocalcrossentropy": "softmax",
    "binarycrossentropy": "sigmoid",
    "binaryfocalcrossentropy": "sigmoid",
}

# Data sets by name: the shape of an image, and the number of classes.
NAMED_DATA: dict[str, tuple[tuple[int, int, int], int]] = {
    "digits": ((8, 8, 1), 10),
    "mnist": ((28, 28, 1), 10),
    "fashion_mnist": ((28, 28, 1), 10),
    "cifar10": ((32, 32, 3), 10),
    "cifar100": ((32, 32, 3), 100),
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a person most likely meant, or None when none is close."""
    from difflib import get_close_matches

    folded = {k.lower(): k for k in known}
    found = get_close_matches(name.lower(), folded, 1, 0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """ "; did you mean …?", or "" when none is close."""
    found = nearest(name, known)
    return f'; did you mean "{found}"?' if found else ""
