"""The command: its files and their pixels, what it says, and what it refuses in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli.own_outputs import remember_output
from tests.cli.commands import run
from tests.look.opened_models import draw_weights, open_file, save_spec

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")
SPECS = {
    "net": "input 8x8x3\nconv(5, 3x3, activation=relu) -> conv(70, 3x3) -> gap -> dense(3, softmax)",
    "any": "input ?x?x1\nconv(2, 3x3) -> gap -> dense(1, sigmoid)",
    "map": "input 8x8x1\nconv(2, 3x3, padding=same) -> conv(2, 1x1, activation=softmax)",
    "flat": "input 8x8x1\nflatten -> dense(3, softmax)",
    "volume": "input 6x6x6x1\nconv(2, 3x3x3) -> gap -> dense(3, softmax)",
    "row": "input 8x8\nconv(4, 3) -> gap -> dense(2, softmax)",
}  # fmt: skip
KERNELS, SHEET = "conv1-kernels.png", "sheet.png"
OF_AN_IMAGE = ["image", "conv2-class-activation", "occlusion", "conv1-strongest", "conv2-strongest", "conv1-responses", "conv2-responses"]  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for name, text in SPECS.items():
        save_spec(text, folder / f"{name}.keras")
    attention = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Reshape((16, 1)), keras.layers.LSTM(2)])
    attention.save(folder / "lstm.keras")
    return folder


@pytest.fixture(autouse=True)
def here(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two images, one of another size, and one that is none."""
    monkeypatch.chdir(tmp_path)
    for name in [*SPECS, "lstm"]:
        (tmp_path / f"{name}.keras").symlink_to(models / f"{name}.keras")
    (tmp_path / "photos").mkdir()
    noise = np.random.default_rng(1).integers(0, 256, (2, 12, 10, 3), np.uint8)
    pillow.fromarray(noise[0]).save("a.png")
    pillow.fromarray(noise[0]).save("photos/a.png")
    pillow.fromarray(noise[1]).save("photos/b.png")
    (tmp_path / "torn.png").write_text("no image")
    return tmp_path


def list_files(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def pixels(path: str) -> Any:
    with pillow.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


def test_the_pictures_of_images(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "look", "net.keras", "a.png", "photos")
    assert status == 0
    assert err == f"cnnspec: wrote net-look/{SHEET} and 22 other pictures\n"
    named = {f"{stem}-{what}.png" for stem in ("a", "a-2", "b") for what in OF_AN_IMAGE}
    assert list_files("net-look") == {KERNELS, SHEET, *named}
    assert [line.split(": ")[0] for line in out.splitlines() if not line.startswith(" ")] == ["a.png", "photos/a.png", "photos/b.png"]  # fmt: skip
    assert out.count("conv1: filter ") == 3 == out.count("  occlusion: ")


def test_the_pixels_are_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """A kernel's zero is grey in the middle; a response's scale is that of its layer; a frame lies around what a unit sees."""
    _, out, _ = run(capsys, "look", "net.keras", "a.png", "-o", "out")
    network = open_file(Path("net.keras"))
    kernel = network.find_weights(network.convolutions[0])[0]
    times = 19  # 56 / 3, rounded up
    side = 3 * times + 5  # and a gap
    drawn = pixels(f"out/{KERNELS}")
    for number in range(5):
        row, column = divmod(number, 3)
        tile = drawn[row * side : row * side + 3 * times : times, column * side : column * side + 3 * times : times]
        one = kernel[..., number]
        np.testing.assert_array_equal(tile, np.rint((one / (2 * np.abs(one).max()) + 0.5) * 255))
    image = pixels("out/a-image.png")[::32, ::32].astype(np.float32) / 255
    assert image.shape == (8, 8, 3)
    maps = network.compute_maps(image[None], ["a.png"], network.convolutions)
    drawn, map = pixels("out/a-conv2-responses.png"), maps[1][0]
    assert drawn.shape == (8 * 56 + 7 * 5, 8 * 56 + 7 * 5, 3), "the first 64 of 70"
    for number in (0, 9, 63):
        row, column = divmod(number, 8)
        tile = drawn[row * 61 : row * 61 + 56 : 14, column * 61 : column * 61 + 56 : 14, 0]
        shares = (map[..., number] - map.min()) / (map.max() - map.min())
        np.testing.assert_allclose(tile, shares * 255, atol=0.6)
    y, x, filter = np.unravel_index(maps[0].argmax(), maps[0].shape[1:])
    line = next(line for line in out.splitlines() if line.startswith("  conv1: "))
    assert line == (
        f"  conv1: filter {filter} responds most, {maps[0].max():.3g} at {y},{x}, which sees rows {y} to {y + 2}, "
        f"columns {x} to {x + 2}"
    )
    framed = (pixels("out/a-conv1-strongest.png") == (255, 64, 32)).all(axis=2)
    rows, columns = np.flatnonzero(framed.any(axis=1)), np.flatnonzero(framed.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (32 * y, 32 * (y + 3) + 5, 32 * x, 32 * (x + 3) + 5)


def test_the_patches_of_a_filter(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "look", "net.keras", "photos", "torn.png", "--top", "9", "--layers", "conv2,conv1,conv2", "-o", "out")  # fmt: skip
    assert status == 1
    assert err.splitlines() == [
        "cnnspec: torn.png: it is no PNG, JPEG, BMP, GIF, WebP or TIFF", f"cnnspec: wrote out/{SHEET} and 3 other pictures",
        "cnnspec: 1 of 3 images could not be read",
    ]  # fmt: skip
    assert list_files("out") == {KERNELS, SHEET, "conv1-patches.png", "conv2-patches.png"}
    heads = [line for line in out.splitlines() if not line.startswith("  ")]
    assert heads == ["conv2: the first 16 of 70 filters", "conv1: 5 filters"]
    assert pixels("out/conv1-patches.png").shape == (5 * 57 + 4 * 5, 2 * 57 + 5, 3), "a row a filter, a column an image"
    path = min(["photos/a.png", "photos/b.png"], key=out[out.index("conv1:") :].index)
    with pillow.open(path) as image:
        small = np.asarray(image.resize((8, 8), pillow.Resampling.BILINEAR))
    patch = pixels("out/conv1-patches.png")[:57:19, :57:19]
    assert any((small[y : y + 3, x : x + 3] == patch).all() for y in range(6) for x in range(6)), (
        "it is cut out of the image"
    )


def test_a_class_is_chosen_by_name_or_number(capsys: pytest.CaptureFixture[str]) -> None:
    by_number = run(capsys, "look", "net.keras", "a.png", "--class", "2", "--names", "cat,dog,cow", "-o", "out")
    assert by_number[0] == 0 and by_number[1].startswith("a.png: cow, ")
    assert (
        run(capsys, "look", "net.keras", "a.png", "--class", "cow", "--names", "cat,dog,cow", "-o", "out") == by_number
    )
    status, out, _ = run(capsys, "look", "any.keras", "photos", "--class", "0", "-o", "out")
    assert (status, out.startswith("photos/a.png: 0, ")) == (0, True)


def test_the_examples_of_data_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    from sklearn.datasets import load_digits

    save_spec("input 8x8x1\nconv(4, 3x3) -> gap -> dense(10, softmax)", Path("ten.keras"))
    status, out, _ = run(capsys, "look", "ten.keras", "--data", "digits", "-o", "out")
    assert status == 0 and [line.split(": ")[0] for line in out.splitlines()[::3]] == [f"digits {i}" for i in range(4)]
    drawn = pixels("out/digits_3-image.png")[::32, ::32, 0]
    np.testing.assert_allclose(drawn, load_digits().images[3] * 255 / 16, atol=0.6)
    status, out, _ = run(
        capsys, "look", "ten.keras", "--data", "digits", "--top", "1", "-o", "out", "--layers", "conv1"
    )
    assert status == 0 and len(out.splitlines()) == 5
    images = load_digits().images[..., None].astype(np.float32) / 16
    network = open_file(Path("ten.keras"))
    (maps,) = network.compute_maps(images, [""] * len(images), network.maps)
    for number, line in enumerate(out.splitlines()[1:]):
        best = maps[..., number].max(axis=(1, 2))
        assert line.startswith(f"  {number}: digits ") and best[int(line.split()[2])] == best.max()


def test_the_examples_of_a_folder_have_the_names_of_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cat", "cow", "dog"):
        Path("set", name).mkdir(parents=True)
        Path("set", name, f"{name}.png").write_bytes(Path("a.png").read_bytes())
    status, out, err = run(capsys, "look", "net.keras", "--data", "set", "--names", "cat,cow,dog", "-o", "out")
    assert status == 0, err
    assert [line.split(": ")[0] for line in out.splitlines() if line[0] != " "] == [f"set/{name}/{name}.png" for name in ("cat", "cow", "dog")]  # fmt: skip
    assert "cow-image.png" in list_files("out")


SAID = {  # of models that have less to show
    "map": ("conv2: filter ", "map.keras does not say which class an image is of: there is no class activation and no occlusion"),
    "flat": ("occlusion: ", "flat.keras has no convolution of images: there are no kernels and no responses of layers"),
    "row": ("occlusion: ", "row.keras has no convolution of images: there are no kernels and no responses of layers"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_there_cannot_be_is_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "look", f"{name}.keras", "a.png")
    assert status == 0 and SAID[name][0] in out
    assert err.startswith(f"cnnspec: {SAID[name][1]}\ncnnspec: wrote ")


REFUSED = {
    "net.keras a.png --layers conv1,cnv2": 'net.keras has no layer "cnv2"; did you mean "conv2"?',
    "net.keras a.png --layers ,": '--layers must be names with commas between, not ","',
    "net.keras a.png --output=": "-o names no folder",
    "net.keras a.png --layers xyz": 'net.keras has no layer "xyz"; cnnspec summary net.keras lists its layers',
    "net.keras a.png --layers dense1": "dense1 yields 3, which is no map of a layer; a map is height x width x channels",
    "net.keras a.png --layers input1": "input1 is the input, which is no map of a layer; a map is height x width x channels",
    "net.keras a.png --class 3": 'no class is called "3"; there are 0, 1, 2',
    "net.keras a.png --class cta --names cat,dog,cow": 'no class is called "cta"; did you mean "cat"?',
    "map.keras a.png --class 1": "the model tells no classes of images apart; leave --class out",
    "net.keras a.png --top 3 --class 1": "--top is about filters, --class about what speaks for a class: choose one",
    "net.keras a.png --top 65": "--top is 64 at the most",
    "flat.keras a.png --top 3": "there is nothing to look at in flat.keras: it has no convolution of images",
    "volume.keras a.png": "volume.keras takes 6x6x6x1, which is no image; an image is height x width x 1 or 3 channels",
    "lstm.keras a.png": "lstm.keras cannot be looked into: this model has a layer that the language cannot express:",
    "net.keras torn.png none.png": "no image could be read; torn.png: it is no PNG, JPEG, BMP, GIF, WebP or TIFF",
    "any.keras torn.png": "no image could be read; torn.png: it is no PNG, JPEG, BMP, GIF, WebP or TIFF",
    "net.keras": "give images to look at, or --data",
    "net.keras a.png --data digits": "give images or --data: choose one",
    "net.keras --data digts": "--data must be digits, mnist, ",
    "net.keras -": "images are not read from stdin; give files or folders",
    "net.keras a.png -o torn.png": "cannot write torn.png: it is a file, and the pictures need a folder",
    "net.keras photos -o photos": "photos is where photos/a.png is read: give -o another folder",
    "net.keras a.png -o photos": "photos is there already, and is not what cnnspec wrote there last: give another name, or --force",
    "net.keras a.png -o torn.png/out": "cannot write into torn.png/out: Not a directory",
}  # fmt: skip


def test_what_another_command_wrote_stays(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    (here / "saved").mkdir()
    (here / "saved" / "saved_model.pb").write_text("of another command")
    remember_output(str(here / "saved"))
    status, _, err = run(capsys, "look", "net.keras", "a.png", "-o", "saved")
    assert status == 2 and "saved holds something else than pictures of look" in err
    assert run(capsys, "look", "net.keras", "a.png", "-o", "saved", "--force")[0] == 0
    assert (here / "saved" / "saved_model.pb").read_text() == "of another command"


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(words: str, capsys: pytest.CaptureFixture[str], here: Path) -> None:
    before = {path: path.is_dir() or path.read_bytes() for path in here.rglob("*")}
    status, out, err = run(capsys, "look", *words.split())
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"cnnspec: {REFUSED[words]}")
    assert {path: path.is_dir() or path.read_bytes() for path in here.rglob("*")} == before


def test_its_own_pictures_are_replaced_and_nothing_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "look", "net.keras", "a.png", "-o", "out")[0] == 0
    assert run(capsys, "look", "net.keras", "photos/b.png", "-o", "out")[0] == 0
    assert "b-image.png" in list_files("out") and "a-image.png" not in list_files("out")
    Path("out/mine.png").write_bytes(b"mine")
    assert run(capsys, "look", "net.keras", "a.png", "-o", "out")[0] == 2
    for _ in range(2):
        assert run(capsys, "look", "net.keras", "a.png", "-o", "out", "--force")[0] == 0
    assert run(capsys, "look", "net.keras", "a.png", "-o", "out")[0] == 2, (
        "a folder that holds what is not its own stays foreign"
    )
    assert Path("out/mine.png").read_bytes() == b"mine" and {"a-image.png", "b-image.png"} <= list_files("out")


def test_hostile_names_stay_in_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Of images, classes and layers, in files, on the sheet and in the terminal."""
    image = keras.Input((8, 8, 3))
    layers = [
        keras.layers.Conv2D(2, 3, name=name) for name in ("..", "a\x1b[31m\n" + "網" * 90, "a\x1b[31m\n" + "網" * 91)
    ]
    x = image
    for layer in layers:
        x = layer(x)
    draw_weights(keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(x)))).save("hostile.keras")
    names = ["\x1b[31m\u202e.png", "..png", f"{'網' * 80}.png", 'a b|<>:"*?\\.png']
    for name in names:
        Path("a.png").copy(name) if hasattr(Path, "copy") else Path(name).write_bytes(Path("a.png").read_bytes())
    status, out, err = run(capsys, "look", "hostile.keras", *names, "--names", "\x1b[31mx,y", "-o", "out")
    assert status == 0
    assert all(line.isprintable() for line in (out + err).splitlines())
    found = list_files("out")
    assert len(found) == 2 + 4 * 9 and all(name.isprintable() and len(name.encode()) < 255 for name in found)
    assert not any(set(name) & set(' |<>:"*?\\/') or name.startswith(".") for name in found)


def test_a_layer_that_yields_one_value_everywhere_is_grey(capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3, kernel_initializer="zeros"), keras.layers.Flatten(), keras.layers.Dense(2)])  # fmt: skip
    model.save("dead.keras")
    status, out, _ = run(capsys, "look", "dead.keras", "a.png", "-o", "out")
    assert status == 0 and "conv1: filter 0 responds most, 0 at 0,0" in out
    assert "class activation: nothing in conv1 speaks for" in out and "does not fall from" in out
    for name, gap in ((KERNELS, 5), ("a-conv1-responses.png", 5)):
        drawn = pixels(f"out/{name}")
        assert {*np.unique(drawn)} == {128, 255} and (drawn == 255).all(axis=(0, 2)).sum() == gap


def test_the_figures_that_a_normalization_gathered_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """Keras computes with constants that it makes of these weights, and not with the weights."""
    gathered = keras.layers.Normalization()
    gathered.adapt(np.random.default_rng(2).normal(5, 3, (20, 8, 8, 3)))
    network = [keras.Input((8, 8, 3)), gathered, keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(2)]  # fmt: skip
    model = keras.Sequential(network)
    model.save("gathered.keras")
    status, out, _ = run(capsys, "look", "gathered.keras", "a.png", "-o", "out")
    maps = keras.Sequential(model.layers[:2])(pixels("out/a-image.png")[None, ::32, ::32] / 255)
    assert status == 0 and f"responds most, {float(np.max(maps)):.3g} at " in out


def test_data_are_brought_to_the_range_and_drawn_in_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    from sklearn.datasets import load_digits

    images = load_digits().images[:40, ..., None] / 16
    np.savez("bytes.npz", x_train=np.float32(images * 255), y_train=np.arange(40) % 10)
    save_spec("input 8x8x1\nconv(4, 3x3) -> gap -> dense(10, softmax)", Path("ten.keras"))
    status, by_range, _ = run(capsys, "look", "ten.keras", "--data", "digits", "--range", "0,255", "-o", "ranged")
    assert status == 0
    status, as_they_are, _ = run(capsys, "look", "ten.keras", "--data", "bytes.npz", "-o", "held")
    assert status == 0 and as_they_are.replace("bytes.npz", "digits") == by_range
    network = open_file(Path("ten.keras"))
    (maps,) = network.compute_maps(np.float32(images[:1] * 255), ["0"], network.maps)
    assert f"responds most, {maps.max():.3g} at " in by_range
    for name in ("ranged/digits_0-image.png", "held/bytes.npz_0-image.png"):
        np.testing.assert_allclose(pixels(name)[::32, ::32, 0], images[0, ..., 0] * 255, atol=0.6)


def test_a_network_that_yields_nan_leaves_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.models.load_model("net.keras")
    model.layers[1].kernel.assign(np.full(model.layers[1].kernel.shape, np.nan))
    model.save("nan.keras")
    assert run(capsys, "look", "nan.keras", "a.png", "-o", "out") == (2, "", "cnnspec: nan.keras yields NaN or infinity for a.png\n")  # fmt: skip
    assert not Path("out").exists()
