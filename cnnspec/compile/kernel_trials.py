"""Trials of Keras's backend on this machine: some layers cannot be computed here, or are computed wrongly.

The kernels that there are depend on the processor, the device, the precision and on XLA. TensorFlow, for one, uses oneDNN
by itself on newer Intel CPUs alone, and its other kernels lack a few things. So a layer states the smallest case of work
that not every machine can do (`Layer.trials`), and each case is run once, in the way of the network.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES, silenced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.kernel_trial import Trial


class Way(Record):
    """The way to compute a network: its precision ("" for Keras's own), through XLA or not, trained or not."""

    precision: str = ""
    xla: bool = False
    trained: bool = False


RUN = Way()


def remarks(graph: Graph, keras: Any, way: Way = RUN, options: Sequence[str] = ()) -> Iterator[str]:
    """A sentence for each kind of work that fails here: the first layer that needs it, and the remedies.

    `options` are those of the command that may help: --xla, --precision float32, --backend jax.
    """
    tried: list[Trial] = []
    told: set[int] = set()
    for trial, node in find_trials(graph):
        if trial in tried or node.index in told:
            continue
        tried.append(trial)
        if wrong := find_failure(trial, keras, way):
            told.add(node.index)
            help = " or ".join(find_remedies(trial, keras, way, options))
            yield (
                f"warning: {LIBRARIES.get(keras.config.backend(), 'Keras')} {wrong.format(node.name)} on this machine: "
                f"it is {trial.what}" + (f"; what helps: {help}" if help else "")
            )


def find_trials(graph: Graph) -> Iterator[tuple[Trial, Node]]:
    """The trials of a network's layers, each with its node."""
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and shapes is not None and node.layer.keras_problem(shapes) is None:
            for trial in node.layer.trials(shapes):
                yield trial, node


# ---- trying ------------------------------------------------------------------------------------------------
FAILS, WRONG, UNTRAINED = "cannot run {}", "computes {} wrongly", "cannot train what stands in front of {}"
MISLED = "trains what stands in front of {} wrongly"


def find_failure(trial: Trial, keras: Any, way: Way = RUN) -> str:
    """The failure of a kind of work here: one of the four, "" for none."""
    import numpy as np

    if trial.back and not way.trained:
        return ""
    dtype = {"dtype": way.precision} if way.precision else {}
    wrong = MISLED if trial.back else WRONG
    numbers = np.arange(1.0, 1 + np.prod(trial.shape), dtype="float32").reshape((1, *trial.shape))
    try:
        with silenced():
            layer = getattr(keras.layers, trial.call.name)(**trial.call.arguments, **dtype)
            layer.build(numbers.shape)
            made = keras.ops.convert_to_numpy(_compile(layer, keras, way)(numbers))
    except Exception:  # each backend has its own
        return FAILS
    if not np.allclose(made.astype("float32").ravel(), trial.result, rtol=0.01):
        return wrong
    if not way.trained or keras.config.backend() != "tensorflow":
        return ""
    try:
        with silenced():
            slope = _compute_gradient(layer, keras, way, numbers)
    except Exception:
        return UNTRAINED
    return "" if np.allclose(slope.ravel(), trial.slope, rtol=0.01) else wrong


def _compile(function: Any, keras: Any, way: Way) -> Any:
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, jit_compile=way.xla)


def _compute_gradient(layer: Any, keras: Any, way: Way, numbers: Any) -> Any:
    """The gradient of the sum of a layer's output for some numbers, in TensorFlow."""
    import tensorflow as tf

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(tf.cast(layer(x), "float32"))
        return tape.gradient(total, x)

    return _compile(gradient, keras, way)(tf.constant(numbers)).numpy()


# ---- what helps --------------------------------------------------------------------------------------------
def find_remedies(trial: Trial, keras: Any, way: Way, options: Sequence[str]) -> Iterator[str]:
    """The remedies that can be tried here; oneDNN and another backend need a new process."""
    half = way.precision not in ("", "float32") and not find_failure(trial, keras, way.replace(precision="float32"))
    if half and "--precision float32" in options:
        yield "--precision float32"
    if "--xla" in options and not way.xla and not find_failure(trial, keras, way.replace(xla=True)):
        yield "--xla"
    if keras.config.backend() == "tensorflow":
        if not half and not _uses_onednn():
            yield "TF_ENABLE_ONEDNN_OPTS=1 in the environment"
        yield from [option for option in options if option == "--backend jax"]


def _uses_onednn() -> bool:
    """Whether TensorFlow computes with oneDNN, or was built without it."""
    with suppress(ImportError, AttributeError):
        from tensorflow.python.util import _pywrap_util_port

        return bool(_pywrap_util_port.IsMklEnabled())
    return False
