"""`-o` replaces what it wrote itself, and loses nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnspec.cli import own_outputs
from cnnspec.cli.messages import UsageError
from cnnspec.cli.own_outputs import check_replaceable, find_user_cache, read_record, remember_output
from tests.cli.commands import run

COMMANDS = {
    "compile": ("compile", "net.cnn", "-o", "model.py"),
    "rf": ("rf", "net.cnn", "-o", "fields.svg"),
    "import": ("import", "model.json", "-o", "imported.cnn"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec and a Keras model to make outputs from."""
    monkeypatch.chdir(tmp_path)
    change_inputs(tmp_path, 4)
    return tmp_path


def change_inputs(folder: Path, filters: int) -> None:
    """Another network in both."""
    (folder / "net.cnn").write_text(f"input 8x8x1\nconv({filters}, {filters - 1}x{filters - 1})\n")
    (folder / "model.json").write_text(MODEL.replace("FILTERS", str(filters)))


MODEL = """{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "net", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"batch_shape": [null, 8, 8, 1], "dtype": "float32", "name": "image"}},
  {"module": "keras.layers", "class_name": "Conv2D", "registered_name": null,
   "config": {"name": "first", "filters": FILTERS, "kernel_size": [3, 3]}}
]}}"""


@pytest.mark.parametrize("verb", COMMANDS)
def test_what_was_written_here_is_replaced(verb: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = COMMANDS[verb]
    assert run(capsys, *command)[0] == 0
    first = Path(command[-1]).read_text()
    change_inputs(project, 6)
    assert run(capsys, *command)[0] == 0
    assert Path(command[-1]).read_text() != first


@pytest.mark.parametrize("verb", COMMANDS)
def test_what_was_edited_is_kept(verb: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = COMMANDS[verb]
    run(capsys, *command)
    edited = Path(command[-1]).read_text() + "\n"
    Path(command[-1]).write_text(edited)
    change_inputs(project, 6)
    status, _, err = run(capsys, *command)
    why = "is there already, and is not what cnnspec wrote there last: give another name, or --force to replace it"
    assert (status, err) == (2, f"cnnspec: {command[-1]} {why}\n")
    assert Path(command[-1]).read_text() == edited
    assert run(capsys, *command, "--force")[0] == 0
    assert Path(command[-1]).read_text() != edited
    change_inputs(project, 5)
    assert run(capsys, *command)[0] == 0, "from now on it is its own"


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_same_text_can_be_written_again(verb: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = COMMANDS[verb]
    run(capsys, *command)
    (written,) = [
        path for path in (Path(os.environ["CNNSPEC_CACHE_DIR"]) / "outputs").iterdir() if len(path.name) == 32
    ]
    written.unlink()
    assert run(capsys, *command)[0] == 0


def test_a_file_that_stood_there_is_kept_whoever_names_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By a link, and where a model would be written, which is said before Keras is imported."""
    Path("mine.keras").write_bytes(b"days of training")
    Path("link.keras").symlink_to("mine.keras")
    for name in ("mine.keras", "link.keras"):
        status, _, err = run(capsys, "compile", "net.cnn", "-o", name)
        assert status == 2 and err.startswith(f"cnnspec: {name} is there already")
    assert Path("mine.keras").read_bytes() == b"days of training"


def test_folders_are_known_by_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "variables").mkdir(parents=True)
    check_replaceable(str(folder / "variables"), False)
    (folder / "saved_model.pb").write_bytes(b"1")
    remember_output(str(folder))
    check_replaceable(str(folder) + os.sep, False)
    (folder / "variables" / "more").write_bytes(b"2")
    with pytest.raises(UsageError, match="is there already"):
        check_replaceable(str(folder), False)


def test_an_empty_file_and_a_device_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path in (str(tmp_path / "empty"), os.devnull, str(tmp_path / "not there")):
        check_replaceable(path, False)
        remember_output(path)
        assert read_record(path) == ""


def spoil_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "a file").touch()
    monkeypatch.setenv("CNNSPEC_CACHE_DIR", str(project / "a file"))


def spoil_record(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record cannot be written, nor what is beside it."""
    record = Path(own_outputs.name_record(str(project / "model.py")))
    record.mkdir(parents=True)
    (record / "more").touch()


def take_home(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a user of a container, whom the system does not know."""
    for name in ("CNNSPEC_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert find_user_cache() is None


@pytest.mark.parametrize("spoil", [spoil_folder, spoil_record, take_home])
def test_a_cache_that_cannot_be_written_costs_a_force(
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    spoil(project, monkeypatch)
    before = set(project.iterdir())
    assert run(capsys, *COMMANDS["compile"])[0] == 0
    assert set(project.iterdir()) - before == {project / "model.py"}
    change_inputs(project, 6)
    assert run(capsys, *COMMANDS["compile"])[0] == 2
    assert run(capsys, *COMMANDS["compile"], "--force")[0] == 0


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_outputs, "MOST", 3)
    for number in range(5):
        (tmp_path / str(number)).write_text(str(number))
        remember_output(str(tmp_path / str(number)))
        record = own_outputs.name_record(str(tmp_path / str(number)))
        os.utime(record, (number, number))
    assert [bool(read_record(str(tmp_path / str(number)))) for number in range(5)] == [False, False, True, True, True]


# ---- what is never replaced ---------------------------------------------------------------------------------
READ_AND_WRITTEN = {
    "compile": ("net.py", ("compile", "net.py", "-o", "net.py")),
    "compile to a link": ("net.py", ("compile", "net.py", "-o", "link.py")),
    "compile with the weights": ("best.keras", ("compile", "net.cnn", "--weights", "best.keras", "-o", "best.keras")),
    "compile with a run's weights": ("best.keras", ("compile", "net.cnn", "--weights", ".", "-o", "best.keras")),
    "rf": ("net.svg", ("rf", "net.svg", "-o", "./net.svg")),
    "import": ("model.json", ("import", "model.json", "-o", "model.json")),
}


@pytest.mark.parametrize("what", READ_AND_WRITTEN)
def test_what_is_read_is_never_replaced(what: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, command = READ_AND_WRITTEN[what]
    if not Path(name).exists():
        Path(name).write_text(Path("net.cnn").read_text())
    Path("link.py").symlink_to(name)
    before = Path(name).read_bytes()
    for force in ((), ("--force",)):
        status, out, err = run(capsys, *command, *force)
        why = f"cnnspec: {command[-1]} is what the command reads: give the output another name\n"
        assert (status, out, err) == (2, "", why)
        assert Path(name).read_bytes() == before


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_folder_is_no_place(verb: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = COMMANDS[verb]
    Path(command[-1]).mkdir()
    for held in (False, True):
        if held:
            Path(command[-1], "mine").touch()
        status, _, err = run(capsys, *command, "--force")
        assert (status, err) == (2, f"cnnspec: cannot write {command[-1]}: it is a folder\n")


def test_stdout_by_its_name_is_written_behind_what_stands_there(project: Path) -> None:
    """The file that the shell has opened is not replaced by another."""
    Path("log").write_text("first\n")
    for command in (("compile", "net.cnn", "--to", "py"), ("import", "model.json")):
        with Path("log").open("a") as log:
            done = subprocess.run(
                [sys.executable, "-m", "cnnspec", *command, "-o", "/dev/stdout"],
                stdout=log,
                stderr=subprocess.PIPE,
                check=True,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )
        assert b"wrote" not in done.stderr
    text = Path("log").read_text()
    assert text.startswith("first\n") and "def build_model" in text and text.endswith("conv(4, 3x3) as first\n}\n")


def test_links_keep_pointing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also one to a file that is not there yet."""
    Path("link.py").symlink_to("elsewhere.py")
    command = ("compile", "net.cnn", "-o", "link.py")
    assert run(capsys, *command)[0] == 0
    change_inputs(project, 6)
    assert run(capsys, *command)[0] == run(capsys, *command[:-1], "elsewhere.py")[0] == 0, "it is one file"
    assert Path("link.py").is_symlink()


def test_a_file_that_was_moved_over_an_output_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    remember_output(str(tmp_path / "a"))
    (tmp_path / "b").rename(tmp_path / "a")
    with pytest.raises(UsageError, match="is there already"):
        check_replaceable(str(tmp_path / "a"), False)
