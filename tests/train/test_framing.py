"""Images brought to the input's size: stretched, padded, cropped; the same in training, evaluation and prediction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnspec
from cnnspec.cli import main
from cnnspec.train.data.examples import Held, Shaped
from cnnspec.train.data.framing import WAYS, frame_image, make_frame
from cnnspec.train.data.images import resize
from cnnspec.train.data_fit import Fit
from cnnspec.train.evaluation.exported import describe
from cnnspec.train.evaluation.trained import open_trained
from cnnspec.train.section import resolve
from tests.support import network, unwrap
from tests.train.image_sets import colour, read, save

pillow = pytest.importorskip("PIL.Image")

SIZES = st.integers(1, 40)


@given(SIZES, SIZES, SIZES, SIZES, st.sampled_from(WAYS))
def test_pillow_and_numpy_bring_images_to_the_same(h: int, w: int, height: int, width: int, way: str) -> None:
    image = colour(h + w, (h, w))
    ours = resize(image[None] / np.float32(255), (height, width), way)[0]
    theirs = np.asarray(frame_image(pillow.fromarray(image), (height, width), way, pillow))
    assert ours.shape == theirs.shape == (height, width, 3)
    np.testing.assert_allclose(ours, theirs / 255, atol=1.6 / 255)


@given(SIZES, SIZES, SIZES, SIZES)
def test_the_aspect_is_kept(h: int, w: int, height: int, width: int) -> None:
    """But for the rounding to whole pixels; the middle stays in the middle."""
    pad, crop = make_frame((h, w), (height, width), "pad"), make_frame((h, w), (height, width), "crop")
    scale = min(height / h, width / w)
    assert all(abs(size - max(1, scale * own)) <= 0.5 for size, own in zip(pad.size, (h, w), strict=True))
    assert height in pad.size[:1] or width in pad.size[1:]
    for place, size, wanted in zip(pad.place, pad.size, pad.wanted, strict=True):
        assert 0 <= wanted - size - 2 * place <= 1
    top, left, tall, wide = crop.taken
    assert tall / wide == pytest.approx(height / width)
    assert (top + tall / 2, left + wide / 2) == pytest.approx((h / 2, w / 2))
    assert tall == pytest.approx(h) or wide == pytest.approx(w)


def test_a_plain_pad_and_a_plain_crop() -> None:
    wide = colour(1, (4, 8))
    padded = resize(wide[None], (8, 8), "pad")[0]
    np.testing.assert_array_equal(padded[2:6], wide)
    assert not padded[:2].any() and not padded[6:].any()
    np.testing.assert_allclose(resize(wide[None], (4, 4), "crop")[0], wide[:, 2:6])
    whole = Shaped(Held(wide[None]), Fit((8, 8, 3), True), "pad").take(np.array([0]))[0]
    np.testing.assert_allclose(whole, padded / 255, atol=1e-6)


NET = "input 8x8x3\nflatten -> dense(2, softmax)\n"


def two_classes() -> None:
    for i in range(6):
        save(f"set/{'ab'[i % 2]}/{i}.png", colour(i, (6, 12)))


@pytest.mark.parametrize("way", ["pad", "crop"])
def test_images_of_files_are_framed_and_it_is_said(way: str) -> None:
    two_classes()
    data = read(f"{NET}train {{ resize = {way} }}", "set/", validation=0, test=0)
    said = {"pad": "with black around", "crop": "what stands over cut off"}[way]
    assert data.notes == (f"the images of set/, 6x12, are resized to 8x8x3, their aspect kept, {said}",)
    first = data.train.take(slice(0, 1))[0][0]
    np.testing.assert_allclose(first, resize(colour(0, (6, 12))[None] / 255, (8, 8), way)[0], atol=1.6 / 255)
    assert bool(first[:2].any()) == (way == "crop")


@pytest.mark.usefixtures("eager")
def test_a_run_frames_in_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """What evaluate and predict say is what Keras says of images that Pillow has framed."""
    keras = pytest.importorskip("keras")
    two_classes()
    Path("net.cnn").write_text(f'{NET}train {{ data = "set/"; resize = pad; epochs = 1; test = 0; validation = 0 }}')
    assert main(["train", "net.cnn", "-q", "--run-dir", "run"]) == 0
    assert json.loads(Path("run/run.json").read_text())["settings"]["resize"] == "pad"
    assert describe(open_trained("run", None)[0])["resize"] == "pad"
    paths = sorted(map(str, Path("set").rglob("*.png")))
    framed = [np.asarray(frame_image(pillow.open(path), (8, 8), "pad", pillow), np.float32) / 255 for path in paths]
    sure = keras.models.load_model("run/best.keras").predict(np.stack(framed), verbose=0)
    capsys.readouterr()
    assert main(["evaluate", "run", "--split", "train", "-q", "--format", "json"]) == 0
    loss = json.loads(capsys.readouterr().out)["compiled"]["loss"]
    assert loss == pytest.approx(-np.log(sure[np.arange(6), np.repeat([0, 1], 3)]).mean(), rel=1e-5)
    found = cnnspec.predict("run", paths, top=2).images
    assert [dict(one.answers)["a"] for one in found] == pytest.approx(sure[:, 0].tolist(), rel=1e-5)
    record = json.loads(Path("run/run.json").read_text())
    Path("run/run.json").write_text(json.dumps(record | {"settings": record["settings"] | {"resize": "squeeze"}}))
    capsys.readouterr()
    assert main(["predict", "run", "set/"]) == 2
    assert "settings.resize is not any of stretch, pad, crop" in unwrap(capsys.readouterr().err)


def test_what_has_no_images_has_nothing_to_resize() -> None:
    section = network(f'{NET}train {{ data = "x.npz"; resize = pad }}').train
    (found,) = resolve(section)[1]
    assert found.message == "resize is for images, and the arrays of x.npz are taken in the size that they have"
