"""What not every machine's kernels compute: layers say when they ask for it, it is tried once, and what fails is said before anything runs.

Which of it fails here depends on this machine; `.ci/run` runs these tests with oneDNN and without. XLA's kernels, the
same on every CPU, say what is right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cnnspec.compile.keras_model import import_keras, to_keras
from cnnspec.compile.kernel_trials import FAILS, MISLED, UNTRAINED, WRONG, Way, find_failure, find_trials, remarks
from cnnspec.layers import CATALOGUE
from cnnspec.layers.kernel_trial import Trial
from tests.layers.keras_cases import FAMILIES, Case
from tests.layers.keras_compare import Run
from tests.layers.safe_side import RUNS
from tests.support import THOROUGH, cases, legal, network, refusals, through_xla

pytestmark = [pytest.mark.kernels, pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")]
ROOT = Path(__file__).resolve().parents[2]
DILATED, POOL, SPARSE = (
    "a dilated transposed convolution",
    "a 3D pool",
    "a 3D pool with padding=same whose stride skips positions",
)
CONV = "a 3D convolution with padding=same whose stride skips positions"
BACK = "the gradient of a 3D transposed convolution with padding=same whose stride skips positions"

# ---- what layers ask for ---------------------------------------------------------------------------------------
ASKED = [
    ("7x2", "conv_transpose(4, 3, dilation=2)", [DILATED]),
    ("7x7x2", "conv_transpose(4, 3, dilation=1x2)", [DILATED]),
    ("4x4x4x2", "conv_transpose(4, 2, dilation=3, padding=same)", [DILATED]),
    ("7x7x2", "conv_transpose(4, 1, dilation=2, bias=false)", [DILATED]),
    ("7x7x2", "conv_transpose(4, 3, stride=2)", []),
    ("7x7x2", "conv(4, 3, dilation=2)", []),
    ("3x3x3x2", "avgpool(1, stride=3, padding=same)", [POOL, SPARSE]),
    ("9x9x3x2", "maxpool(1x3x1, stride=1x3x3, padding=same)", [POOL, SPARSE]),
    ("4x4x7x1", "maxpool(2x2x1, stride=1x2x4, padding=same)", [POOL, SPARSE]),
    ("4x4x?x1", "maxpool(2, stride=4, padding=same)", [POOL, SPARSE]),
    ("4x4x?x1", "maxpool(2, stride=3, padding=same)", [POOL]),
    ("3x3x3x2", "avgpool(1, stride=2, padding=same)", [POOL]),
    ("2x2x2x2", "avgpool(1, stride=2, padding=same)", [POOL]),
    ("3x3x3x2", "avgpool(1, stride=3)", [POOL]),
    ("9x9x9x2", "maxpool(2, padding=1, ceil=true)", [POOL]),
    ("3x3x2", "avgpool(1, stride=3, padding=same)", []),
    ("3x3x3x2", "conv(4, 1, stride=3, padding=same)", [CONV]),
    ("3x9x9x2", "conv(4, 1x2x3, stride=3x3x4, padding=same)", [CONV]),
    ("4x4x?x1", "conv(4, 2, stride=4, padding=same)", [CONV]),
    ("3x3x3x2", "conv(4, 1, stride=3)", []),
    ("3x3x3x2", "conv(4, 2, stride=3, padding=same)", []),
    ("9x9x2", "conv(4, 1, stride=3, padding=same)", []),
    ("2x2x2x2", "conv_transpose(4, 1, stride=3, padding=same)", [BACK]),
    ("2x2x2x2", "conv_transpose(4, 2, stride=3, padding=same)", []),
    ("2x2x2x2", "conv_transpose(4, 1, stride=3)", []),
    ("2x2x2", "conv_transpose(4, 1, stride=3, padding=same)", []),
    ("3x3x3x2", "gap", []),
    ("8x8x2", "resize(4, 4, interpolation=lanczos3)", ["lanczos3 interpolation"]),
    ("8x8x2", "resize(4, 4, antialias=true)", ["bilinear interpolation with antialias"]),
    ("8x8x2", "resize(4, 4, interpolation=nearest)", []),
    ("8x8x2", "upsample(2, interpolation=bicubic)", []),
]  # fmt: skip


@pytest.mark.parametrize(("size", "layer", "what"), ASKED, ids=[f"{size} {layer}" for size, layer, _ in ASKED])
def test_what_a_layer_asks_for(size: str, layer: str, what: list[str]) -> None:
    assert [trial.what for trial, _ in find_trials(legal(f"input {size}\n{layer}"))] == what


def trials() -> list[Trial]:
    """All that the examples of the catalogue and the cases above ask for, each once."""
    texts = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]
    texts += [f"input {size}\n{layer}" for size, layer, _ in ASKED]
    found: list[Trial] = []
    for text in texts:
        found += [trial for trial, _ in find_trials(legal(text)) if trial not in found]
    return found


TRIALS = trials()


@pytest.mark.parametrize("trial", TRIALS, ids=[f"{trial.call.name}: {trial.what}" for trial in TRIALS])
def test_a_trial_has_the_result_that_it_states(trial: Trial) -> None:
    """By XLA's kernels, but for interpolations that XLA has none for."""
    xla = "interpolation" not in trial.what
    assert find_failure(trial, import_keras(), Way(xla=xla, trained=True)) == ""
    for wrong in (
        trial.replace(result=tuple(9 + n for n in trial.result)),
        trial.replace(slope=(9,) * len(trial.slope)),
    ):
        assert find_failure(wrong, import_keras(), Way(xla=xla, trained=True)) == (MISLED if trial.back else WRONG)


# ---- all that is asked for, and nothing else, may fail ------------------------------------------------------------
def passes(model: Any, inputs: list[Any], compiled: bool) -> list[Any]:
    """What a model yields, and the gradients by its inputs and weights, by XLA's kernels or TensorFlow's own."""
    import numpy as np
    import tensorflow as tf

    def both(xs: list[Any]) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = model(xs)
            total = tf.reduce_sum(y * tf.reshape(tf.range(1.0, 1 + tf.cast(tf.size(y), "float32")), tf.shape(y)))
        weights = [weight.value for weight in model.trainable_weights]
        return y, tape.gradient(total, [*xs, *weights], unconnected_gradients="zero")

    tensors = [tf.constant(x) for x in inputs]
    made = through_xla(both, tensors) if compiled else both(tensors)
    return [np.asarray(tf.convert_to_tensor(x)) for x in tf.nest.flatten(made)]


@pytest.mark.parametrize("family", ["conv", "depthwise_conv", "separable_conv", "conv_transpose", "pool"])
def test_what_is_not_tried_runs_on_every_machine(family: str) -> None:
    """Forward and backward, TensorFlow's kernels compute what XLA's do, or a trial has failed."""
    import numpy as np

    @cases(0.1)
    @given(FAMILIES[family])
    def computes(case: Case) -> None:
        made = network(case.spec)
        if refusals(made) or "spectral_norm" in case.text or "activation=" in case.text:
            return
        keras = import_keras()
        run = Run(case)
        failing = {find_failure(trial, keras, Way(trained=True)) for trial, _ in find_trials(made.graph)} - {""}
        if failing == {FAILS}:
            with pytest.raises(Exception, match="dilation"):
                passes(run.model, run.inputs, False)
        elif not failing:
            assert run.outcome == RUNS
            try:
                expected = passes(run.model, run.inputs, True)
            except ValueError as error:  # TensorFlow infers a wrong shape for the gradient of some dilated 3D layers
                if "Negative dimension size" not in str(error) or "dilation=" not in case.text:
                    raise
                return
            for here, right in zip(passes(run.model, run.inputs, False), expected, strict=True):
                np.testing.assert_allclose(here, right, rtol=1e-3, atol=1e-3 * max(1, abs(right).max(initial=0)))

    computes()


SPARSE_WINDOWS = [text for text in ASKED if {SPARSE, CONV, BACK} & {*text[2]} and "?" not in text[0]]


@pytest.mark.parametrize(("size", "layer", "what"), SPARSE_WINDOWS, ids=[text[1] for text in SPARSE_WINDOWS])
def test_it_is_computed_wrongly_exactly_where_its_trial_fails(size: str, layer: str, what: list[str]) -> None:
    """A layer, or the gradient of its input."""
    import numpy as np

    graph, keras = legal(f"input {size}\n{layer}"), import_keras()
    model, inputs = to_keras(graph), np.random.default_rng(0).normal(size=(2, *map(int, size.split("x"))))
    here, right = (passes(model, [inputs.astype("float32")], xla)[BACK in what] for xla in (False, True))
    failures = {find_failure(trial, keras, Way(trained=True)) for trial, _ in find_trials(graph)} - {""}
    assert np.allclose(here, right, atol=1e-5) is not bool(failures & {WRONG, MISLED})


# ---- what is said ----------------------------------------------------------------------------------------------


def test_one_sentence_a_kind_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnspec.compile import kernel_trials

    graph = legal(
        "input 9x9x2\nconv_transpose(4, 3, dilation=2) as up\nconv_transpose(4, 3, dilation=3)\nresize(4, 4) as small"
    )
    options = ("--precision float32", "--xla", "--backend jax")
    monkeypatch.setattr(kernel_trials, "_uses_onednn", lambda: False)
    told = {"ConvTranspose": FAILS, "Resizing": UNTRAINED}

    def fails(trial: Trial, keras: Any, way: Way) -> str:
        kind = told["Resizing" if trial.call.name == "Resizing" else "ConvTranspose"]
        return "" if (kind == FAILS and way.xla) or (kind == UNTRAINED and way.precision == "float32") else kind

    monkeypatch.setattr(kernel_trials, "find_failure", fails)
    assert list(remarks(graph, import_keras(), Way("mixed_float16"), options)) == [
        "warning: TensorFlow cannot run up on this machine: it is a dilated transposed convolution; what helps: "
        "--xla or TF_ENABLE_ONEDNN_OPTS=1 in the environment or --backend jax",
        "warning: TensorFlow cannot train what stands in front of small on this machine: it is bilinear interpolation; "
        "what helps: --precision float32 or --backend jax",
    ]
    monkeypatch.setattr(kernel_trials, "_uses_onednn", lambda: True)
    (sentence, _) = remarks(graph, import_keras(), Way("mixed_float16"))
    assert sentence.endswith("it is a dilated transposed convolution")


NET = """input 8x8x1
conv_transpose(4, 3, dilation=2) as up
gap -> dense(10, softmax)
train {
  data = digits
  loss = sparse_categorical_crossentropy
}
"""
COMMANDS = """
import sys
from cnnspec.cli import main
def ran(*arguments):
    print(">", arguments[0], file=sys.stderr, flush=True)
    main(list(arguments))
ran("compile", "net.cnn", "-o", "net.keras")
ran("train", "net.cnn", "-q", "--dry-run")
ran("train", "net.cnn", "-q", "--dry-run", "--xla")
ran("export", "net.keras", "-o", "net/")
ran("evaluate", "net.keras", "-q", "--data", "digits")
"""


@pytest.mark.parametrize("onednn", ["0", "1"] if THOROUGH else ["0"])
def test_commands_warn_before_they_run_a_network(onednn: str, tmp_path: Path) -> None:
    from tensorflow.python.util import _pywrap_util_port

    (tmp_path / "net.cnn").write_text(NET)
    environment = {
        **os.environ,
        "TF_ENABLE_ONEDNN_OPTS": onednn,
        "PYTHONPATH": str(ROOT),
        "KERAS_BACKEND": "tensorflow",
    }
    made = subprocess.run(
        [sys.executable, "-c", COMMANDS], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    said: list[list[str]] = []
    for line in made.stderr.splitlines():
        if line.startswith("> "):
            said.append([line[2:]])
        elif "warning: TensorFlow" in line:
            said[-1].append(line.partition("warning: ")[2])
    sentence = "TensorFlow cannot run up on this machine: it is a dilated transposed convolution; what helps: "
    helps = "TF_ENABLE_ONEDNN_OPTS=1 in the environment"
    if onednn == "1" and not any(more for _, *more in said):
        return  # oneDNN is built in, and does it
    assert onednn == "0" or not _pywrap_util_port.IsX86Available()
    assert said == [
        ["compile", sentence + helps], ["train", f"{sentence}--xla or {helps} or --backend jax"], ["train"],
        ["export", sentence + helps], ["evaluate", f"{sentence}{helps} or --backend jax"],
    ]  # fmt: skip
