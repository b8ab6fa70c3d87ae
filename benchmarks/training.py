"""What cnnspec costs a training: its models, their building, and its batches, side by side with hand-written Keras.

    python benchmarks/training.py [--backend jax] [--steps 40] [--size 64] [--batch 8] [NAME …]

In one process, in turns and in changing order, with the same seeds, so that whatever else the machine does falls on both;
the figures are medians, and the ratios medians of the ratios of neighbours. Before anything is timed, both models must
give the same loss from the same weights. Needs Keras and some minutes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from networks import HAND_WRITTEN

from cnnspec.base.source import Source
from cnnspec.compile.backend import BACKENDS, import_keras
from cnnspec.compile.keras_model import to_keras
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.examples import Held, Part
from cnnspec.train.devices.feed import make_feed, take_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parent.parent / "examples"
CLASSES = 10


def spec(name: str, size: int) -> Any:
    """The graph of an example for images of size x size and CLASSES classes."""
    from cnnspec.pipeline import analyse

    text = (EXAMPLES / f"{name}.cnn").read_text(encoding="utf-8").replace("224x224x3", f"{size}x{size}x3")
    text = "\n".join([line for line in text.splitlines() if not line.strip().startswith("expect")])
    text = text.replace("classes=1000", f"classes={CLASSES}")
    (network,) = analyse(Source(f"{name}.cnn", text)).networks
    assert not network.broken, network.diagnostics
    return network.graph


def compiled(model: Any) -> Any:
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def alike(ours: Any, theirs: Any, x: Any, y: Any, tolerance: float = 1e-4) -> None:
    """Gives both models the same weights, by the order of the layers; their losses must then agree."""
    import numpy as np

    for a, b in zip(ours.weights, theirs.weights, strict=True):
        assert a.shape == b.shape, (a.path, b.path)
    theirs.set_weights(ours.get_weights())
    losses = [float(np.mean(m.test_on_batch(x, y))) for m in (ours, theirs)]
    assert abs(losses[0] - losses[1]) <= tolerance * losses[0], losses


def seconds(step: Callable[[], Any]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def side_by_side(ours: Callable[[], Any], theirs: Callable[[], Any], times: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the ratios of neighbours."""
    pairs = []
    for i in range(times):
        if i % 2:
            b = seconds(theirs)
            pairs.append((seconds(ours), b))
        else:
            a = seconds(ours)
            pairs.append((a, seconds(theirs)))
    a, b = zip(*pairs, strict=True)
    return statistics.median(a), statistics.median(b), statistics.median([x / y for x, y in pairs])


def shown(what: str, figures: tuple[float, float, float]) -> None:
    print(f"{what:42} {1e3 * figures[0]:10.1f} ms {1e3 * figures[1]:10.1f} ms {figures[2]:8.3f}", flush=True)


def measure(keras: Any, name: str, options: argparse.Namespace) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(options.batch * 16, options.size, options.size, 3)).astype("float32")
    y = rng.integers(0, CLASSES, len(x))
    graph = spec(name, options.size)
    by_hand = HAND_WRITTEN[name]
    keras.utils.set_random_seed(0)
    ours = compiled(to_keras(graph))
    theirs = compiled(by_hand(keras, options.size, CLASSES))
    alike(ours, theirs, x[: options.batch], y[: options.batch])
    first = x[: options.batch], y[: options.batch]

    def step(model: Any) -> Callable[[], Any]:
        return lambda: model.train_on_batch(*first)

    for model in (ours, theirs):
        for _ in range(3):
            model.train_on_batch(*first)
    shown(f"{name}: a training step", side_by_side(step(ours), step(theirs), options.steps))
    shown(
        f"{name}: building the model",
        side_by_side(
            lambda: to_keras(graph), lambda: by_hand(keras, options.size, CLASSES), max(5, options.steps // 4)
        ),
    )
    epochs(f"{name}: an epoch", ours, theirs, x, y, options.batch, max(5, options.steps // 8))


def epochs(what: str, ours: Any, theirs: Any, x: Any, y: Any, batch: int, times: int) -> None:
    """Epochs as `train` feeds them, beside Keras's `fit` on arrays."""
    import keras
    import numpy as np

    batches = make_batches(keras, Part((Held(x),), (y,), np.arange(len(x))), batch, seed=0)
    feed = make_feed(batches)
    if keras.config.backend() == "tensorflow":
        take_arrays(ours)

    def arrays() -> None:
        theirs.fit(x, y, batch_size=batch, shuffle=True, verbose=0)

    def fed() -> None:
        ours.fit(feed, shuffle=False, verbose=0)

    for warm in (arrays, fed):
        warm()
    figures = side_by_side(fed, arrays, times)
    shown(f"{what} of {len(batches)} batches", figures)
    more = 1e3 * (figures[0] - figures[1]) / len(batches)
    print(f"{'':42} {abs(more):10.2f} ms {'more' if more > 0 else 'less'} a batch")


def data_alone(keras: Any, options: argparse.Namespace) -> None:
    """An epoch of a network that does next to nothing, where the batches are what takes time."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(options.batch * 250, 28, 28, 1)).astype("float32")
    y = rng.integers(0, CLASSES, len(x))

    def make() -> Any:
        keras.utils.set_random_seed(0)
        layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(CLASSES, "softmax")]
        return compiled(keras.Sequential(layers))

    epochs("one dense layer: an epoch", make(), make(), x, y, options.batch, max(7, options.steps // 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(HAND_WRITTEN)} (both)")
    parser.add_argument("--backend", choices=list(BACKENDS))
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8)
    options = parser.parse_args()
    keras = import_keras(options.backend)
    import logging

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it takes several models for one that is traced anew
    backend = keras.config.backend()
    print(
        f"{backend} {sys.modules[backend].__version__}, images of {options.size}x{options.size}, batches of {options.batch}"
    )
    print(f"{'':42} {'cnnspec':>13} {'by hand':>13} {'ratio':>8}")
    for name in options.names or HAND_WRITTEN:
        measure(keras, name, options)
    data_alone(keras, options)


if __name__ == "__main__":
    main()
