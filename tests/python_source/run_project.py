"""Run a Python file or a notebook, without its data and without training, and tell what Keras built or raised."""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import shutil
import sys
import tempfile
import traceback
import types
from pathlib import Path
from typing import Any

import keras

from tests.python_source.recorder import Json, Project, Recorder
from tests.python_source.stand_in_keras import install_keras
from tests.python_source.stand_in_libraries import install_libraries

MAINS = ("main.py", "train.py", "main.ipynb", "train.ipynb")
BOLD = re.compile(r"\x1b\[\d*m")
SHELL = re.compile(r"^(\s*\w+\s*=\s*)[!%].*")  # files = !ls
FITTING = ", in fit\n"  # a frame of a traceback
SKIPPED = ("%%bash", "%%sh", "%%html", "%%writefile", "%%javascript", "%%latex", "%%markdown")


def main_of(path: Path) -> Path:
    """The file that runs: the path itself, or a project folder's main.py or train.py."""
    return next(path / name for name in MAINS if (path / name).exists()) if path.is_dir() else path


def run(path: Path, real_fit: bool = False) -> Json:
    """{"models": [...]}, or {"error", "during", "frames", "traceback"} where it ends with one. It spoils the process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        if path.is_dir():
            shutil.copytree(path, root, dirs_exist_ok=True)
            main = root / main_of(path).name
        else:
            main = root / path.name
            shutil.copy(path, main)
        project = Project(root, {str(file) for file in root.rglob("*") if file.suffix in (".py", ".ipynb")})
        recorder = Recorder(project)
        install_keras(recorder, real_fit)
        install_libraries()
        recorder.listen()
        os.chdir(root)
        sys.path.insert(0, str(root))
        sys.argv = [main.name]
        keras.utils.set_random_seed(0)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            error = execute(main, project)
        return error or {"models": recorder.models()}


def execute(main: Path, project: Project) -> Json | None:
    try:
        if main.suffix == ".ipynb":
            run_notebook(main)
        else:
            runpy.run_path(str(main), run_name="__main__")
    except SystemExit:
        return None
    except BaseException as error:
        frames = [
            project.place_of(frame.filename, frame.lineno or 0)
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.split("[")[0] in project.files
        ]
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = BOLD.sub("", " ".join(lines[: 2 if str(error).startswith("Exception encountered") else 1]))
        told = {"error": f"{type(error).__name__}: {said}", "frames": frames, "traceback": traceback.format_exc()}
        return told | {"during": "fit" if FITTING in told["traceback"] else "building"}
    return None


def run_notebook(path: Path) -> None:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    for number, source in enumerate(code_cells(path), 1):
        exec(compile(plain_python(source), f"{path}[{number}]", "exec"), vars(module))


def code_cells(path: Path) -> list[str]:
    cells: list[Any] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def plain_python(source: str) -> str:
    """A cell without its magics, every line in its place."""
    if source.lstrip().startswith(SKIPPED):
        return ""
    return "\n".join(map(plain_line, source.splitlines()))


def plain_line(line: str) -> str:
    """A line of Python: what is timed alone is run as it is, other magics and the shell's commands are not."""
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    if words.startswith("%time "):
        return indent + words.removeprefix("%time ")
    if words.startswith(("%", "!", "?")):
        return indent + "pass"
    return SHELL.sub(r"\1None", line)
