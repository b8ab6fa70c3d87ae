"""Trainings on masks: the losses of plain Keras, figures of scikit-learn, and what evaluate and predict make of them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.compile.keras_model import to_keras
from cnnspec.train.evaluation.predicted_masks import choose_names
from tests.support import THOROUGH, network, run_eagerly
from tests.train.image_sets import pillow, save
from tests.train.mask_sets import arrays, shape, shapes
from tests.train.resuming import terminate_after_batch
from tests.train.trainings import trained

keras = pytest.importorskip("keras")
metrics = pytest.importorskip("sklearn.metrics")

NET = "input 16x16x3\nconv(8, 3x3, padding=same, activation=relu) -> conv(4, 1x1, activation=softmax) as mask\n"
PLAIN = {"epochs": 2, "batch": 8, "shuffle": False, "validation": 0.0, "test": 0.0, "seed": 3}
VALUES = (0, 85, 170, 255)


def rows(run: str = "runs/net-1") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(run) / "metrics.jsonl").read_text().splitlines()]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with run_eagerly():
        status = main([*words])
    done = capsys.readouterr()
    assert "Traceback" not in done.err
    return status, done.out, done.err


@pytest.mark.usefixtures("eager")
def test_a_training_on_masks_is_keras_s_own_and_that_on_arrays() -> None:
    images, masks = arrays(16)
    np.savez("set.npz", x_train=images, y_train=masks)
    text = NET + "train { optimizer = sgd(0.5); metrics = [accuracy, mean_iou] }"
    trained(text, data=shapes(count=16, values=VALUES), **PLAIN)
    trained(text, data="set.npz", **PLAIN)
    ours = rows()
    assert [{k: v for k, v in row.items() if k != "seconds"} for row in ours] == [
        {k: v for k, v in row.items() if k != "seconds"} for row in rows("runs/net-2")
    ]
    keras.utils.set_random_seed(3)
    model = to_keras(network(NET).graph)
    overlap = keras.metrics.MeanIoU(4, sparse_y_pred=False, name="mean_iou")
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy", overlap])
    x = images.astype(np.float32) / 255
    theirs = model.fit(x, masks.astype(np.int64), batch_size=8, epochs=2, shuffle=False, verbose=0).history
    for name in ("loss", "accuracy", "mean_iou"):
        assert [row[name] for row in ours] == pytest.approx(theirs[name], rel=1e-6), name
    assert ours[0]["loss"] > ours[1]["loss"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short training on masks of other values than class numbers, in runs/net-1, and its data."""
    at, here = tmp_path_factory.mktemp("masks"), Path.cwd()
    os.chdir(at)
    try:
        with run_eagerly():
            text = NET.replace("1x1,", "3x3,")  # which leaves out a border of one place
            text += "train { optimizer = adam(0.02); metrics = [accuracy, mean_iou]; class_weights = [1, 2, 2, 2] }"
            trained(text, data=shapes(count=30, values=VALUES), epochs=6, batch=8, seed=1)
    finally:
        os.chdir(here)
    return at


def test_evaluate_counts_what_scikit_learn_counts(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run)
    status, out, err = told(capsys, "evaluate", "runs/net-1", "--format", "json", "-q", "--worst", "worst.png")
    assert status == 0, err
    found = json.loads(out)
    record = json.loads(Path("runs/net-1/run.json").read_text())
    assert record["data"]["masks"] == {"values": [*VALUES], "stride": [1.0, 1.0]}
    assert found["mean_iou"] == pytest.approx(record["test"]["mean_iou"], rel=1e-6)
    matrix = np.array(found["confusion"])
    true, taken = (np.repeat(side.ravel(), matrix.ravel()) for side in np.indices(matrix.shape))
    assert len(true) == found["counted"] == 6 * 14 * 14
    names = [str(value) for value in VALUES]
    for name, score, dice, overlap in zip(
        names, found["classes"], metrics.f1_score(true, taken, average=None), metrics.jaccard_score(true, taken, average=None), strict=True,
    ):  # fmt: skip
        assert (score["name"], score["f1"], score["iou"]) == (name, pytest.approx(dice), pytest.approx(overlap))
    assert found["mean_dice"] == pytest.approx(metrics.f1_score(true, taken, average="macro"))
    assert found["mean_iou"] == pytest.approx(metrics.jaccard_score(true, taken, average="macro"))
    with pillow.open("worst.png") as picture:
        assert picture.width > 700
    out = told(capsys, "evaluate", "runs/net-1", "-q")[1]
    assert "F1 (Dice)" in out and "mean IoU" in out and "mean Dice" in out


def test_a_dry_run_tells_a_map_from_one_class(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run)
    Path("dry.cnn").write_text(NET.replace("1x1,", "3x3,") + 'train { data = "cells/" }')
    status, out, err = told(capsys, "train", "dry.cnn", "--dry-run")
    assert status == 0, err
    assert "16x16x3, its target the number of its class at each of 14x14 places" in " ".join(out.split())


def test_other_masks_mean_what_those_of_the_training_meant(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where some of the values do not occur."""
    monkeypatch.chdir(run)
    shutil.rmtree("other", ignore_errors=True)
    shapes("other", 4, first=90, values=(0, 255, 255, 255))
    status, out, err = told(capsys, "evaluate", "runs/net-1", "--data", "other/", "--format", "json", "-q")
    assert status == 0, err
    assert [score["support"] > 0 for score in json.loads(out)["classes"]] == [True, False, False, True]
    shapes("strange", 4, first=90, values=(0, 1, 2, 3))
    status, _, err = told(capsys, "evaluate", "runs/net-1", "--data", "strange/", "-q")
    assert status == 2
    assert "has the value 1, which the model does not know; it knows 0, 85, 170, 255" in " ".join(err.split())


def test_predict_writes_masks_and_lays_them_over_images(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(run)
    images = arrays(3)[0]
    for place, image in enumerate(images):
        save(f"{tmp_path}/in/{place}.png", image.repeat(2, 0).repeat(3, 1))
    save(f"{tmp_path}/in/deep/0.jpg", images[0])
    save(f"{tmp_path}/in/deep/0.png", images[0])
    at = str(tmp_path / "out")
    status, out, _ = told(
        capsys, "predict", "runs/net-1", str(tmp_path / "in"), "-o", at, "--overlay", "--format", "json", "--top", "4"
    )
    assert status == 0
    written = sorted(str(path.relative_to(at)) for path in Path(at).rglob("*.png"))
    stems = ["0", "1", "2", "deep/0.jpg", "deep/0.png"]
    assert written == sorted([f"{stem}{end}.png" for stem in stems for end in ("", "-overlay")])
    model = keras.models.load_model("runs/net-1/best.keras")
    for place, answers in zip(range(3), [one for one in json.loads(out) if "deep" not in one["image"]], strict=True):
        with pillow.open(f"{at}/{place}.png") as mask:
            found = np.asarray(mask)
            assert (mask.mode, mask.getpalette()[3:6]) == ("P", [128, 0, 0])
        small = found[::2, ::3]
        np.testing.assert_array_equal(small.repeat(2, 0).repeat(3, 1), found)
        own = np.asarray(
            pillow.open(f"{tmp_path}/in/{place}.png").resize((16, 16), pillow.Resampling.BILINEAR)
        ) / np.float32(255)
        np.testing.assert_array_equal(small[1:-1, 1:-1], model.predict(own[None], verbose=0)[0].argmax(-1))
        assert (small[0] == 255).all() and (small[:, -1] == 255).all()
        shares = {answer["name"]: answer["share"] for answer in answers["answers"]}
        assert shares["85"] == pytest.approx((small[1:-1, 1:-1] == 1).mean())
        over = np.asarray(pillow.open(f"{at}/{place}-overlay.png")).astype(int)
        plain = images[place].repeat(2, 0).repeat(3, 1).astype(int)
        np.testing.assert_array_equal((over != plain).any(axis=-1) & np.isin(found, (0, 255)), False)
        red = (found == 1)[..., None] & np.ones(3, bool)
        np.testing.assert_allclose(over[red], ((plain + np.array([128, 0, 0])) / 2)[red], atol=0.5)


NAMED = [  # images, what stands behind their names, and the files
    ("a.jpg b.png", ["-x"], "a-x b-x"),
    ("a.jpg a.png b.png", [""], "a.jpg a.png b"),
    ("a.jpg a.png a.jpg.bmp", [""], "a.jpg a.png a.jpg.bmp"),
    ("b.png b-over.png", ["", "-over"], "b.png b.png-over b-over.png b-over.png-over"),
    ("b.png b-over.png", [""], "b b-over"),
]


@pytest.mark.parametrize(("images", "tails", "files"), NAMED)
def test_every_image_has_masks_of_its_own(images: str, tails: list[str], files: str) -> None:
    names = choose_names({*images.split()}, tails)
    made = [name + tail for name in names.values() for tail in tails]
    assert (sorted(made), {*names}) == (sorted(files.split()), {*images.split()})


def test_places_without_a_class_and_greys_of_16_bits(capsys: pytest.CaptureFixture[str]) -> None:
    """Such a run is evaluated, and its masks are laid over such images."""
    for place in range(8):
        image, mask = shape(place)
        mask[:2] = 255
        save(f"cells/images/{place}.tif", image[..., 0].astype(np.uint16) * 257)
        save(f"cells/masks/{place}.tif", mask)
    text = "input 16x16x1\nconv(4, 1x1, activation=softmax)\n"
    text += "train { loss = sparse_categorical_crossentropy(ignore_class=255); metrics = mean_iou; test = 0.5 }"
    with run_eagerly():
        trained(text, data="cells/", epochs=1)
    status, out, err = told(capsys, "evaluate", "runs/net-1", "--format", "json", "-q")
    assert status == 0, err
    found, record = json.loads(out), json.loads(Path("runs/net-1/run.json").read_text())
    assert found["counted"] == 4 * 14 * 16
    assert found["mean_iou"] == pytest.approx(record["test"]["mean_iou"], rel=1e-6)
    assert told(capsys, "predict", "runs/net-1", "cells/images", "-o", "out", "--overlay")[0] == 0
    mask, over = pillow.open("out/0.png"), np.asarray(pillow.open("out/0-overlay.png"))
    plain, colors = shape(0)[0][..., :1].repeat(3, -1), np.asarray(mask.convert("RGB"))
    wanted = np.where(np.asarray(mask)[..., None] > 0, plain / 2 + colors / 2, plain)
    np.testing.assert_allclose(over, wanted, atol=0.5)
    pytest.importorskip("onnxruntime")
    assert told(capsys, "export", "runs/net-1", "-o", "net.onnx")[0] == 0
    status, out, err = told(capsys, "evaluate", "net.onnx", "--data", "cells/", "--format", "json", "-q")
    assert status == 0, err
    assert json.loads(out)["counted"] == 8 * 14 * 16


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["runs/net-1", "cells/images/", "--overlay"], "--overlay lays masks over images, and goes with -o FOLDER"),
        (["runs/net-1", "cells/images/", "-o", "cells/images"], "cells/images holds 00.png, 01.png, 02.png and 27 more; give a folder that is new or empty"),
        (["runs/net-1", "cells/images/", "-o", "net.txt"], "net.txt is a file; give the name of a folder"),
        (["runs/net-1", "set.npz", "-o", "out"], "-o writes the masks of images; the rows of a .npz have no names"),
        (["flat.keras", "cells/images/", "-o", "out"], "flat.keras chooses no class at every place of an image"),
    ],
)  # fmt: skip
def test_masks_that_cannot_be_written(
    run: Path, words: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run)
    Path("net.txt").touch()
    if not Path("flat.keras").exists():
        flat = [keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
        keras.Sequential(flat).save("flat.keras")
    status, _, err = told(capsys, "predict", *words)
    assert status == 2
    assert message in " ".join(err.split())
    assert not Path("out").exists()


def test_no_picture_of_the_worst_of_what_has_no_maps(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run)
    status, _, err = told(capsys, "evaluate", "runs/net-1", "-q", "--worst", "worst.txt")
    assert (status, "cannot tell what worst.txt is to be" in err) == (2, True)


@pytest.mark.usefixtures("eager")
def test_a_training_that_was_stopped_within_an_epoch_goes_on_exactly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Masks are moved by seed, epoch and batch alone, and mean the same."""
    shapes(count=18, values=VALUES)
    section = 'train { data = "cells/"; epochs = 2; batch = 8; metrics = mean_iou; test = 0; augment = random_flip }'
    Path("net.cnn").write_text(NET + section)
    assert told(capsys, "train", "net.cnn", "-q", "--run-dir", "whole")[0] == 0
    with monkeypatch.context() as patch:
        terminate_after_batch(patch, 1, 0)
        assert told(capsys, "train", "net.cnn", "-q", "--run-dir", "stopped")[0] != 0
    assert told(capsys, "resume", "stopped", "-q")[0] == 0
    one, two = ([{k: v for k, v in row.items() if k != "seconds"} for row in rows(run)] for run in ("whole", "stopped"))
    assert one == two
    with np.errstate(all="ignore"):
        models = [keras.models.load_model(f"{run}/last.keras") for run in ("whole", "stopped")]
    for ours, theirs in zip(*[model.get_weights() for model in models], strict=True):
        np.testing.assert_array_equal(ours, theirs)


UNET = """
block double(filters) { (conv(filters, 3x3, padding=same, bias=false) -> bn(momentum=0.9) -> relu) * 2 }
block up(filters, skip) { conv_transpose(filters, 2x2, stride=2) -> concat(in, skip) -> double(filters) }
input 48x48x3
double(16) as e1
maxpool(2x2) -> double(32) as e2
maxpool(2x2) -> double(64)
up(32, e2) -> up(16, e1) -> conv(4, 1x1, activation=softmax)
train {
  augment = [random_flip("horizontal_and_vertical"), random_translation(0.1, 0.1)]
  metrics = mean_iou
  optimizer = adam(cosine_decay(0.005, 360))
}
"""


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
def test_a_u_net_learns_the_shapes() -> None:
    outcome, _ = trained(UNET, data=shapes(count=400, size=48), epochs=20, batch=16)
    assert outcome.figures["mean_iou"] >= 0.95
