"""What is asked of a train section before anything is trained, without Keras; and the tables against Keras's signatures."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.layers.argument import Term
from cnnspec.train.data_fit import Targets, check_plain_data, match_examples, match_output
from cnnspec.train.ends import find_ends
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.figures import find_metric_name
from cnnspec.train.section import resolve
from cnnspec.train.section_keys import KEYS
from cnnspec.train.section_values import KINDS, OWN_KINDS
from cnnspec.train.section_words import MODULES, PYTHON_ONLY, SHORT, find_word
from cnnspec.train.settings import TrainSettings
from tests.support import network

HEAD = "input 8x8x1\nflatten -> dense(10, softmax)\n"


def section(*lines: str) -> Any:
    return network(HEAD + "train {\n" + "\n".join(lines) + "\n}\n").train


def wrong(*lines: str) -> tuple[str, str, str]:
    """Message, marked text and help of the one finding."""
    (found,) = resolve(section(*lines))[1]
    assert found.code == "E030"
    assert found.span is not None
    return found.message, found.span.text, found.help


def test_a_section_becomes_settings() -> None:
    settings, found = resolve(section(
        "data = digits", "optimizer = Adam(0.01, beta_1=0.8)", "loss = sparse_categorical_crossentropy(from_logits=true)",
        "metrics = [accuracy, top_k_categorical_accuracy(k=3)]", "epochs = 3", "batch = 64", "seed = 7", "validation = 0.2",
        "test = 0.3", "shuffle = false", 'callbacks = [EarlyStopping(monitor=val_loss, patience=3), csv_logger("a/log.csv")]',
    ))  # fmt: skip
    assert found == ()
    assert settings.data == "digits"
    assert (settings.epochs, settings.batch, settings.seed) == (3, 64, 7)
    assert (settings.validation, settings.test, settings.shuffle) == (0.2, 0.3, False)
    assert settings.optimizer == Term("Adam", (), (("learning_rate", 0.01), ("beta_1", 0.8)), "optimizers")
    assert settings.loss == Term("SparseCategoricalCrossentropy", (), (("from_logits", True),), "losses")
    assert settings.metrics is not None
    assert [find_metric_name(m) for m in settings.metrics] == ["accuracy", "top_k_categorical_accuracy"]
    assert settings.callbacks == (
        Term("EarlyStopping", (), (("monitor", "val_loss"), ("patience", 3)), "callbacks"),
        Term("CSVLogger", (), (("filename", "a/log.csv"),), "callbacks"),
    )


def test_an_empty_section_is_the_defaults() -> None:
    assert resolve({}) == (TrainSettings(), ())


def test_overrides_stand_above_the_section() -> None:
    train = section("data = digits", "epochs = 3", "optimizer = sgd(0.1, momentum=0.9)")
    settings, found = resolve(train, {"data": "x.npz", "epochs": 5, "learning_rate": 0.5, "batch": 8, "seed": 9})
    assert found == ()
    assert (settings.data, settings.folder, settings.epochs, settings.batch, settings.seed) == ("x.npz", "", 5, 8, 9)
    assert dict(settings.optimizer.keywords) == {"learning_rate": 0.5, "momentum": 0.9}
    texts = {
        "loss": "{mask: dice}",
        "metrics": "{mask: [mae, mse]}",
        "learning_rates": "{stem: 0.1}",
        "columns": "{mask: m}",
        "data": "x.npz",
    }
    settings, found = resolve(train, texts, ("mask", "label"))
    assert found == ()
    assert [name for name, _ in (*settings.losses, *settings.metrics_by_output)] == ["mask", "mask"]
    assert (settings.learning_rates, settings.columns) == ((("stem", 0.1),), (("mask", ("m",)),))


def test_overrides_may_be_mappings_as_in_the_section() -> None:
    written = {
        "loss": "{same: mse, digit: hinge}", "loss_weights": "{digit: 0.3}", "metrics": "{same: [auc]}",
        "columns": "{left: photo}", "learning_rates": "{stem: 0.1}",
    }  # fmt: skip
    mine, found = resolve({}, written, ("same", "digit"))
    assert found == ()
    train = section(*[f"{name} = {text}" for name, text in written.items()])
    theirs = resolve(train, outputs=("same", "digit"))[0]
    for name in ("losses", "loss_weights", "metrics_by_output", "columns", "learning_rates"):
        assert repr(getattr(mine, name)) == repr(getattr(theirs, name)) != "()"
    for wrong, said in (
        ("{sme: mse}", 'loss names "sme"'),
        ("{same: mse, same: mse}", "loss: "),
        ("{1: mse}", "loss: "),
    ):
        (mistake,) = resolve({}, {"loss": wrong}, ("same", "digit"))[1]
        assert mistake.message.startswith(said)


def test_keras_names_of_settings_are_understood() -> None:
    settings, found = resolve(section("batch_size = 64", "validation_split = 0.25", "lr = 0.5"))
    assert found == ()
    assert (settings.batch, settings.validation, dict(settings.optimizer.keywords)) == (
        64,
        0.25,
        {"learning_rate": 0.5},
    )


@pytest.mark.parametrize(
    ("line", "message", "marked", "help"),
    [
        ("epoch = 3", 'a train section has no setting "epoch"', "epoch", 'did you mean "epochs"?'),
        ("epochs = 0", "epochs must be a whole number from 1, not 0", "0", ""),
        ("validation = 20", "validation must be a share from 0 up to, not including, 1, not 20", "20", "20 percent is 0.2"),
        ('data = "shapes"', 'data must be digits, mnist, fashion_mnist, cifar10, cifar100, "tfds:NAME", or the path of a folder ("images/"), a .csv or a .npz, not the text "shapes"', '"shapes"', 'a folder is written with a slash: "shapes/"'),
        ('batch = "x"', 'batch must be a whole number from 1, not the text "x"', '"x"', ""),
        ("batch = 2.5", "batch must be a whole number from 1, not 2.5", "2.5", ""),
        ("seed = -1", "seed must be a whole number from 0, not -1", "-1", ""),
        ("validation = 1", "validation must be a share from 0 up to, not including, 1, not 1", "1", ""),
        ("optimizer = adm", 'there is no optimizer "adm"', "adm", 'did you mean "adam"?'),
        ("optimizer = 3", "optimizer must be an optimizer, such as adam, not 3", "3", ""),
        ("optimizer = adam(0.1, rate=3)", 'adam has no argument "rate"', "rate", None),
        ("optimizer = adam(-0.1)", "learning_rate of adam must be a number above 0, or a schedule such as cosine_decay(0.01, 1000), not -0.1", "-0.1", ""),
        ("optimizer = adam(0.1, learning_rate=0.2)", "learning_rate of adam is given twice", "learning_rate=0.2", "keep one"),
        ("optimizer = adam(cosine_deca(0.1, 10))", 'there is no learning-rate schedule "cosine_deca"', "cosine_deca", 'did you mean "cosine_decay"?'),
        ("optimizer = adam(cosine_decay(0.1))", "cosine_decay needs its decay_steps", "cosine_decay", None),
        ("loss = crossentropy", 'there is no loss "crossentropy"', "crossentropy", None),
        ("loss = huber(delta=0)", "delta of huber must be a number above 0, not 0", "0", ""),
        ("metrics = [accuracy, recal]", 'there is no metric "recal"', "recal", 'did you mean "recall"?'),
        ("callbacks = early_stoping", 'there is no callback "early_stoping"', "early_stoping", 'did you mean "early_stopping"?'),
        ("callbacks = [early_stopping(patience=-1)]", "patience of early_stopping must be a whole number from 0, not -1", "-1", ""),
        ("callbacks = [terminate_on_nan(1, 2)]", "terminate_on_nan takes 1 argument, 2 are given", "2", "write terminate_on_nan(raise_error)"),
        ("callbacks = [early_stopping(monitor=val_acc)]", 'early_stopping watches "val_acc", which this training does not report', "val_acc", 'did you mean "val_accuracy"?'),
        ("callbacks = [swap_ema_weights]", "swap_ema_weights needs an optimizer that keeps a moving average", "swap_ema_weights", "write adam(use_ema=true)"),
        ("data = digit", None, "digit", 'did you mean "digits"?'),
        ('data = "faces.tar"', None, '"faces.tar"', ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(line: str, message: str | None, marked: str, help: str | None) -> None:
    said, text, advice = wrong(line)
    assert message is None or said == message
    assert text == marked
    assert help is None or advice == help


def test_settings_that_contradict_each_other() -> None:
    assert wrong("optimizer = adam(0.1)", "learning_rate = 0.2")[0] == "the learning rate is set twice"
    assert wrong("validation = 0", "callbacks = early_stopping")[2] == "set validation = 0.1, or watch loss"
    scheduled = wrong("optimizer = adam(cosine_decay(0.1, 100))", "callbacks = reduce_lr_on_plateau")
    assert scheduled[:2] == (
        "reduce_lr_on_plateau cannot change a learning rate that follows a schedule",
        "reduce_lr_on_plateau",
    )
    assert wrong("batch = 3", "batch_size = 4")[0] == "batch is set already"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/log.csv",
        "../log.csv",
        "a/../../log.csv",
        "~/log.csv",
        "C:log.csv",
        "gs://bucket/log.csv",
        "log.py",
        "..\\log.csv",
    ],
)
def test_a_spec_writes_inside_the_current_folder_only(path: str) -> None:
    assert wrong(f'callbacks = csv_logger("{path}")')[0].startswith("filename of csv_logger must be a ")


@pytest.mark.parametrize("path", [".", "..", "/tmp", ""])
def test_a_backup_has_a_folder_below(path: str) -> None:
    assert wrong(f'callbacks = backup_and_restore("{path}")')[0].startswith(
        "backup_dir of backup_and_restore must be a path"
    )


@pytest.mark.parametrize("path", ["m-{epoch.__class__}.keras", "m-{epoch:999999999d}.keras", "{}.keras", "m.h5"])
def test_a_checkpoint_is_named_by_plain_figures(path: str) -> None:
    assert "filepath of model_checkpoint must be" in wrong(f'callbacks = model_checkpoint("{path}")')[0]


def test_several_mistakes_are_each_said_once() -> None:
    found = resolve(section("epochs = 0", "batch = none", "optimizer = adm", "loss = mse"))[1]
    assert [d.message.split()[0] for d in found] == ["epochs", "batch", "there"]


# ---- the tables against Keras -------------------------------------------------------------------------------
NOT_FROM_TEXT = {
    "optimizers": {"Optimizer", "MultiOptimizer", "OptimizerMap"},
    "optimizers.schedules": {"LearningRateSchedule"},
    "losses": {"Loss"},
    "metrics": {"Metric", "Mean", "Sum", "MeanMetricWrapper", "Accuracy"},
    "callbacks": {"Callback", "CallbackList", "History", "LambdaCallback", "OrbaxCheckpoint"},
    "layers": {"RandomCrop", "AugMix"},  # see words.py
}


def keras_module(name: str) -> Any:
    keras = pytest.importorskip("keras")
    for part in name.split("."):
        keras = getattr(keras, part)
    return keras


def augments(layer: Any) -> bool:
    """Whether a Keras layer changes images at random."""
    from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
        BaseImagePreprocessingLayer,
    )

    return issubclass(layer, BaseImagePreprocessingLayer) and "seed" in inspect.signature(layer.__init__).parameters


@pytest.mark.parametrize("module", MODULES)
def test_tables_are_those_of_keras(module: str) -> None:
    ours = {cls: parameters for cls, parameters in MODULES[module][1].values() if cls != "accuracy"}
    theirs = {}
    for name, value in vars(keras_module(module)).items():
        if inspect.isclass(value) and name not in NOT_FROM_TEXT[module] and (module != "layers" or augments(value)):
            listed = [
                p
                for p in inspect.signature(value.__init__).parameters.values()
                if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
            ]
            theirs[name] = " ".join(p.name + "!" * (p.default is p.empty) for p in listed[1:])
    assert ours == theirs


def test_every_parameter_has_a_kind() -> None:
    used: dict[str, set[str]] = {}
    for module, (_, table) in MODULES.items():
        used.setdefault(module if module in OWN_KINDS else "", set()).update(
            p.rstrip("!") for _, listed in table.values() for p in listed.split()
        )
    assert {module: parameters - PYTHON_ONLY for module, parameters in used.items()} == {
        module: set(kinds) for module, kinds in {"": KINDS, **OWN_KINDS}.items()
    }


@pytest.mark.parametrize("module", MODULES)
def test_words_are_found_in_every_spelling(module: str) -> None:
    table = MODULES[module][1]
    for name, (cls, _) in table.items():
        assert (
            find_word(name, table)
            == find_word(cls, table)
            == find_word(name.upper(), table)
            == find_word(name.replace("_", ""), table)
            == name
        )
    assert all(any(full in t for _, t in MODULES.values()) for full in SHORT.values())


# ---- network and data --------------------------------------------------------------------------------------
def refused(text: str, data: str = "digits") -> str:
    with pytest.raises(TrainingFailed) as caught:
        check_plain_data(network(text).graph, TrainSettings(data=data))
    assert caught.value.status == 1
    return caught.value.message


def test_a_network_that_cannot_take_the_data_is_refused() -> None:
    assert refused("input 8x8x3\nflatten -> dense(10)") == "the network takes 8x8x3, an example of digits is 8x8x1"
    assert refused("input 50\ndense(10)") == "the network takes 50, an example of digits is 8x8x1"
    assert refused("input 8x8x1\nflatten -> dense(7)") == "digits has 10 classes, the network 7 outputs"
    assert refused("input 8x8x1\nflatten -> dense(1000)") == "digits has 10 classes, the network 1000 outputs"
    assert refused("input 8x8x1\nflatten -> dense(1, sigmoid)") == "digits has 10 classes, the network 1 output"
    assert refused("input 8x8x1\nconv(10, 3x3)") == "the network yields 6x6x10, but digits has a class for each example"
    assert (
        refused("input 32x32x3\nflatten -> dense(10)", "cifar100") == "cifar100 has 100 classes, the network 10 outputs"
    )
    several = "input a 8x8x1\ninput b 8x8x1\nadd(a, b) -> flatten -> dense(10)"
    assert refused(several) == "the network takes 2 inputs, a and b, and the data have one example each"
    several = "input 8x8x1\nflatten as f -> dense(10) as g\noutput f, g"
    assert refused(several) == "digits has 10 classes, the output f 64 units"


def how(text: str, shape: tuple[int, ...], targets: Targets, images: bool = False, loss: str | None = None) -> Any:
    settings, found = resolve({}, {"loss": loss} if loss else {})
    assert not found
    ends = find_ends(network(text).graph, settings)
    fit = match_examples(ends.inputs[0], shape, images)
    return fit.shape, fit.resized, match_output(ends.outputs[0], settings, fit.shape, targets)


def test_what_is_done_to_the_data() -> None:
    classes, exact = Targets((), 10), Targets((), 10, True)
    assert how("input 8x8x1\nflatten -> dense(10)", (8, 8, 1), exact) == ((8, 8, 1), False, "classes")
    assert how("input 28x28x1\nflatten -> dense(10)", (8, 8, 1), exact, images=True) == ((28, 28, 1), True, "classes")
    assert how("input ?x?x1\ngap -> dense(10)", (8, 8, 1), exact) == ((8, 8, 1), False, "classes")
    assert how("input ?x16x1\ngap -> dense(10)", (8, 8, 1), exact, images=True) == ((8, 16, 1), True, "classes")
    assert how("input 64\ndense(10)", (8, 8, 1), exact) == ((64,), False, "classes")
    assert how("input 64\ndense(10)", (64,), classes, loss="categorical_crossentropy") == ((64,), False, "one-hot")
    assert how("input 64\ndense(12)", (64,), classes) == ((64,), False, "classes")
    assert how("input 64\ndense(1)", (64,), Targets((), 2)) == ((64,), False, "column")
    assert how("input 64\ndense(1)", (64,), Targets((), 90), loss="mse") == ((64,), False, "column")
    assert how("input 64\ndense(1)", (64,), Targets((), None)) == ((64,), False, "column")
    assert how("input 64\ndense(3)", (64,), Targets((3,), None)) == ((64,), False, "given")
    assert how("input ?x?x1\nconv(5, 1x1)", (8, 8, 1), Targets((8, 8), 5)) == ((8, 8, 1), False, "classes")
    assert how("input ?x?x1\nconv(5, 1x1)", (8, 8), Targets((8, 8), 5)) == ((8, 8, 1), False, "classes")
    with pytest.raises(TrainingFailed, match="takes 28x28x1, an example of the data is 8x8x1"):
        how("input 28x28x1\nflatten -> dense(10)", (8, 8, 1), classes)
    with pytest.raises(TrainingFailed, match="targets that are no class numbers"):
        how("input 64\ndense(3)", (64,), Targets((3,), None), loss="sparse_categorical_crossentropy")
    with pytest.raises(TrainingFailed, match="yields 3, a target of the data is 4"):
        how("input 64\ndense(3)", (64,), Targets((4,), None), loss="mse")


def test_settings_and_fit_import_nothing_heavy() -> None:
    program = (
        "import sys; from tests.support import network; from cnnspec.train.data_fit import *; from cnnspec.train.section import *\n"
        f"net = network({HEAD + 'train { data = digits; callbacks = early_stopping }'!r})\n"
        "settings, found = resolve(net.train); assert not found; check_plain_data(net.graph, settings)\n"
        "print(sorted({'numpy', 'keras', 'tensorflow', 'sklearn', 'rich'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_keys_are_the_fields_of_the_settings() -> None:
    assert set(KEYS) - {"learning_rate"} == set(TrainSettings._fields) - {
        "folder",
        "start_folder",
        "spans",
        "outputs",
        "losses",
        "metrics_by_output",
        "pairing",
        "each",
    }
