"""Arguments that Keras refuses when a layer is made, where their values are known."""

from __future__ import annotations

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.python_source.arrays.numpy_int import NumpyInt
from cnnspec.python_source.keras.problems import Mistake, list_words, show
from cnnspec.python_source.keras.saved_form import KINDS, find_inner_rank
from cnnspec.python_source.keras.signatures import WORDS
from cnnspec.python_source.values import is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

COUNTS = ("filters", "units", "depth_multiplier", "groups", "n", "input_dim", "output_dim", "num_heads", "key_dim")
SIZES = ("kernel_size", "strides", "dilation_rate", "pool_size", "size")
NOT_OF_NUMPY = (*SIZES, "units", "n", "input_dim", "output_dim", "num_heads", "key_dim", "padding", "cropping")
SHARES = ("rate", "stddev")
CONVOLVING = ("Conv", "Depthwise", "Separable")


def find_refusal(kind: str, arguments: dict[str, Any]) -> Mistake | None:
    """The first argument that Keras refuses for a layer of this class."""
    for name, value in arguments.items():
        if isinstance(value, NumpyInt):
            if name in NOT_OF_NUMPY:
                return Mistake(
                    "E011", f"{name} of {kind} is a number of NumPy, which Keras refuses", name, "write int(…)"
                )
        elif is_known(value):
            found = find_value_refusal(kind, name, value)
            if found is not None:
                return Mistake("E011", found[0], name, found[1])
    return find_pair_refusal(kind, arguments)


def find_value_refusal(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    """Why Keras refuses one argument, and what to do."""
    for names, find in CHECKS:
        if name in names and (found := find(kind, name, value)) is not None:
            return found
    if name.endswith(KINDS):
        return find_word_refusal(name.rpartition("_")[2] + "s", name, value)
    return None


def check_count(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if name == "input_dim" and kind != "Embedding" or name == "groups" and kind == "GroupNormalization":
        return None
    if type(value) is int and value > 0 or value is None and name in ("filters", "key_dim", "output_dim"):
        return None
    if type(value) is float and (value <= 0 or not value.is_integer() or name not in ("input_dim", "output_dim")):
        help = f"write {int(value)}, or divide with //" if value.is_integer() and value > 0 else ""
        return f"{name} must be a whole number from 1, and is {value}", help
    if type(value) in (int, str) or value is None:
        return f"{name} must be a whole number from 1, and is {show(value)}", ""
    return None


def check_sizes(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    rank = find_inner_rank(kind)
    if kind == "UpSampling1D":
        return None if type(value) is int else (f"size of UpSampling1D is a whole number, and is {show(value)}", "")
    if not rank:
        return None
    zero = name == "strides" and "Pooling" in kind  # which Keras takes, and fails of later
    if value is None and zero or type(value) is int and (value > 0 or zero and value >= 0):
        return None
    if isinstance(value, (tuple, list)):
        if len(value) != rank:
            return (
                f"{name} of {kind} has a number for each of {rank} ax{'i' if rank == 1 else 'e'}s, and {show(value)} has {len(value)}",
                "",
            )
        if any([isinstance(n, (int, float)) and (n < 0 or n == 0 and not zero) for n in value]):
            return f"{name} is made of whole numbers from 1, and is {show(value)}", ""
        return None
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return f"{name} is a whole number from 1, or one for each axis, and is {show(value)}", ""
    return None


def check_share(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if not ("Dropout" in kind or kind == "GaussianNoise") or not isinstance(value, (int, float, str, type(None))):
        return None
    if isinstance(value, (int, float)) and 0 <= value <= 1:
        return None
    percent = isinstance(value, (int, float)) and 1 < value <= 100
    help = f"{value} percent is {float(value) / 100:g}" if percent and value is not None else ""
    return f"{name} of {kind} is a share from 0 to 1, and is {show(value)}", help


def check_padding(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    convolving = kind.startswith(CONVOLVING)
    if not convolving and "Pooling" not in kind or convolving and isinstance(value, (tuple, list)):
        return None
    words = ("valid", "same", "causal") if kind == "Conv1D" else ("valid", "same")
    if isinstance(value, str) and (value.lower() if convolving else value) in words:
        return None
    help = (
        write_question(find_proposals(value, words)) if isinstance(value, str) else "put a ZeroPadding layer before it"
    )
    return f"padding of {kind} is {list_words(words)}, and is {show(value)}", help


def check_data_format(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    words = ("channels_last", "channels_first")
    if value is None or str(value).lower() in words or kind.startswith(("Random", "Center")):
        return None
    return f"data_format is {list_words(words)}, and is {show(value)}", write_question(
        find_proposals(str(value), words)
    )


def check_activation(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if value is None or isinstance(value, str) and value in WORDS["activations"]:
        return None
    if isinstance(value, dict):
        return None
    asked = write_question(find_proposals(value, WORDS["activations"])) if isinstance(value, str) else ""
    return f"Keras knows no activation {show(value)}", asked


def check_name(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if value is None or isinstance(value, str) and "/" not in value:
        return None
    return f"a layer's name is a text without /, and is {show(value)}", ""


def check_trainable(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    return None if isinstance(value, bool) else (f"trainable is True or False, and is {show(value)}", "")


def check_axis(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if kind == "BatchNormalization" and isinstance(value, (tuple, list)):
        return f"axis of BatchNormalization is one number, and is {show(value)}", ""
    return None


def check_shape(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, (tuple, list)):
        return f"{name} is a tuple of sizes, and is {show(value)}", f"write ({show(value)},)" if type(
            value
        ) is int else ""
    if name == "dims" and sorted(map(str, value)) != sorted(map(str, range(1, len(value) + 1))):
        return f"dims of Permute has each axis from 1 on once, and is {show(value)}", "the batch, axis 0, is left out"
    if name == "target_shape" and list(value).count(-1) > 1:
        return f"target_shape has -1 at most once, and is {show(value)}", ""
    return None


def check_slope(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if kind == "LeakyReLU" and (value is None or isinstance(value, (int, float)) and value < 0):
        return f"{name} of LeakyReLU is a number from 0, and is {show(value)}", ""
    return None


def check_wrapped(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    if kind not in ("TimeDistributed", "Bidirectional", "SpectralNormalization"):
        return None
    return f"{kind} wraps a layer, and this is {show(value)}", ""


def check_merge_mode(kind: str, name: str, value: Any) -> tuple[str, str] | None:
    words = ("sum", "mul", "concat", "ave")
    if kind != "Bidirectional" or value is None or value in words:
        return None
    help = write_question(find_proposals(value, words)) if isinstance(value, str) else ""
    return f"merge_mode of Bidirectional is {list_words(words)}, and is {show(value)}", help


def find_word_refusal(module: str, name: str, value: Any) -> tuple[str, str] | None:
    if value is None or isinstance(value, dict) or isinstance(value, str) and value in WORDS[module]:
        return None
    if isinstance(value, str):
        return f"Keras knows no {module[:-1]} {show(value)}", write_question(find_proposals(value, WORDS[module]))
    if isinstance(value, (int, float)):
        help = f"write keras.regularizers.l2({value})" if module == "regularizers" else ""
        return f"{name} is a word or an object of keras.{module}, and is {show(value)}", help
    return None


def find_pair_refusal(kind: str, arguments: dict[str, Any]) -> Mistake | None:
    """Arguments that do not go together."""
    filters, groups = arguments.get("filters"), arguments.get("groups", 1)
    if type(filters) is int and type(groups) is int and kind.startswith("Conv") and filters % groups:
        message = f"filters={filters} cannot be split into groups={groups}"
        return Mistake("E103", message, "groups" if "groups" in arguments else "filters")
    strides, dilation = arguments.get("strides"), arguments.get("dilation_rate")
    both = is_known([strides, dilation]) and find_largest(strides) > 1 and find_largest(dilation) > 1
    if both and kind.startswith("Conv") and "LSTM" not in kind:
        message = f"Keras refuses strides={show(strides)} together with dilation_rate={show(dilation)}"
        return Mistake("E104", message, "dilation_rate")
    return None


def find_largest(value: Any) -> int:
    sizes = value if isinstance(value, (tuple, list)) else (value,)
    return max([n for n in sizes if type(n) is int], default=1)


CHECKS: tuple[tuple[tuple[str, ...], Callable[[str, str, Any], tuple[str, str] | None]], ...] = (
    (COUNTS, check_count),
    (SIZES, check_sizes),
    (SHARES, check_share),
    (("padding",), check_padding),
    (("data_format",), check_data_format),
    (("activation", "recurrent_activation"), check_activation),
    (("axis",), check_axis),
    (("dims", "target_shape"), check_shape),
    (("name",), check_name),
    (("trainable",), check_trainable),
    (("negative_slope", "alpha"), check_slope),
    (("layer",), check_wrapped),
    (("merge_mode",), check_merge_mode),
)
