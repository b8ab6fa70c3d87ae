"""Which findings have repairs: the module and function that propose them, and which of them can be safe."""

from __future__ import annotations

SAFE = frozenset({"W204", "W205", "W206", "T407", "S704", "S710", "E111", "E113", "N601"})

# Findings whose help is printed from their repairs, which stand in the place of {}; {rest} is what the rule says behind its first semicolon.
TOLD = {"W201": "what fits: {}", "E105": "{}; {rest}"}
SHOWN = frozenset(
    {"P501"}
)  # repairs that are shown and never made: what a rule of thumb advises may be meant otherwise

MODULES: dict[str, tuple[str, str]] = {
    "W204": ("waste", "unused_branch"),
    "W205": ("waste", "no_op"),
    "W206": ("waste", "redundant_activation"),
    "T407": ("waste", "bias"),
    "S704": ("waste", "foldable_pad"),
    "S710": ("comments", "unused_ignore"),
    "E101": ("windows", "empty_output"),
    "W201": ("windows", "illegal_stride"),
    "E113": ("windows", "strict_stride"),
    "E104": ("windows", "stride_with_dilation"),
    "E108": ("windows", "output_padding"),
    "E109": ("windows", "pool_padding"),
    "E111": ("padding", "explicit"),
    "N601": ("padding", "explicit"),
    "N602": ("padding", "unpadded"),
    "N603": ("padding", "into_the_pool"),
    "L805": ("padding", "unpadded"),
    "L806": ("padding", "same"),
    "W202": ("kernels", "skipped_positions"),
    "W203": ("kernels", "dead_taps"),
    "R306": ("kernels", "odd"),
    "L811": ("kernels", "odd"),
    "R303": ("kernels", "rates"),
    "R304": ("kernels", "rates"),
    "R307": ("kernels", "multiple_of_stride"),
    "L803": ("kernels", "small"),
    "L804": ("kernels", "usual_pool"),
    "L810": ("kernels", "stride_two"),
    "P504": ("kernels", "factorised"),
    "E105": ("heads", "dense_on_map"),
    "E106": ("heads", "rank"),
    "E107": ("heads", "pooled"),
    "P501": ("heads", "pooled_dense"),
    "E112": ("heads", "head_size"),
    "T401": ("heads", "single_unit"),
    "T402": ("losses", "logits"),
    "T403": ("losses", "mismatch"),
    "T404": ("losses", "one_category"),
    "T408": ("heads", "on_logits"),
    "L812": ("heads", "softmax"),
    "T405": ("values", "late_dropout"),
    "T406": ("values", "small_batch"),
    "T409": ("values", "saturating"),
    "T410": ("values", "rate"),
    "P505": ("values", "memory"),
    "P507": ("values", "unshared_slopes"),
    "E103": ("channels", "groups"),
    "E110": ("channels", "reshape"),
    "E114": ("channels", "broadcast"),
    "W207": ("channels", "linear_chain"),
    "W208": ("channels", "isolated_groups"),
    "P502": ("channels", "aligned"),
    "E102": ("sizes", "merge"),
    "L801": ("sizes", "divisible"),
    "L802": ("sizes", "common"),
    "W210": ("sizes", "even_padding"),
    "W211": ("sizes", "other_form"),
    "W212": ("kernels", "each_axis"),
    "W213": ("bindings", "as_step"),
    "W214": ("bindings", "as_step"),
}


def kind(code: str) -> str:
    """Of which kind the repairs of a finding are at best: safe, unsafe, shown alone, or none."""
    return "safe" if code in SAFE else "shown" if code in SHOWN else "unsafe" if code in MODULES else "none"
