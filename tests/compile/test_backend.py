"""Which backend Keras is imported on, and what is said when it is not there. Each case is a fresh interpreter."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from cnnspec.base.installing import write_install_command
from cnnspec.compile.backend import import_keras, without_needless_warnings
from tests.support import IN_THOROUGH

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import sys
for name in {hidden!r}:
    sys.modules[name] = None
from cnnspec.compile.backend import MissingExtra, choose_backend
try:
    print(choose_backend({asked!r}))
except MissingExtra as error:
    print(error)
assert not {{"keras", "tensorflow", "jax", "torch", "numpy"}} & {{n for n, m in sys.modules.items() if m}}
"""
INSTALLED = {name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)}
ALL = {"tensorflow", "jax", "torch"}


def python(script: str, home: Path, **environment: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")}
    env |= {"KERAS_HOME": str(home), "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True).stdout


NONE = f"none of tensorflow, jax, torch is installed; this command needs one: {write_install_command('keras', 'jax', 'torch')}"
# hidden, asked, KERAS_BACKEND, the file's, what comes out; {home} is the folder of the file. Only hiding is simulated.
CASES = [
    ((), None, "", "", "tensorflow"),
    ((), "tensorflow", "jax", "torch", "tensorflow"),
    ((), None, "tensorflow", "jax", "tensorflow"),
    ((), None, "", "tensorflow", "tensorflow"),
    ((), None, "numpy", "", "numpy"),
    (ALL, None, "", "", NONE),
    (ALL, None, "", "tensorflow", NONE),
    (ALL, "jax", "", "", f"jax is not installed; this command needs it: {write_install_command('jax')}"),
    (ALL, None, "torch", "jax", f"torch is not installed; KERAS_BACKEND needs it: {write_install_command('torch')}"),
    (ALL, None, "", "jax", "jax is not installed; {home}/keras.json needs it: " + write_install_command("jax")),
    (
        (), None, "theano", "",
        'KERAS_BACKEND names the backend "theano", which Keras does not have: tensorflow, jax, torch',
    ),
    ({"tensorflow", "torch"}, None, "", "", "jax"),
    ({"tensorflow", "torch"}, None, "", "tensorflow", "jax"),
    ({"tensorflow", "jax"}, None, "", "tensorflow", "torch"),
    ({"tensorflow"}, None, "", "", "jax"),
    ((), None, "", "torch", "torch"),
    ((), None, "jax", "torch", "jax"),
    ((), "torch", "jax", "", "torch"),
]  # fmt: skip


@pytest.mark.parametrize(("hidden", "asked", "variable", "file", "outcome"), CASES)
def test_the_backend_that_is_chosen(
    hidden: tuple[str, ...], asked: str | None, variable: str, file: str, outcome: str, tmp_path: Path
) -> None:
    if outcome in ALL - INSTALLED:
        pytest.skip(f"{outcome} is not installed")
    if file:
        (tmp_path / "keras.json").write_text(json.dumps({"backend": file}))
    said = python(ASK.format(hidden=sorted(hidden), asked=asked), tmp_path, KERAS_BACKEND=variable)
    assert said == outcome.format(home=tmp_path) + "\n"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"backend": 3}', "\x00"])
def test_a_broken_configuration_is_no_choice(content: str, tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(content)
    assert python(ASK.format(hidden=[], asked=None), tmp_path).strip() in INSTALLED


USED = """
from cnnspec.compile.backend import import_keras, without_needless_warnings
keras = import_keras({first!r})
print(keras.config.backend())
try:
    print(import_keras({second!r}).config.backend())
except (RuntimeError, ValueError) as error:
    print(error)
print(import_keras(None).config.backend())
try:
    import_keras("theano")
except ValueError as error:
    print(error)
"""


def used(name: str, other: str) -> str:
    """What the script prints."""
    return (
        f"{name}\nKeras already runs on {name} in this process, which cannot be changed to {other}: start a new one\n"
        f'{name}\nno backend is called "theano": tensorflow, jax, torch\n'
    )


def test_keras_stays_on_the_backend_of_this_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    name = import_keras().config.backend()
    other = min(ALL - {name})
    monkeypatch.setenv("KERAS_BACKEND", other)
    exec(USED.format(first=name, second=other), {})
    assert capsys.readouterr().out == used(name, other)


# That another backend is imported where KERAS_BACKEND names one is met by test_backends.py, too.
@IN_THOROUGH
@pytest.mark.parametrize(("name", "other"), [("jax", "torch"), ("torch", "jax"), ("tensorflow", "jax")])
def test_keras_is_imported_once_on_the_backend_that_is_chosen(name: str, other: str, tmp_path: Path) -> None:
    if name not in INSTALLED:
        pytest.skip(f"{name} is not installed")
    assert python(USED.format(first=name, second=other), tmp_path, KERAS_BACKEND=other) == used(name, other)


def test_needless_warnings_are_dropped_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    logger, handler = logging.getLogger("tensorflow"), logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    try:
        with without_needless_warnings(), warnings.catch_warnings(record=True) as met:
            logger.warning("5 out of the last 11 calls to %s triggered tf.function retracing.", "f")
            logger.warning("the disk is full")
            warnings.warn("Explicitly requested dtype int64 requested in asarray is not available", stacklevel=1)
        logger.warning("tf.function retracing, again")
    finally:
        logger.removeHandler(handler)
    assert not met
    assert capsys.readouterr().err.splitlines() == ["the disk is full", "tf.function retracing, again"]
