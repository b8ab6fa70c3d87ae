"""What a layer does, as the primitive operations that a framework runs for it, one behind another.

conv(8, 3x3, padding=1, activation=relu) is a padding, a convolution and a relu. Whatever counts or weighs work is a
fold over operations: the conventions of FLOP counters, what training keeps for the backward pass, the bytes that a
device moves, matrix sizes. Figures are values (not bytes) of one example.

What an operation keeps is what TensorFlow's gradients keep of it, found by looking at the tensors that Keras layers'
backward functions take (a test looks again): a convolution its input, a relu its output, a max pool both.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim

# Kinds of work. An activation's kind is its name: relu, silu.
CONVOLUTION, GROUPED, DEPTHWISE = "convolution", "grouped convolution", "depthwise convolution"
TRANSPOSED, PRODUCT, BATCH_PRODUCT = "transposed convolution", "matrix product", "batched matrix product"
MAX_POOL, AVERAGE_POOL, GLOBAL_MAX, GLOBAL_AVERAGE = "max pool", "average pool", "global maximum", "global average"
ADAPTIVE_MAX, ADAPTIVE_AVERAGE = "adaptive max pool", "adaptive average pool"
BATCH_NORM, LAYER_NORM, GROUP_NORM, SCALING = "batch norm", "layer norm", "group norm", "scaling"
MERGE, MEAN = "merge", "mean of tensors"  # value by value
REDUCED_MEAN, REDUCTION = "mean over axes", "sum or maximum over axes"
INTERPOLATION, NOISE, MOVE = "interpolation", "noise", "move"  # a move computes nothing


class Keeps(Record):
    """What training keeps of an operation until its gradient is computed: its inputs, its output, and by value of the
    output so many values (`inside`) and truth values (`flags`) of its own."""

    input: bool = False
    output: bool = False
    inside: int = 0
    flags: int = 0


NOTHING, INPUT, OUTPUT, BOTH = Keeps(), Keeps(input=True), Keeps(output=True), Keeps(input=True, output=True)


class Operation(Record):
    """One primitive operation. A convolution's kernel has taps * channels values, all of which slide but its bias.

    `taps`: values of the input behind one of the output (of a merge, tensors); of a transposed convolution, behind
    `step` of them. `channels`: those of the output; of a normalisation, values with weights of their own. `groups`: of
    channels that do not mix; of a softmax or a normalisation, those brought to a common size. `weights`: learned
    values, the bias (an offset) among them. `rank`: spatial axes.
    """

    kind: str
    inputs: Dim
    outputs: Dim
    macs: Dim = 0
    taps: Dim = 1
    step: int = 1
    channels: Dim = 1
    groups: Dim = 1
    weights: Dim = 0
    bias: bool = False
    rank: int = 0
    keeps: Keeps = NOTHING

    @property
    def flops(self) -> Dim:
        """2 for a multiply-accumulate; other operations one for each value behind an output; none for a move."""
        if self.macs != 0:
            return 2 * self.macs
        return 0 if self.kind == MOVE else self.outputs * self.taps

    @property
    def affine(self) -> bool:
        """Whether a normalisation has learned weights."""
        return self.weights != 0

    @property
    def scaled(self) -> bool:
        """Whether a normalisation has learned factors, with or without offsets."""
        return self.weights - (self.channels if self.bias else 0) != 0
