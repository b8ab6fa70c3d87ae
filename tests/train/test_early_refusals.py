"""Trainings that are refused before Keras is imported, and notes on data and memory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnspec.train import memory
from cnnspec.train.errors import TrainingFailed, is_out_of_memory
from cnnspec.train.plan import make_plan
from cnnspec.train.settings import TrainSettings
from tests.support import network, unwrap
from tests.train.image_sets import flowers, read

ROOT = Path(__file__).resolve().parents[2]


REFUSED = [  # a network, the data, and what is said
    ("input 8x8x3\nflatten -> dense(4)", "flowers/", "flowers/ has 3 classes, the network 4 outputs"),
    ("input 8x8x2\nflatten -> dense(3)", "flowers/", "the network takes 8x8x2"),
    ("input 9x8x1\nflatten -> dense(3)", "a.npz", "the network takes 9x8x1, an example of a.npz is 8x8"),
    ("input 8x8x1\nflatten -> dense(2)", "a.npz", "the label of example 2 is 2"),
    ("input 8x8x1\nflatten -> dense(3)", "nan.npz", "holds NaN or infinity, the first is 4"),
    ("input 8x8x1\nflatten -> dense(3)", "negative.npz", "the label of example 5 of negative.npz is -1"),
    ("input 8x8x3\nflatten -> dense(2)", "list.csv", "has 3 classes"),
    ("input 8x8x1\nflatten -> dense(3)", "test.npz", "has 6 classes, the network 3 outputs: the label of example 2 of the test data is 5"),
    ("input 8x8x1\nflatten -> dense(9)", "digits", "digits has 10 classes, the network 9 outputs"),
    ("input 8x8x1\nflatten -> dense(3)\ntrain { class_weights = [1, 2] }", "a.npz", "class_weights has 2 numbers, a.npz has 3 classes"),
    ("input 64\ndense(3)\ntrain { augment = random_flip }", "a.npz", "augment changes images, an example is 64"),
    ("input 8x8x1\nflatten -> dense(99999999) -> dense(3)\ntrain { memory = 8GiB }", "a.npz", "and memory is 8.00 GiB"),
]  # fmt: skip
PROGRAM = """
import contextlib, io, json, sys
from cnnspec.cli import main
answers = []
for network, data, _ in json.load(sys.stdin):
    with open("net.cnn", "w") as file:
        file.write(network)
    with contextlib.redirect_stderr(io.StringIO()) as written:
        status = main(["train", "net.cnn", "--data", data])
    answers.append([status, written.getvalue(), sorted({"keras", "tensorflow"} & set(sys.modules))])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str, list[str]]]:
    """For each of REFUSED the status, what is said, and which frameworks are imported: in one fresh interpreter."""
    folder = tmp_path_factory.mktemp("refused")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        flowers()
        rows = "".join(f"flowers/{n}/00.png,{n}\n" for n in ("daisy", "rose", "tulip"))
        Path("list.csv").write_text("path,label\n" + rows)
        x, y = np.ones((30, 8, 8)), np.arange(30) % 3
        np.savez("a.npz", x_train=x, y_train=y)
        np.savez("negative.npz", x_train=x, y_train=np.where(np.arange(30) == 5, -1, y))
        np.savez("test.npz", x_train=x, y_train=y, x_test=x[:4], y_test=np.array([0, 1, 5, 0]))
        x[4, 0, 0] = np.nan
        np.savez("nan.npz", x_train=x, y_train=y)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(REFUSED), capture_output=True, text=True, env=environment,
        cwd=folder, check=True,
    )  # fmt: skip
    found: list[tuple[int, str, list[str]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_does_not_fit_is_refused_before_keras_is_imported(
    answers: list[tuple[int, str, list[str]]], number: int
) -> None:
    status, said, imported = answers[number]
    assert status in (1, 2), said
    assert REFUSED[number][2] in unwrap(said)
    assert "Traceback" not in said
    assert imported == []


def test_memory_that_the_machine_lacks_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = network("input 224x224x3\nconv(64, 3x3, padding=same, activation=relu) -> gap -> dense(3)").graph
    monkeypatch.setattr(memory, "find_free_memory", lambda: 2**30)
    (note,) = memory.find_memory_notes(make_plan(graph, TrainSettings(batch=128)))
    assert "this machine has 1.00 GiB free: without a graphics card, batch = " in note
    fits = int(note.split("batch = ")[-1].split()[0])
    assert memory.find_memory_notes(make_plan(graph, TrainSettings(batch=fits))) == []
    assert memory.find_memory_notes(make_plan(graph, TrainSettings(batch=fits + 1))) != []
    memory.check_memory(make_plan(graph, TrainSettings(batch=fits, memory=2**30)))
    with pytest.raises(TrainingFailed, match=r"and memory is 1\.00 GiB"):
        memory.check_memory(make_plan(graph, TrainSettings(batch=fits + 1, memory=2**30)))


@pytest.mark.parametrize(
    ("batch", "room", "text", "said"),
    [
        (128, 2**30, "input 224x224x3\nconv(64, 3x3, padding=same, activation=relu) -> gap -> dense(3)", r"batch = 128 needs at least 4\.67 GiB; batch = \d\d is counted to fit"),
        (8, 2**40, "input 8x8x1\nflatten -> dense(3)", "batch = 8 needs at least .* KiB, and what the framework needs besides; give a smaller one, such as 4"),
        (8, None, "input 8x8x1\nflatten -> dense(3)", "batch = 8 needs at least .*; give a smaller one, such as 4"),
        (8, None, "input ?x?x1\nconv(3, 3x3) -> gap", "give a smaller batch, such as 4"),
        (1, None, "input 8x8x1\nflatten -> dense(3)", "no batch is smaller than 1: take a smaller input, or precision = mixed_bfloat16"),
    ],
)  # fmt: skip
def test_the_batch_that_fits_is_told_where_memory_ends(batch: int, room: int | None, text: str, said: str) -> None:
    plan = make_plan(network(text).graph, TrainSettings(batch=batch))
    assert re.fullmatch(said, memory.advise_batch(plan, room))


class ResourceExhaustedError(Exception):
    """TensorFlow's, by its name."""


class OutOfMemoryError(RuntimeError):
    """PyTorch's on a GPU, by its name."""


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (ResourceExhaustedError("OOM when allocating tensor with shape[32,64]"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 4857455760 bytes."), True),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"), True),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: not enough memory: you tried to"),
            True,
        ),
        (RuntimeError("shapes (3, 4) and (5, 6) are not aligned"), False),
    ],
    ids=["tensorflow", "jax", "torch on a GPU", "torch on a CPU", "another"],
)
def test_what_backends_say_where_memory_ends(error: Exception, ended: bool) -> None:
    assert is_out_of_memory(error) == ended


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
