"""What a check says about a .npz file of a train section: from the headers of its arrays, nothing else of it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.train.data_check import read_headers
from cnnspec.train.settings import TrainSettings
from tests.support import unwrap

NETWORK = "input 8x8x1\nconv(8, 3x3, activation=relu) -> gap -> dense(3)\ntrain { data = 'data.npz'; loss = mse }\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def array(shape: tuple[int, ...], header: str = "", version: int = 1) -> bytes:
    """The beginning of an array's file, in NumPy's format."""
    text = (header or f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}").encode() + b"\n"
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text


def archive(path: Path, compression: int = zipfile.ZIP_DEFLATED, **arrays: bytes) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in arrays.items():
            file.writestr(f"{name}.npy", data)


def codes(text: str = NETWORK, name: str = "net.cnn") -> list[str]:
    return [f"{d.code} {d.message}" for d in analyse(Source(name, text)).diagnostics]


def told(folder: Path, x: tuple[int, ...], y: tuple[int, ...], text: str = NETWORK) -> list[str]:
    archive(folder / "data.npz", x_train=array(x), y_train=array(y))
    return codes(text)


def test_shapes_that_fit_and_shapes_that_do_not(folder: Path) -> None:
    assert told(folder, (5, 8, 8, 1), (5, 3)) == []
    assert told(folder, (5, 8, 8), (5, 3)) == []
    assert told(folder, (5, 64), (5, 3)) == []
    assert told(folder, (5, 9, 9, 1), (5, 3)) == [
        "E030 the network takes 8x8x1, an example of data.npz is 9x9x1"
    ]  # not resized: they may be no images
    assert told(folder, (5, 8, 8, 1), (5, 4)) == ["E030 the network yields 3, a target of data.npz is 4"]
    assert len(told(folder, (5, 8, 8, 3), (5, 4))) == 2


def test_class_numbers_and_vectors_of_one_are_not_judged(folder: Path) -> None:
    sparse = NETWORK.replace("mse", "sparse_categorical_crossentropy(from_logits=true)")
    for shape in ((5,), (5, 1), (5, 4)):
        assert told(folder, (5, 8, 8, 1), shape, sparse) == []
    assert told(folder, (5, 8, 8, 1), (5,)) == told(folder, (5, 8, 8, 1), (5, 1)) == []


def test_numpys_own_files(folder: Path) -> None:
    np = pytest.importorskip("numpy")
    settings = TrainSettings(data="data.npz")
    for save in (np.savez, np.savez_compressed):
        for x in (
            np.zeros((7, 8, 8, 1)),
            np.zeros((7, 2), "u1"),
            np.zeros(7),
            np.zeros(()),
            np.zeros((0, 3), order="F"),
        ):
            save(folder / "data.npz", x_train=x, y_train=np.zeros((7, 4)))
            assert read_headers(settings) == {"x_train": x.shape, "y_train": (7, 4)}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_of_the_format(folder: Path, version: int) -> None:
    archive(folder / "data.npz", x_train=array((5, 9, 9, 1), version=version))
    assert read_headers(TrainSettings(data="data.npz")) == {"x_train": (5, 9, 9, 1)}


@pytest.mark.parametrize("content", [
    b"", b"PK", b"no archive", array((5, 9, 9, 1)),
], ids=["empty", "torn", "text", "one array"])  # fmt: skip
def test_what_is_no_archive_says_nothing(folder: Path, content: bytes) -> None:
    (folder / "data.npz").write_bytes(content)
    assert codes() == []


@pytest.mark.parametrize("header", [
    "{'shape': (5, 9", "{'shape': __import__('os').abort()}", "{'shape': (" + "5, " * 99999 + ")}", "\n(5, 9, 9, 1)",
    "{'shape': (5, -9, 9, 1)}", "(" * 9000,
])  # fmt: skip
def test_headers_that_are_none_say_nothing(folder: Path, header: str) -> None:
    archive(folder / "data.npz", x_train=b"\x93NUMPY\x01\x00\x76\x00" + header.encode())
    assert codes() == []


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_anywhere_says_nothing(folder: Path, compression: int) -> None:
    """Every byte of a small archive turned round once: no exception, and no more is read than the header's bound."""
    path = folder / "data.npz"
    archive(path, compression, x_train=array((5, 8, 8, 1)), y_train=array((5, 3)))
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        read_headers(TrainSettings(data="data.npz"))
    path.write_bytes(whole)
    assert codes() == []


def test_no_more_than_the_header_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that unpacks to a gigabyte costs nothing."""
    data = array((5, 9, 9, 1)) + bytes(50_000_000)
    archive(folder / "data.npz", x_train=data)
    read: list[int] = []
    real = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: read.append(n) or real(self, n))
    assert len(codes()) == 1
    assert read and all(0 < n <= 10_000 for n in read)


def test_only_files_of_the_project_are_looked_at(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "specs").mkdir(parents=True)
    (project / "cnnspec.toml").touch()
    for place, found in ((project / "specs", 1), (project, 1), (tmp_path, 0)):
        archive(place / "data.npz", x_train=array((5, 9, 9, 1)))
        written = os.path.relpath(place / "data.npz", project / "specs")
        spec = NETWORK.replace("data.npz", Path(written).as_posix())
        said = codes(spec, str(project / "specs" / "net.cnn"))
        assert len([one for one in said if not one.startswith("T412")]) == found, place
        assert len(said) == 1, place  # of what lies outside, that it does
    os.mkfifo(project / "pipe.npz")
    assert codes(NETWORK.replace("data.npz", "../pipe.npz"), str(project / "specs" / "net.cnn")) == []


def test_training_on_other_data_than_the_section_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with the section's own data is no matter then."""
    from cnnspec.cli import main

    archive(folder / "data.npz", x_train=array((5, 9, 9, 1)), y_train=array((5, 10)))
    (folder / "net.cnn").write_text(NETWORK)
    assert main(["train", "net.cnn"]) == 1
    assert "an example of data.npz is 9x9x1" in unwrap(capsys.readouterr().err)
    assert main(["train", "net.cnn", "--data", "other.npz"]) == 2  # which there is not
    assert "9x9x1" not in (told := capsys.readouterr().err)
    assert "there is no data file" in told and "other.npz" in told


def test_a_plain_check_does_not_import_it() -> None:
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[2]
    program = (
        "import sys; from cnnspec.pipeline import analyse; from cnnspec.base.source import Source\n"
        "analyse(Source('net.cnn', 'input 8x8x1\\nflatten -> dense(10)\\ntrain { epochs = 3 }\\n'))\n"
        "print(sorted({'cnnspec.train.data_check', 'cnnspec.train.data_fit', 'zipfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
