"""JupyterLab for the tests: `python -m tests.editors.jupyterlab build/editors` installs it, with what leads a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

VERSIONS = ("jupyterlab==4.6.6", "ipykernel==7.4.0", "playwright==1.65.2")


def install_jupyterlab(folder: Path) -> None:
    """An environment of its own. Raises CalledProcessError where pip cannot."""
    venv.create(folder, with_pip=True, clear=True)
    pip = [find_python(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*map(str, pip), *VERSIONS], check=True)


def find_python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def find_chromium() -> str | None:
    """The browser that CHROMIUM names, or one that is installed."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve() / "jupyterlab"
    mark = home / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8") != str(VERSIONS):
        try:
            install_jupyterlab(home)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"JupyterLab is not installed, and its tests are skipped: {error}")
        else:
            mark.write_text(str(VERSIONS), encoding="utf-8")
