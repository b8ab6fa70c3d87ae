"""MobileNetV2 of the zoo on pictures of three classes, from the weights of keras.applications, beside plain Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support import IN_THOROUGH, network
from tests.train.resuming import finish, start

ZOO = Path(__file__).parents[2] / "examples" / "zoo"
CACHED = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"  # where Keras looks before it downloads
SECTION = """train {
  data = "shapes.npz"; start = imagenet; freeze = start; epochs = 3; unfreeze_after = 2; unfreeze_rate = 0.0001
  batch = 16; shuffle = false; optimizer = adam(0.01); best = loss
}
"""


def draw_shapes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Red discs, green squares and blue bars on grey noise."""
    rng, labels = np.random.default_rng(seed), np.arange(count) % 3
    images = rng.uniform(0, 0.4, (count, 96, 96, 3)).astype("float32")
    across, down = np.meshgrid(np.arange(96), np.arange(96))
    for image, label in zip(images, labels, strict=True):
        x, y, size = rng.integers(30, 66), rng.integers(30, 66), rng.integers(12, 24)
        wide, high = np.abs(across - x), np.abs(down - y)
        inside = (wide**2 + high**2 < size**2, np.maximum(wide, high) < size, (wide < 2 * size) & (high < size / 3))
        image[inside[label]] = np.eye(3)[label]
    return images, labels


@IN_THOROUGH
def test_mobilenet_v2_is_fine_tuned_as_by_plain_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")
    h5py = pytest.importorskip("h5py")
    from keras.src.legacy.saving import legacy_h5_format

    from cnnspec.compile.keras_model import to_keras

    keras.utils.set_random_seed(3)
    whole = keras.applications.MobileNetV2(weights=None)
    (tmp_path / "models").mkdir()
    with h5py.File(tmp_path / "models" / CACHED, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, whole)
    parts = {
        name: draw_shapes(count, seed)
        for seed, (name, count) in enumerate({"train": 96, "val": 24, "test": 48}.items())
    }
    arrays = {
        f"{letter}_{name}": array for name, pair in parts.items() for letter, array in zip("xy", pair, strict=True)
    }
    np.savez(tmp_path / "shapes.npz", **arrays)
    text = (ZOO / "MobileNetV2.cnn").read_text().replace("224x224x3", "96x96x3").replace("dense(1000", "dense(3")
    (tmp_path / "net.cnn").write_text(text + SECTION)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    words = ("-m", "cnnspec", "train", "net.cnn", "--run-dir", "run", "--no-network")
    status, _, said = finish(start(tmp_path, *words))
    assert status == 0, said
    assert "start: 104 of 105 layers (2,257,984 of 2,261,827 weights) from imagenet" in said
    rows = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]

    keras.utils.set_random_seed(0)
    model, losses = to_keras(network(text).graph), []
    mine, theirs = ([layer for layer in one.layers if layer.weights] for one in (model, whole))
    for taking, giving in zip(mine[:-1], theirs[:-1], strict=True):
        taking.set_weights(giving.get_weights())
    for trainable, rate, epochs in ((False, 0.01, 2), (True, 0.0001, 1)):
        for layer in mine[:-1]:
            layer.trainable = trainable
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        losses += model.fit(*parts["train"], 16, epochs, verbose=0, shuffle=False).history["loss"]
    assert [row["loss"] for row in rows] == pytest.approx(losses, rel=1e-3)
    assert rows[1]["loss"] < rows[0]["loss"]
