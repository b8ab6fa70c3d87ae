"""A folder in which JAX keeps what it compiles (its persistent compilation cache), so that a training like one before starts sooner."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cnnspec.compile.backend import LIBRARIES
from cnnspec.train.devices.runtime import find_backend
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from cnnspec.train.settings import TrainSettings

SETTINGS = {"jax_persistent_cache_min_compile_time_secs": 0.0, "jax_persistent_cache_min_entry_size_bytes": -1}


def keep_compiled(folder: str, settings: TrainSettings) -> None:
    """Let JAX keep what it compiles from now on in a folder, which is made. Raises TrainingFailed on another backend, and for a
    folder that cannot be written; MissingExtra without a backend."""
    backend = find_backend(settings)
    if backend != "jax":
        message = f"--compile-cache keeps what JAX compiles, and this training runs on {LIBRARIES[backend]}"
        raise TrainingFailed(message, "add --backend jax, or leave it out", 2)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise TrainingFailed(f"{folder} cannot be made: {error.strerror or error}", "give another folder", 2) from None
    chosen = {"jax_compilation_cache_dir": os.path.abspath(folder), **SETTINGS}
    if "jax" in sys.modules:
        for name, value in chosen.items():
            sys.modules["jax"].config.update(name, value)
    else:
        os.environ |= {name.upper(): str(value) for name, value in chosen.items()}
