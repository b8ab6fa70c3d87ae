"""The rules, in the order in which they look at a network. One file each: its page, and `check(context)`.

A rule states its CODE and whether it runs by DEFAULT; TARGETS (it concerns these alone) and PROFILE (it belongs to that
one) where it has them. Every analysis imports those of `DEFAULTS`; those that ask for a loss or a batch are imported
where there is a train section, those about bindings where one may be at fault, and all of them where rules are
selected. Importing this package imports none.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, WARNING, Diagnostic
from cnnspec.base.limits import MAX_WORK, TooLong
from cnnspec.elaborate import PROMISES
from cnnspec.lint.language import REFUSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set
    from types import ModuleType

    from cnnspec.lint.context import Context

DEFAULTS = (
    "dense_on_spatial_map", "head_size", "silent_broadcast", "illegal_stride", "skipped_positions",
    "dead_kernel_taps", "unused_branch", "no_op_layer", "redundant_activation", "linear_chain",
    "isolated_channel_groups", "image_flattened_at_input", "misread_input", "misread_size", "low_rf_coverage", "unproductive_layers", "rf_holes",
    "misaligned_merge", "even_kernel_same", "checkerboard", "size_dependent_merge", "softmax_single_unit",
    "dropout_before_norm", "bias_before_norm", "activation_on_logits", "saturating_hidden", "dropout_rate",
    "deep_plain", "first_dense_explosion", "unshared_prelu", "broken_budget",
)  # fmt: skip
ON_TRAINING = (
    "logits_mismatch", "activation_loss_mismatch", "categorical_loss_one_unit", "bn_small_batch", "memory_budget",
    "outside_project",
)  # fmt: skip
ON_BINDINGS = ("unused_binding", "layer_made_twice")
ON_REQUEST: tuple[str, ...] = (
    "fractional_output_size",
    "strided_same_unsupported",
    "uneven_padding",
    "dilation_gridding",
    "aliased_downsampling",
    "misaligned_channels",
    "low_arithmetic_intensity",
    "big_kernel_factorise",
    "im2col_blowup",
    "same_padding_portability",
    "avgpool_pad_count",
    "zero_pad_before_maxpool",
    "flatten_order",
    "norm_order_mix",
    "head_depth",
    "non_expanding_features",
    "foldable_pad",
    "input_not_divisible_by_two",
    "uncommon_input_size",
    "large_kernel_not_first",
    "pool_not_2x2_s2",
    "pool_with_padding",
    "unpadded_conv",
    "strided_conv_or_pool",
    "missing_bn_dropout",
    "block_order",
    "pool_stride_large",
    "even_kernel",
    "no_softmax_last",
    "no_downsampling",
)
OF_COMMENTS: tuple[str, ...] = ("bad_ignore", "unused_ignore")  # pages alone: these are found in a file's comments


def __getattr__(name: str) -> tuple[ModuleType, ...]:
    if name == "RULES":
        return tuple(imported((*DEFAULTS, *ON_TRAINING, *ON_BINDINGS, *ON_REQUEST)))
    if name == "ALL":
        return (*__getattr__("RULES"), *imported(OF_COMMENTS))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def imported(names: tuple[str, ...]) -> Iterator[ModuleType]:
    from importlib import import_module

    return map(import_module, [f"cnnspec.lint.rules.{name}" for name in names])


def optional(code: str) -> bool:
    """Whether a code is one of a rule that can be switched off, and not of the language itself."""
    return code not in REFUSED and not code.startswith("E0")


def prevents(found: Diagnostic) -> bool:
    """Whether a finding keeps its network from being built; what a rule finds never does."""
    return found.severity == ERROR and found.code not in PROMISES and not optional(found.code)


def default_codes() -> frozenset[str]:
    """The codes of what runs when nothing is selected. Imports all rules."""
    return frozenset([rule.CODE for rule in __getattr__("ALL") if rule.DEFAULT])


def check(
    context: Context, codes: Set[str] | None = None, told: Callable[[list[Diagnostic]], None] | None = None
) -> list[Diagnostic]:
    """All that the rules with these codes find in a network, and those that cannot be switched off; None: the default ones.

    `told` gets the findings of each rule as they are made, those of errors first, and may end the check by raising.
    """
    if codes is not None:
        chosen = [r for r in __getattr__("RULES") if r.CODE in codes or not optional(r.CODE)]
    else:
        names = (*DEFAULTS, *(ON_TRAINING if context.train else ()), *of_bindings(context))
        chosen = [*imported(names)]
    if told is None:
        return [finding for rule in chosen for finding in found_by(rule, context)]
    found: dict[ModuleType, list[Diagnostic]] = {}
    for rule in sorted(chosen, key=lambda rule: not rule.CODE.startswith("E")):
        found[rule] = [*found_by(rule, context)]
        told(found[rule])
    return [finding for rule in chosen for finding in found[rule]]


def of_bindings(context: Context) -> Iterator[str]:
    """The rules of `ON_BINDINGS` that have something to look at."""
    bindings = context.graph.bindings.values()
    if not all(binding.applied for binding in bindings):
        yield "unused_binding"
    if any(len(binding.uses) > 1 for binding in bindings):
        yield "layer_made_twice"


def found_by(rule: ModuleType, context: Context) -> Iterator[Diagnostic]:
    """What a rule finds; where it would have to look too long, that."""
    try:
        yield from rule.check(context)
    except TooLong:
        node = context.graph.nodes[0]
        message = f"this was not checked to its end: it would take more than {MAX_WORK:,} steps"
        yield Diagnostic(rule.CODE, message, node.site.span, "", (), WARNING)
