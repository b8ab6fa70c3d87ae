"""The words of a train section become Keras objects, which do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnspec.train import keras_objects
from cnnspec.train.section import resolve
from tests.support import IN_THOROUGH, network
from tests.train.trainings import SMALL, refused, trained

keras = pytest.importorskip("keras")


def test_callbacks_work() -> None:
    section = """train {
      data = digits; epochs = 6; optimizer = sgd(0.001, use_ema=true); loss = sparse_categorical_crossentropy
      metrics = [accuracy, sparse_top_k_categorical_accuracy(k=3, name="top3")]
      callbacks = [
        csv_logger("logs/log.csv"), model_checkpoint("logs/best-{epoch:02d}.keras", save_best_only=true),
        early_stopping(monitor=val_top3, mode=max, min_delta=10, patience=2), swap_ema_weights, terminate_on_nan,
        learning_rate_scheduler(exponential_decay(0.1, 1, 0.5)), backup_and_restore("backup"), progbar_logger,
      ]
    }"""
    _, shown = trained(SMALL + section)
    assert "epoch 3/6" in shown
    assert "epoch 4/6" not in shown  # no top3 is ever 10 better than the first
    assert "learning_rate 0.1000" in shown
    assert "learning_rate 0.0500" in shown
    header, *rows = Path("runs/net-1/logs/log.csv").read_text().splitlines()
    assert header == "epoch,accuracy,loss,top3,val_accuracy,val_loss,val_top3"
    assert len(rows) == 3
    assert Path("runs/net-1/logs/best-01.keras").exists()
    assert not Path("runs/net-1/backup").exists()


@IN_THOROUGH
def test_the_learning_rate_falls_on_a_plateau() -> None:
    text = (
        SMALL
        + "train { data = digits; callbacks = reduce_lr_on_plateau(patience=1, min_delta=100, factor=0.5); optimizer = adam(0.01) }"
    )
    _, shown = trained(text, epochs=4, seed=0)
    assert "learning_rate 0.0100" in shown
    assert "learning_rate 0.0050" in shown


def test_a_backup_folder_of_that_name_outside_the_run_is_kept() -> None:
    """Keras deletes the backup's folder; a callback's files lie in the run folder, so it is never one of the user's."""
    Path("src").mkdir()
    Path("src/work.py").write_text("x")
    trained(SMALL + 'train { data = digits; callbacks = backup_and_restore("src") }', epochs=1)
    assert Path("src/work.py").exists()
    assert not Path("runs/net-1/src").exists()


def test_a_missing_package_is_said_before_the_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_objects, "find_spec", lambda name: None)
    error = refused(SMALL + "train { data = digits; callbacks = tensorboard }")
    assert str(error) == "tensorboard needs tensorboard, which is not installed; pip install tensorboard"


SAMPLES = {"decay_steps": 10, "first_decay_steps": 10, "boundaries": [5], "values": [0.1, 0.01], "num_classes": 10,
           "target_class_ids": [0], "inner_optimizer": "adam", "filepath": "m.keras", "filename": "log.csv",
           "schedule": "exponential_decay(0.1, 1, 0.5)", "backup_dir": "backup"}  # fmt: skip


def required(parameters: str) -> str:
    names = [p[:-1] for p in parameters.split() if p.endswith("!")]
    written = {n: SAMPLES.get(n, 0.5) for n in names}
    return ", ".join(f'{n}="{v}"' if n.startswith(("file", "backup")) else f"{n}={v}" for n, v in written.items())


def test_every_word_makes_what_keras_has() -> None:
    from cnnspec.train.section_words import MODULES

    for key, module in (
        ("optimizer", "optimizers"),
        ("loss", "losses"),
        ("metrics", "metrics"),
        ("callbacks", "callbacks"),
    ):
        for word, (cls, parameters) in MODULES[module][1].items():
            extra = "; optimizer = adam(use_ema=true)" if word == "swap_ema_weights" else ""
            settings, found = resolve(
                network(SMALL + f"train {{ {key} = {word}({required(parameters)}){extra} }}").train
            )
            assert not found, (word, found[0].message)
            if key == "callbacks":
                if word not in ("tensorboard", "remote_monitor"):
                    assert type(keras_objects.build_callbacks(settings, keras, "run")[0]).__name__ == cls
            elif cls != "accuracy":
                term = getattr(settings, key)
                assert type(keras_objects.build(term[0] if key == "metrics" else term, keras)).__name__ == cls
    for word, (cls, parameters) in MODULES["optimizers.schedules"][1].items():
        settings, found = resolve(network(SMALL + f"train {{ optimizer = sgd({word}({required(parameters)})) }}").train)
        assert not found
        assert type(keras_objects.build(settings.optimizer, keras)._learning_rate).__name__ == cls


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("optimizer = adam(1)", "learning_rate", 1.0),
        ("learning_rate = 2", "learning_rate", 2.0),
        ("optimizer = sgd(0.1, momentum=1)", "momentum", 1.0),
        ("metrics = fbeta_score(beta=2)", "beta", 2.0),
        ("metrics = binary_accuracy(threshold=0)", "threshold", 0.0),
    ],
)
def test_whole_numbers_are_taken_where_keras_wants_floats(line: str, name: str, value: float) -> None:
    settings, found = resolve(network(f"input 3\ndense(2)\ntrain {{ {line} }}\n").train)
    assert found == ()
    term = settings.metrics[0] if settings.metrics else settings.optimizer
    assert float(keras_objects.build(term, keras).get_config()[name]) == value
