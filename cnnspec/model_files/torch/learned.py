"""Torch's dense layers and normalisations, and factors that are learned → layers."""

from __future__ import annotations

from math import prod

from cnnspec.model_files.channels_first import axes, learned
from cnnspec.model_files.torch.program import count_values
from cnnspec.model_files.views.tensor import Inexpressible, Tensor, flatten, unsqueeze
from cnnspec.model_files.views.tensor_layers import reshape
from cnnspec.model_files.views.weight_ref import WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.model_files.torch.call import Call


def connect(call: Call) -> Tensor:
    """aten.linear: the weight is outputs, inputs."""
    weight = call.weight("weight")
    matrix = weight if len(weight.shape) == 2 else weight.reshape((1, prod(weight.shape)))
    return learned.connect_fully(
        call.builder, call.tensor("input"), matrix.permute((1, 0)), call.optional_weight("bias")
    )


def multiply_with_weight(call: Call, x: str, weight: str, bias: str = "") -> Tensor:
    """A product with a weight that is inputs, outputs, repeated for each row or not. Rows may hold the examples of the batch
    together with other axes."""
    taken = call.weight(weight)
    matrix = call.optional_weight(weight, taken.shape[-2:])
    added: WeightRef | None = call.optional_weight(bias) if bias else None
    given = call.tensor(x)
    whole = call.learned(weight)
    source = whole.find_source() if whole else None
    if source is None or matrix is None or len(taken.shape) < 2 or count_values(source) != prod(taken.shape[-2:]):
        raise Inexpressible(f"a product with a weight of shape {'x'.join(map(str, taken.shape))}")
    rows, together = given, len(given.axes[0]) > 1
    if together:
        batch = given.axes[0][0].size
        rows = reshape(call.builder, given, (batch, given.shape[0] // batch, *given.shape[1:]))
    made = learned.connect_fully(call.builder, rows, matrix, added)
    return flatten(made, 0, 1) if together else made


def multiply(call: Call) -> Tensor:
    """aten.mm, aten.bmm and aten.matmul."""
    name = "other" if "other" in call.arguments else "mat2"
    if call.learned(name) is None:
        return axes.multiply_matrices(call.builder, call.tensor("self"), call.tensor(name))
    return multiply_with_weight(call, "self", name)


def multiply_and_add(call: Call) -> Tensor:
    """aten.addmm: bias + x · weight."""
    if call.number("beta") != 1 or call.number("alpha") != 1:
        raise Inexpressible("a sum of products with factors")
    return multiply_with_weight(call, "mat1", "mat2", "self")


def normalize_batch(call: Call) -> Any:
    """Batch normalisation. Torch's momentum is the share of the new figures."""
    if call.value("running_mean") is None or call.value("running_var") is None:
        raise Inexpressible("a batch normalisation without moving figures")
    made = learned.normalize_batch(
        call.builder,
        call.tensor("input"),
        call.optional_weight("weight"),
        call.optional_weight("bias"),
        call.weight("running_mean"),
        call.weight("running_var"),
        1 - call.number("momentum"),
        call.number("eps"),
    )
    count = len(call.node.outputs)
    return made if count == 1 else (made, *[None] * (count - 1))


def normalize_instances(call: Call) -> Tensor:
    if call.value("running_mean") is not None:
        raise Inexpressible("an instance normalisation with moving figures")
    x = call.tensor("input")
    return learned.normalize_groups(
        call.builder, x, x.shape[1], call.optional_weight("weight"), call.optional_weight("bias"), call.number("eps")
    )


def normalize_merged_instances(call: Call) -> Any:
    """An instance normalisation as decomposition leaves it: a batch normalisation of one example, whose channels are those
    of all examples, with weights that are repeated for each."""
    x = call.tensor("input")
    if len(x.shape) < 3 or x.shape[0] != 1 or len(x.axes[1]) < 2:
        raise Inexpressible("a batch normalisation without moving figures")
    batch = x.axes[1][0].size
    parted = reshape(call.builder, x, (batch, x.shape[1] // batch, *x.shape[2:]))
    scale, center = [call.optional_weight(name, parted.shape[1:2]) for name in ("weight", "bias")]
    made = learned.normalize_groups(call.builder, parted, parted.shape[1], scale, center, call.number("eps"))
    return unsqueeze(flatten(made, 0, 1), 0), None, None


def normalize_groups(call: Call) -> Any:
    whole = "num_groups" in call.arguments
    made = learned.normalize_groups(
        call.builder,
        call.tensor("input"),
        call.integer("num_groups" if whole else "group"),
        call.optional_weight("weight"),
        call.optional_weight("bias"),
        call.number("eps"),
    )
    return made if whole else (made, None, None)


def normalize_layer(call: Call) -> Any:
    made = learned.normalize_layer(
        call.builder,
        call.tensor("input"),
        len(call.integers("normalized_shape")),
        call.optional_weight("weight"),
        call.optional_weight("bias"),
        call.number("eps"),
    )
    return made if len(call.node.outputs) == 1 else (made, None, None)


def attend(call: Call) -> Tensor:
    """aten.scaled_dot_product_attention: a matrix of queries, of keys and of values, for each head."""
    queries, keys, values = [call.tensor(name) for name in ("query", "key", "value")]
    if call.flag("is_causal") or call.flag("enable_gqa"):
        raise Inexpressible("attention that is causal, or whose heads share keys")
    stated = call.optional_number("scale")
    scale = queries.shape[-1] ** -0.5 if stated is None else stated
    mask = None if call.value("attn_mask") is None else call.tensor("attn_mask")
    return axes.attend(call.builder, queries, keys, values, scale, mask)


def embed(call: Call) -> Tensor:
    return learned.look_up(call.builder, call.tensor("indices"), call.weight("weight"))


def slope(call: Call) -> Tensor:
    return learned.slope_channels(call.builder, call.tensor("self"), call.weight("weight"))


LEARNED: dict[str, Callable[[Call], Any]] = {
    "aten.linear.default": connect,
    "aten.addmm.default": multiply_and_add,
    "aten.mm.default": multiply,
    "aten.bmm.default": multiply,
    "aten.matmul.default": multiply,
    "aten.batch_norm.default": normalize_batch,
    "aten._native_batch_norm_legit.default": normalize_batch,
    "aten._native_batch_norm_legit_functional.default": normalize_batch,
    "aten._native_batch_norm_legit_no_training.default": normalize_batch,
    "aten._native_batch_norm_legit.no_stats": normalize_merged_instances,
    "aten.native_batch_norm.default": normalize_batch,
    "aten.instance_norm.default": normalize_instances,
    "aten.group_norm.default": normalize_groups,
    "aten.native_group_norm.default": normalize_groups,
    "aten.layer_norm.default": normalize_layer,
    "aten.native_layer_norm.default": normalize_layer,
    "aten.scaled_dot_product_attention.default": attend,
    "aten.embedding.default": embed,
    "aten.prelu.default": slope,
    "aten._prelu_kernel.default": slope,
}
