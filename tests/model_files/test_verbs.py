"""Every verb takes a model file, and says of it what it says of its spec."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras
from tests.cli.commands import run
from tests.model_files.saved_models import BUILDS, faulty, save_model, write_spec
from tests.test_import_order import HEAVY

TABLES = {  # what each verb is asked beside the file
    "summary": (),
    "explain": (),
    "rf": (),
    "lost": (),
    "cost": ("--batch", "8", "--memory", "1GiB"),
    "sizes": (),
}
OF_THE_FILE = ("file", "line", "model")  # fields that say where something stands


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    for build in (*BUILDS, faulty):
        write_spec(save_model(build, made))
    return made


@pytest.fixture(autouse=True)
def inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def sort_rows(data: Any) -> Any:
    """JSON without what says where something stands, rows in an order of their own: a text may write branches otherwise."""
    if isinstance(data, dict):
        return {name: sort_rows(value) for name, value in data.items() if name not in OF_THE_FILE}
    if isinstance(data, list):
        return sorted([sort_rows(row) for row in data], key=json.dumps)
    return respell(data) if isinstance(data, str) else data


def respell(text: str) -> str:
    """Names as in a model: relu6 and LeNet-5 are relu6_ and LeNet_5 in a spec."""
    return re.sub(r"_(?!\w)", "", text).replace("-", "_")


@pytest.mark.parametrize("build", [*BUILDS, faulty], ids=lambda build: build.__name__)
@pytest.mark.parametrize("verb", TABLES)
def test_a_verb_says_of_a_model_what_it_says_of_its_spec(
    verb: str, build: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for ending in (".keras", ".cnn"):
        status, out, err = run(capsys, verb, build.__name__ + ending, *TABLES[verb], "--format", "json")
        told.append((status, sort_rows(json.loads(out))))
        assert "internal error" not in err
    assert told[0] == told[1]


@pytest.mark.parametrize("build", [*BUILDS, faulty], ids=lambda build: build.__name__)
@pytest.mark.parametrize("verb", TABLES)
def test_a_verb_prints_a_model_for_people(verb: str, build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, verb, f"{build.__name__}.keras")
    assert out and "line 0" not in out and "internal error" not in err
    text = run(capsys, verb, f"{build.__name__}.cnn")[1]
    if verb in ("summary", "lost", "cost"):
        assert read_words(out) == read_words(text)


def read_words(shown: str) -> list[str]:
    """The words of a table in alphabetical order; its lines are as long as names are."""
    return sorted([word for word in respell(shown).split() if word.strip("─")])


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_a_model_and_its_spec_are_the_same_network(build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    model, spec = f"{build.__name__}.keras", f"{build.__name__}.cnn"
    for sides in ((model, spec), (spec, model), (model, model)):
        status, out, err = run(capsys, "diff", *sides)
        assert (status, err) == (0, "") and "are the same network" in out


@pytest.mark.parametrize("build", [*BUILDS, faulty], ids=lambda build: build.__name__)
def test_check_finds_in_a_model_what_it_finds_in_its_spec(build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for ending in (".keras", ".cnn"):
        status, out, _ = run(capsys, "check", build.__name__ + ending, "--output-format", "json", "--no-cache")
        found.append((status, sorted([(one["code"], one["message"]) for one in json.loads(out)])))
    assert found[0] == found[1]
    assert bool(found[0][1]) == (build is faulty)


def test_what_is_wrong_with_a_model_is_shown_behind_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "summary", "faulty.keras")
    assert status == 1 and "odd (Conv2D)" in out
    assert " --> faulty.keras, in idle (encoder/idle)" in err and " --> faulty.keras, in odd\n" in err


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_a_model_becomes_source_that_builds_it(build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "compile", f"{build.__name__}.keras", "-o", "-")
    said = f"cnnspec: {build.__name__}.keras: its structure is taken; its weights and training settings stay behind\n"
    assert (status, err) == (0, said)
    held: dict[str, Any] = {}
    exec(out, held)
    was = import_keras().models.load_model(f"{build.__name__}.keras")
    assert held["model"].count_params() == was.count_params() and held["model"].output_shape == was.output_shape


def test_a_model_becomes_another_model_with_its_weights(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    status, _, err = run(capsys, "compile", "lenet.keras", "--weights", "lenet.keras", "-o", "again.keras")
    assert (status, err) == (0, "cnnspec: wrote again.keras\n")
    load = import_keras().models.load_model
    image = np.ones((1, 28, 28, 1), "float32")
    assert np.array_equal(load("again.keras")(image), load("lenet.keras")(image))
    status, _, err = run(capsys, "compile", "lenet.keras", "-o", "lenet.keras")
    assert status == 2 and "lenet.keras is what the command reads" in err


def test_a_training_takes_the_structure_of_a_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "cnnspec: lenet.keras is a model, which says nothing of training: give --data digits\n"
    assert run(capsys, "train", "lenet.keras") == (2, "", said)
    status, out, err = run(capsys, "train", "lenet.keras", "--data", "digits", "--dry-run")
    assert status == 0 and "parameters  25,010, all of them trained" in out and "runs/lenet-1" in out
    assert err.startswith("cnnspec: lenet.keras: its structure is taken; its weights and training settings stay behind")


REFUSED = {
    ("--set", "k=1"): "no parameters to set",
    ("--model", "Small"): "no models for --model to choose from",
    ("--input", "8x8x3"): "no blocks for --input to call",
    ("--input", "8x8x3", "--block", "b"): "no blocks for --input to call",
    ("--block", "b"): "no blocks for --block to choose from",
}


VERBS = ("check", "summary", "explain", "rf", "lost", "cost", "sizes", "compile", "train", "diff")
ASKED = [
    (verb, options) for verb in VERBS for options in REFUSED
    if verb in ("check", "summary") or options[0] in ("--set", "--model")
]  # fmt: skip


@pytest.mark.parametrize(("verb", "options"), ASKED, ids=lambda one: one if isinstance(one, str) else " ".join(one))
def test_options_of_specs_are_refused(verb: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    files = ["lenet.keras"] * (1 + (verb == "diff"))
    said = f"cnnspec: lenet.keras is a model file, which has {REFUSED[options]}\n"
    assert run(capsys, verb, *files, *options, *["-o", "x.py"] * (verb == "compile")) == (2, "", said)


def test_a_model_has_no_text_to_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = (
        "cnnspec: faulty.keras is a model, which has no text: `cnnspec import faulty.keras -o faulty.cnn` writes one\n"
    )
    for verb in ("fix", "format"):
        assert run(capsys, verb, "faulty.keras") == (2, "", said)
    status, out, err = run(capsys, "check", "--fix", "faulty.keras", "--no-cache")
    assert (status, err) == (1, said) and "can be fixed" not in out
    assert run(capsys, "check", "--diff", "faulty.keras", "--no-cache") == (2, "", said)


def test_a_network_of_too_many_layers_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    said = "cnnspec: lenet.keras has 8 layers, more than the 5 that are allowed\n"
    for verb in ("check", "summary"):
        status, out, err = run(capsys, verb, "lenet.keras", "--max-layers", "5")
        assert (status, err) == (2, said) and not out


def test_a_model_is_checked_without_anything_heavy(folder: Path) -> None:
    code = (
        "import sys; from cnnspec.cli import main; main(['check', 'resnet.keras', '--no-cache']); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert not {*HEAVY, "torch", "onnx", "h5py"} & {*done.stdout.split()}
