"""What is kept of unchanged files: an answer from the cache is byte for byte that of a check, whatever happened meanwhile."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import cache, check_files
from cnnspec.cli.check import FORMATS
from cnnspec.cli.results import Examined, choose_repair_detail
from tests.cli.caching import LIBRARY, STRIDE, USER, run, write_corpus
from tests.support import IN_THOROUGH, THOROUGH, cases

ROOT = Path(__file__).parents[2]


# ---- the same answer ---------------------------------------------------------------------------------------
@pytest.fixture
def examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file comes to is found once for each amount of repairs; what is kept and printed of it is done every time."""
    examine = check_files.examine
    known: dict[Any, Examined] = {}

    def remembered(name: str, data: Any, options: argparse.Namespace, codes: Any) -> Examined:
        key = name, choose_repair_detail(options)
        if key not in known:
            known[key] = examine(name, data, options, codes)
        return known[key]

    monkeypatch.setattr(check_files, "examine", remembered)


def test_every_format_says_the_same_from_the_cache(here: Path, examined_once: None, checked: list[str]) -> None:
    write_corpus(here, every=1 if THOROUGH else 3)
    options = ("--select", "ALL", "--exit-zero", "--color", "always", "--jobs", "1")
    first = run(".", *options)
    count = len(checked)
    checked.clear()
    assert run(".", *options) == first
    data = re.compile(rb'data *= *"')
    rest = [name for name in checked if not data.search((here / name).read_bytes())]
    said = "what has nothing in it, what cannot be read, and what may be found next time"
    assert sorted(rest) == ["empty.cnn", "latin.cnn", "lost.cnn"], said
    assert len(checked) < 6
    assert count > 80
    for kind in FORMATS:
        told = ("--output-format", kind, *options)
        assert run(".", *told) == run(".", "--no-cache", *told), kind
    assert run(".", "--statistics", *options) == run(".", "--no-cache", "--statistics", *options)


@IN_THOROUGH
def test_the_zoo_says_the_same_from_the_cache(here: Path, checked: list[str]) -> None:
    zoo = ROOT / "examples" / "zoo"
    fresh = run(zoo, "--output-format", "json", "--cache-dir", "kept")
    assert fresh[2] == "" and len(json.loads(fresh[1])) > 5
    checked.clear()
    assert run(zoo, "--output-format", "json", "--cache-dir", "kept") == fresh
    assert checked == []


CONTENTS = ["", "# nothing", STRIDE, USER, LIBRARY, LIBRARY.replace("stride=3", "stride=2"), "input 7x7x3 -> cnv(3)", 'use "../../lib.cnn" (f)\n',
            'use "deep/lib.cnn" (f)\ninput 7x7x3 -> f(8)\n', 'use "../lib.cnn" (f)\nblock g(n) { f(n) }\n', "\xff"]  # fmt: skip
NAMES = ["a.cnn", "lib.cnn", "deep/lib.cnn", "deep/b.cnn"]
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(CONTENTS)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("link"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("write"), st.sampled_from(["cnnspec.toml", "deep/cnnspec.toml", "deep/.git"]),
              st.sampled_from(["", 'ignore = ["W201"]', 'select = ["ALL"]'])),
    st.tuples(st.just("delete"), st.sampled_from(["deep/cnnspec.toml", "deep/.git"]), st.just("")),
)  # fmt: skip


@cases(0.5)
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_no_history_makes_an_answer_old(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str]]
) -> None:
    """Files, those they use, links, configurations and the project's root come, change and go; after each step the
    cached answer is that of a check."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "deep").mkdir()
    (folder / "cnnspec.toml").write_text("")
    for name, content in zip(NAMES, (USER, LIBRARY, LIBRARY, USER), strict=True):
        (folder / name).write_text(content)
    with contextlib.chdir(folder):
        for what, name, content in [("write", "a.cnn", USER), *steps]:
            path = folder / name
            if what != "write" or path.is_symlink():
                path.unlink(missing_ok=True)
            if what == "write":
                path.write_text(content, encoding="latin-1")
            elif what == "link" and name != content:
                path.symlink_to(folder / content)
            kept = ("--cache-dir", "kept")
            assert run(".", *kept, "--output-format", "json") == run(".", "--no-cache", "--output-format", "json")


# ---- when it is asked again --------------------------------------------------------------------------------
def test_what_makes_a_file_new(here: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.cnn").write_text("model A(n=2) { input 7x7x3 -> conv(n, 3x3, stride=3) }\n")

    def again(*options: str) -> bool:
        checked.clear()
        run("a.cnn", *options)
        return bool(checked)

    assert again() and not again()
    for options in (("--set", "n=3"), ("--model", "A"), ("--max-layers", "9"), ("--select", "W"), ("--target", "torch"),
                    ("--strict-stride",), ("--profile", "lecture")):  # fmt: skip
        assert again(*options) and not again(*options), options
    assert not again("--fail-on", "never") and not again("--color", "always"), "what only shows is no other question"
    assert again("--output-format", "json") and not again("--output-format", "sarif"), "repairs: all that there are"
    assert again("--output-format", "github") and not again("--output-format", "junit"), "those that are help"
    assert again("--output-format", "concise") and not again("--statistics"), "no repairs"
    assert again("--no-cache")
    (here / "a.cnn").touch()
    assert not again(), "the content counts"
    (here / "a.cnn").write_text((here / "a.cnn").read_text() + " ")
    assert again() and not again()
    monkeypatch.setattr(cache, "name_tool", lambda: "another cnnspec")
    assert again() and not again()


def test_data_that_a_train_section_names_are_looked_at_again(here: Path, checked: list[str]) -> None:
    import numpy as np

    text = (
        "input 8x8x1 -> flatten -> dense(10, softmax)\ntrain { data = DATA\n loss = sparse_categorical_crossentropy }\n"
    )
    (here / "named.cnn").write_text(text.replace("DATA", "digits"))
    (here / "own.cnn").write_text(text.replace("DATA", '"data.npz"'))
    assert run(".") == run(".", "--no-cache")
    for shape, refused in (((3, 4), True), ((3, 8, 8), False), ((3, 9, 9, 2), True)):
        np.savez(here / "data.npz", x_train=np.zeros(shape), y_train=np.zeros(3))
        checked.clear()
        answer = run(".")
        assert checked == ["own.cnn"], "Keras's own data sets do not change"
        assert ("E030" in answer[1]) == refused
        assert answer == run(".", "--no-cache")


def test_every_file_of_cnnspec_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "cnnspec"
    shutil.copytree(ROOT / "cnnspec", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache.cnnspec, "__file__", str(package / "__init__.py"))
    before = cache.name_tool()
    assert before == cache.name_tool() != ""
    for path in (
        package / "lint" / "rules" / "dropout_rate.py",
        package / "base" / "size.py",
        package / "train" / "new.py",
    ):
        with path.open("a") as file:
            file.write("# changed\n")
        assert cache.name_tool() != before, path
        before = cache.name_tool()
    shutil.rmtree(package)
    assert cache.name_tool() == "", "of files that cannot be listed nothing can be trusted"


def test_an_answer_from_the_cache_imports_no_analyser(here: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cnnspec.cli import main; main(['check', '.']);"
        "print([m for m in ('json', 'cnnspec.pipeline', 'cnnspec.syntax.parse', 'cnnspec.facts.facts') if m in sys.modules])"
    )
    (here / "clean.cnn").write_text("input 8x8x3 -> conv(8, 3x3)\n")

    def imported() -> str:
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=here)
        return done.stdout.splitlines()[-1]

    assert imported() == "['cnnspec.pipeline', 'cnnspec.syntax.parse', 'cnnspec.facts.facts']"
    assert imported() == "[]"
