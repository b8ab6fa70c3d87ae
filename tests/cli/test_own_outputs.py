"""`-o` replaces what it wrote itself, and loses nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.cli import own_outputs
from cnnspec.cli.own_outputs import check_replaceable, read_record, remember_output
from tests.cli.commands import GOOD, run

OTHER = GOOD.replace("conv(4", "conv(5")
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


MODEL = """{"class_name": "Sequential", "config": {"name": "net", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer",
   "config": {"batch_shape": [null, 8, 8, 1], "dtype": "float32", "name": "image"}},
  {"module": "keras.layers", "class_name": "Conv2D", "config": {"name": "first", "filters": FILTERS, "kernel_size": [3, 3]}}
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
    with pytest.raises(Exception, match="is there already"):
        check_replaceable(str(folder), False)


def test_an_empty_file_and_a_device_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path in (str(tmp_path / "empty"), os.devnull, str(tmp_path / "not there")):
        check_replaceable(path, False)
        remember_output(path)
        assert read_record(path) == ""


def test_a_cache_that_cannot_be_written_costs_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "a file").touch()
    monkeypatch.setenv("CNNSPEC_CACHE_DIR", str(project / "a file"))
    assert run(capsys, *COMMANDS["compile"])[0] == 0
    change_inputs(project, 6)
    assert run(capsys, *COMMANDS["compile"])[0] == 2


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_outputs, "MOST", 3)
    for number in range(5):
        (tmp_path / str(number)).write_text(str(number))
        remember_output(str(tmp_path / str(number)))
        record = own_outputs.name_record(str(tmp_path / str(number)))
        os.utime(record, (number, number))
    assert [bool(read_record(str(tmp_path / str(number)))) for number in range(5)] == [False, False, True, True, True]
