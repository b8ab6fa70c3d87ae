"""The truths beside the corpus are what Keras builds and raises now, and they hold together."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.python_source.build_truth import CORPUS, MISTAKES, NOTHING, answer_of, every_project, projects
from tests.python_source.run_project import code_cells, main_of
from tests.support import THOROUGH

ROOT = Path(__file__).parents[2]
TRIED = 3
KEYS = {"built", "cell", "class", "compile", "file", "fit", "inputs", "known", "layers", "line", "name", "outputs"}
KEYS |= {"params", "trainable", "why"}


def chosen() -> list[Path]:
    """Three projects, others whenever the corpus changes."""
    if THOROUGH:
        return every_project()
    names = {project: project.relative_to(CORPUS.parent).as_posix() for project in every_project()}
    whole = "".join(names.values())
    return sorted(names, key=lambda project: hashlib.sha256((names[project] + whole).encode()).digest())[:TRIED]


def answers(folder: Path) -> Iterator[tuple[Path, Any]]:
    for project in every_project():
        if folder in project.parents:
            yield project, json.loads(answer_of(project).read_text(encoding="utf-8"))


def line_of(project: Path, place: Any) -> str:
    path = project / place["file"] if project.is_dir() else main_of(project)
    text = code_cells(path)[place["cell"] - 1] if "cell" in place else path.read_text(encoding="utf-8")
    return text.splitlines()[place["line"] - 1]


def test_the_truth_is_what_keras_builds() -> None:
    command = [sys.executable, "-m", "tests.python_source.build_truth", "--check", *map(str, chosen())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_project_has_its_answer_and_every_answer_its_project() -> None:
    folders = (CORPUS, MISTAKES, NOTHING)
    written = {p for folder in folders for end in ("truth", "expected") for p in folder.glob(f"**/*.{end}.json")}
    assert {answer_of(project) for project in every_project()} == written


def test_the_styles_are_many_and_most_models_can_be_known() -> None:
    assert all(len(projects(style)) >= 8 for style in CORPUS.iterdir() if style.is_dir())
    models = [model for _, answer in answers(CORPUS) for model in answer["models"]]
    assert 0.75 < sum(model["known"] for model in models) / len(models) < 0.95


def test_a_models_layers_add_up_and_stand_in_lines_with_code() -> None:
    for project, answer in answers(CORPUS):
        for model in answer["models"]:
            assert set(model) <= KEYS and line_of(project, model).strip()
            assert model["known"] != ("why" in model) and (model["built"] or not model["known"])
            layers = model.get("layers", [])
            assert sum(layer["params"] for layer in layers) == model.get("params", 0), project
            assert all(line_of(project, layer).strip() and layer["output"] for layer in layers), project


def test_mistakes_stand_in_lines_with_code() -> None:
    kinds = [answer["kind"] for _, answer in answers(MISTAKES)]
    assert kinds.count("raises") >= 25 and kinds.count("silent") >= 20
    for project, answer in answers(MISTAKES):
        for place in (answer, *answer.get("also", []), *answer.get("frames", [])):
            assert line_of(project, place).strip(), project


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert all(answer == {"models": []} for _, answer in answers(NOTHING))
