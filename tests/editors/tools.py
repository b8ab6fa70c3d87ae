"""The tools that the tests of editors need: a folder of them, which CNNSPEC_EDITORS names, made by `make editor-test`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NAME = "CNNSPEC_EDITORS"


def tools(name: str = NAME, what: str = "editors: make editor-test") -> Path:
    """The folder of installed tools, which a variable names; skips the test, or the file, that asks where there is none."""
    folder = os.environ.get(name)
    if not folder:
        pytest.skip(f"needs {what} installs them, and names their folder in {name}", allow_module_level=True)
    found = Path(folder).resolve()
    sys.path.append(str(found / "python"))
    return found


def tool(*parts: str) -> Path:
    """A file of a tool; skips where it could not be installed."""
    file = tools().joinpath(*parts)
    if not file.exists():
        pytest.skip(f"{'/'.join(parts)} is not installed in {tools()}", allow_module_level=True)
    return file


def find_chromium() -> str | None:
    """The browser that CHROMIUM names, or one that the system has."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)
