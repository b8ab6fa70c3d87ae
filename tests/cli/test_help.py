"""Help: `--help` and `help` say the same, and every example in it runs."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnspec.cli import VERBS, main, make_parser
from tests.cli.commands import run
from tests.support import run_eagerly

ROOT = Path(__file__).parents[2]
NETWORK = """model Net(filters=4) {
  input 8x8x1
  conv(filters, 3x3, activation=relu) -> conv(filters, 3x3, activation=relu)
  gap -> dense(10, softmax)
}

train {
  data   = digits
  loss   = sparse_categorical_crossentropy
  epochs = 1
  batch  = 512
}
"""
PARSED = {  # of these the arguments are read alone
    "cnnspec resume runs/net-1",  # whose training would have to be stopped
    "cnnspec train net.cnn --lr-find -o rates.png",  # tests/train/test_rate_search.py runs it
    "cnnspec train net.cnn --folds 5",  # which trains five times
    "cnnspec search net.cnn --over filters=4..16:4",  # tests/search runs it, where Optuna is
    "cnnspec search net.cnn --over filters=2,3 --where lossless",
    "cnnspec search net.cnn --over filters=4..64 --budget 30m",
    "cnnspec search net.cnn --over filters=4..64 -o found.html",
    "cnnspec import --torch model:Net --input 3x224x224",  # which needs torch
    "cnnspec diff HEAD net.cnn --max-macs +2%",  # which needs a repository
    "cnnspec server",  # which an editor speaks with
    "cnnspec server --stdio",
    "cnnspec play",  # which a browser speaks with
    "cnnspec play net.cnn",
    "cnnspec play net.cnn --write",
}
DIFFERENT = {"cnnspec diff old.cnn net.cnn", "cnnspec diff old.cnn net.cnn -o diff.html"}  # which is exit status 1


def list_examples(verb: str) -> list[str]:
    """The commands at the end of a verb's help."""
    shown = make_parser([verb], [verb])[1].choices[verb].format_help().split("\nexamples:\n")
    return [line.strip() for line in shown[-1].splitlines() if not line.startswith("  #")] if len(shown) == 2 else []


EXAMPLES = [(verb, command) for verb in VERBS for command in list_examples(verb)]


# ---- the same text by both doors -----------------------------------------------------------------------------
@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_what_the_option_shows(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "help", verb) == run(capsys, verb, "--help")


def test_help_alone_lists_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "help")
    assert (status, out, err) == run(capsys, "--help") and status == 0
    assert all(f"\n    {verb}" in out for verb in VERBS)


WRONG = {
    "trian": 'there is no command "trian"; did you mean "train"?',
    "xyz": 'there is no command "xyz"; cnnspec --help shows how it is called',
    "W201": 'there is no command "W201"; its page is shown by: cnnspec rule W201',
    "illegal-stride": 'there is no command "illegal-stride"; its page is shown by: cnnspec rule illegal-stride',
    "conv": 'there is no command "conv"; its page is shown by: cnnspec layers conv',
    "rule W201": '"W201" is one argument too many; cnnspec help --help shows how it is called',
    "--all": "cnnspec help has no option --all; cnnspec help --help shows how it is called",
}


@pytest.mark.parametrize("words", WRONG)
def test_help_for_what_is_no_command(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "help", *words.split()) == (2, "", f"cnnspec: {WRONG[words]}\n")


# ---- examples ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_examples_that_can_be_copied(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two to four, each with what it is for, in lines that no width breaks."""
    examples = list_examples(verb)
    assert 2 <= len(examples) <= 4 and all(f"cnnspec {verb}" in command for command in examples)
    monkeypatch.setenv("COLUMNS", "30")
    lines = run(capsys, verb, "--help")[1].split("\nexamples:\n")[1].splitlines()
    assert lines[1::2] == [f"  {command}" for command in examples]
    assert all(line.startswith("  # ") for line in lines[::2]) and max(map(len, lines)) <= 60


SOURCE = """from keras import Input, Sequential, layers

model = Sequential([Input((8, 8, 3)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(2)])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the examples work on: specs in a repository, two trainings, a saved model, images."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "net.cnn").write_text(NETWORK)
    (folder / "train.py").write_text(SOURCE)
    (folder / "old.cnn").write_text(NETWORK.replace("filters=4", "filters=6"))
    for command in ("git init -q", "git add old.cnn net.cnn", "git -c user.name=a -c user.email=a@b commit -qm a"):
        subprocess.run(command.split(), cwd=folder, check=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "cnnspec").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnnspec "$@"\n')
    (folder / "bin" / "cnnspec").chmod(0o755)
    with pytest.MonkeyPatch.context() as here, run_eagerly():
        here.chdir(folder)
        assert main(["train", "net.cnn", "-q"]) == 0 == main(["train", "net.cnn", "-q"])
    shutil.copy(folder / "runs" / "net-1" / "best.keras", folder / "net.keras")
    shutil.copy(ROOT / "tests/model_files/weighted/rows.pt2", folder / "net.pt2")
    (folder / "images").mkdir()
    for name in ("digit.png", "images/a.png"):
        Image.fromarray(np.eye(8, dtype="uint8") * 255).save(folder / name)
    return folder


def in_shell(command: str, folder: Path) -> tuple[int, str]:
    """Exit status and stderr of a command that somebody has copied."""
    environment = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(("verb", "command"), EXAMPLES)
def test_every_example_runs(
    verb: str, command: str, project: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "here"
    shutil.copytree(project, folder)
    if command in PARSED:
        assert vars(make_parser([verb], [verb])[0].parse_args(shlex.split(command)[1:]))["verb"] == verb
        return
    if set(command) & set("|>$"):
        status, err = in_shell(command, folder)
    else:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with run_eagerly() if verb in ("train", "resume", "evaluate", "predict") else contextlib.nullcontext():
            status, _, err = run(capsys, *shlex.split(command)[1:])
    assert status == (command in DIFFERENT), err
