"""The model of a run is one: best.keras is what was validated, what train tests, what -o saves and evaluate measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.runs import state
from tests.support import sample
from tests.train.run_folders import make_run, measured

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")

NET = "input 8x8x1\nflatten -> dense(32, relu) -> dense(10, softmax)\ntrain {{ data = digits; epochs = 3; batch = 300; {} }}\n"
LAST_STAYS = "callbacks = early_stopping(monitor=loss, mode=max, patience=9, restore_best_weights=true)"
AVERAGED = "optimizer = adam(0.01, use_ema=true, ema_momentum=0.9)"
SECTIONS = {
    "plain": "",
    "a callback takes back the weights of the first epoch": LAST_STAYS,
    "Keras puts averages in at the end": AVERAGED,
    "averages are validated": f"{AVERAGED}; callbacks = swap_ema_weights",
    "averages are in the model between epochs": f"{AVERAGED}; callbacks = swap_ema_weights(swap_on_epoch=true)",
    "half precision": "precision = mixed_float16",
}


def account() -> Any:
    return json.loads(Path("run/run.json").read_text())


@pytest.mark.parametrize(
    "title", sample(SECTIONS, ["averages are in the model between epochs", "averages are validated", "plain"])
)
def test_what_was_tested_is_the_best_model(capsys: pytest.CaptureFixture[str], title: str) -> None:
    line = make_run(Path("run"), NET.format(SECTIONS[title]), capsys)
    assert main(["evaluate", "run", "-q"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == measured(line, "digits")
    assert main(["evaluate", "run", "-q", "--split", "validation", "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)["compiled"]
    assert again == pytest.approx({name: account()["best"][f"val_{name}"] for name in again}, rel=1e-6)


def test_saving_averages_changes_no_bit_of_a_training() -> None:
    """TensorFlow's swap of weights and averages is by sums and differences, which round."""
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, use_ema=True), "mse")
    for _ in range(5):
        model.train_on_batch(np.random.default_rng(0).random((64, 8)), np.ones((64, 1)))
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)

    def bits() -> list[bytes]:
        return [np.asarray(v).tobytes() for v in (*model.variables, *model.optimizer.variables)]

    before = bits()
    with state.keep_unchanged(model):
        swap.on_test_begin()
        swap.on_test_end()
        assert bits() != before
    assert bits() == before


def test_a_best_model_that_is_gone_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnspec.train import run

    plain = run._fit_model

    def fitted(*given: Any) -> None:
        plain(*given)
        Path("run/best.keras").unlink()

    monkeypatch.setattr(run, "_fit_model", fitted)
    Path("net.cnn").write_text(NET.format(""))
    assert main(["train", "net.cnn", "-q", "--run-dir", "run"]) == 2
    err = capsys.readouterr().err
    assert "run/best.keras, the model of epoch 3, cannot be read again" in err
    assert "internal error" not in err
    assert account()["status"] == "failed"
    assert Path("run/last.keras").exists()
