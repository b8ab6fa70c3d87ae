"""How fast a training is, and how its batches come to it: read ahead, waited for, measured."""

from __future__ import annotations

import json
import re
import threading
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.layers.argument import Term
from cnnspec.train.data import examples
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.examples import Examples, Held, Part, Shaped
from cnnspec.train.data.pairing import Chosen
from cnnspec.train.data.pictures import Pictures, Seen
from cnnspec.train.data.ranges import Stretched
from cnnspec.train.data.windows import WholeArray, Windows
from cnnspec.train.data_fit import Fit
from cnnspec.train.devices.feed import AHEAD, ReadAhead, make_feed, take_arrays
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.listing import Run
from cnnspec.train.runs.text import write_differences
from cnnspec.train.throughput import LONG, Meter, Throughput, advise_on_waiting, choose_noun, describe_speed
from tests.train.trainings import SECTION, SMALL, trained


# ---- read ahead --------------------------------------------------------------------------------------------
class Numbers:
    """Batches that are their numbers; those from `bad` on cannot be read. `seen` are those that were asked for."""

    def __init__(self, many: int, bad: int | None = None) -> None:
        self.many, self.bad, self.seen, self.more = many, bad, list[int](), threading.Condition()

    def __len__(self) -> int:
        return self.many

    def __getitem__(self, number: int) -> int:
        with self.more:
            self.seen.append(number)
            self.more.notify_all()
        if self.bad is not None and number >= self.bad:
            raise TrainingFailed(f"batch {number} is gone")
        return number


@pytest.mark.parametrize("many", [0, 1, AHEAD, 9])
def test_batches_come_in_order_every_time(many: int) -> None:
    read = ReadAhead(Numbers(many), clock=count().__next__)
    assert list(read) == [*range(many)]
    assert read.waited == many  # of a clock that goes on by one each time it is looked at
    assert list(read) == [*range(many)]
    assert read.waited == 2 * many


def test_a_few_batches_are_read_before_they_are_asked_for() -> None:
    numbers = Numbers(9)
    batches = iter(ReadAhead(numbers))
    assert next(batches) == 0
    with numbers.more:
        assert numbers.more.wait_for(lambda: len(numbers.seen) == AHEAD + 1, timeout=30)
        assert not numbers.more.wait_for(lambda: len(numbers.seen) > AHEAD + 1, timeout=0.05)
    batches.close()  # type: ignore[attr-defined]
    assert len(numbers.seen) == AHEAD + 1


def test_what_cannot_be_read_is_raised_where_the_batch_is_taken() -> None:
    batches = iter(ReadAhead(Numbers(9, bad=2)))
    assert [next(batches), next(batches)] == [0, 1]
    with pytest.raises(TrainingFailed, match="batch 2 is gone"):
        next(batches)


# ---- what Keras makes of it --------------------------------------------------------------------------------
def test_a_network_is_trained_as_by_keras_itself_and_traced_for_batches_of_any_size() -> None:
    keras: Any = pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    x, y, weights = rng.random((22, 4), np.float32), rng.integers(0, 3, 22), rng.random(22, np.float32)
    batches = make_batches(keras, Part((Held(x),), (y,), np.arange(22), weights), 8, seed=3)
    assert [batches.count(number) for number in range(3)] == [8, 8, 6]
    found, traces = [], []
    for own in (False, True):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        if own and keras.config.backend() == "tensorflow":
            step = model.train_step
            model.train_step = lambda data, step=step: traces.append(data[0].shape[0]) or step(data)
            take_arrays(model)
        feed = make_feed(batches) if own else batches
        history = model.fit(feed, validation_data=feed, epochs=3, shuffle=False, verbose=0).history
        one = model.test_on_batch(x[:5], y[:5], return_dict=True)
        found.append((history, one, [array.tobytes() for array in model.get_weights()]))
    assert found[0] == found[1]
    assert set(traces) <= {None}  # not 8, then 6: which comes first depends on where a training was stopped


# ---- the measure -------------------------------------------------------------------------------------------
class Feed:
    waited: float | None = 0.0


def measure(sizes: list[int], epochs: int, known: bool = True) -> Throughput | None:
    """Batches that take a second each, a quarter of it waiting; the first of each size a hundred; ten seconds between epochs."""
    feed, now, compiled = Feed(), [0.0], set[int]()
    feed.waited = 0.0 if known else None
    meter = Meter(clock=lambda: now[0])
    meter.begin_feed(feed, sizes.__getitem__)
    for _ in range(epochs):
        now[0] += 10
        meter.begin_epoch()
        for number, size in enumerate(sizes):
            takes = 1.0 if size in compiled else 100.0
            compiled.add(size)
            now[0] += takes
            if feed.waited is not None:
                feed.waited += takes / 4
            meter.end_batch(number)
    return meter.found


def test_the_first_batch_of_each_size_and_what_is_between_epochs_is_not_counted() -> None:
    assert measure([8], 1) is None
    assert measure([8, 6], 1) is None
    assert measure([8, 8, 8], 1) == Throughput(16, 2.0, 0.5)
    assert measure([8, 8, 6], 2) == Throughput(8 + 22, 4.0, 1.0)
    assert measure([8, 8, 6], 2, known=False) == Throughput(30, 4.0, None)


def test_what_is_compiled_again_is_not_counted_again() -> None:
    meter, now = Meter(clock=lambda: now[0]), [0.0]
    for _ in range(2):
        meter.begin_feed(Feed(), lambda number: 8)
        meter.begin_epoch()
        for number in range(3):
            now[0] += 2.0
            meter.end_batch(number)
    assert meter.found == Throughput(32, 8.0, 0.0)


@pytest.mark.parametrize(
    ("rate", "wait", "noun", "sentence"),
    [
        (3450.4, 0.021, "images", "3,450 images/s, 2 % of the time waiting for data"),
        (12.6, 0.0, "examples", "13 examples/s, less than 1 % of the time waiting for data"),
        (0.4567, 1.0, "images", "0.46 images/s, 100 % of the time waiting for data"),
        (855.0, None, "images", "855 images/s"),
    ],
)
def test_the_line(rate: float, wait: float | None, noun: str, sentence: str) -> None:
    assert describe_speed(rate, wait, noun) == sentence


@pytest.mark.parametrize(
    ("shapes", "noun"),
    [
        ([(8, 8, 1)], "images"), ([[224, 224, 3]], "images"), ([(128, 9)], "examples"), ([(8, 8, 16)], "examples"),
        ([(4,)], "examples"), ([(8, 8, 3), (8, 8, 3)], "examples"),
    ],
)  # fmt: skip
def test_images_are_called_so(shapes: Any, noun: str) -> None:
    assert choose_noun(shapes) == noun


# ---- what to do --------------------------------------------------------------------------------------------
def held(*shape: int) -> Held:
    return Held(np.zeros((5, *shape), np.uint8))


class Elsewhere:
    """An array that is not in memory."""

    shape, dtype = (5, 8, 8, 1), np.dtype("uint8")

    def __len__(self) -> int:
        return 5


SEEN = [Seen(b"", np.zeros((8, 8, 1), np.uint8), (8, 8, 1))] * 3
PICTURES = Pictures(
    ["a", "b", "c"], [*SEEN[:1], SEEN[1].replace(image=None), SEEN[2].replace(image=None)], (8, 8, 1), "stretch"
)
DECODED = (
    "2 of 3 images do not fit in memory and are decoded in every epoch (an uncompressed .npz, or a smaller input, would "
    "spare it)"
)
READ = "the examples are read from a file in every epoch"
RESIZED = "images are resized in every epoch (those of the network's own size are not)"
AUGMENTED = "augment changes every batch (fewer layers take less)"
WORK: list[tuple[Examples, str]] = [
    (held(8, 8, 1), ""),
    (Pictures(["a", "b", "c"], SEEN, (8, 8, 1), "stretch"), ""),
    (PICTURES, DECODED),
    (Held(Elsewhere()), READ),
    (Chosen(PICTURES, np.arange(2)), DECODED),
    (Windows(PICTURES, (4, 4)), DECODED),
    (Windows(WholeArray(Held(Elsewhere())), (4, 4)), READ),
    (Stretched(PICTURES, (-1, 1)), DECODED),
    (Shaped(held(8, 8, 1), Fit((64,), False)), ""),
    (Shaped(Held(Elsewhere()), Fit((64,), False)), READ),
    (Shaped(held(8, 8, 1), Fit((4, 4, 1), True)), RESIZED),
]


@pytest.mark.parametrize(("given", "work"), WORK)
def test_what_is_done_anew_in_every_epoch(given: Examples, work: str) -> None:
    slow, fast = Throughput(10, 10.0, 3.5), Throughput(10, 10.0, 10 * LONG - 0.1)
    part = Part((given,), (np.zeros(5),), np.arange(5))
    start = "35 % of the time goes into waiting for data: "
    assert advise_on_waiting(slow, part) == (start + work if work else "")
    more = part.replace(inputs=(given, given), augment=(Term("RandomFlip"),))
    assert advise_on_waiting(slow, more) == start + (f"{work}, and " if work else "") + AUGMENTED
    assert advise_on_waiting(fast, more) == advise_on_waiting(slow.replace(waited=None), more) == ""


# ---- a training --------------------------------------------------------------------------------------------
def test_a_training_says_and_keeps_how_fast_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.train.throughput.LONG", 0.0)
    monkeypatch.setattr(examples.Held, "describe_work", lambda self: "they are far")
    done, shown = trained(SMALL + SECTION)
    lines = shown.splitlines()
    advised = [number for number, line in enumerate(lines) if line.endswith("waiting for data: they are far")]
    assert [lines[number - 1][:9] for number in advised] == ["epoch 1/2"]  # once
    assert re.fullmatch(r"[\d,.]+ images/s, (less than 1|\d+) % of the time waiting for data", lines[-1])
    record = json.loads(Path(str(done.run), "run.json").read_text())
    assert record["examples_per_second"] > 0
    assert 0 <= record["data_wait"] <= 1


def test_runs_are_compared_by_their_speed() -> None:
    record: dict[str, Any] = {
        "epochs": 1, "settings": {"epochs": 1}, "best": None, "test": None, "seconds": 1.0, "files": {}, "versions": {},
        "params": {"total": 1}, "data": {"fingerprint": "", "shape": [8, 8, 1]},
    }  # fmt: skip
    slow = record | {"examples_per_second": 9.87, "data_wait": 0.5}
    several = record | {"examples_per_second": 1234.0, "data_wait": None}
    several["data"] = {"fingerprint": "", "inputs": {"a": {"shape": [4]}, "b": {"shape": [4]}}}
    rows = {
        row[0]: row[1:] for row in write_differences([Run("a", one, "finished") for one in (slow, several, record)])
    }
    assert rows["speed"] == ["9.9 images/s", "1,234 examples/s", ""]
    assert rows["waiting for data"] == ["50 %", "", ""]
    assert "speed" not in [row[0] for row in write_differences([Run("a", record, "finished")])]
