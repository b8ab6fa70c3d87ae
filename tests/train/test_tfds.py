"""Data sets of TensorFlow Datasets, whose package a stand-in plays."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import MissingExtra
from cnnspec.graph import Graph
from cnnspec.train.data import examples, sources
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings
from tests.train.image_sets import RGB, colour, read, refused


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


def test_no_source_is_left_without_a_sentence() -> None:
    with pytest.raises(TrainingFailed, match="there is no data folder images/"):
        sources.load(TrainSettings(data="images/"), Graph("net"))
