"""What is kept of unchanged files: an answer from the cache is byte for byte that of a check, whatever happened meanwhile."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.diagnostic import Diagnostic, Note
from cnnspec.base.source import Source, Span
from cnnspec.cli import cache, checking, main
from cnnspec.cli.check import FORMATS
from cnnspec.cli.results import Untold, as_data, from_data
from cnnspec.syntax.mistakes import MISTAKES
from tests.lint.test_check import cases as faulty_specs
from tests.support import cases

ROOT = Path(__file__).parents[2]
STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"
LIBRARY = "block f(n) { conv(n, 3x3, stride=3) }\n"
USER = 'use "lib.cnn" (f)\ninput 7x7x3 -> f(8)\n'


def run(*arguments: str | Path) -> tuple[int | None, str, str]:
    """Exit status, stdout and stderr of a check."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["check", *map(str, arguments)])
    return status, out.getvalue(), err.getvalue()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project to work in, which keeps its cache where a user's would be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CNNSPEC_CACHE_DIR")
    (tmp_path / "cnnspec.toml").write_text("")
    return tmp_path


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are really checked, from here on."""
    names: list[str] = []
    examine = checking.examine

    def noted(name: str, *rest: Any) -> Any:
        names.append(os.path.basename(name))
        return examine(name, *rest)

    monkeypatch.setattr(checking, "examine", noted)
    return names


def entries(folder: Path) -> list[Path]:
    return sorted((folder / cache.NAME).glob("*.json"))


# ---- the same answer ---------------------------------------------------------------------------------------
def corpus(folder: Path) -> None:
    """What stands anywhere in this repository as a spec, right or wrong, but for the largest."""
    for number, (_, _, spec, _) in enumerate(faulty_specs()):
        (folder / f"faulty{number}.cnn").write_text(spec, encoding="utf-8")
    snippets = [snippet for _, _, snippets in MISTAKES for snippet in snippets]
    for number, snippet in enumerate(snippets):
        (folder / f"mistake{number}.cnn").write_bytes(snippet.encode("utf-8", "surrogatepass"))
    for path in (*(ROOT / "examples").glob("*18.cnn"), *(ROOT / "examples" / "lectures").glob("*.cnn")):
        shutil.copy(path, folder)
    (folder / "empty.cnn").write_text("")
    (folder / "latin.cnn").write_bytes(b"\xff\xfe")
    (folder / "lib.cnn").write_text(LIBRARY)
    (folder / "user.cnn").write_text(USER)
    (folder / "lost.cnn").write_text('use "nowhere.cnn" (f)\ninput 7x7x3 -> f(8)\n')
    (folder / "odd é\u202e.cnn").write_text("\ufeff# ü\r\ninput 7x7x3\r\nconv(8, 3x3, stride=3) # 卷积\r\n")


def test_every_format_says_the_same_from_the_cache(here: Path, checked: list[str]) -> None:
    corpus(here)
    for path in sorted(here.glob("[fm]*[0-9].cnn"))[::2]:
        path.unlink()
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
    assert count > 130
    for kind in FORMATS:
        told = ("--output-format", kind, *options)
        assert run(".", *told) == run(".", "--no-cache", *told), kind
    assert run(".", "--statistics", *options) == run(".", "--no-cache", "--statistics", *options)


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
    monkeypatch.setattr(cache, "tool", lambda: "another cnnspec")
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
    before = cache.tool()
    assert before == cache.tool() != ""
    for path in (package / "rules" / "dropout_rate.py", package / "size.py", package / "train" / "new.py"):
        with path.open("a") as file:
            file.write("# changed\n")
        assert cache.tool() != before, path
        before = cache.tool()
    shutil.rmtree(package)
    assert cache.tool() == "", "of files that cannot be listed nothing can be trusted"


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


# ---- damage ------------------------------------------------------------------------------------------------
def forged(text: str, body: Any) -> str:
    """An entry with another body whose sum is right."""
    return cache.written(json.loads(text)[0], json.dumps(body, separators=(",", ":")))


def lying(text: str, change: Any) -> str:
    body = json.loads(text)[2]
    change(body)
    return forged(text, body)


def pipe() -> str:
    path = os.path.join(tempfile.mkdtemp(), "pipe")
    os.mkfifo(path)
    return path


DAMAGE: list[tuple[str, Any]] = [
    ("empty", lambda text: ""),
    ("cut", lambda text: text[: len(text) // 2]),
    ("cut at the end", lambda text: text[:-1]),
    ("longer", lambda text: text + "]"),
    ("garbage", lambda text: "\x00" * len(text)),
    ("not ASCII", lambda text: text + "é"),
    ("one letter", lambda text: text.replace("W201", "W202")),
    ("one figure", lambda text: text.replace("2.33", "2.34")),
    ("clean", lambda text: forged(text, {})),
    ("a number", lambda text: "1"),
    ("deep", lambda text: forged(text, 1).replace("1]", "[" * 100_000)),
    ("deep and right", lambda text: cache.written(json.loads(text)[0], "[" * 100_000)),
    ("null", lambda text: forged(text, None)),
    ("too short", lambda text: forged(text, [[]])),
    ("wrong types", lambda text: forged(text, [1, 2, 3])),
    ("an unknown severity", lambda text: lying(text, lambda body: body[0][0].__setitem__(5, "grave"))),
    ("a number for a file", lambda text: lying(text, lambda body: body[1].append([0, "0"]))),
    ("a list for a file", lambda text: lying(text, lambda body: body[1].append([["a.cnn"], "0"]))),
    ("a table for files", lambda text: lying(text, lambda body: body.__setitem__(1, {"ab": 1}))),
    ("a text for files", lambda text: lying(text, lambda body: body.__setitem__(1, "ab"))),
    ("a pipe for a file", lambda text: lying(text, lambda body: body[1].append([pipe(), "0"]))),
    ("numbers for a name", lambda text: lying(text, lambda body: body[2].append([1, 2, 3, 4]))),
    ("nothing for a name", lambda text: lying(text, lambda body: body[2].append([None, "a", "b", "c"]))),
    ("a long number", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(2, 10**4000))),
    ("more digits than are read", lambda text: cache.written(json.loads(text)[0], "9" * 5000)),
    ("larger than any", lambda text: forged(text, "x" * cache.MAX_ENTRY)),
    ("an unknown code", lambda text: lying(text, lambda body: body[0][0].__setitem__(0, "W999"))),
    ("a place behind the end", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(2, 10_000))),
    ("a place before the start", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(1, -1))),
    ("an end before its start", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(2, 0))),
    ("a file that is none", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(0, 5))),
    ("true for a number", lambda text: lying(text, lambda body: body[0][0][2].__setitem__(0, False))),
    ("a field too many", lambda text: lying(text, lambda body: body[0][0].append(1))),
    ("a file that cannot be", lambda text: lying(text, lambda body: body[1].append(["\0", "0"]))),
    ("files of no kind", lambda text: lying(text, lambda body: body[1].append(3))),
]


@pytest.mark.parametrize(("what", "damage"), DAMAGE, ids=[what for what, _ in DAMAGE])
def test_a_damaged_entry_is_none(here: Path, checked: list[str], what: str, damage: Any) -> None:
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn")
    assert "W201" in fresh[1]
    (entry,) = entries(here)
    whole = entry.read_text()
    checked.clear()
    assert run("a.cnn") == fresh and not checked
    entry.write_text(damage(whole))
    assert run("a.cnn") == fresh
    assert checked == ["a.cnn"], "it was believed"
    assert entry.read_text() == whole, "it was mended"


def test_an_entry_that_is_a_folder(here: Path) -> None:
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn")
    (entry,) = entries(here)
    entry.unlink()
    entry.mkdir()
    assert run("a.cnn") == fresh
    assert [path.name for path in (here / cache.NAME).iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/nowhere", "\0", "/dev/null", "no/such/folder"])
def test_a_folder_that_cannot_be(here: Path, folder: str) -> None:
    (here / "file").write_text("mine")
    (here / "a.cnn").write_text(STRIDE)
    fresh = run("a.cnn", "--no-cache")
    for _ in range(2):
        assert run("a.cnn", "--cache-dir", folder) == fresh
    assert (here / "file").read_text() == "mine"


def test_a_folder_that_another_process_makes_at_the_same_time(
    here: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "net.cnn").write_text(STRIDE)
    make = cache.make

    def late(folder: str) -> None:
        make(folder)
        make(folder)

    monkeypatch.setattr(cache, "make", late)
    assert run(".") == run(".")
    assert checked == ["net.cnn"]


def test_a_full_disk(here: Path) -> None:
    """No byte can be written to a file: the answer is the same, and nothing is left behind."""
    (here / "a.cnn").write_text(STRIDE)
    script = (
        f"import resource, signal, sys; sys.path.insert(0, {str(ROOT)!r}); sys.dont_write_bytecode = True\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "from cnnspec.cli import main; sys.exit(main(['check', 'a.cnn']))"
    )
    fresh = run("a.cnn", "--no-cache")
    (here / cache.NAME).mkdir()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == fresh
    assert list((here / cache.NAME).iterdir()) == []


def test_many_at_once(here: Path, checked: list[str]) -> None:
    """Several processes that write the same entries leave whole ones."""
    for number in range(30):
        (here / f"net{number}.cnn").write_text(STRIDE + f"# {number}\n")
    command = [sys.executable, "-m", "cnnspec", "check", ".", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=here)
        for _ in range(4)
    ]
    told = {process.communicate(timeout=60)[0] for process in started}
    assert told == {run(".", "--no-cache")[1].encode()}
    assert len(entries(here)) == 30 and len(list((here / cache.NAME).iterdir())) == 32
    checked.clear()
    run(".")
    assert checked == []


def test_killed_while_writing(here: Path) -> None:
    (here / "a.cnn").write_text(STRIDE)
    script = (
        f"import os, signal, sys; sys.path.insert(0, {str(ROOT)!r}); from cnnspec.cli import main\n"
        "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL); main(['check', 'a.cnn'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=here)
    assert done.returncode == -signal.SIGKILL
    assert entries(here) == []
    assert run("a.cnn") == run("a.cnn", "--no-cache")


# ---- the folder --------------------------------------------------------------------------------------------
def test_where_the_folder_is(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def kept(folder: Path) -> bool:
        found = bool(list(folder.glob("*.json")))
        shutil.rmtree(folder, ignore_errors=True)
        return found

    (here / "deep").mkdir()
    spec = here / "deep" / "a.cnn"
    spec.write_text(STRIDE)
    run(spec)
    assert (here / cache.NAME / ".gitignore").read_text() == "*\n"
    assert (here / cache.NAME / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert kept(here / cache.NAME)
    (here / "cnnspec.toml").write_text('cache-dir = "build/kept"\n')
    monkeypatch.chdir(here / "deep")
    run("a.cnn")
    assert kept(here / "build" / "kept")
    run("a.cnn", "--cache-dir", "mine")
    assert kept(here / "deep" / "mine")
    monkeypatch.setenv("CNNSPEC_CACHE_DIR", "env")
    run("a.cnn")
    assert kept(here / "deep" / "env")
    monkeypatch.delenv("CNNSPEC_CACHE_DIR")
    (here / "cnnspec.toml").unlink()
    (here / ".git").mkdir()
    run("a.cnn")
    assert kept(here / cache.NAME)
    monkeypatch.setattr(cache, "find_project_root", lambda folder: None)  # of any project
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "user"))
    run("a.cnn")
    assert kept(here / "user" / "cnnspec")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(here / "home"))
    run("a.cnn")
    assert kept(here / "home" / ".cache" / "cnnspec")


def test_a_folder_that_was_there_is_left_alone(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--cache-dir .` must not tell git to ignore a project, nor delete a file of it."""
    monkeypatch.setattr(cache, "MAX_ENTRIES", 0)
    monkeypatch.setattr(cache, "stamp", lambda data, stamp=cache.stamp: "00" + stamp(data)[2:])
    (here / "a.cnn").write_text(STRIDE)
    (here / "results.json").write_text("{}")
    run("a.cnn", "--cache-dir", ".")
    assert sorted(path.name for path in here.iterdir()) == ["a.cnn", "cnnspec.toml", "results.json"]


def test_old_entries_go(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        (here / f"net{number}.cnn").write_text(STRIDE)
        run(f"net{number}.cnn")
    found = sorted(entries(here), key=lambda path: path.name)
    for days, path in enumerate(found):
        os.utime(path, (os.stat(path).st_mtime - days * 86_400 * 10,) * 2)
    cache.prune(str(here / cache.NAME))
    assert entries(here) == found[:3], "those of more than 30 days have gone"
    monkeypatch.setattr(cache, "MAX_ENTRIES", 2)
    cache.prune(str(here / cache.NAME))
    assert entries(here) == found[:2], "the oldest goes first"
    shutil.rmtree(here / cache.NAME)
    monkeypatch.setattr(cache, "stamp", lambda data, stamp=cache.stamp: "00" + stamp(data)[2:])
    for number in range(6):
        run(f"net{number}.cnn")
    assert len(entries(here)) == 2, "writing looks after it"


# ---- plain data --------------------------------------------------------------------------------------------
def test_a_record_with_a_field_more_is_carried_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data follow from the fields: whoever adds one need not know of this, and nothing is lost in silence."""
    source, other = Source("a.cnn", "relu"), Source("b.cnn", "relu")
    note = Note("here", Span(source, 1, 2))
    assert from_data(as_data(note, "Note", [source]), "Note", [source]) == note
    found = Diagnostic("W201", "é\udcff", Span(source, 0, 4), notes=(note, Note("nowhere")))
    data = json.loads(json.dumps(as_data(found, "Diagnostic", [source])))
    assert from_data(data, "Diagnostic", [source]) == found
    for value, kind in (
        (Span(other, 0, 1), "Span"),
        (print, "Callable"),
        (1.5, "float"),
        (True, "int"),
        (note, "Span"),
    ):
        with pytest.raises(Untold):
            as_data(value, kind, [source])
