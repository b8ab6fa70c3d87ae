"""KerasTuner's tuners on the candidates of a spec: every trial is one that fits, and its numbers are those of what was built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.search import NothingFits, make_space
from tests.search.specs import DIGITS
from tests.support import sample

keras_tuner = pytest.importorskip("keras_tuner", reason="keras-tuner is installed by whoever uses it")
from cnnspec.search.keras_tuner import CnnspecHyperModel  # noqa: E402

OVER: dict[str, Any] = {"f": range(2, 65, 2), "k": [1, 3, 5], "act": "relu, tanh"}
WHERE = "params < 200"


def compile_model(model: Any, hp: Any) -> None:
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)


class Measured(CnnspecHyperModel):
    """A hypermodel whose models are measured without training: the smaller, the better."""

    def fit(self, hp: Any, model: Any, *args: Any, **keywords: Any) -> float:
        return float(model.count_params())


@pytest.mark.parametrize("tuner", sample(["RandomSearch", "BayesianOptimization"], {"BayesianOptimization"}))
def test_every_trial_fits(tuner: str, tmp_path: Path) -> None:
    model = Measured(DIGITS, OVER, where=WHERE, compile=compile_model)
    made = getattr(keras_tuner, tuner)(
        model, max_trials=8, directory=tmp_path, seed=1, max_model_size=200, max_consecutive_failed_trials=1
    )
    made.search(verbose=0)
    trials = list(made.oracle.trials.values())
    assert [trial.status for trial in trials] == ["COMPLETED"] * 8
    for trial in trials:
        values = trial.hyperparameters.values
        network = cnnspec.loads(
            DIGITS, f=values["f"], k=values["k"], act=make_space(DIGITS, {"act": [values["act"]]}).axes[0].options[0]
        )
        assert network.params < 200
        assert trial.score == -network.params or trial.score == network.params, (
            "the numbers are those of what was built"
        )
        kept = json.loads((Path(made.get_trial_dir(trial.trial_id)) / "trial.json").read_text())
        assert kept["hyperparameters"]["values"] == values
    best = made.get_best_hyperparameters()[0]
    assert model.build(best).count_params() == next(t for t in trials if t.hyperparameters.values == best.values).score
    assert len({json.dumps(trial.hyperparameters.values) for trial in trials}) > 3


def test_a_real_training(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8, 1)[:256]
    model = CnnspecHyperModel(make_space(DIGITS, OVER, where=WHERE), compile=compile_model)
    tuner = keras_tuner.RandomSearch(model, objective="val_accuracy", max_trials=2, directory=tmp_path, seed=0)
    tuner.search(images, labels[:256], epochs=1, batch_size=128, validation_split=0.5, verbose=0)
    assert [trial.status for trial in tuner.oracle.trials.values()] == ["COMPLETED"] * 2


def test_the_plain_library_gives_up(tmp_path: Path) -> None:
    """What the hypermodel is for: too many models that are too large end a search."""

    def build(hp: Any) -> Any:
        network = cnnspec.loads(DIGITS, f=hp.Int("f", 2, 64, step=2), k=hp.Choice("k", [1, 3, 5]))
        model = network.to_keras()
        compile_model(model, hp)
        return model

    tuner = keras_tuner.RandomSearch(
        build, objective="val_accuracy", max_trials=8, directory=tmp_path, seed=1, max_model_size=100
    )
    with pytest.raises(RuntimeError, match="Oversized model"):
        tuner.search(verbose=0)


def test_nothing_fits() -> None:
    with pytest.raises(NothingFits, match="none of the 192 candidates of Digits meets params < 2"):
        CnnspecHyperModel(DIGITS, OVER, where="params < 2", compile=compile_model)
