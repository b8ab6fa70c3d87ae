"""The truths beside the corpus are what Keras builds and raises now; CNNSPEC_WHOLE_CORPUS=1 tries every file."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.python_source.build_truth import CORPUS, MISTAKES, NOTHING, answer_of, every_project

ROOT = Path(__file__).parents[2]
TRIED = 3


def chosen() -> list[Path]:
    """Three projects, others whenever the corpus changes; all where that is asked for."""
    if os.environ.get("CNNSPEC_WHOLE_CORPUS"):
        return every_project()
    names = {project: project.relative_to(CORPUS.parent).as_posix() for project in every_project()}
    whole = "".join(names.values())
    return sorted(names, key=lambda project: hashlib.sha256((names[project] + whole).encode()).digest())[:TRIED]


def test_the_truth_is_what_keras_builds() -> None:
    command = [sys.executable, "-m", "tests.python_source.build_truth", "--check", *map(str, chosen())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_project_has_its_answer_and_every_answer_its_project() -> None:
    answers = {answer_of(project) for project in every_project()}
    folders = (CORPUS, MISTAKES, NOTHING)
    written = {p for folder in folders for end in ("truth", "expected") for p in folder.glob(f"**/*.{end}.json")}
    assert answers == written
