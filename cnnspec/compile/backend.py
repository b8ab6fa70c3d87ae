"""Keras on a backend: which one, and a sentence when it is not installed.

Keras reads its backend once, when it is imported. What is asked for stands first, then KERAS_BACKEND, then Keras's
configuration file; else it is the first of `BACKENDS` that is installed, so that TensorFlow is not asked of those who
have JAX or PyTorch.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKENDS = {"tensorflow": "keras", "jax": "jax", "torch": "torch"}  # with the extra that installs each, best first
LIBRARIES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


class MissingExtra(Exception):
    """A part is needed that is not installed; the message says how to install it, by one of some extras."""

    def __init__(self, message: str, *extras: str) -> None:
        from cnnspec.base.installing import write_install_command

        super().__init__(f"{message}: {write_install_command(*extras)}" if extras else message)


def import_keras(backend: str | None = None) -> Any:
    """Keras, imported quietly, on a backend: one of `BACKENDS`, or None for the user's settings and installation.

    Raises MissingExtra when Keras or the backend is not installed, RuntimeError when Keras was already imported in
    this process on another backend than the one asked for, ValueError for a name that is no backend.
    """
    if backend is not None and backend not in BACKENDS:
        raise ValueError(f'no backend is called "{backend}": {", ".join(BACKENDS)}')
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = choose_backend(backend)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else a machine without a GPU is told so, as an error
    try:
        with silenced():
            import keras
    except ImportError as error:
        extra = BACKENDS.get(backend or "", "keras")
        raise MissingExtra(f"{error.name or 'keras'} is not installed; this command needs it", extra) from error
    if backend not in (None, keras.config.backend()):
        raise RuntimeError(
            f"Keras already runs on {keras.config.backend()} in this process, which cannot be changed to {backend}: "
            f"start a new one"
        )
    return keras


def choose_backend(asked: str | None = None) -> str:
    """The backend that Keras is to be imported on; no framework is imported for that.

    Raises MissingExtra when the one that is asked for is not installed, or none is.
    """
    origin, name = next(((o, n) for o, n in _find_wishes(asked) if n), ("", ""))
    if not name:
        found = [backend for backend in BACKENDS if _is_installed(backend)]
        if found:
            return found[0]
        raise MissingExtra(f"none of {', '.join(BACKENDS)} is installed; this command needs one", *BACKENDS.values())
    if name in BACKENDS and not _is_installed(name):
        raise MissingExtra(f"{name} is not installed; {origin or 'this command'} needs it", BACKENDS[name])
    if name not in BACKENDS and name not in ("numpy", "openvino"):
        raise MissingExtra(f'{origin} names the backend "{name}", which Keras does not have: {", ".join(BACKENDS)}')
    return name


def _find_wishes(asked: str | None) -> Iterator[tuple[str, str | None]]:
    """The places that may name a backend, the most important first."""
    yield "", asked
    yield "KERAS_BACKEND", os.environ.get("KERAS_BACKEND")
    path = _find_configuration()
    try:
        with open(path, encoding="utf-8") as file:
            import json

            name = json.load(file).get("backend")
    except (OSError, ValueError, AttributeError):  # Keras, too, goes on without the file
        return
    # Keras writes the file itself when there is none, with TensorFlow in it: that is nobody's choice
    if isinstance(name, str) and (name != "tensorflow" or _is_installed(name)):
        yield path, name


def _find_configuration() -> str:
    """The file of Keras's configuration."""
    home = os.path.expanduser("~")
    folder = os.environ.get("KERAS_HOME") or os.path.join(home if os.access(home, os.W_OK) else "/tmp", ".keras")
    return os.path.expanduser(os.path.join(folder, "keras.json"))


def _is_installed(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # a finder that refuses it; a module that was put in by hand
        return False


@contextmanager
def silenced(stream: int = 2) -> Iterator[None]:
    """Drop whatever a framework's C++ code writes to the process's stderr (or stdout, 1): no log level governs that.

    (Without oneDNN it would be silent too, but the CPU would have no dilated transposed convolutions.)
    """
    try:
        kept = os.dup(stream)
    except OSError:  # no such stream to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream)
        yield
    finally:
        os.dup2(kept, stream)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def without_needless_warnings() -> Iterator[None]:
    """Drop what frameworks warn of and Keras does by itself: that TensorFlow traces another function, of one model after another
    and of grouped convolutions; that JAX has no int64, which Keras's own mean_iou asks for."""
    import logging
    import warnings

    def keep(record: logging.LogRecord) -> bool:
        return "tf.function retracing" not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(keep)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Explicitly requested dtype int64")
            yield
    finally:
        logger.removeFilter(keep)
