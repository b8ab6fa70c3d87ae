"""Uses of Keras layers that Keras refuses by the number of tensors or axes alone, whatever layer of ours it is."""

from __future__ import annotations

from cnnspec.layers.shape import show_shape
from cnnspec.python_source.keras.call_signatures import LAYER_CALLS
from cnnspec.python_source.keras.problems import BROADCASTING, Mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.layers.shape import Shape

RANKS = {1: "(length, channels)", 2: "(height, width, channels)", 3: "(depth, height, width, channels)"}
# Classes by whose name's number Keras holds that of their input's spatial axes.
RANKED = (
    "Conv", "DepthwiseConv", "SeparableConv", "MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling",
    "AdaptiveMaxPooling", "AdaptiveAveragePooling", "UpSampling", "ZeroPadding", "Cropping", "SpatialDropout",
)  # fmt: skip
NORMALISING = ("BatchNormalization", "LayerNormalization", "RMSNormalization", "GroupNormalization")
LISTS = (*BROADCASTING, "Concatenate", "Dot", "Attention", "AdditiveAttention")  # of tensors, that these are called on
# Classes that take tensors in any structure, and those that take one that is alone in a list.
ANY_TENSORS = (
    "Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "Identity",
    "Lambda", "LeakyReLU", "ReLU", "Softmax", "UnitNormalization", "RNN", "StackedRNNCells", "MultiHeadAttention",
    "GroupQueryAttention", "Bidirectional", "SpectralNormalization", "TimeDistributed",
)  # fmt: skip
OUT_OF_A_LIST = ("Global", "SpatialDropout", "MaxPooling1D", "AveragePooling1D")
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
RECURRENT_AXES = 2
PAIR = 2


def find_misuse(
    kind: str, arguments: dict[str, Any], given: tuple[Any, ...], shapes: Sequence[Shape | None]
) -> Mistake | None:
    """What is wrong with the use of a layer with these arguments on what is given, tensors of these shapes: where one is not
    known, it may be several."""
    found = (None if None in shapes else find_list_mistake(kind, given, len(shapes))) or find_rank_mistake(kind, shapes)
    return found or find_axis_mistake(kind, arguments, shapes)


def find_list_mistake(kind: str, given: tuple[Any, ...], count: int) -> Mistake | None:
    """A merge that is not called on one list of tensors, or not on two where it takes two."""
    if not given:
        return None
    if isinstance(given[0], (tuple, list)) and count and takes_one(kind, count):
        help = "give it one of them, or join them by a Concatenate" if count > 1 else "leave the brackets out"
        return Mistake("E011", f"{kind} takes one tensor, and gets a list of {count}", help=help)
    if kind not in LISTS:
        return None
    if len(given) > 1 or not isinstance(given[0], (tuple, list, dict)):
        return Mistake("E011", f"{kind} is called on a list of tensors", help=f"write {kind}()([a, b])")
    if kind in ("Subtract", "Dot") and count != PAIR:
        return Mistake("E011", f"{kind} takes 2 tensors, and gets {count}")
    return None


def takes_one(kind: str, count: int) -> bool:
    """Whether a layer of the class takes one tensor, and refuses a list of so many."""
    if kind in (*LISTS, *ANY_TENSORS) or kind not in LAYER_CALLS:
        return False
    return count > 1 or not kind.startswith(OUT_OF_A_LIST)


def find_rank_mistake(kind: str, shapes: Sequence[Shape | None]) -> Mistake | None:
    """A layer for maps of some number of axes on another."""
    if not shapes or shapes[0] is None or len(shapes) > 1:
        return None
    name, digit = kind.removesuffix("Transpose")[:-2], kind.removesuffix("Transpose")[-2:-1]
    rank = int(digit) if digit in ("1", "2", "3") and name in RANKED else 0
    given = shapes[0]
    if kind == "RepeatVector" and len(given) != 1:
        help = "put Flatten or GlobalAveragePooling2D before it" if len(given) == 3 else "flatten it first"
        return Mistake("E106", f"RepeatVector takes a vector, and gets {show_shape(given)}", help=help)
    if kind in RECURRENT and len(given) != RECURRENT_AXES:
        return Mistake("E106", f"{kind} takes (steps, features), and gets {show_shape(given)}")
    if not rank or len(given) == rank + 1:
        return None
    what = "a vector of " if len(given) == 1 else ""
    help = "put it before what makes a vector (Flatten, a global pooling)" if len(given) == 1 else ""
    if len(given) > 1 and len(given) - 1 in RANKS:
        help = f"the layer for it is {kind.replace(f'{rank}D', f'{len(given) - 1}D')}"
    elif rank == 2 and len(given) == 2:
        help = "give it channels: shape=(height, width, 1)"
    if rank == 2 and len(given) == 2:
        help = f"{help}; an image in grey has one channel: shape=({given[0]}, {given[1]}, 1)"
    return Mistake("E106", f"{kind} takes {RANKS[rank]}, and gets {what}{show_shape(given)}", help=help)


def find_axis_mistake(kind: str, arguments: dict[str, Any], shapes: Sequence[Shape | None]) -> Mistake | None:
    """A normalisation along an axis that its input does not have, or along the batch."""
    axis = arguments.get("axis", -1)
    first = shapes[0] if shapes else None
    if kind == "Concatenate" and type(axis) is int and first is not None and not -len(first) - 1 <= axis <= len(first):
        message = f"axis {axis} of Concatenate is none of {show_shape(first)}, which has axes 1 to {len(first)}"
        return Mistake("E011", message, "axis", "-1 is the channels, 0 the batch")
    if kind not in NORMALISING or len(shapes) != 1 or shapes[0] is None:
        return None
    count = len(shapes[0]) + 1
    weightless = arguments.get("center", True) is not True and arguments.get("scale", True) is not True
    if weightless and kind == "LayerNormalization":
        return None
    for one in axis if isinstance(axis, (tuple, list)) else (axis,):
        if type(one) is int and not (1 <= one < count or 1 - count <= one <= -1):
            message = f"axis {one} of {kind} is none of {show_shape(shapes[0])}, which has axes 1 to {count - 1}"
            return Mistake("E011", message, "axis", "-1 is the channels, 0 the batch")
    return None
