"""What Keras's backend cannot compute on this machine, or computes wrongly: found by trying it.

Which kernels there are depends on the processor, the device, the precision and on XLA: TensorFlow, for one, uses oneDNN
by itself on newer Intel CPUs alone, and its other kernels lack a few things. So the layers of a network state the
smallest case of what is not everywhere (`Layer.trials`), and each is run once, in the way the network will be.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES, silenced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.trial import Trial


class Way(Record):
    """How a network is computed: in a precision, "" for Keras's own, through XLA or not, and whether it is trained."""

    precision: str = ""
    xla: bool = False
    trained: bool = False


RUN = Way()


def remarks(graph: Graph, keras: Any, way: Way = RUN, options: Sequence[str] = ()) -> Iterator[str]:
    """A sentence for each kind of work that fails here, with the first layer that asks for it, and what helps.

    `options` are those of the command that may help: --xla, --precision float32, --backend jax.
    """
    tried: list[Trial] = []
    told: set[int] = set()
    for trial, node in asked(graph):
        if trial in tried or node.index in told:
            continue
        tried.append(trial)
        if wrong := failure(trial, keras, way):
            told.add(node.index)
            help = " or ".join(remedies(trial, keras, way, options))
            yield (
                f"warning: {LIBRARIES.get(keras.config.backend(), 'Keras')} {wrong.format(node.name)} on this machine: "
                f"it is {trial.what}" + (f"; what helps: {help}" if help else "")
            )


def asked(graph: Graph) -> Iterator[tuple[Trial, Node]]:
    """What the layers of a network ask for that is not everywhere."""
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and shapes is not None:
            for trial in node.layer.trials(shapes):
                yield trial, node


# ---- trying ------------------------------------------------------------------------------------------------
FAILS, WRONG, UNTRAINED = "cannot run {}", "computes {} wrongly", "cannot train what stands in front of {}"


def failure(trial: Trial, keras: Any, way: Way = RUN) -> str:
    """What is wrong with a kind of work here: one of the three, "" for nothing."""
    import numpy as np

    dtype = {"dtype": way.precision} if way.precision else {}
    numbers = np.arange(1.0, 1 + np.prod(trial.shape), dtype="float32").reshape((1, *trial.shape))
    try:
        with silenced():
            layer = getattr(keras.layers, trial.call.name)(**trial.call.arguments, **dtype)
            layer.build(numbers.shape)
            made = keras.ops.convert_to_numpy(_compiled(layer, keras, way)(numbers))
    except Exception:  # each backend has its own
        return FAILS
    if not np.allclose(made.astype("float32").ravel(), trial.result, rtol=0.01):
        return WRONG
    if not way.trained or keras.config.backend() != "tensorflow":
        return ""
    try:
        with silenced():
            slope = _slope(layer, keras, way, numbers)
    except Exception:
        return UNTRAINED
    return "" if np.allclose(slope.ravel(), trial.slope, rtol=0.01) else WRONG


def _compiled(function: Any, keras: Any, way: Way) -> Any:
    if keras.config.backend() != "tensorflow":
        return function
    import tensorflow as tf

    return tf.function(function, jit_compile=way.xla)


def _slope(layer: Any, keras: Any, way: Way, numbers: Any) -> Any:
    """The gradient of the sum of what a layer makes of some numbers, in TensorFlow."""
    import tensorflow as tf

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(tf.cast(layer(x), "float32"))
        return tape.gradient(total, x)

    return _compiled(gradient, keras, way)(tf.constant(numbers)).numpy()


# ---- what helps --------------------------------------------------------------------------------------------
def remedies(trial: Trial, keras: Any, way: Way, options: Sequence[str]) -> Iterator[str]:
    """What helps, as far as it can be tried here; oneDNN and another backend need a new process."""
    half = way.precision not in ("", "float32") and not failure(trial, keras, way.replace(precision="float32"))
    if half and "--precision float32" in options:
        yield "--precision float32"
    if "--xla" in options and not way.xla and not failure(trial, keras, way.replace(xla=True)):
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
