"""Folders of class folders: which images they hold, and what is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data import examples
from cnnspec.train.data.sources import load
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.settings import TrainSettings
from tests.support import network
from tests.train.image_sets import RGB, colour, flowers, read, refused, save

pillow = pytest.importorskip("PIL.Image")


def test_a_folder_of_class_folders() -> None:
    data = read(RGB, flowers(), validation=0)
    assert data.names == ("daisy", "rose", "tulip")
    assert data.test is not None
    assert (len(data.train), len(data.test), data.validation) == (24, 6, None)
    assert data.notes == ()
    for part in (data.train, data.test):
        x, y = part.take(slice(None))
        assert (x.dtype, x.shape[1:]) == (np.float32, (8, 8, 3))
        for place, image, label in zip(part.places, x, y, strict=True):
            np.testing.assert_array_equal(image, colour(1000 * label + place % 10) / np.float32(255))


def test_notes_name_data_from_the_working_folder_where_they_are_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a run, which has its folder written in full."""
    flowers("a/flowers", count=4)
    Path("a/flowers/notes.txt").touch()
    for here, named in ((".", "a/flowers/"), ("a", "flowers/"), ("a/flowers", f"{tmp_path}/a/flowers/")):
        monkeypatch.chdir(tmp_path / here)
        notes = load(TrainSettings("flowers/", folder=str(tmp_path / "a")), network(RGB).graph).notes
        assert notes == (f"left out of {named}: 1 other file, notes.txt",)


def test_a_folder_with_its_own_parts() -> None:
    for part, count in (("Train", 6), ("val", 3), ("test", 2)):
        flowers(f"flowers/{part}", count=count)
    data = read(RGB, "flowers/")
    assert data.validation is not None
    assert data.test is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (18, 9, 6)
    assert data.notes == (
        "in flowers/, 15 images to test or validate with and to train on: "
        "val/daisy/00.png, val/daisy/01.png, val/daisy/02.png and 12 more",
    )


def test_classes_may_be_called_train_and_test() -> None:
    flowers(classes=("train", "car", "test"))
    assert read(RGB, "flowers/").names == ("car", "test", "train")


def test_what_stands_in_a_folder_besides() -> None:
    flowers(classes=("big dog", "katze ü", "ape"), count=4)
    save("flowers/ape/deep/down/00.png", colour(77))
    save("flowers/ape/00.jpg", colour(0))  # the same name with another ending, and in other classes
    save("flowers/loose.png", colour(5))
    for name in ("readme.txt", "ape/.hidden.png", "ape/Thumbs.db"):
        Path("flowers", name).write_bytes(b"x")
    for name in ("empty", ".git", "__MACOSX"):
        Path("flowers", name).mkdir()
    os.symlink("..", "flowers/ape/loop")
    os.symlink(os.path.abspath("flowers/ape/deep"), "flowers/ape/again")
    data = (
        read(RGB, "flowers", validation=0, test=0)
        if os.sep in "flowers"
        else read(RGB, "./flowers", validation=0, test=0)
    )
    assert data.names == ("ape", "big dog", "katze ü")
    assert np.bincount(data.train.targets).tolist() == [7, 4, 4]
    assert data.notes == (
        "left out of ./flowers: 1 class folder without images, empty",
        "left out of ./flowers: 1 image in no class folder, loose.png",
        "left out of ./flowers: 3 other files, readme.txt, ape/.hidden.png, ape/Thumbs.db",
    )


def test_broken_images_are_named_and_left_out() -> None:
    flowers(count=4)
    whole = Path("flowers/rose/00.png").read_bytes()
    Path("flowers/rose/a.png").write_bytes(b"")
    Path("flowers/rose/b.png").write_bytes(whole[: len(whole) // 2])
    Path("flowers/rose/c.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    os.symlink("nowhere", "flowers/rose/d.png")
    save("flowers/tulip/bomb.png", pillow.new("1", (20_000, 20_000)))
    data = read(RGB, "flowers/", validation=0, test=0)
    assert np.bincount(data.train.targets).tolist() == [4, 4, 4]
    (note,) = data.notes
    assert note.startswith("left out of flowers/: 5 images that cannot be read, rose/a.png (it is empty), rose/b.png (")
    assert "rose/c.jpg (it is no PNG, JPEG, BMP, GIF, WebP or TIFF) and 2 more" in note


def test_a_picture_of_a_hundred_million_pixels_is_not_decoded() -> None:
    flowers(count=2)
    save("flowers/rose/bomb.png", pillow.new("1", (10_001, 10_000)))
    assert "bomb.png (10001x10000 are more than 100,000,000 pixels)" in read(RGB, "flowers/").notes[0]


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    flowers(count=3)
    before = builtins.open

    def guarded(path: Any, *rest: Any, **more: Any) -> Any:
        if str(path).endswith("rose/01.png"):
            raise PermissionError(13, "Permission denied")
        return before(path, *rest, **more)

    monkeypatch.setattr(builtins, "open", guarded)
    assert read(RGB, "flowers/").notes[0].endswith("1 image that cannot be read, rose/01.png (permission denied)")


def test_an_image_that_changes_during_the_training_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "HELD_BYTES", 0)
    data = read(RGB, flowers(), validation=0, test=0)
    save("flowers/rose/03.png", colour(9999))
    data.train.take(slice(0, 10))
    with pytest.raises(TrainingFailed, match=r"rose/03\.png changed during the training: it is another file now"):
        data.train.take(slice(10, 20))


BAD_FOLDERS: list[tuple[Any, str]] = [
    (lambda: os.mkdir("flowers"), "flowers/ has no images in class folders"),
    (lambda: None, "there is no data folder flowers/"),
    (lambda: flowers(classes=("rose",)), "flowers/ has one class, rose"),
    (lambda: (flowers(classes=("rose",)), os.mkdir("flowers/tulip")), "flowers/ has one class, rose (1 class folder without images, tulip)"),
    (lambda: save("flowers/a.png", colour(0)), "flowers/ has no images in class folders, and 1 image beside them"),
    (lambda: flowers(classes=("a", "b")), "flowers/ has 2 classes, the network 3 outputs"),
    (lambda: flowers(classes=("a", "b", "c", "d")), "flowers/ has 4 classes, the network 3 outputs"),
    (
        lambda: [Path(d, "a.png").write_text("") for d in ("flowers/a", "flowers/b", "flowers/c") if not os.makedirs(d)],
        "flowers/ has no images to train on that can be read; left out of flowers/: 3 images",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), BAD_FOLDERS)
def test_a_bad_folder_is_refused(make: Any, message: str) -> None:
    make()
    assert str(refused(RGB, "flowers/")).startswith(message)


def test_a_network_that_takes_no_images_is_refused() -> None:
    flowers()
    said = refused("input 64\ndense(3)", "flowers/")
    assert said.message == "the network takes 64, flowers/ holds images, grey (1 channel) or RGB (3)"
    assert said.span is not None
    assert said.span.text == "input 64"
    assert refused("input 8x8x4\nflatten -> dense(3)", "flowers/").status == 1


def test_a_network_of_any_size_takes_images_of_one_size() -> None:
    flowers()
    assert read("input ?x?x3\ngap -> dense(3)", "flowers/").train.examples.shape == (8, 8, 3)
    save("flowers/rose/big.png", colour(1, (9, 20)))
    said = refused("input ?x?x3\ngap -> dense(3)", "flowers/")
    assert said.message.startswith("the images of flowers/ have 2 sizes, from 8x8x3 to 9x20x3, and the network leaves")


def test_a_class_of_one_image_is_trained_on() -> None:
    flowers(count=10)
    save("flowers/alone/0.png", colour(1))
    data = read("input 8x8x3\nflatten -> dense(4)", "flowers/")
    assert 0 in data.train.targets[data.train.places]
    assert "no class of flowers/ has examples enough" not in " ".join(data.notes)
    few = read(RGB, flowers("few", count=2))
    assert few.validation is None
    assert few.notes == ("no class of few/ has examples enough to hold back 0.1 of for validation",)


def test_a_folder_on_the_command_line_needs_no_slash(capsys: pytest.CaptureFixture[str]) -> None:
    from cnnspec.cli import main

    flowers()
    Path("net.cnn").write_text("input 8x8x3\nflatten -> dense(4)\n")
    assert main(["train", "net.cnn", "--data", "flowers"]) == 1
    assert "flowers/ has 3 classes, the network 4 outputs" in capsys.readouterr().err


def test_without_pillow_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    flowers(count=2)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r"images are read with Pillow: .*pip install .*\[keras\]"):
        read(RGB, "flowers/")
