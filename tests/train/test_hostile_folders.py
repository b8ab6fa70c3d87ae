"""A run folder from elsewhere: wherever its files lead, nothing outside of it is read or changed."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnspec.base.confined_folder import ConfinedFolder, Unsafe
from cnnspec.cli import main
from tests.train.hostile import sentence

pytest.importorskip("keras")


def outside(run: Path) -> dict[str, str]:
    """Everything that lies beside the run."""
    above = run.parent
    return {
        str(p.relative_to(above)): p.read_text() for p in above.rglob("*")
        if run not in p.parents and not p.is_symlink() and p.is_file()
    }  # fmt: skip


def link(path: Path, target: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def second_name(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    os.link(target, path)


def pipe(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


FILES = (
    "best.keras", "last.keras", "curves.png", "run.json", "metrics.csv", "metrics.jsonl", "state/lock", "state/state.npz",
    "spec/net.cnn", "logs/log.csv", "other.txt", ".writing-1-best.keras",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lead", [link, second_name, pipe], ids=lambda f: f.__name__)
def test_no_file_of_a_run_leads_elsewhere(
    run: Path, capsys: pytest.CaptureFixture[str], name: str, lead: Callable[[Path, Path], None]
) -> None:
    target = run.parent / "outside/thesis.txt"
    if (run / name).exists():
        target.write_bytes((run / name).read_bytes())  # what is read there is what was meant
    before = target.read_bytes()
    lead(run / name, target)
    said = sentence(capsys, "resume", "run", "--epochs", "3")
    assert name.split("/")[-1] in said
    assert target.read_bytes() == before
    assert (run.parent / "outside/deep/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["a", "a/b", "logs", "state", "spec", "anything"])
@pytest.mark.parametrize("target", ["outside", "outside/deep", "absent"])
def test_no_folder_of_a_run_leads_elsewhere(
    run: Path, capsys: pytest.CaptureFixture[str], name: str, target: str
) -> None:
    before = outside(run)
    link(run / name, run.parent / target)
    assert "it is a link" in sentence(capsys, "resume", "run", "--epochs", "3") or name in ("state", "spec")
    assert outside(run) == before
    assert not (run.parent / "absent").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside/thesis.txt", "absent", ".", "best.keras"])
def test_nothing_is_read_through_a_link(run: Path, capsys: pytest.CaptureFixture[str], kept: Path, target: str) -> None:
    for name in ("best.keras", "last.keras"):
        link(run / name, Path(target))
    scan = str(kept / "scan.png")
    for words in (["evaluate", "run"], ["predict", "run", scan], ["export", "run", "-o", "net.onnx"]):
        assert "best.keras is not read: it is a link" in sentence(capsys, *words)
    link(run / "run.json", Path(target))
    for words in (["runs"], ["evaluate", "run"], ["predict", "run", scan], ["resume", "run"]):
        assert "run.json cannot be read: it is a link" in sentence(capsys, *words, *(["."] * (words == ["runs"])))
    assert not Path("net.onnx").exists()


def test_the_folder_itself_may_be_a_link(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run.rename("elsewhere")
    Path("run").symlink_to("elsewhere")
    assert main(["resume", "run", "-q", "--epochs", "3"]) == 0
    assert json.loads(Path("elsewhere/run.json").read_text())["epochs"] == 3


def test_the_output_that_a_run_names_is_not_written(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = run.parent / "outside/model.keras"
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | {"output": str(target)}))
    assert main(["resume", "run", "--epochs", "3"]) == 0
    assert f"the run was to be saved as {target}; repeat -o to save it there" in capsys.readouterr().err
    assert not target.exists()
    assert main(["resume", "run", "-q", "--epochs", "4", "-o", "mine.keras"]) == 0
    assert zipfile.is_zipfile("mine.keras")


INSIDE = [
    ("a.txt", True), ("state/lock", True), ("./a.txt", True), ("../a.txt", False), ("a/../../b", False), ("/etc/passwd", False),
    ("", False), ("a\0b", False), ("linked/x", False), ("linked", False), ("state", False), ("lost", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sound"), INSIDE)
def test_a_path_inside(tmp_path: Path, name: str, sound: bool) -> None:
    (tmp_path / "f/state").mkdir(parents=True)
    (tmp_path / "f/linked").symlink_to(tmp_path)
    (tmp_path / "f/lost").symlink_to("absent")
    if sound:
        assert ConfinedFolder(str(tmp_path / "f")).file(name).startswith(str(tmp_path / "f"))
    else:
        with pytest.raises(Unsafe):
            ConfinedFolder(str(tmp_path / "f")).file(name)
