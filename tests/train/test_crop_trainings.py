"""A training on windows: plain Keras's losses, exact through a stop, and whole images predicted and measured of tiles."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.cli import main
from cnnspec.compile.keras_model import to_keras
from cnnspec.train.data.windows import draw_corners
from tests.support import network, run_eagerly
from tests.train.image_sets import pillow, read, save
from tests.train.mask_sets import shape
from tests.train.resuming import differences, terminate_after_batch

keras = pytest.importorskip("keras")

NET = "input 12x12x3\nconv(6, 3x3, activation=relu) -> conv(4, 1x1, activation=softmax) as mask\n"
SECTION = "train { data = 'fields/'; crop = 12; windows = 2; epochs = 2; batch = 4; optimizer = %s; seed = 5; %s }"
SIZES = [(40, 26), (30, 33), (21, 50), (9, 30), (28, 28), (26, 40), (33, 31), (37, 22), (24, 24), (31, 30)]


def field(place: int) -> tuple[Any, Any]:
    image, mask = shape(place, 50)
    height, width = SIZES[place]
    return image[:height, :width], mask[:height, :width]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images and masks, and two runs on windows of them, one of which was stopped."""
    at, here = tmp_path_factory.mktemp("crops"), Path.cwd()
    os.chdir(at)
    try:
        for place in range(len(SIZES)):
            image, mask = field(place)
            save(f"fields/images/{place}.png", image)
            save(f"fields/masks/{place}.png", mask)
        Path("net.cnn").write_text(NET + SECTION % ("sgd(0.3)", "augment = random_contrast(0.2)"))
        Path("plain.cnn").write_text(NET + SECTION % ("sgd(0.3)", "validation = 0; test = 0"))
        with run_eagerly():
            assert main(["train", "net.cnn", "-q", "--run-dir", "whole"]) == 0
            with pytest.MonkeyPatch.context() as patch:
                terminate_after_batch(patch, 1, 1)
                assert main(["train", "net.cnn", "-q", "--run-dir", "stopped"]) == 143
            assert json.loads(Path("stopped/run.json").read_text())["status"] == "stopped"
            assert main(["resume", "stopped", "-q"]) == 0
            assert main(["train", "plain.cnn", "-q", "--run-dir", "plain"]) == 0
    finally:
        os.chdir(here)
    return at


def test_a_stopped_training_comes_to_the_same(folder: Path) -> None:
    assert differences(folder / "whole", folder / "stopped") == []
    settings = json.loads((folder / "whole/run.json").read_text())["settings"]
    assert (settings["crop"], settings["windows"]) == ([12, 12], 2)


@pytest.mark.usefixtures("eager")
def test_the_losses_are_those_of_keras_on_the_same_windows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    given = read(NET, "fields/", crop="12x12", windows=2, validation=0, test=0)
    keras.utils.set_random_seed(5)
    model = to_keras(network(NET).graph)
    model.compile(keras.optimizers.SGD(0.3), "sparse_categorical_crossentropy")
    rows = [json.loads(line) for line in Path("plain/metrics.jsonl").read_text().splitlines()]
    for epoch, row in enumerate(rows):
        order = np.random.default_rng([5, epoch]).permutation(20)
        corners = draw_corners(given.train, order, 5, epoch)
        assert corners is not None
        x, y = np.zeros((20, 12, 12, 3), np.float32), np.zeros((20, 12, 12), np.int64)
        for number, (drawn, (top, left)) in enumerate(zip(order, corners, strict=True)):
            image, mask = field(int(given.train.places[drawn]))
            down = max(0, (12 - len(image)) // 2)
            pixels, classes = image[top : top + 12, left : left + 12], mask[top : top + 12, left : left + 12]
            x[number, down : down + len(pixels)], y[number, down : down + len(pixels)] = pixels / 255, classes
        loss = model.fit(x, y[:, 1:-1, 1:-1], batch_size=4, shuffle=False, verbose=0).history["loss"]
        assert row["loss"] == pytest.approx(loss[0], rel=1e-6)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    with run_eagerly():
        status = main([*words])
    done = capsys.readouterr()
    assert status == 0, done.err
    return done.out


def test_whole_images_are_predicted_and_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(folder)
    net = keras.models.load_model("whole/best.keras")
    rng = np.random.default_rng(1)
    net.set_weights([rng.normal(0, 1, w.shape) for w in net.get_weights()])  # that choose every class somewhere
    net.save("whole/best.keras")
    at = str(tmp_path / "out")
    found = json.loads(
        told(capsys, "predict", "whole", "fields/images", "-o", at, "--overlay", "--format", "json", "--batch", "3")
    )
    anysize = to_keras(network(NET.replace("12x12", "?x?")).graph)  # has the map of a whole image at once
    anysize.set_weights(net.get_weights())
    masks = {}
    for place, answer in enumerate(found):
        masks[place] = np.asarray(pillow.open(f"{at}/{place}.png"))
        assert masks[place].shape == SIZES[place] == pillow.open(f"{at}/{place}-overlay.png").size[::-1]
        inner = anysize.predict(field(place)[0][None] / np.float32(255), verbose=0)[0].argmax(-1)
        np.testing.assert_array_equal(masks[place][1:-1, 1:-1], inner)
        edges = [masks[place][0], masks[place][-1]] if SIZES[place][0] >= 12 else []  # black lies around a smaller one
        assert all((edge == 255).all() for edge in [*edges, masks[place][1:-1, 0], masks[place][1:-1, -1]])
        seen = masks[place][masks[place] != 255]
        shares = {one["name"]: one["share"] for one in answer["answers"]}
        assert shares == {str(n): pytest.approx((seen == n).mean()) for n in map(int, shares)}
    scores = json.loads(told(capsys, "evaluate", "whole", "--format", "json", "-q"))
    data = read(NET, "fields/", crop="12x12", seed=5)
    assert data.test is not None
    assert (scores["tile"], scores["examples"]) == ([12, 12], 2)
    x, y = data.test.take(slice(None))
    middle = -np.log(np.take_along_axis(net.predict(x, verbose=0), y[..., None], -1)).mean()
    assert scores["compiled"]["loss"] == pytest.approx(middle, rel=1e-5)
    matrix = np.zeros((4, 4), int)
    for place in data.test.places:
        seen = masks[place] != 255
        np.add.at(matrix, (field(place)[1][seen], masks[place][seen]), 1)
    assert scores["confusion"] == matrix.tolist()
    said = "whole images were counted, in tiles of 12x12 that overlap by a quarter; loss is that of the window in the middle"
    assert said in " ".join(told(capsys, "evaluate", "whole", "-q").split())
    assert (matrix.sum(axis=0) > 20).sum() > 1
    for given in ("fields/images/0.png", field(0)[0][None]):
        first = cnnspec.predict("whole", given).images[0]
        assert [list(pair) for pair in first.answers] == [[one["name"], one["share"]] for one in found[0]["answers"]]
    pytest.importorskip("onnxruntime")
    told(capsys, "export", "whole", "-o", "net.onnx", "--force")
    again = json.loads(told(capsys, "predict", "net.onnx", "fields/images", "--format", "json"))
    assert [one["answers"][0]["name"] for one in again] == [one["answers"][0]["name"] for one in found]
    assert again[0]["answers"][0]["share"] == pytest.approx(found[0]["answers"][0]["share"], abs=0.01)
