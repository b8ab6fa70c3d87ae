"""Data of every kind that a training reads: what is taken from them, what is left out, and what is refused before Keras."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.live import MissingExtra
from cnnspec.train.data import arrays, examples, sources
from cnnspec.train.data.images import resize
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from tests.support import network

pillow = pytest.importorskip("PIL.Image")

ROOT = Path(__file__).resolve().parents[2]
RGB = "input 8x8x3\nflatten -> dense(3, softmax)\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str, data: str, **settings: Any) -> Data:
    net = network(text)
    assert not net.errors
    given, found = resolve(net.train, {"data": data, **settings})
    assert not found, found
    return prepare(sources.load(given), make_plan(net.graph, given))


def refused(text: str, data: str, **settings: Any) -> TrainingFailed:
    with pytest.raises(TrainingFailed) as caught:
        read(text, data, **settings)
    return caught.value


def colour(place: int, shape: tuple[int, int] = (8, 8)) -> Any:
    """An image that no other place has."""
    return np.random.default_rng(place).integers(0, 256, (*shape, 3), np.uint8)


def save(path: str, pixels: Any, **options: Any) -> str:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    image = pixels if isinstance(pixels, pillow.Image) else pillow.fromarray(pixels)
    image.save(path, **options)
    return path


def flowers(root: str = "flowers", classes: tuple[str, ...] = ("daisy", "rose", "tulip"), count: int = 10) -> str:
    for number, name in enumerate(classes):
        for i in range(count):
            save(f"{root}/{name}/{i:02d}.png", colour(1000 * number + i))
    return root + "/"


# ---- folders ------------------------------------------------------------------------------------------------
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
    assert "rose/c.jpg (it is no PNG, JPEG, BMP, GIF or WebP) and 2 more" in note


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


# ---- what an image becomes -----------------------------------------------------------------------------------
def one(image: Any, text: str = "input 4x4x3\nflatten -> dense(2)", name: str = "a.png", **options: Any) -> Any:
    """What the network is given for an image."""
    save(f"set/a/{name}", image, **options)
    save("set/b/b.png", np.full((4, 4, 3), 9, np.uint8))
    x, _ = read(text, "set/", validation=0, test=0).train.take(slice(0, 1))
    return x[0]


GREY = "input 4x4x1\nflatten -> dense(2)"


def test_modes_become_the_channels_of_the_network() -> None:
    ramp = np.arange(0, 256, 16, np.uint8).reshape(4, 4)
    np.testing.assert_array_equal(one(ramp)[..., 1], ramp / np.float32(255))
    np.testing.assert_array_equal(one(ramp, GREY)[..., 0], ramp / np.float32(255))
    rgb = np.stack([ramp, ramp[::-1], ramp.T], -1)
    luma = (rgb @ [0.299, 0.587, 0.114])[..., None] / 255
    np.testing.assert_allclose(one(rgb, GREY), luma, atol=0.51 / 255)
    np.testing.assert_array_equal(one(pillow.fromarray(rgb).quantize(256)), rgb / np.float32(255))
    np.testing.assert_array_equal(one(pillow.fromarray(ramp > 100))[..., 0], ramp > 100)
    cmyk = one(pillow.fromarray(rgb).convert("CMYK"), name="a.jpg", quality=100)
    np.testing.assert_allclose(cmyk, rgb / 255, atol=0.25)


def test_transparency_is_laid_on_white() -> None:
    half = np.zeros((4, 4, 4), np.uint8)
    half[:2, :, 3] = 255  # opaque black above, transparent black below
    half[3, 3] = (0, 0, 0, 128)
    seen = one(half)
    assert (seen[:2].max(), seen[2].min()) == (0, 1)
    assert seen[3, 3, 0] == pytest.approx(1 - 128 / 255, abs=0.005)
    palette = pillow.fromarray(np.zeros((4, 4), np.uint8), "P")
    palette.putpalette([10, 20, 30])
    assert one(palette, transparency=0).min() == 1


def test_greys_of_16_bits_keep_their_depth() -> None:
    deep = np.linspace(0, 65535, 16).astype(np.uint16).reshape(4, 4)
    for text, channels in ((GREY, 1), ("input 4x4x3\nflatten -> dense(2)", 3)):
        np.testing.assert_allclose(one(deep, text), np.repeat(deep[..., None] / 65535, channels, 2), atol=1e-6)
    wide = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    np.testing.assert_allclose(one(wide, GREY), resize(wide[None, ..., None] / np.float32(65535), (4, 4))[0], atol=1e-5)


def test_an_image_is_turned_as_its_orientation_says() -> None:
    image = pillow.fromarray(colour(3, (4, 4)))
    exif = pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    np.testing.assert_array_equal(one(image, exif=exif), np.rot90(colour(3, (4, 4)), -1) / np.float32(255))


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.webp", "a.gif", "A.JPEG"])
def test_formats(name: str) -> None:
    image = np.full((4, 4, 3), (200, 40, 90), np.uint8)
    options = {"lossless": True} if name.endswith("webp") else {"quality": 100} if name.endswith("JPEG") else {}
    np.testing.assert_allclose(one(image, name=name, **options), image / 255, atol=0.02)


@pytest.mark.parametrize("size", [(31, 17), (4, 9), (3, 2), (100, 200)])
def test_images_are_resized_as_keras_does(size: tuple[int, int]) -> None:
    """Pillow's own rounding, after the rows and after the columns, is the only difference."""
    image = colour(7, size)
    np.testing.assert_allclose(one(image), resize(image[None] / np.float32(255), (4, 4))[0], atol=1.01 / 255)
    assert read("input 4x4x3\nflatten -> dense(2)", "set/").notes[0].endswith(" are resized to 4x4x3")


# ---- memory ----------------------------------------------------------------------------------------------------
def test_what_is_kept_in_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    flowers()
    save("flowers/rose/deep.png", np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000)
    taken = []
    for limit in (2**30, 3000, 0):
        monkeypatch.setattr(examples, "HELD_BYTES", limit)
        data = read(RGB, "flowers/")
        taken.append((*data.train.take(np.arange(len(data.train))[::-1]), data.fingerprint))
    for x, y, fingerprint in taken[1:]:
        np.testing.assert_array_equal(x, taken[0][0])
        np.testing.assert_array_equal(y, taken[0][1])
        assert fingerprint == taken[0][2]


def test_a_moved_folder_has_the_same_fingerprint_and_a_changed_one_has_not() -> None:
    def of(path: str, **settings: Any) -> str:
        return read(RGB, path, **settings).fingerprint

    first = of(flowers("one"))
    os.makedirs("deep")
    flowers("deep/two")
    assert first == of("deep/two/", seed=3)
    os.rename("one/rose/00.png", "one/rose/99.png")  # another order
    assert first != of("one/")
    os.rename("one/rose/99.png", "one/rose/00.png")
    assert first == of("one/")
    save("one/rose/00.png", colour(5))
    assert first != of("one/")


def test_a_large_npz_is_read_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    whole = {
        "x_train": rng.random((50, 8, 8)),
        "y_train": np.arange(50) % 3,
        "x_test": rng.integers(0, 256, (9, 8, 8), np.uint8),
        "y_test": np.arange(9) % 3,
    }
    np.savez("a.npz", **whole)
    text = "input 8x8x1\nflatten -> dense(3)"
    held = read(text, "a.npz")
    monkeypatch.setattr(examples, "HELD_BYTES", 700)
    streamed = read(text, "a.npz")
    assert isinstance(streamed.train.examples.source.array, arrays.Stored)  # type: ignore[attr-defined]
    assert "a.npz is larger than memory has room for: examples are read from the file" in streamed.notes
    assert streamed.fingerprint == held.fingerprint
    for a, b in ((held.train, streamed.train), (held.test, streamed.test)):
        assert a is not None
        assert b is not None
        np.testing.assert_array_equal(a.take(slice(None, None, -1))[0], b.take(slice(None, None, -1))[0])
    whole["x_train"][7] = np.inf
    np.savez("inf.npz", **whole)
    assert (
        refused(text, "inf.npz").message
        == "1 of 50 examples in x_train of inf.npz hold NaN or infinity, the first is 7"
    )
    np.savez_compressed("small.npz", **whole)
    assert "is compressed; write it with numpy.savez" in str(refused(text, "small.npz"))
    np.savez("order.npz", **{**whole, "x_train": np.asfortranarray(whole["x_train"])})
    assert "is not in C order" in str(refused(text, "order.npz"))
    np.savez("objects.npz", x_train=np.array([{}] * 500), y_train=np.arange(500))
    assert "holds pickled Python objects" in str(refused(text, "objects.npz"))


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="Linux says how much memory a process had")
@pytest.mark.parametrize("kind", ["folder", "npz"])
def test_memory_stays_bounded(kind: str) -> None:
    """Going through data of 300 MB as float32 with room for 8 MB adds less than 60 MB to the process."""
    if kind == "folder":
        for i in range(400):  # 250x250x3: 75 MB as bytes
            save(f"many/{'ab'[i % 2]}/{i}.jpg", np.full((250, 250, 3), i % 256, np.uint8))
    else:
        np.savez("many.npz", x_train=np.zeros((400, 250, 250, 3), np.float32), y_train=np.arange(400) % 2)
    program = f"""if True:
        import numpy as np, PIL.Image, PIL.JpegImagePlugin
        from tests.support import network
        from cnnspec.train.data import examples, sources
        from cnnspec.train.data.prepare import prepare
        from cnnspec.train.plan import make_plan
        from cnnspec.train.settings import TrainSettings
        def highest():  # of this process alone; getrusage has that of its parent in it
            return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
        examples.HELD_BYTES = 2**23
        settings = TrainSettings(data="many{"/" if kind == "folder" else ".npz"}")
        net = network("input 250x250x3\\nflatten -> dense(2)")
        before = highest()
        data = prepare(sources.load(settings), make_plan(net.graph, settings))
        for start in range(0, len(data.train), 8):
            x, y = data.train.take(slice(start, start + 8))
            assert x.shape[1:] == (250, 250, 3)
        print(highest() - before)"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < 60 * 2**20


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
