"""Files that came with somebody else's project: configurations, caches. Nothing of them hangs, fails, or leaves its project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.cli import cache, main
from cnnspec.cli.configuration import depth
from cnnspec.cli.results import Outcome
from tests.support import cases

STRIDE = "input 7x7x3\nconv(8, 3x3, stride=3)\n"
USER = 'use "lib.cnn" (f)\ninput 7x7x3 -> f\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a folder: what is beside the project is none of its business."""
    monkeypatch.delenv("CNNSPEC_CACHE_DIR")
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "a.cnn").write_text(STRIDE)
    return folder


# ---- configurations ------------------------------------------------------------------------------------------
TOML = {
    "lists in lists": ("select = " + "[" * 100_000 + "]" * 100_000, "is nested more than 100 deep"),
    "lists that do not end": ("select = " + "[" * 200_000, "is nested more than 100 deep"),
    "tables in tables": ("select = " + "{a = " * 2000 + "1" + "}" * 2000, "is nested more than 100 deep"),
    "a table of many names": ("[" + "a." * 100_000 + "b]", "is nested more than 100 deep"),
    "a key of many names": ("a." * 100_000 + "b = 1", "is nested more than 100 deep"),
    "a key of many quoted names": ('"a".' * 40_000 + "b = 1", "is nested more than 100 deep"),
    "a number of 6,001 digits": ("select = " + "1" * 6001, "a number has too many digits"),
    "one in hexadecimal": ("profile = 0x" + "1" * 6001, "a number of thousands of digits"),
    "one behind an e": ("profile = 1e" + "1" * 6001, "not Infinity"),
    "a long text": ("profile = '" + "x" * 200_000 + "'", "…"),
    "a long key": ("x" * 200_000 + " = 1", "…"),
    "a megabyte": ("# x\n" * 300_000, "has more than the 262,144 bytes that are read"),
    "no UTF-8": (b"\xff = 1", "it is not UTF-8"),
    "a NUL": ("select = ['\0']", "is not TOML"),
    "a wrong kind": ("select = 3", "select takes a list of texts"),
    "a mark of byte order": ("\ufeffselect = []", "is not TOML"),
}


@pytest.mark.parametrize("what", TOML)
@pytest.mark.parametrize("name", ["cnnspec.toml", "pyproject.toml"])
def test_a_configuration_that_cannot_be(
    project: Path, capsys: pytest.CaptureFixture[str], what: str, name: str
) -> None:
    text, said = TOML[what]
    if name == "pyproject.toml":
        if what in ("no UTF-8", "a mark of byte order", "a table of many names"):
            pytest.skip("which is so for the whole file alone")
        assert isinstance(text, str)
        text = "[tool.cnnspec]\n" + text
    (project / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["check", "a.cnn"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("cnnspec: ") and err.count("\n") == 1 and said in err and len(err) < 1000


@pytest.mark.parametrize("name", ["cnnspec.toml", "pyproject.toml"])
def test_what_stands_in_a_configurations_place(project: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = project / name
    for make, said in (
        (path.mkdir, "it is a folder"),
        (lambda: path.symlink_to(name), "Too many levels of symbolic links"),
        (lambda: path.symlink_to("nowhere"), "No such file"),
        (lambda: os.mkfifo(path), "it is a pipe"),
        (lambda: path.symlink_to("/dev/zero"), "it is a device"),
    ):
        make()
        assert main(["check", "a.cnn"]) == 2
        assert said in capsys.readouterr().err
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_a_large_pyproject_that_does_not_speak_of_cnnspec_is_let_be(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.other]\n" + "# é\n" * 300_000)
    assert main(["check", "a.cnn"]) == 1


@pytest.mark.parametrize(("text", "deep"), [
    ("", 0), ("a = 1", 0), ("a.b.c = 1", 2), ("a = [[1], [2]]", 2), ("a = '[[[[.....'", 0), ('a = "[[\\"[["', 0),
    ("a = '''\n[[[[\n'''", 0), ('a = """\n[[\\"""[[\n"""', 0), ("# [[[[ ....\na = 1.5", 1), ("a.b = 1\nc.d = 1", 1),
    ("a = ['#', [']']]", 2),
])  # fmt: skip
def test_depth(text: str, deep: int) -> None:
    assert depth(text) == deep


# ---- where a project may write ---------------------------------------------------------------------------------
def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


OUTSIDE = [
    "../kept",
    "/tmp/cnnspec-of-nobody",
    "~/kept",
    "out/kept",
    "./../project/../kept",
    "a/../../kept",
    "",
    "kept\0",
]


@pytest.mark.parametrize("named", OUTSIDE)
def test_a_configured_cache_stays_in_its_project(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (project / "out").symlink_to(tmp_path / "elsewhere")
    (project / "cnnspec.toml").write_text(f"cache-dir = {json.dumps(named)}\n")
    before = files(tmp_path)
    status = main(["check", "a.cnn"])
    new = files(tmp_path) - before
    assert all(name.startswith("project/") for name in new), new
    if named in ("", "~/kept"):  # the project itself; a folder called ~ in it
        assert status == 1
        return
    err = capsys.readouterr().err
    assert (status, new) == (2, set()) and "lies outside of the project: give it with --cache-dir" in err
    assert not os.path.exists("/tmp/cnnspec-of-nobody")
    assert main(["check", "a.cnn", "--no-cache"]) == 1
    assert main(["summary", "a.cnn"]) == 0
    assert main(["check", "a.cnn", "--cache-dir", str(tmp_path / "mine")]) == 1
    assert list((tmp_path / "mine").glob("*.json"))


def test_a_cache_that_is_a_link_out_of_the_project_is_none(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / "cnnspec.toml").write_text("")
    (project / cache.NAME).symlink_to(tmp_path / "elsewhere")
    assert main(["check", "a.cnn"]) == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (project / cache.NAME).unlink()
    (project / "inner").mkdir()
    (project / cache.NAME).symlink_to("inner")
    assert main(["check", "a.cnn"]) == 1
    assert list((project / "inner").glob("*.json"))


def test_only_what_the_cache_made_is_pruned(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["check", "a.cnn", "--cache-dir", "."])
    (entry,) = project.glob("*.json")
    key = "0123456789abcdef" * 2
    others = {
        f"{key}.json": '{"mine": 1}',
        f"{key}.json.12.tmp": '{"mine": 1}',
        f"{key[:-1]}g.json": entry.read_text(),
        "my-results-of-a-whole-long-year0.json": "[]",
        f"{key}.json.tmp": "",
        f"{key}.json.x.tmp": "",
        f"{key}.txt": entry.read_text(),
        f"{key.upper()}.json": entry.read_text(),
        f"{key[::-1]}.json": entry.read_text()[:-1],
        "results.json": "{}",
    }
    for name, text in others.items():
        (project / name).write_text(text)
    (project / f"{'a' * 32}.json").mkdir()
    (project / f"{'b' * 32}.json").symlink_to(entry)
    left_behind = project / f"{key}.json.99.tmp"
    left_behind.write_text(entry.read_text()[:50])
    before = files(project)
    monkeypatch.setattr(cache, "MAX_ENTRIES", 0)
    cache.prune(str(project))
    assert before - files(project) == {entry.name, left_behind.name}


# ---- forged entries --------------------------------------------------------------------------------------------
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def leaves(body: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all parts of a body."""
    found = [way]
    if isinstance(body, list):
        for number, part in enumerate(body):
            found += leaves(part, (*way, number))
    return found


def known(folder: str, body: Any) -> Outcome | None:
    """What an entry with this body, and a right sum, says of a file."""
    data = USER.encode()
    store = object.__new__(cache.Cache)
    store.tool, store.asked = "tool", "asked"
    text = cache.write_entry_text(cache.hash_data(b"tool" + data), json.dumps(body, separators=(",", ":")))
    with open(store.entry(folder, "a.cnn", None), "w") as file:
        file.write(text)
    return store.find(folder, "a.cnn", data, None)


@cases(3)
@given(st.data())
def test_a_forged_entry_is_an_outcome_or_none(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    """One part of a real body, or all of it, is anything; what is made of it can be shown."""
    from cnnspec.findings.json import write_data
    from cnnspec.findings.sarif import write_sarif
    from cnnspec.findings.text import show_diagnostic

    folder = tmp_path_factory.mktemp("forged")
    library = folder / "lib.cnn"
    library.write_text("block f() { conv(8, 3x3, stride=3) }\n")
    place = [1, 5, 10]
    note = ["used here", place, []]
    repair = ["write stride=4", [[place, "4"]], False, "nothing"]
    found = ["W201", "a message", place, "help", [note], "warning", [1], [repair]]
    outcome_data = ["a.cnn", [found], [], [], False, "", [["it is read from a file", place, []]], ""]
    body: Any = [outcome_data, [[str(library), cache.hash_data(library.read_bytes())]], []]
    assert known(str(folder), body) is not None, "the body itself is believed"
    way = data.draw(st.sampled_from(leaves(body)))
    made = data.draw(JSON | st.sampled_from(["E999", "error", "/dev/zero", "\0", "../..", 0, -1, 10**30, True, [[]]]))
    if way:
        part = body
        for step in way[:-1]:
            part = part[step]
        part[way[-1]] = made
    else:
        body = made
    outcome = known(str(folder), body)
    if outcome is not None:
        for diagnostic in outcome.diagnostics:
            show_diagnostic(diagnostic, True, True)
            json.dumps(write_data(diagnostic, "a.cnn"))
        write_sarif([("a.cnn", diagnostic) for diagnostic in outcome.diagnostics], ["a.cnn"])
