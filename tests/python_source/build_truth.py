"""Write beside every script what Keras builds of it: `python -m tests.python_source.build_truth [--check] [FILES]`.

A truth, x.truth.json, lists the models in the order in which they are made: class, name, the place of the call that makes
it ("cell" is the number of a notebook's cell of code, "line" counts in it), whether it has its weights ("built"), shapes
with null for any size (a model that was only called on data has the data's batch), numbers of weights at the end of the
run, the arguments of `compile`, and each layer but the inputs: "output" are its shapes in this model, several where it is
shared; "path" the nested models that it is in; "inside" the layers of a layer that composes others. A model of
keras.applications is one layer, "application NAME". "known" is by corpus/known.toml.

An expectation, x.expected.json, is a mistake that "raises", with the project's frames, or is "silent" by planted.toml.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"

HERE = Path(__file__).resolve().parent
CORPUS, MISTAKES, NOTHING = HERE / "corpus", HERE / "mistakes", HERE / "nothing"
SECONDS = 120  # that a file may run
Json = dict[str, Any]


# ---- which files ----


def projects(folder: Path) -> list[Path]:
    """Files and folders that are run: everything in a folder, whose own folders are projects of several modules."""
    return sorted(
        p for p in folder.iterdir() if p.suffix in (".py", ".ipynb") or p.is_dir() and p.name != "__pycache__"
    )


def every_project() -> list[Path]:
    styles = (style for style in sorted(CORPUS.iterdir()) if style.is_dir())
    return [project for style in styles for project in projects(style)] + projects(MISTAKES) + projects(NOTHING)


def answer_of(project: Path) -> Path:
    """Where the truth stands: x.truth.json beside x.py and x.ipynb, and beside the folder x."""
    if NOTHING in project.parents or CORPUS in project.parents:
        return project.with_name(project.stem + ".truth.json")
    return project.with_name(project.stem + ".expected.json")


# ---- what is known ----


@cache
def not_known() -> Json:
    return tomllib.loads((CORPUS / "known.toml").read_text(encoding="utf-8"))


def judged(project: Path, models: list[Json]) -> list[Json]:
    """Whether each model can be known from the source: by the table known.toml, and never where nothing was built."""
    if CORPUS not in project.parents:
        return models
    table = not_known().get(project.relative_to(CORPUS).as_posix(), {})
    for number, model in enumerate(models):
        why = table.get(str(number), table.get("all"))
        if why is None and not model["built"]:
            why = "it is never given an input shape"
        model["known"] = why is None
        if why is not None:
            model["why"] = why
    return models


# ---- running ----


def told(project: Path) -> Json:
    """What a file does in a process of its own."""
    from tests.python_source.run_project import run

    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)

    def work() -> None:
        signal.alarm(SECONDS)
        there.send(run(project, real_fit=MISTAKES in project.parents))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        return {"error": f"it ended without an answer, or took longer than {SECONDS} seconds", "frames": []}
    finally:
        process.join()


def answer(project: Path) -> str:
    """The text of a project's truth. RuntimeError where a file that ought to run does not."""
    found = told(project)
    if MISTAKES in project.parents:
        return written(expectation(project, found))
    if "error" in found:
        raise RuntimeError(f"{project}: {found.get('traceback', found['error'])}")
    return written({"models": judged(project, found["models"])})


def expectation(project: Path, found: Json) -> Json:
    """The mistake in a file: what Keras raises, where and when, or what planted.toml says where it is silent."""
    planted = tomllib.loads((MISTAKES / "planted.toml").read_text(encoding="utf-8")).get(project.name, {})
    also = [place(project, text, planted.get("file")) for text in planted.get("also", [])]
    said = {key: found[key] for key in ("error", "during", "frames") if key in found}
    if "at" not in planted and said.get("frames"):
        what = {"also": also, "what": planted["what"]} if planted else {}
        return {"kind": "raises", **found["frames"][-1], **said, **what}
    if "at" not in planted or said:
        raise RuntimeError(f"{project}: {found.get('traceback', 'no error, and no silent mistake in planted.toml')}")
    return {
        "kind": "silent",
        **place(project, planted["at"], planted.get("file")),
        "also": also,
        "what": planted["what"],
    }


def place(project: Path, text: str, module: str | None) -> Json:
    """The one line of a file that holds a text."""
    from tests.python_source.run_project import code_cells, main_of

    path = project / module if module else main_of(project)
    name = path.relative_to(project).as_posix() if project.is_dir() else path.name
    cells = code_cells(path) if path.suffix == ".ipynb" else [path.read_text(encoding="utf-8")]
    hits = [
        {"file": name, "line": line} | ({"cell": cell} if path.suffix == ".ipynb" else {})
        for cell, source in enumerate(cells, 1)
        for line, code in enumerate(source.splitlines(), 1)
        if text in code
    ]
    if len(hits) != 1:
        raise RuntimeError(f"{project}: {len(hits)} lines hold {text!r}")
    return hits[0]


# ---- texts ----


def written(value: Any, indent: str = "") -> str:
    """JSON with sorted keys, in which what holds no object stands in one line."""
    if isinstance(value, dict) and (not indent or any(map(deep, value.values()))):
        inner = [f"{indent} {json.dumps(key)}: {written(value[key], indent + ' ')}" for key in sorted(value)]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}" + ("\n" if not indent else "")
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + ",\n".join(f"{indent} {written(item, indent + ' ')}" for item in value) + f"\n{indent}]"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def deep(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def outcomes(chosen: list[Path], check: bool, jobs: int) -> Iterator[tuple[Path, str]]:
    """Each project with what is to be said of it: nothing where all is well."""

    def one(project: Path) -> tuple[Path, str]:
        try:
            text = answer(project)
        except RuntimeError as error:
            return project, str(error)
        path = answer_of(project)
        if check:
            same = path.exists() and path.read_text(encoding="utf-8") == text
            return project, "" if same else f"{path} is not what Keras builds"
        path.write_text(text, encoding="utf-8")
        return project, ""

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, chosen)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build_truth", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="files or folders of the corpus; default: all")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what differs, with exit status 1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    files = [path.resolve() for path in given.files]
    for path in files:
        if path not in every_project():
            parser.error(f"{path} is no script or folder of the corpus, the mistakes or nothing")
    import tensorflow  # noqa: F401 -- once, before the processes part

    from tests.python_source import run_project  # noqa: F401

    wrong = [text for _, text in outcomes(files or every_project(), given.check, given.jobs) if text]
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # Keras's messages hold sets
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.python_source.build_truth", *sys.argv[1:]])
    sys.exit(main())
