"""The notebooks of examples/: how they are run, and what of their outputs is kept in their files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from cnnspec.api.answer import DATA
from tests.example_files import EXAMPLES

ROOT = EXAMPLES.parent
NOTEBOOKS = sorted((EXAMPLES / "notebooks").glob("*.ipynb"))
VARIES = "varies"  # the tag of a cell whose outputs are not the same on every machine


def run_notebook(path: Path, folder: Path) -> Any:
    """A notebook after all of its cells were run, in a copy of its surroundings. Raises where a cell fails."""
    import nbclient
    import nbformat

    here = folder / "examples" / "notebooks"
    here.mkdir(parents=True)
    (folder / "cnnspec.toml").touch()  # so that it is a project, whose files may use one another
    shutil.copy(EXAMPLES / "digits.cnn", here.parent)
    notebook = nbformat.read(path, 4)
    own = {name: str(folder / "own") for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR")} | {"PYTHONPATH": str(ROOT)}
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(here)}})
    client.execute(env=os.environ | own)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it was run
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(DATA, None)  # which nobody reads there
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def list_outputs(notebook: Any) -> list[tuple[str, list[Any]]]:
    """The text of each cell and what it showed, apart from those that vary."""
    return [
        (cell.source, [] if VARIES in cell.metadata.get("tags", ()) else cell.get("outputs", []))
        for cell in notebook.cells
    ]
