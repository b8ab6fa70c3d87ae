"""The same on JAX, in a process of its own: what TensorFlow rounds or has no kernel for, and all else besides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import IN_THOROUGH, QUICK_XLA

ROOT = Path(__file__).parents[3]


@IN_THOROUGH
def test_every_option_is_as_in_keras_on_jax() -> None:
    pytest.importorskip("jax")
    environment = {**os.environ, **QUICK_XLA, "KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1"}
    command = [sys.executable, "-m", "tests.trace.reference.jax_run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["differences"] == {}
    assert told["count"] > 400
