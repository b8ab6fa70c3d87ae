"""CSVs and data sets of TensorFlow Datasets; weights of classes, smoothed labels and augmentation against Keras's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.live import MissingExtra
from cnnspec.train import keras_objects, memory, run
from cnnspec.train.data import examples, sources
from cnnspec.train.data.batches import make_batches
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings
from cnnspec.train.words import AUGMENTATIONS, MIXING
from tests.support import network
from tests.train.test_data import RGB, colour, flowers, read, refused, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ---- CSVs ---------------------------------------------------------------------------------------------------
def table(*lines: str, name: str = "set/list.csv", encoding: str = "utf-8") -> str:
    os.makedirs("set", exist_ok=True)
    for i in range(6):
        save(f"set/i{i}.png", colour(i))
    Path(name).write_text("\n".join(lines), encoding=encoding)
    return name


WHOLE = {"validation": 0, "test": 0}


@pytest.mark.parametrize(
    "lines",
    [
        ("path,label", "i0.png,a", "i1.png,b", "i2.png,c", "i3.png,a"),
        ("i0.png,a", "", "i1.png,b", "i2.png,c", "  ,", "i3.png,a"),
        ("Class,extra,Filename", "a,1,i0.png", "b,2,i1.png", "c,3,i2.png", "a,4,i3.png"),
        ('"image" , "target"', '"i0.png", "a"', "i1.png,b", '"i2.png","c"', " ./i3.png , a "),
        ("file,label,split", "i0.png,a,train", "i1.png,b,", "i2.png,c,Training", "i3.png,a,train", "i4.png,a,test", "i5.png,b,val"),
        ("path,label", "i0.png,0", "i1.png,1", "i2.png,2", "i3.png,0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_of_paths_and_labels(lines: tuple[str, ...], encoding: str) -> None:
    data = read(
        RGB, table(*(line.replace('" , "', '","').replace('", "', '","') for line in lines), encoding=encoding), **WHOLE
    )
    x, y = data.train.take(slice(None))
    assert y.tolist() == [0, 1, 2, 0]
    np.testing.assert_array_equal(x, np.stack([colour(i) for i in range(4)]) / np.float32(255))
    assert data.names == (None if lines[1].endswith(",0") else ("a", "b", "c"))
    if "split" in lines[0]:
        assert data.test is not None
        assert data.validation is not None
        assert (data.test.take(slice(None))[1], data.validation.take(slice(None))[1]) == (0, 1)


def test_a_csv_of_quantities() -> None:
    name = table("path,target", "i0.png,0.5", "i1.png,-2", "i2.png,1e3")
    assert read("input 8x8x3\nflatten -> dense(1)", name, loss="mse", **WHOLE).train.targets.tolist() == [
        [0.5],
        [-2],
        [1000],
    ]


def test_images_that_a_csv_names_in_vain_are_left_out() -> None:
    name = table(
        "path,label", "i0.png,a", "gone.png,b", "i2.png,c", "i3.png,b", "../x.png,a", "/dev/zero,b", "i\0.png,a"
    )
    data = read(RGB, name, **WHOLE)
    assert data.train.targets.tolist() == [0, 2, 1]
    assert data.notes == (
        "2 images of set/list.csv lie outside of its folder: ../x.png, /dev/zero",
        "left out of set/list.csv: 4 images that cannot be read, gone.png (no such file or directory), "
        "../x.png (no such file or directory), /dev/zero (it is no file) and 1 more",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "set/list.csv is empty"),
        (b"\n \n", "set/list.csv is empty"),
        (b"path,label\n", "set/list.csv has no examples to train on"),
        (b"path,label\ni0.png\n", "line 2 of set/list.csv has no label"),
        (b"path,label\ni0.png,a\n,b\n", "line 3 of set/list.csv has no path"),
        (b"name,kind\ni0.png,a\n", "the first line of set/list.csv names no column of paths and no column of labels"),
        (b"path,label,split\ni0.png,a,third\n", 'line 2 of set/list.csv has the split "third"'),
        (b"path,label\ni0.png,a\ni1.png,a\n", "set/list.csv has one class, a"),
        (b"path,label\ni0.png,a\ni1.png,b\n", "set/list.csv has 2 classes, the network 3 outputs"),
        (b"path,label\ni0.png,0\ni1.png,7\n", "set/list.csv has 8 classes, the network 3 outputs: the label of example 1 is 7"),
        (b"path,label\ni0.png,0\ni1.png,1000000000\n", "set/list.csv has 1000000001 classes, the network 3 outputs"),
        (b"path,label\ni0.png,0\ni1.png," + b"9" * 40 + b"\n", "the labels of set/list.csv are object, not numbers"),
        (b"path,label\ni0.png,1\ni1.png,-3\n", "the label of example 1 of set/list.csv is -3"),
        (b"path,label\ni0.png,nan\ni1.png,1\n", "the labels of set/list.csv hold NaN or infinity"),
        (b"path,label\n\xff\xfe,a\n", "set/list.csv is no CSV in UTF-8"),
        (b'path,label\n"i0.png,a\n', "set/list.csv is no CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_csv_is_refused(content: bytes, message: str) -> None:
    Path(table("")).write_bytes(content)
    assert refused(RGB, "set/list.csv").message.startswith(message)
    assert refused(RGB, "set/none.csv").message == "there is no data file set/none.csv"


# ---- TensorFlow Datasets, whose package a stand-in plays ------------------------------------------------------
def stand_in(monkeypatch: pytest.MonkeyPatch, fails: str = "", shape: Any = (8, 8, 3), label: bool = True) -> None:
    data = {"train": range(20), "test": range(20, 26)}

    def made(place: int) -> dict[str, Any]:
        return {"image": colour(place), "label": place % 3}

    class Builder:
        info = SimpleNamespace(
            full_name="eurosat/2.0.0",
            features={"image": SimpleNamespace(shape=shape, np_dtype=np.uint8)}
            | ({"label": SimpleNamespace(num_classes=3, names=["a", "b", "c"])} if label else {}),
            splits={part: SimpleNamespace(num_examples=len(places)) for part, places in data.items()},
        )

        def download_and_prepare(self) -> None:
            print("Downloading…")
            if fails:
                raise RuntimeError(fails)

        def as_dataset(self, split: str, as_supervised: bool, shuffle_files: bool) -> Any:
            assert not (as_supervised or shuffle_files)
            return map(made, data[split])

    package = SimpleNamespace(builder=lambda name: Builder(), as_numpy=lambda dataset: dataset)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", package)  # type: ignore[arg-type]


def test_a_data_set_of_tensorflow_datasets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in(monkeypatch)
    data = read(RGB, "tfds:eurosat", validation=0)
    x, y = data.train.take(slice(None))
    np.testing.assert_array_equal(x, np.stack([colour(i) for i in range(20)]) / np.float32(255))
    assert y.tolist() == [i % 3 for i in range(20)]
    assert data.test is not None
    assert (len(data.test), data.names) == (6, ("a", "b", "c"))
    assert data.notes[0] == "eurosat/2.0.0 of TensorFlow Datasets"
    assert capsys.readouterr().out == ""


def test_what_tensorflow_datasets_cannot_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(MissingExtra, match=r'"tfds:eurosat" needs it: .*pip install .*\[tfds\]'):
        read(RGB, "tfds:eurosat")
    stand_in(monkeypatch, fails="no connection\nto the host")
    said = refused(RGB, "tfds:eurosat")
    assert said.message == "eurosat of TensorFlow Datasets could not be had (no connection to the host)"
    assert said.status == 2
    stand_in(monkeypatch, shape=(None, None, 3))
    assert "no set of 8-bit images of one size" in refused(RGB, "tfds:eurosat").message
    stand_in(monkeypatch, label=False)
    assert "no set of 8-bit images of one size" in refused(RGB, "tfds:eurosat").message
    stand_in(monkeypatch)
    monkeypatch.setattr(examples, "HELD_BYTES", 100)
    assert "takes 0.0 GiB, more than there is room for" in refused(RGB, "tfds:eurosat").message


@pytest.mark.parametrize("name", ["tfds:", "tfds:../x", "tfds:kaggle:own/code", "tfds:https://a/b", "tfds:A B"])
def test_a_name_of_tensorflow_datasets_leads_nowhere_else(name: str) -> None:
    (found,) = resolve({}, {"data": name})[1]
    assert found.message.startswith("data must be tfds: and a name of TensorFlow Datasets")


# ---- refused before Keras -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("network", "data", "message"),
    [
        ("input 8x8x3\nflatten -> dense(4)", "flowers/", "flowers/ has 3 classes, the network 4 outputs"),
        ("input 8x8x2\nflatten -> dense(3)", "flowers/", "the network takes 8x8x2"),
        ("input 9x8x1\nflatten -> dense(3)", "a.npz", "the network takes 9x8x1, an example of a.npz is 8x8"),
        ("input 8x8x1\nflatten -> dense(2)", "a.npz", "the label of example 2 is 2"),
        ("input 8x8x1\nflatten -> dense(3)", "nan.npz", "hold NaN or infinity, the first is 4"),
        ("input 8x8x1\nflatten -> dense(3)", "negative.npz", "the label of example 5 of negative.npz is -1"),
        ("input 8x8x3\nflatten -> dense(2)", "list.csv", "has 3 classes"),
        ("input 8x8x1\nflatten -> dense(3)", "test.npz", "has 6 classes, the network 3 outputs: the label of example 2 of the test data is 5"),
        ("input 8x8x1\nflatten -> dense(9)", "digits", "digits has 10 classes, the network 9 outputs"),
        ("input 8x8x1\nflatten -> dense(3)\ntrain { class_weights = [1, 2] }", "a.npz", "class_weights has 2 numbers, a.npz has 3 classes"),
        ("input 64\ndense(3)\ntrain { augment = random_flip }", "a.npz", "augment changes images, an example is 64"),
        ("input 8x8x1\nflatten -> dense(99999999) -> dense(3)\ntrain { memory = 8GiB }", "a.npz", "and memory is 8.00 GiB"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_keras_is_imported(network: str, data: str, message: str) -> None:
    flowers()
    Path("list.csv").write_text(
        "path,label\n" + "".join(f"flowers/{n}/00.png,{n}\n" for n in ("daisy", "rose", "tulip"))
    )
    x, y = np.ones((30, 8, 8)), np.arange(30) % 3
    np.savez("a.npz", x_train=x, y_train=y)
    np.savez("negative.npz", x_train=x, y_train=np.where(np.arange(30) == 5, -1, y))
    np.savez("test.npz", x_train=x, y_train=y, x_test=x[:4], y_test=np.array([0, 1, 5, 0]))
    x[4, 0, 0] = np.nan
    np.savez("nan.npz", x_train=x, y_train=y)
    Path("net.cnn").write_text(network)
    program = (
        "import sys; from cnnspec.cli import main\n"
        f"status = main(['train', 'net.cnn', '--data', {data!r}])\n"
        "assert not {'keras', 'tensorflow'} & set(sys.modules); sys.exit(status)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in (1, 2), done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_memory_that_the_machine_lacks_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = network("input 224x224x3\nconv(64, 3x3, padding=same, activation=relu) -> gap -> dense(3)").graph
    monkeypatch.setattr(memory, "free_memory", lambda: 2**30)
    (note,) = memory.find_memory_notes(make_plan(graph, TrainSettings(batch=128)))
    assert "this machine has 1.00 GiB free: without a graphics card, batch = " in note
    fits = int(note.split("batch = ")[-1].split()[0])
    assert memory.find_memory_notes(make_plan(graph, TrainSettings(batch=fits))) == []
    assert memory.find_memory_notes(make_plan(graph, TrainSettings(batch=fits + 1))) != []
    memory.check_memory(make_plan(graph, TrainSettings(batch=fits, memory=2**30)))
    with pytest.raises(TrainingFailed, match=r"and memory is 1\.00 GiB"):
        memory.check_memory(make_plan(graph, TrainSettings(batch=fits + 1, memory=2**30)))


def test_classes_without_examples_are_noted() -> None:
    x = np.ones((30, 8, 8))
    np.savez("a.npz", x_train=x, y_train=np.repeat([0, 2], 15))
    assert read("input 8x8\nflatten -> dense(4)", "a.npz").notes == (
        "2 of 4 classes have no example of a.npz to train on: 1, 3",
    )
    np.savez("b.npz", x_train=x, y_train=np.ones(30, int))
    assert read("input 8x8\nflatten -> dense(4)", "b.npz").notes == (
        "all examples of b.npz to train on are of one class, 1: there is nothing to tell apart",
    )


# ---- weights of classes ---------------------------------------------------------------------------------------
keras = pytest.importorskip("keras")
LINE = "input 8x8\nflatten -> dense(3, softmax)"


def lopsided(**more: Any) -> str:
    rng = np.random.default_rng(1)
    np.savez("a.npz", **{"x_train": rng.normal(size=(70, 8, 8)), "y_train": np.repeat([0, 1, 2], [50, 15, 5])} | more)
    return "a.npz"


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    part = read(LINE, lopsided(), class_weights="balanced").train
    labels = part.targets[part.places]
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert part.weights is not None
    np.testing.assert_allclose(part.weights[part.places], expected[labels], rtol=1e-6)
    assert part.weights[part.places].mean() == pytest.approx(1)


def test_weights_by_name() -> None:
    flowers()
    part = read(RGB + 'train { class_weights = [(tulip, 2.5), ("daisy", 0)] }', "flowers/").train
    assert part.weights is not None
    assert sorted(set(zip(part.targets.tolist(), part.weights.tolist(), strict=True))) == [(0, 0), (1, 1), (2, 2.5)]
    said = refused(RGB + "train { class_weights = [(tulp, 2.5)] }", "flowers/")
    assert (said.message, said.help) == ('flowers/ has no class "tulp"', 'did you mean "tulip"?')
    assert refused(LINE, lopsided(), class_weights=[("a", 1)]).help == "write a list of numbers, one a class"
    assert (
        "has no classes"
        in refused(
            "input 8x8\nflatten -> dense(1)",
            lopsided(y_train=np.linspace(0, 1, 70)),
            loss="mse",
            class_weights="balanced",
        ).message
    )


@pytest.mark.parametrize(("end", "loss", "classes"), [
    ("dense(3, softmax)", "sparse_categorical_crossentropy", 3), ("dense(3, softmax)", "categorical_crossentropy", 3),
    ("dense(1, sigmoid)", "binary_crossentropy", 2),
])  # fmt: skip
def test_weighted_training_is_keras_own_with_class_weight(end: str, loss: str, classes: int) -> None:
    text, weights = f"input 8x8\nflatten -> {end}", [1, 2.5, 7][:classes]
    name = lopsided(y_train=np.repeat([0, 1, 2], [50, 15, 5]) % classes)
    net = network(text)
    settings, _ = resolve(net.train, {"data": name, "loss": loss, "class_weights": weights, "optimizer": "sgd"})
    part = read(text, name, loss=loss, class_weights=weights).train
    results = []
    for weighted in (True, False):
        keras.utils.set_random_seed(0)
        model = run.to_keras(net.graph)
        model.compile(optimizer="sgd", loss=keras_objects.build(settings.loss, keras))  # type: ignore[arg-type]
        fed = part if weighted else part.replace(weights=None)
        more = {} if weighted else {"class_weight": dict(enumerate(weights))}
        history = model.fit(make_batches(keras, fed, 8, 0), shuffle=False, epochs=2, verbose=0, **more)
        results.append((history.history["loss"], model.get_weights()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-6)
    for ours, theirs in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    plain = model.fit(make_batches(keras, part.replace(weights=None), 8, 0), epochs=1, verbose=0).history["loss"]
    assert plain[0] != pytest.approx(results[0][0][1], rel=0.01)


def test_weights_of_a_map_of_classes() -> None:
    maps = np.random.default_rng(0).integers(0, 3, (20, 8, 8))
    name = lopsided(x_train=maps, y_train=maps)
    text = "input 8x8x1\nconv(3, 1x1, activation=softmax)"
    part = read(text, name, class_weights=[1, 2, 3]).train
    x, y, w = make_batches(keras, part, 4)[0]
    np.testing.assert_array_equal(w, y + 1)
    model = run.to_keras(network(text).graph)
    model.compile(loss="sparse_categorical_crossentropy")
    probability = np.take_along_axis(model.predict(x, verbose=0), y[..., None], -1)[..., 0]
    assert model.evaluate(x, y, sample_weight=w, verbose=0) == pytest.approx(
        (-np.log(probability) * w).mean(), rel=1e-5
    )


# ---- smoothed labels ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("end", "loss"), [
    ("dense(3, softmax)", None), ("dense(3)", None), ("dense(3, softmax)", "sparse_categorical_crossentropy"),
    ("dense(3)", "sparse_categorical_crossentropy(from_logits=true)"), ("dense(3, softmax)", "categorical_crossentropy"),
])  # fmt: skip
def test_smoothing_by_hand(end: str, loss: str | None) -> None:
    text = f"input 8x8\nflatten -> {end}\ntrain {{ label_smoothing = 0.3{'; loss = ' + loss if loss else ''} }}"
    net = network(text)
    data = read(text, lopsided())
    settings, found = resolve(net.train)
    assert not found
    model = run.to_keras(net.graph)
    term = keras_objects.choose_loss(settings, model, data.targets)
    model.compile(
        loss=keras_objects.build(term, keras),
        metrics=keras_objects.build_metrics(settings, keras, term, data.targets, model),
    )
    x, y = data.train.take(slice(None))
    made = model.predict(x, verbose=0).astype(float)
    probability = made if "softmax" in end else np.exp(made) / np.exp(made).sum(1, keepdims=True)
    shares = np.eye(3)[y.argmax(1)] * 0.7 + 0.3 / 3
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(-(shares * np.log(probability)).sum(1).mean(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((probability.argmax(1) == y.argmax(1)).mean())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("label_smoothing = 0.1; loss = mse", "mean_squared_error has no label smoothing"),
        ("label_smoothing = 0.1; loss = categorical_crossentropy(label_smoothing=0.2)", "label_smoothing is set in categorical_crossentropy too"),
        ("label_smoothing = 0.1; loss = sparse_categorical_crossentropy(ignore_class=0)", "label_smoothing does not go with the ignore_class of"),
        ("label_smoothing = 0.1; metrics = sparse_categorical_accuracy", "sparse_categorical_accuracy takes class numbers, and with label_smoothing"),
        ("augment = mix_up; metrics = [sparse_top_k_categorical_accuracy]", "sparse_top_k_categorical_accuracy takes class numbers, and with a mixture"),
        ("augment = cut_mix; class_weights = balanced", "cut_mix makes examples of two classes"),
        ("label_smoothing = 1", "label_smoothing must be a share from 0 up to, not including, 1, not 1"),
        ("class_weights = heavy", "class_weights must be balanced, a number from 0 a class"),
        ("class_weights = [1, -2]", "class_weights must be balanced, a number from 0 a class"),
        ("augment = random_flp", 'there is no augmentation "random_flp"'),
        ("augment = random_crop(8, 8)", 'there is no augmentation "random_crop"'),
        ("augment = random_flip(sideways)", "mode of random_flip must be horizontal, vertical or horizontal_and_vertical"),
        ("augment = [random_zoom]", "random_zoom needs its height_factor"),
        ("augment = random_rotation(0.1, seed=3)", 'random_rotation has no argument "seed"'),
    ],
)  # fmt: skip
def test_settings_of_targets_that_contradict(lines: str, message: str) -> None:
    found = resolve(network(LINE + f"\ntrain {{ {lines} }}").train)[1]
    assert [d.message.startswith(message) for d in found] == [True], found
    assert found[0].span is not None


# ---- augmentation ----------------------------------------------------------------------------------------------
def augmented(*layers: str, shape: str = "8x8x3", count: int = 10, **settings: Any) -> Any:
    text = f"input {shape}\nflatten -> dense(3, softmax)\ntrain {{ augment = [{', '.join(layers)}] }}"
    return read(text, flowers(count=count), **settings)


FACTORS = {"factor": "0.4", "height_factor": "0.2", "width_factor": "0.2"}


def written(word: str) -> str:
    needed = [p[:-1] for p in AUGMENTATIONS[word][1].split() if p.endswith("!")]
    values = {**FACTORS, **({"factor": "4"} if word == "random_posterization" else {})}
    return f"{word}({', '.join(f'{p}={values[p]}' for p in needed)})"


@pytest.mark.parametrize("word", AUGMENTATIONS)
def test_every_augmentation_is_by_seed_epoch_and_batch(word: str) -> None:
    more = {
        "random_shear": "random_shear(0.3, 0.3)",
        "random_color_jitter": "random_color_jitter(brightness_factor=0.4)",
        "solarization": "solarization(0.5, 0.5)",
        "random_grayscale": "random_grayscale(0.5)",
    }
    part = augmented(more.get(word, written(word)), validation=0, test=0).train
    whole = make_batches(keras, part, 8, seed=5)
    first = [whole[i] for i in range(len(whole))]
    again = [whole[i] for i in reversed(range(len(whole)))][::-1]
    other, later = begun(part, 8, 5, 0, first=2), begun(part, 8, 5, 1)
    whole.begin(1)
    for pairs in (
        zip(first, again, strict=True),
        zip(first[2:], [other[i] for i in range(len(other))], strict=True),
        [(later[1], whole[1])],
    ):
        for one, two in pairs:
            np.testing.assert_array_equal(one[0], two[0])
            np.testing.assert_array_equal(one[1], two[1])
    changed = False
    for number, (x, y) in enumerate(first):
        places = whole_order(part, 5)[8 * number : 8 * number + 8]
        plain, targets = part.take(places)
        assert (x.dtype, x.shape) == (np.float32, plain.shape)
        assert -0.001 <= x.min() <= x.max() <= 1.001
        changed |= not np.allclose(x, plain, atol=1e-3)
        if word in ("cut_mix", "mix_up"):
            np.testing.assert_allclose(y.sum(1), 1, atol=1e-5)
            assert not np.array_equal(y, targets)
        else:
            np.testing.assert_array_equal(y, targets)
    assert changed


def begun(part: Any, batch: int, seed: int, epoch: int, first: int = 0) -> Any:
    """The batches of an epoch, from one of them on."""
    whole = make_batches(keras, part, batch, seed)
    whole.begin(epoch, first)
    return whole


def whole_order(part: Any, seed: int) -> Any:
    from cnnspec.train.data.batches import order

    return order(len(part), seed, 0)


def test_epochs_batches_and_seeds_are_augmented_differently() -> None:
    part = augmented("random_rotation(0.5)", "random_brightness(0.5)", validation=0, test=0).train
    part = part.replace(places=np.zeros_like(part.places))  # one image over and over
    rows = [begun(part, 5, s, e)[b][0] for s in (0, 1) for e in (0, 1) for b in (0, 1)]
    assert len({row.tobytes() for row in rows}) == 8


def test_a_mixed_image_and_its_target_have_the_same_shares() -> None:
    part = augmented("mix_up(1.0)", validation=0, test=0).train
    one = np.stack([np.full((8, 8, 3), n, np.float32) for n in range(3)])
    flat = examples.Held(np.repeat(one, 10, axis=0))
    x, y = make_batches(keras, part.replace(examples=flat), 30, seed=1)[0]
    np.testing.assert_allclose(x[:, 0, 0, 0], y @ [0, 1, 2], atol=1e-5)


def test_what_is_held_back_is_not_augmented_and_the_model_has_no_such_layer() -> None:
    data = augmented("random_invert(1.0)", "random_flip")
    assert data.validation is not None
    assert data.train.augment
    assert (data.validation.augment, data.test.augment) == ((), ())  # type: ignore[union-attr]
    text = RGB + 'train { augment = [random_flip(horizontal), mix_up]; epochs = 1; data = "flowers/" }'
    net = network(text)
    settings, found = resolve(net.train)
    assert not found
    outcome = run.train(make_plan(net.graph, settings, gather_spec("net.cnn", "", {}), output="a.keras"))
    assert [type(layer).__name__ for layer in keras.models.load_model(outcome.model).layers] == [
        "InputLayer",
        "Flatten",
        "Dense",
    ]
    assert set(outcome.figures) == {"loss", "accuracy"}


def test_a_training_with_augmentation_can_be_repeated() -> None:
    net = network(
        RGB
        + 'train { augment = [random_rotation(0.2), cut_mix]; label_smoothing = 0.1; epochs = 2; data = "flowers/" }'
    )
    flowers()
    settings, found = resolve(net.train)
    assert not found
    first, second, other = (
        run.train(make_plan(net.graph, settings.replace(seed=s), gather_spec("net.cnn", "", {}))).figures
        for s in (3, 3, 4)
    )
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input 8x8x1\nflatten -> dense(1, sigmoid)\ntrain { augment = mix_up }", "mix_up mixes the classes of two examples"),
        ("input 64\ndense(2)\ntrain { augment = random_flip }", "augment changes images, an example is 64"),
        ("input 8x8x1\nconv(2, 1x1)\ntrain { augment = random_flip }", "augment would change images and not their targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_augmented_is_refused(text: str, message: str) -> None:
    labels = np.arange(70) % 2
    maps = np.broadcast_to(labels[:, None, None], (70, 8, 8))
    said = refused(text, lopsided(y_train=maps if "conv" in text else labels))
    assert said.message.startswith(message)
    assert said.span is not None


def test_what_keras_refuses_is_said_before_the_first_batch() -> None:
    part = augmented("random_hue(0.4)", shape="8x8x1").train
    with pytest.raises(TrainingFailed, match="Keras refuses random_hue for images 8x8x1"):
        make_batches(keras, part, 8, seed=0)


def test_mixing_words_are_in_the_table() -> None:
    assert set(MIXING) == {cls for word, (cls, _) in AUGMENTATIONS.items() if word in ("cut_mix", "mix_up")}


def test_no_source_is_left_without_a_sentence() -> None:
    with pytest.raises(TrainingFailed, match="there is no data folder images/"):
        sources.load(TrainSettings(data="images/"))
