"""A Keras model on TensorFlow → LiteRT, with LiteRT's own operations alone: those of TensorFlow do not run where it is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.runtimes.litert_file import add_metadata
from cnnspec.compile.runtimes.litert_model import import_interpreter

if TYPE_CHECKING:
    from cnnspec.compile.export_options import ExportOptions


def write_litert(model: Any, path: str, options: ExportOptions) -> None:
    """Write a .tflite file. int8: weights a scale a channel, inputs and outputs too, if they are of floats; float16: weights alone.

    Raises ValueError for a file that does not run, or computes something else.
    """
    import tensorflow as tf

    model.export(path, format="litert", verbose=False, **_make_settings(model, options, tf))
    _try_litert(model, path, tf, options)
    if options.metadata:
        add_metadata(path, options.metadata)


def _make_settings(model: Any, options: ExportOptions, tf: Any) -> dict[str, Any]:
    """What Keras hands to LiteRT's converter."""
    settings: dict[str, Any] = {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}}
    if options.batch is not None:
        batched = tf.nest.map_structure(
            lambda t: tf.TensorSpec((options.batch, *t.shape[1:]), t.dtype, name=t.name), model.input
        )
        settings["input_signature"] = [batched]
    if options.quantize:
        settings["optimizations"] = [tf.lite.Optimize.DEFAULT]
    if options.quantize == "float16":
        settings["target_spec"]["supported_types"] = [tf.float16]
    if options.quantize == "int8":
        settings["target_spec"]["supported_ops"] = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        inputs = tf.nest.flatten(model.input)
        names, dtypes = [tensor.name for tensor in inputs], [tensor.dtype for tensor in inputs]
        settings["representative_dataset"] = lambda: options.list_batches(names, dtypes)
        settings |= {"inference_input_type": tf.int8, "inference_output_type": tf.int8}
    return settings


def _try_litert(model: Any, path: str, tf: Any, options: ExportOptions) -> None:
    """Run a written file once, where all sizes are known: the converter mistakes a few products of tensors. What it computes is
    compared where its numbers are the model's."""
    import numpy as np

    random = np.random.default_rng(0)
    inputs = tf.nest.flatten(model.input)
    if any(size is None for tensor in inputs for size in tensor.shape[1:]):
        return
    batch = options.batch or 1
    given = [random.uniform(size=(batch, *tensor.shape[1:])).astype(tensor.dtype) for tensor in inputs]
    try:
        found = run_litert(path, [tensor.name for tensor in inputs], given)
    except RuntimeError as error:
        raise ValueError(f"LiteRT cannot run it: {' '.join(str(error).split())}") from error
    if options.quantize:
        return
    expected = tf.nest.flatten(model(tf.nest.pack_sequence_as(model.input, given), training=False))
    for here, there in zip(expected, found, strict=True):
        if here.shape != there.shape or np.abs(here - there).max() > 1e-3 * np.abs(here).max():
            raise ValueError("LiteRT computes something else with it")


def run_litert(path: str, names: list[str], given: list[Any]) -> list[Any]:
    """The outputs of a LiteRT file for arrays, in the order of the model's outputs. `names` are those of the inputs, whose
    arrays are brought to the file's own type."""
    import warnings

    with warnings.catch_warnings(action="ignore"):
        interpreter = import_interpreter().Interpreter(path)
    runner = interpreter.get_signature_runner()
    types = {name: details["dtype"] for name, details in runner.get_input_details().items()}
    made = runner(**{name: array.astype(types[name]) for name, array in zip(names, given, strict=True)})
    return [made[f"output_{number}"] for number in range(len(made))]
