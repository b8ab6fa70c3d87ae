"""What is found wrong: a value that travels, never an exception that escapes.

A diagnostic says what is wrong with its numbers (`message`), where (`span`, the smallest that shows it),
what led there (`notes`) and what to do (`help`). Prose about it is made elsewhere, in `report`.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.source import Span

ERROR, WARNING, INFO = "error", "warning", "info"

# Codes of what the language itself refuses. Codes of the rules live with the rules.
NAMES = {
    "E001": "syntax",
    "E002": "unreadable-text",
    "E003": "limit",
    "E004": "python-passed-over",
    "E010": "unknown-name",
    "E011": "bad-argument",
    "E012": "wrong-kind",
    "E013": "duplicate-name",
    "E014": "recursive-block",
    "E015": "bad-use",
    "E016": "no-input",
    "E017": "unknown-size",
    "E020": "broken-contract",
    "E021": "broken-budget",
    "E030": "bad-training",
    "E101": "empty-output",
    "E102": "merge-shape-mismatch",
    "E103": "channel-group-mismatch",
    "E104": "stride-with-dilation",
    "E105": "dense-on-spatial-map",
    "E106": "rank-mismatch",
    "E107": "unknown-size-flatten",
    "E108": "bad-output-padding",
    "E109": "pool-window-in-padding",
    "E110": "reshape-size",
    "E111": "strided-same-unsupported",
    "E112": "head-size",
    "E113": "fractional-output-size",
    "E114": "silent-broadcast",
    "E115": "size-dependent-merge",
    "W201": "illegal-stride",
    "W202": "skipped-positions",
    "W203": "dead-kernel-taps",
    "W204": "unused-branch",
    "T401": "softmax-single-unit",
    "W205": "no-op-layer",
    "W206": "redundant-activation",
    "W207": "linear-chain",
    "W208": "isolated-channel-groups",
    "W209": "image-flattened-at-input",
    "W210": "uneven-padding",
    "W211": "misread-input",
    "W212": "misread-size",
    "W213": "unused-binding",
    "W214": "layer-made-twice",
    "R301": "low-rf-coverage",
    "R302": "unproductive-layers",
    "R303": "rf-holes",
    "R304": "dilation-gridding",
    "R305": "misaligned-merge",
    "R306": "even-kernel-same",
    "R307": "checkerboard",
    "R308": "aliased-downsampling",
    "T402": "logits-mismatch",
    "T403": "activation-loss-mismatch",
    "T404": "categorical-loss-one-unit",
    "T405": "dropout-before-norm",
    "T406": "bn-small-batch",
    "T407": "bias-before-norm",
    "T408": "activation-on-logits",
    "T409": "saturating-hidden",
    "T410": "dropout-rate",
    "T411": "deep-plain",
    "T412": "outside-project",
    "P501": "first-dense-explosion",
    "P502": "misaligned-channels",
    "P503": "low-arithmetic-intensity",
    "P504": "big-kernel-factorise",
    "P505": "memory-budget",
    "P506": "im2col-blowup",
    "P507": "unshared-prelu",
    "N601": "same-padding-portability",
    "N602": "avgpool-pad-count",
    "N603": "zero-pad-before-maxpool",
    "N605": "flatten-order",
    "S701": "norm-order-mix",
    "S702": "head-depth",
    "S703": "non-expanding-features",
    "S704": "foldable-pad",
    "L801": "input-not-divisible-by-two",
    "L802": "uncommon-input-size",
    "L803": "large-kernel-not-first",
    "L804": "pool-not-2x2-s2",
    "L805": "pool-with-padding",
    "L806": "unpadded-conv",
    "L807": "strided-conv-or-pool",
    "L808": "missing-bn-dropout",
    "L809": "block-order",
    "L810": "pool-stride-large",
    "L811": "even-kernel",
    "L812": "no-softmax-last",
    "L813": "no-downsampling",
    "S710": "unused-ignore",
    "S711": "bad-ignore",
}


class Note(Record):
    """A second place that explains the first. The first of the calls that led somewhere has the `sites` (elaborate) of
    all layers that the finding speaks of: a comment at the calls of all of them ignores it."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"sites"})
    message: str
    span: Span | None = None
    sites: tuple[Any, ...] = ()


class Edit(Record):
    """A change of the text: what stands in `span` (nothing, where that is empty) becomes `text`."""

    span: Span
    text: str


class Repair(Record):
    """Edits after which a finding is gone and no other has come, which has been tried.

    `safe`: the network computes what it did. `cost` says what they change: "-64 parameters, MACs and receptive field
    unchanged"."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool
    cost: str


class Diagnostic(Record):
    """One finding. `code` is a key of `NAMES` or the code of a rule. `nodes` are the layers that it is about, as indices
    into the network's graph, where a rule tells them; `repairs`, the best first, are there where they were looked for."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"nodes", "repairs"})
    code: str
    message: str
    span: Span | None
    help: str = ""
    notes: tuple[Note, ...] = ()
    severity: str = ERROR
    nodes: tuple[int, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def name(self) -> str:
        """The kebab-case name of the code."""
        return NAMES[self.code]

    @property
    def position(self) -> tuple[int, int] | None:
        """Line and column, from 1; None when it has no place."""
        return self.span.source.position(self.span.start) if self.span else None

    def __str__(self) -> str:
        place = (
            f"{self.span.source.name}:{self.position[0]}:{self.position[1]}: " if self.span and self.position else ""
        )
        return f"{place}{self.severity}[{self.code}] {self.message}" + (f" ({self.help})" if self.help else "")


class Problem(Record):
    """A diagnostic before it has a place: `argument` names the argument at fault ("" for the whole call, "#2" for the
    second tensor of a merge); `channels`: how many that tensor should have, where this alone would do."""

    code: str
    message: str
    argument: str = ""
    help: str = ""
    channels: int | None = None
