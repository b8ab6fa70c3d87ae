"""What well-known tools call FLOPs: each tool's figure by its own convention, from the operations of the layers.

A convention says what each kind of work counts; what it does not name counts nothing. Read in the tools' sources:
fvcore 0.1.6 (jit_handles.py), ptflops 0.7 (its backend pytorch, with count_functional), thop 0.1.1 (vision/),
torchinfo 1.8 (layer_info.py), PyTorch 2 (torch/utils/flop_counter.py). TensorFlow's is its profiler
(tf.compat.v1.profiler) on the Keras model at batch 1; a test runs it.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.layers.operation import (
    ADAPTIVE_AVERAGE,
    ADAPTIVE_MAX,
    AVERAGE_POOL,
    BATCH_NORM,
    BATCH_PRODUCT,
    CONVOLUTION,
    DEPTHWISE,
    GLOBAL_AVERAGE,
    GLOBAL_MAX,
    GROUP_NORM,
    GROUPED,
    INTERPOLATION,
    LAYER_NORM,
    MAX_POOL,
    MEAN,
    MERGE,
    PRODUCT,
    REDUCED_MEAN,
    SCALING,
    TRANSPOSED,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from cnnspec.base.size import Dim
    from cnnspec.layers.operation import Operation

    Count: TypeAlias = "Callable[[Operation], Dim]"


class Convention(Record):
    """How a tool counts: `counts` by kind of work, `unit` its word for the figure, `differs` a line about the rest."""

    unit: str
    differs: str
    counts: dict[str, Count]

    def count(self, operations: Iterable[Operation]) -> Dim:
        """The tool's figure for operations of one example."""
        return add_up([self.counts[o.kind](o) for o in operations if o.kind in self.counts])


def _each(kinds: Iterable[str], count: Count) -> dict[str, Count]:
    return dict.fromkeys(kinds, count)


def _macs(work: Operation) -> Dim:
    return work.macs


def _biased(work: Operation) -> Dim:
    return work.macs + work.outputs * work.bias


def _by_outputs(work: Operation) -> Dim:
    return work.outputs * work.taps


def _twice(work: Operation) -> Dim:
    return 2 * work.macs


def _inputs(work: Operation) -> Dim:
    return work.inputs


def _outputs(work: Operation) -> Dim:
    return work.outputs


def _normalised(affine: int, plain: int) -> Count:
    return lambda work: work.inputs * (affine if work.affine else plain)


def _thop_interpolation(work: Operation) -> Dim:
    each = {1: 1, 4: 11, 16: 259}  # nearest, bilinear, bicubic
    return work.outputs * (each.get(work.taps, 0) if isinstance(work.taps, int) else 0)


# ---- TensorFlow: sums over the registered operations of what Keras's layers become -----------------------------------
def _tf_biased(work: Operation) -> Dim:
    return 2 * work.macs + work.outputs * work.bias


def _tf_transposed(work: Operation) -> Dim:
    counted = 2 * work.outputs * work.taps // work.step if work.rank < 3 else 0
    return counted + work.outputs * work.bias


def _tf_pool(work: Operation) -> Dim:
    return work.outputs * work.taps if work.rank < 3 else 0


def _tf_batch_norm(work: Operation) -> Dim:
    return 2 * work.inputs + (6 if work.scaled else 5) * work.channels


def _tf_layer_norm(work: Operation) -> Dim:
    return 9 * work.inputs + 4 * work.groups


def _tf_group_norm(work: Operation) -> Dim:
    return 6 * work.inputs + 3 * work.channels + 4 * work.groups


CONVOLUTIONS = (CONVOLUTION, GROUPED, DEPTHWISE)
NORMS = (BATCH_NORM, LAYER_NORM, GROUP_NORM)
CONVENTIONS = {
    "fvcore": Convention(
        "FLOPs", "a multiply-accumulate is one FLOP; adds batch norm (2 a value), other norms (5) and adaptive average pools (1 an input)",
        {
            **_each((*CONVOLUTIONS, TRANSPOSED, PRODUCT, BATCH_PRODUCT), _macs),
            BATCH_NORM: _normalised(2, 1), LAYER_NORM: _normalised(5, 4), GROUP_NORM: _normalised(5, 4),
            **_each((GLOBAL_AVERAGE, ADAPTIVE_AVERAGE), lambda work: work.inputs if work.rank == 2 else 0),
            INTERPOLATION: lambda work: work.outputs * work.taps if work.taps in (1, 4) else 0,
        },
    ),
    "ptflops": Convention(
        "MACs", "adds biases, norms (2 a value), activations and pools, most of them twice: as a module and as the function in it",
        {
            **_each((*CONVOLUTIONS, TRANSPOSED, PRODUCT), _biased), BATCH_PRODUCT: _macs,
            **_each(NORMS, _normalised(2, 1)),
            **_each(("relu", "prelu", "elu", "gelu"), lambda work: 2 * work.outputs),
            **_each(("relu6", "leaky_relu", "silu", "softmax"), _outputs),
            **_each(
                (MAX_POOL, AVERAGE_POOL, GLOBAL_MAX, GLOBAL_AVERAGE, ADAPTIVE_MAX, ADAPTIVE_AVERAGE),
                lambda work: 2 * work.inputs,
            ),
            INTERPOLATION: _outputs,
        },
    ),
    "thop": Convention(
        "MACs", "adds norms (4 a value), average pools, softmax; transposed convolutions count for each output, stride^2 times too many",
        {
            **_each((*CONVOLUTIONS, PRODUCT), _macs), TRANSPOSED: _by_outputs, **_each(NORMS, _normalised(4, 2)),
            AVERAGE_POOL: _outputs,
            **_each((GLOBAL_AVERAGE, ADAPTIVE_AVERAGE), lambda work: work.inputs + work.outputs),
            "softmax": lambda work: 3 * work.outputs - work.groups, "prelu": _outputs,
            INTERPOLATION: _thop_interpolation,
        },
    ),
    "torchinfo": Convention(
        "mult-adds", "adds biases; other layers count their parameters; transposed convolutions count for each output",
        {
            **_each((*CONVOLUTIONS, PRODUCT), _biased),
            TRANSPOSED: lambda work: work.outputs * work.taps + work.outputs * work.bias,
            **_each((*NORMS, SCALING, "prelu"), lambda work: work.weights),
        },
    ),
    "torch": Convention(
        "FLOPs", "convolutions and dense layers alone, bias not counted: 2 * MACs, as here",
        _each((*CONVOLUTIONS, TRANSPOSED, PRODUCT, BATCH_PRODUCT), _twice),
    ),
    "tensorflow": Convention(
        "FLOPs", "2 * MACs, biases, norms, pools, softmax, sums; grouped convolutions count nothing but their bias",
        {
            **_each((CONVOLUTION, DEPTHWISE, PRODUCT), _tf_biased), BATCH_PRODUCT: _twice,
            GROUPED: lambda work: work.outputs * work.bias, TRANSPOSED: _tf_transposed,
            BATCH_NORM: _tf_batch_norm, LAYER_NORM: _tf_layer_norm, GROUP_NORM: _tf_group_norm,
            **_each((MAX_POOL, AVERAGE_POOL), _tf_pool), GLOBAL_AVERAGE: _inputs, REDUCED_MEAN: _inputs,
            MERGE: lambda work: work.outputs * (work.taps - 1), MEAN: _by_outputs,
            "softmax": lambda work: 5 * work.outputs, "silu": lambda work: 2 * work.outputs,
            "gelu": lambda work: 4 * work.outputs, "prelu": lambda work: 3 * work.outputs + work.weights,
        },
    ),
}  # fmt: skip
