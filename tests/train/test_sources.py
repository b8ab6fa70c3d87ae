"""Data sets that are known by name, how they are split, and the batches of an epoch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.train.data import sources
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.examples import Shaped
from cnnspec.train.data.images import resize
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.data.splitting import draw_share
from cnnspec.train.plan import make_plan
from cnnspec.train.settings import TrainSettings
from tests.support import network
from tests.train.trainings import SMALL, command

keras = pytest.importorskip("keras")


@pytest.mark.parametrize("size", [(28, 28), (32, 20), (5, 8), (3, 2)])
def test_resizing_is_that_of_keras(size: tuple[int, int]) -> None:
    images = np.random.default_rng(0).random((3, 8, 9, 2), np.float32)
    theirs = np.asarray(
        keras.ops.image.resize(images, size, interpolation="bilinear", antialias=True, data_format="channels_last")
    )
    np.testing.assert_allclose(resize(images, size), theirs, atol=1e-5)


def test_digits_are_what_scikit_learn_holds() -> None:
    from sklearn.datasets import load_digits

    raw = load(TrainSettings(data="digits"), network(SMALL).graph)
    examples, y = raw.train.inputs[""], raw.train.outputs[""]
    x = examples.take(np.arange(len(examples)))
    assert (x.shape, x.dtype, x.min(), x.max()) == ((1797, 8, 8, 1), np.float32, 0, 1)
    np.testing.assert_array_equal(x[..., 0] * 16, load_digits().images)
    np.testing.assert_array_equal(y, load_digits().target)


def test_what_is_held_back_has_every_class_and_no_example_twice() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    rest, held = draw_share(labels, 0.2, True, np.random.default_rng(0))
    assert sorted([*rest, *held]) == list(range(160))
    assert np.bincount(labels[held]).tolist() == [20, 10, 2]


def test_a_download_that_fails_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline() -> Any:
        print("Downloading data from https://…")
        raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", offline)
    status, out, err = command(capsys, "input 28x28x1\nflatten -> dense(10)\n", "--data", "mnist")
    assert (status, out) == (2, "")
    assert "mnist is not on this machine and could not be downloaded (URL fetch failure" in err
    assert "train on data = digits" in err


@pytest.mark.parametrize(("name", "shape"), [("mnist", (28, 28)), ("cifar10", (32, 32, 3))])
def test_downloaded_data_have_the_known_shape(
    monkeypatch: pytest.MonkeyPatch, name: str, shape: tuple[int, ...]
) -> None:
    images, labels = np.full((20, *shape), 255, np.uint8), (np.arange(20) % 10).reshape((20,) + (1,) * (len(shape) - 2))
    monkeypatch.setattr(
        getattr(keras.datasets, name), "load_data", lambda: ((images, labels), (images[:5], labels[:5]))
    )
    net = network(f"input 16x16x{shape[2] if len(shape) == 3 else 1}\nflatten -> dense(10)")
    settings = TrainSettings(data=name, validation=0)
    data = prepare(sources.load(settings, net.graph), make_plan(net.graph, settings))
    x, y = data.train.take(slice(None))
    assert x.shape == (20, *net.graph.nodes[0].shape)  # type: ignore[misc]
    assert x.max() == pytest.approx(1)
    assert y.tolist() == [*range(10), *range(10)]
    assert data.test is not None
    assert len(data.test) == 5


def test_images_that_memory_cannot_hold_are_resized_when_a_batch_asks() -> None:
    settings = TrainSettings(data="digits")
    graph = network("input 2000x2000x1\ngap -> dense(10)").graph
    data = prepare(load(settings, graph), make_plan(graph, settings))
    assert type(data.train.examples) is Shaped
    x, y = data.train.take(slice(3))
    assert (x.shape, y.shape) == ((3, 2000, 2000, 1), (3,))


def test_batches_are_the_same_in_any_run_and_differ_between_epochs() -> None:
    settings = TrainSettings(data="digits")
    graph = network(SMALL).graph
    part = prepare(load(settings, graph), make_plan(graph, settings)).train
    whole = make_batches(keras, part, 100, seed=7)
    first = [y for _, y in map(whole.__getitem__, range(len(whole)))]
    whole.begin(1)
    second = [y for _, y in map(whole.__getitem__, range(len(whole)))]
    later = make_batches(keras, part, 100, seed=7)
    later.begin(1, 4)
    assert [len(y) for y in first] == [100] * 12 + [len(part) % 100]
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == sorted(part.targets[part.places])
    assert not np.array_equal(np.concatenate(first), np.concatenate(second))
    assert all(np.array_equal(later[i][1], second[4 + i]) for i in range(len(later)))
    assert len(later) == len(second) - 4


def test_a_fingerprint_is_of_the_contents(tmp_path: Path) -> None:
    def of(x: Any, y: Any, **settings: Any) -> str:
        name = str(tmp_path / f"{len(os.listdir(tmp_path))}.npz")
        np.savez(name, x_train=x, y_train=y)
        given = TrainSettings(data=name, **settings)
        graph = network("input 6x6\nflatten -> dense(3)").graph
        return prepare(load(given, graph), make_plan(graph, given)).fingerprint

    x, y = np.random.default_rng(0).random((30, 6, 6)), np.arange(30) % 3
    first = of(x, y)
    assert len(first) == 64
    assert first == of(x, y, seed=5, validation=0.5)
    assert len({first, of(x[::-1], y), of(x, 2 - y), of(x + 1e-9, y), of(x[:-3], y[:-3])}) == 5
