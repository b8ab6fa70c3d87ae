"""PyTorch calls as text: `nn.Conv2d(3, 64, 7)` where a layer is made, `F.relu(x)` where it is applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.python_text.literals import print_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnspec.layers.torch_call import TorchCall

Path = tuple[str | int, ...]
# The functions that do what layers without weights do.
FUNCTIONS = {
    "Sigmoid": "torch.sigmoid", "Tanh": "torch.tanh", "Flatten": "torch.flatten", "Unflatten": ".unflatten",
    "Upsample": "F.interpolate", "LogSoftmax": "F.log_softmax", "ChannelShuffle": "F.channel_shuffle",
    "LeakyReLU": "F.leaky_relu",
    **{name: f"F.{name.lower()}" for name in (
        "ReLU", "ReLU6", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish", "LogSigmoid", "Hardtanh",
        "Tanhshrink", "Softshrink", "Hardshrink", "Softplus", "Softsign", "Softmax", "GLU",
    )},
    **{f"{kind}{rank}d": function.format(rank) for rank in (1, 2, 3) for kind, function in (
        ("MaxPool", "F.max_pool{}d"), ("AvgPool", "F.avg_pool{}d"), ("AdaptiveAvgPool", "F.adaptive_avg_pool{}d"),
        ("AdaptiveMaxPool", "F.adaptive_max_pool{}d"), ("ZeroPad", "F.pad"), ("ConstantPad", "F.pad"),
    )},
}  # fmt: skip
GIVEN_ANYWAY = {"Flatten": {"start_dim": 1}}  # what a function needs that the layer has by default
# The leading arguments of layers and functions that go without their names, and those that do where they are the first.
BARE = {
    "in_channels", "out_channels", "in_features", "out_features", "kernel_size", "num_features", "num_groups", "num_channels",
    "normalized_shape", "num_embeddings", "embedding_dim",
}  # fmt: skip
BARE_FIRST = {
    "padding", "groups", "p", "negative_slope", "output_size", "start_dim", "num_parameters", "shape", "channels", "name",
    "stddev", "alpha", "exponent", "upscale_factor", "downscale_factor",
}  # fmt: skip
OPERATORS = {"+": 2, "-": 2, "*": 1, "/": 1}  # how loosely they bind
UNPACKED = {".flatten", ".permute", ".expand", ".transpose", ".unsqueeze"}  # methods that take sizes one by one


class Expression(Record):
    """A text, and how loosely its outermost operator binds: 0 for a call or a name, 1 for a product, 2 for a sum."""

    text: str
    level: int = 0

    def within(self, level: int) -> str:
        """The text where nothing may bind more loosely than `level`."""
        return self.text if self.level <= level else f"({self.text})"


# ---- values ------------------------------------------------------------------------------------------------
def walk_values(arguments: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The values of a call, each with its way: those inside slices one by one."""
    for name, value in arguments.items():
        yield from _walk_value((name,), value)


def _walk_value(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, slice):
        yield (*path, "start"), value.start
        yield (*path, "stop"), value.stop
    elif isinstance(value, tuple) and any(isinstance(item, slice) for item in value):
        for place, item in enumerate(value):
            yield from _walk_value((*path, place), item)
    else:
        yield path, value


def print_value(path: Path, value: Any, texts: Mapping[Path, str]) -> str:
    """A value as Python writes it, with `texts` in the place of those that change."""
    if path in texts:
        return texts[path]
    if isinstance(value, slice):
        ends = [print_value((*path, end), getattr(value, end), texts) for end in ("start", "stop")]
        wide = any("." in end for end in ends)  # as ruff formats it
        return (" : " if wide else ":").join(["" if end == "None" else end for end in ends]).strip()
    if isinstance(value, tuple) and any(isinstance(item, slice) for item in value):
        return ", ".join([print_value((*path, place), item, texts) for place, item in enumerate(value)])
    return print_literal(round_off(value))


def round_off(value: Any) -> Any:
    """A number without the last digit's error of what was computed: 0.075 for 0.07500000000000001; in a tuple, each."""
    if isinstance(value, tuple):
        return tuple([round_off(item) for item in value])
    if not isinstance(value, float):
        return value
    short = float(f"{value:.14g}")
    return short if abs(short - value) <= 1e-15 * abs(value) else value


def print_arguments(arguments: Mapping[str, Any], texts: Mapping[Path, str], bare: bool = True) -> str:
    """Arguments as a call writes them: the leading ones without their names, where these are plain."""
    parts = []
    for place, (name, value) in enumerate(arguments.items()):
        text = print_value((name,), value, texts)
        bare = bare and (name in BARE or not place and name in BARE_FIRST or "unflattened_size" in arguments)
        parts.append(text if bare else f"{name}={text}")
    return ", ".join(parts)


# ---- calls -------------------------------------------------------------------------------------------------
def print_layer(call: TorchCall, texts: Mapping[Path, str], frozen: bool = False) -> str:
    """The layer of a call, made: `nn.Conv2d(3, 64, 7)`."""
    text = f"{find_home(call.name)}{call.name}({print_arguments(call.arguments, texts)})"
    for function in call.around:
        text = f"{function.name}({', '.join(filter(None, [text, print_arguments(function.arguments, {})]))})"
    return f"{text}.requires_grad_(False)" if frozen and call.weights else text


def find_home(name: str) -> str:
    """The module that a class is from: torch.nn, or none for one that the printed module brings with it."""
    from cnnspec.compile.torch_source.helpers import read_helpers

    return "" if name in read_helpers() else "nn."


def needs_layer(call: TorchCall) -> bool:
    """Whether a call has to be made first: it has weights, or does something else while training."""
    return call.is_layer and call.name not in FUNCTIONS


def apply_function(call: TorchCall, tensors: list[Expression], texts: Mapping[Path, str]) -> Expression:
    """A call without weights, applied to tensors."""
    name, given = FUNCTIONS.get(call.name, call.name), {**GIVEN_ANYWAY.get(call.name, {}), **call.arguments}
    if name in OPERATORS:
        return apply_operator(name, tensors, [print_value((key,), v, texts) for key, v in given.items()])
    first, *others = tensors
    if name == "[]":
        return Expression(f"{first.within(0)}[{print_value(('index',), given['index'], texts)}]")
    if name.startswith("."):
        inside = print_arguments(given, texts, bare=name == ".unflatten")
        if name in UNPACKED:
            inside = ", ".join([re.sub(r"^\w+=", "", print_value((key,), v, texts)) for key, v in given.items()])
            inside = inside[1:-1] if inside.startswith("(") else inside
        return Expression(f"{first.within(0)}{name}({inside})")
    inside = print_arguments(given, texts)
    if name in ("torch.cat", "torch.stack"):
        listed = ", ".join([tensor.text for tensor in tensors])
        return Expression(f"{name}([{listed}], {inside})")
    if name in ("torch.maximum", "torch.minimum"):
        text = first.text
        for other in others:
            text = f"{name}({text}, {other.text})"
        return Expression(text)
    if name.endswith("einsum"):
        return Expression(
            f"{name}({print_value(('equation',), given['equation'], texts)}, {first.text}, {others[0].text})"
        )
    return Expression(f"{name}({', '.join(filter(None, [*[t.text for t in tensors], inside]))})")


def apply_operator(name: str, tensors: list[Expression], others: list[str]) -> Expression:
    """Tensors, and perhaps a number, joined by an operator."""
    level = OPERATORS[name]
    first, *rest = tensors
    words = [first.within(level), *[tensor.within(level - 1) for tensor in rest], *others]
    text = words[0]
    for word in words[1:]:
        text = f"{text} - {word[1:]}" if name == "+" and word.startswith("-") else f"{text} {name} {word}"
    return Expression(text, level)
