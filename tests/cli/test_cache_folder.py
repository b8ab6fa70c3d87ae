"""Where the cache stands, what it leaves alone, which entries go, and the plain data in them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cnnspec.base.diagnostic import Diagnostic, Note
from cnnspec.base.source import Source, Span
from cnnspec.cli import cache
from cnnspec.cli.results import Untold, as_data, from_data
from tests.cli.caching import STRIDE, entries, run


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
    monkeypatch.setattr(cache, "hash_data", lambda data, stamp=cache.hash_data: "00" + stamp(data)[2:])
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
    monkeypatch.setattr(cache, "hash_data", lambda data, stamp=cache.hash_data: "00" + stamp(data)[2:])
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
