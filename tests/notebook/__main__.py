"""python -m tests.notebook: run the notebooks of examples/, and write their outputs into them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from tests.notebook.example_notebooks import NOTEBOOKS, run_notebook

for path in NOTEBOOKS:
    with TemporaryDirectory() as folder:
        nbformat.write(run_notebook(path, Path(folder)), path)
    print(f"{path.name}: {path.stat().st_size:,} bytes")
