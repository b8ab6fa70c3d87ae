"""Trains the lectures' MNIST networks on scikit-learn's digits, brought from 8x8 to 28x28, and says what they reach.

    python benchmarks/lectures.py [--seeds 3] [--augment]

Each has its lecture's optimizer, loss and batch, and takes as many steps as its lecture does on MNIST's 60,000 images:
digits has 1,438 to train on, so there are more epochs. All of them are trained on, none is held back to choose a model.
`--augment` shifts, turns and scales the images, since digits has 144 of each class where MNIST has 6,000.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.pipeline import analyse
from cnnspec.train.plan import make_plan
from cnnspec.train.progress import Lines
from cnnspec.train.run import train
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings

LECTURES = Path(__file__).resolve().parents[1] / "examples" / "lectures"
STEPS = {"lecture0_mnist": 2_000, "lecture3_mnist": 5 * 469, "lecture4_mnist": 5 * 938}  # batches, as the lectures say
TRAINED_ON = 1_438
AUGMENT = "[random_translation(0.08, 0.08), random_rotation(0.03), random_zoom(0.1)]"


def trained(name: str, seed: int, augment: bool) -> float:
    """The test accuracy of a lecture's network, on the 359 digits held back."""
    source = read(str(LECTURES / f"{name}.cnn"))
    assert isinstance(source, Source)
    text = source.text.replace("train {", f"train {{\n  augment = {AUGMENT}") if augment else source.text
    (network,) = analyse(Source(source.name, text)).networks
    settings, _ = resolve(network.train)
    epochs = -(-STEPS[name] // -(-TRAINED_ON // settings.batch))
    overrides = {"data": "digits", "epochs": epochs, "validation": 0.0, "seed": seed}
    settings, found = resolve(network.train, overrides)
    assert not found and isinstance(settings, TrainSettings)
    with tempfile.TemporaryDirectory() as folder:
        whole = gather_spec(source.name, text, {}, overrides=overrides)
        outcome = train(make_plan(network.graph, settings, whole, f"{folder}/run"), Lines(io.StringIO()))
    return float(outcome.figures["accuracy"])


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the lectures' MNIST networks on digits.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--augment", action="store_true")
    options = parser.parse_args()
    for name in STEPS:
        reached = [trained(name, seed, options.augment) for seed in range(options.seeds)]
        shown = ", ".join(f"{100 * accuracy:.2f}" for accuracy in reached)
        print(f"{name}: test accuracy {shown} %, median {100 * statistics.median(reached):.2f} %", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
