"""The rules, in the order in which they look at a network. One file each: its page, and `check(context)`."""

from __future__ import annotations

from cnnspec.rules import (
    aliased_downsampling,
    broken_budget,
    checkerboard,
    dead_kernel_taps,
    dense_on_spatial_map,
    dilation_gridding,
    even_kernel_same,
    fractional_output_size,
    head_size,
    illegal_stride,
    image_flattened_at_input,
    isolated_channel_groups,
    linear_chain,
    logits_mismatch,
    low_rf_coverage,
    misaligned_merge,
    no_op_layer,
    redundant_activation,
    rf_holes,
    silent_broadcast,
    skipped_positions,
    strided_same_unsupported,
    uneven_padding,
    unproductive_layers,
    unused_branch,
)  # fmt: skip
from cnnspec.rules.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.diagnostic import Diagnostic

RULES = (
    dense_on_spatial_map, strided_same_unsupported, head_size, fractional_output_size, silent_broadcast,
    illegal_stride, skipped_positions, dead_kernel_taps, unused_branch, no_op_layer, redundant_activation, linear_chain,
    isolated_channel_groups, image_flattened_at_input, uneven_padding,
    low_rf_coverage, unproductive_layers, rf_holes, dilation_gridding, misaligned_merge, even_kernel_same, checkerboard,
    aliased_downsampling,
    logits_mismatch, broken_budget,
)  # fmt: skip


def check(context: Context) -> list[Diagnostic]:
    """All that the rules find in a network, those that must be asked for left out."""
    return [finding for rule in RULES if rule.DEFAULT for finding in rule.check(context)]
