"""Trainings that start from weights, freeze layers, train them after all, at rates of their own: beside plain Keras."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.runs.state import State
from cnnspec.train.settings import TrainSettings
from cnnspec.train.starting import phase as phases
from tests.support import IN_THOROUGH, THOROUGH, network, sample, unwrap
from tests.train.resuming import differences, terminate_after_batch

keras = pytest.importorskip("keras")

BODY = "input 8x8x1\nconv(4, 3x3, bias=false) as stem -> bn as norm -> relu -> flatten -> dense(16, relu) as mid -> "
FIRST = BODY + 'dense(10, softmax)\ntrain { data = "digits.npz"; epochs = 1; batch = 64 }\n'
SECOND = (
    BODY
    + """dropout(0.2) -> dense(5, softmax) as head
train {
  data = "five.npz"; epochs = 4; batch = 64; shuffle = false; best = loss
  start = "first"; freeze = start; unfreeze_after = 2; unfreeze_rate = 0.002; optimizer = adam(0.01)
  callbacks = [early_stopping(patience=3, monitor=loss), model_checkpoint("at-{epoch}.keras")]
}
"""
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with digits, those below five, a run `first` on all, and one of two phases on the five, `whole`."""
    from sklearn.datasets import load_digits

    folder, before = tmp_path_factory.mktemp("starting"), os.getcwd()
    os.chdir(folder)
    digits = load_digits()
    x, y = digits.images[..., None].astype("float32") / 16, digits.target
    for name, chosen in (("digits", y < 10), ("five", y < 5)):
        a, b = x[chosen], y[chosen]
        np.savez(f"{name}.npz", x_train=a[:256], y_train=b[:256], x_val=a[256:320], y_val=b[256:320], x_test=a[320:384], y_test=b[320:384])  # fmt: skip
    Path("first.cnn").write_text(FIRST)
    Path("second.cnn").write_text(SECOND)
    assert main(["train", "first.cnn", "-q", "--run-dir", "first"]) == 0
    assert main(["train", "second.cnn", "-q", "--run-dir", "whole"]) == 0
    os.chdir(before)
    return folder


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def read(path: Path) -> Any:
    return keras.models.load_model(path, compile=False)


def weights(model: Any, *names: str) -> list[Any]:
    return [keras.ops.convert_to_numpy(weight) for name in names for weight in model.get_layer(name).weights]


def test_what_is_taken_stays_in_the_first_phase_and_is_trained_in_the_second(folder: Path) -> None:
    taken = "stem", "norm", "mid"
    start, frozen, last = (read(folder / name) for name in ("first/best.keras", "whole/at-2.keras", "whole/last.keras"))
    for one, other in zip(weights(start, *taken), weights(frozen, *taken), strict=True):
        assert np.array_equal(one, other)  # moving statistics, too
    assert not any(map(np.array_equal, weights(start, *taken), weights(last, *taken)))
    images = np.load(folder / "five.npz")["x_test"]
    features = [
        keras.Model(model.inputs, model.get_layer("mid").output).predict(images, verbose=0) for model in (start, frozen)
    ]
    assert np.array_equal(*features)
    record = json.loads((folder / "whole/run.json").read_text())
    assert record["params"] == {"total": 2_457, "trainable": 85}
    told = record["start"]
    assert (told["given"], told["layers"], told["left"]) == ("first", list(taken), ["head (16x5 here, 16x10 there)"])
    assert (told["weights"], told["of_weights"], told["of_layers"]) == (2_372, 2_457, 4)


def test_the_losses_are_those_of_plain_keras(folder: Path) -> None:
    from cnnspec.compile.keras_model import to_keras
    from cnnspec.train.runs.state import seed_epoch

    class Seeded(keras.callbacks.Callback):  # PyTorch's dropout draws from its own generator
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch = epoch

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if batch == 0:
                seed_epoch(0, self.epoch)

    keras.utils.set_random_seed(0)
    seeded = Seeded()
    model, start = to_keras(network(SECOND).graph), read(folder / "first/best.keras")
    taken = [model.get_layer(name) for name in ("stem", "norm", "mid")]
    for layer in taken:
        layer.set_weights(start.get_layer(layer.name).get_weights())
    data, losses = np.load(folder / "five.npz"), []
    for trainable, rate in ((False, 0.01), (True, 0.002)):
        for layer in taken:
            layer.trainable = trainable
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        done = model.fit(
            data["x_train"], data["y_train"], 64, len(losses) + 2, 0, [seeded], shuffle=False, initial_epoch=len(losses)
        )
        losses += done.history["loss"]
    rows = [json.loads(line) for line in (folder / "whole/metrics.jsonl").read_text().splitlines()]
    assert [row["loss"] for row in rows] == pytest.approx(losses, rel=1e-6)
    assert [row["learning_rate"] for row in rows] == pytest.approx([0.01, 0.01, 0.002, 0.002])


@pytest.mark.parametrize("places", sample([((1, 3), (2, 1)), ((0, 1), (1, 0)), ((2, 0), (3, 3))], [((0, 1), (1, 0)), ((2, 0), (3, 3))]))  # fmt: skip
def test_a_training_stopped_in_any_phase_comes_to_the_same_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, places: tuple[tuple[int, int], ...]
) -> None:
    """Stopped after batches, (epoch, batch) from 0: at the end of the first phase, within the second."""
    run = f"stopped{places[0]}"
    for place in places:
        with monkeypatch.context() as patch:
            terminate_after_batch(patch, *place)
            command = ["resume", run] if os.path.exists(run) else ["train", "second.cnn", "--run-dir", run]
            assert main([*command, "-q"]) == 143
    os.rename("first", "away")  # which a training that goes on needs no more
    try:
        assert main(["resume", run, "-q"]) == 0
    finally:
        os.rename("away", "first")
    assert differences(folder / "whole", folder / run) == []


@pytest.mark.parametrize(
    ("epoch", "done", "ended", "epochs", "phase", "begins"),
    [
        (1, 0, False, 4, 1, False),
        (2, 0, False, 4, 2, True),
        (2, 5, False, 4, 2, False),  # within the third epoch
        (2, 0, True, 4, 1, False),  # a callback ended it where it was
        (2, 0, False, 2, 1, False),
        (3, 0, True, 4, 2, False),
        (3, 0, False, 3, 2, False),
    ],
)
def test_the_phase_of_a_state(epoch: int, done: int, ended: bool, epochs: int, phase: int, begins: bool) -> None:
    settings, state = TrainSettings(epochs=epochs, unfreeze_after=2), State(epoch, done, ended, {}, [], {}, ((), ()))
    assert (phases.find_phase(settings, state), phases.begins_phase(settings, state)) == (phase, begins)
    assert phases.find_phase(settings.replace(unfreeze_after=None), state) == phases.find_phase(settings, None) == 1


@IN_THOROUGH
def test_a_training_that_ends_before_the_change_goes_on_to_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "second.cnn", "-q", "--run-dir", "short", "--epochs", "2"]) == 0
    assert main(["resume", "short", "--epochs", "4"]) == 0
    assert "all layers are trained from here: 2,449 of 2,457 parameters" in capsys.readouterr().err
    assert differences(folder / "whole", folder / "short") == ["run.json: overrides differs"]


def test_a_dry_run_says_what_is_taken_and_frozen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section = "train {\n  learning_rates = {stem: 0.1, head: 3}"
    Path("dry.cnn").write_text(SECOND.replace("train {", section))
    assert main(["train", "dry.cnn", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "start 3 of 4 layers (2,372 of 2,457 weights) from first; not taken: head (16x5 here" in unwrap(shown)
    assert "frozen 3 layers frozen until epoch 2: 85 of 2,457 parameters are trained" in unwrap(shown)
    assert "learning rate 0.1 times for stem, 3 times for head, 0.002 after epoch 2 " in unwrap(shown)
    assert main(["train", "second.cnn", "--dry-run", "--epochs", "2"]) == 0
    shown = unwrap(capsys.readouterr().out)
    assert "3 layers frozen to the end, epoch 2 (unfreeze_after is 2): 85 of 2,457 parameters are trained" in shown


@pytest.mark.parametrize(
    ("start", "status", "said"),
    [
        ("none", 2, "start: cannot read none: there is no such file"),
        (".", 2, "start: . is a folder without best.keras or last.keras"),
        ("first.cnn", 2, "start: first.cnn is no saved model"),
        ("text.keras", 2, "start: text.keras is no .keras file (a zip archive) and no JSON"),
        (
            "other.keras",
            1,
            "the network takes no weights from other.keras: its input is 8x8x1, that of the start 8x8x3",
        ),
        ("imagenet", 1, "start = imagenet is for the networks of keras.applications"),
    ],
)
def test_a_start_that_cannot_be_taken_is_refused_before_anything_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], start: str, status: int, said: str
) -> None:
    Path("text.keras").write_text("text")
    if start == "other.keras":
        inputs = keras.Input((8, 8, 3))
        keras.Model(inputs, keras.layers.Conv2D(4, 3)(inputs)).save(start)
    assert main(["train", "second.cnn", "--start", start, "--run-dir", "never"]) == status
    assert said in unwrap(capsys.readouterr().err)
    assert not os.path.exists("never")


# ---- rates -------------------------------------------------------------------------------------------------
OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, "Adam": {"gradient_accumulation_steps": 2},
    "AdamW": {"use_ema": True, "ema_overwrite_frequency": 2}, "RMSprop": {}, "Adagrad": {}, "Adadelta": {}, "Adamax": {},
    "Lamb": {}, "Lion": {"weight_decay": 0.1}, "Ftrl": {}, "Muon": {"weight_decay": 0.1, "adam_weight_decay": 0.1},
    "Adafactor": {},
}  # fmt: skip


def apply(optimizer: Any, gradients: list[Any], variables: list[Any]) -> None:
    """One step, on JAX without state, as a training makes it there."""
    if keras.config.backend() != "jax":
        optimizer.apply(gradients, variables)
        return
    if not optimizer.built:
        optimizer.build(variables)
    before = [v.value for v in optimizer.variables]
    values, state = optimizer.stateless_apply(before, gradients, [v.value for v in variables])
    for variable, value in zip([*variables, *optimizer.variables], [*values, *state], strict=True):
        variable.assign(value)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("name", sample(OPTIMIZERS, [] if THOROUGH else list(OPTIMIZERS)[3:]))
def test_rates_are_those_of_an_optimizer_for_each_group(name: str, scaled: bool) -> None:
    """Also where the optimizer is another's that scales the loss; gradients are the same for both."""
    from cnnspec.train.starting.rates import scale_rates

    rng = np.random.default_rng(0)
    begins = [rng.normal(size=(3, 4)).astype("float32") for _ in range(2)]
    gradients = [[rng.normal(size=(3, 4)).astype("float32") for _ in range(2)] for _ in range(4)]
    kind = getattr(keras.optimizers, name)

    def make(rate: float) -> Any:
        inner = kind(rate, **OPTIMIZERS[name])
        return keras.optimizers.LossScaleOptimizer(inner, initial_scale=4.0) if scaled else inner

    both, (slow, fast) = make(0.1), (make(0.01), make(0.1))
    mine, theirs = ([keras.Variable(value) for value in begins] for _ in range(2))
    scale_rates(both, {id(mine[0]): 0.1})
    torch = pytest.importorskip("torch") if keras.config.backend() == "torch" else None
    with nullcontext() if torch is None else torch.no_grad():
        for step in gradients:
            given = [keras.ops.convert_to_tensor(g * (4 if scaled else 1)) for g in step]
            apply(both, given, mine)
            apply(slow, given[:1], theirs[:1])
            apply(fast, given[1:], theirs[1:])
    for one, other in zip(mine, theirs, strict=True):
        assert np.allclose(one, other, rtol=1e-5, atol=1e-6)
    assert not np.allclose(mine[0], begins[0])


def test_a_section_gives_layers_rates_of_their_own(folder: Path) -> None:
    """With plain SGD a step is the rate times the gradient: both trainings take one step from the same weights."""
    steps = []
    for name, rates in (("plain", ""), ("scaled", "learning_rates = {start: 0.25, mid: 3}")):
        section = (
            f'train {{ data = "five.npz"; epochs = 1; batch = 256; optimizer = sgd(0.1); start = "first"; {rates} }}\n'
        )
        Path(f"{name}.cnn").write_text(BODY + "dense(5, softmax) as head\n" + section)
        assert main(["train", f"{name}.cnn", "-q", "--run-dir", name]) == 0
        model, start = read(folder / name / "last.keras"), read(folder / "first/best.keras")
        steps.append([b - a for a, b in zip(weights(start, "stem", "mid"), weights(model, "stem", "mid"), strict=True)])
    for (plain, scaled), factor in zip(zip(*steps, strict=True), (0.25, 3, 3), strict=True):
        assert np.allclose(scaled, factor * plain, rtol=1e-3, atol=1e-6)
    assert isinstance(keras.models.load_model(folder / "scaled/last.keras").optimizer, keras.optimizers.SGD)
