"""Images a second in training, in float32 and in half precision, side by side with hand-written Keras.

    python benchmarks/gpu.py [--backend jax] [--batch 64] [--size 224] [--write] [NAME …]

Measures on the best device that the backend finds and names it; --write puts the table into docs/gpu.md, in place of an
earlier one of the same device, backend and sizes. A step is timed with its transfer of the batch, until its loss is
there; cnnspec's and the hand-written network take turns. Needs Keras with JAX, PyTorch or TensorFlow.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from networks import HAND_WRITTEN
from training import CLASSES, alike, compiled, side_by_side, spec

from cnnspec.compile.backend import BACKENDS
from cnnspec.compile.keras_model import to_keras
from cnnspec.train.devices.precision import PRECISIONS
from cnnspec.train.devices.runtime import Runtime, start_runtime
from cnnspec.train.settings import TrainSettings

PAGE = Path(__file__).parent.parent / "docs" / "gpu.md"
HEAD = "| network | precision | images/s | by hand | ratio |\n| --- | --- | --- | --- | --- |\n"


def place(options: argparse.Namespace, precision: str) -> Runtime:
    settings = TrainSettings(backend=options.backend, precision=precision, devices=options.devices, batch=options.batch)
    return start_runtime(settings)


def measured(name: str, precision: str, options: argparse.Namespace) -> str:
    """A row of the table."""
    import numpy as np

    spot = place(options, precision)
    keras, size, batch = spot.keras, options.size, options.batch
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, size, size, 3)).astype("float32")
    y = rng.integers(0, CLASSES, batch)
    with spot.building():
        ours = compiled(to_keras(spec(name, size)))
        theirs = compiled(HAND_WRITTEN[name](keras, size, CLASSES))
    alike(ours, theirs, x, y, 1e-4 if precision == "float32" else 3e-2)
    for model in (ours, theirs):
        for _ in range(3):
            model.train_on_batch(x, y)
    a, b, ratio = side_by_side(
        lambda: float(np.mean(ours.train_on_batch(x, y))),
        lambda: float(np.mean(theirs.train_on_batch(x, y))),
        options.steps,
    )
    return f"| {name} | {precision} | {batch / a:,.1f} | {batch / b:,.1f} | {1 / ratio:.3f} |\n"


def written(page: str, title: str, table: str) -> str:
    """The page with a section of figures, in place of an earlier one of the same title."""
    head, *sections = page.split("\n### ")
    kept = [s for s in sections if s.partition("\n")[0] != title]
    return "\n### ".join([head.rstrip("\n") + "\n", *kept, f"{title}\n\n{table}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(HAND_WRITTEN)} (both)")
    parser.add_argument("--backend", choices=list(BACKENDS))
    parser.add_argument("--devices", default="1", help="cpu or gpu, to have that or nothing")
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, default=["float32", "mixed_bfloat16"])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--write", action="store_true", help="write docs/gpu.md")
    options = parser.parse_args()
    spot = place(options, "float32")
    where = str(spot).removesuffix(", float32")
    title = f"{where}, batches of {options.batch} images of {options.size}x{options.size}"
    print(f"{title}\n\n{HEAD}", end="", flush=True)
    table = HEAD
    for name in options.names or HAND_WRITTEN:
        for precision in options.precision:
            row = measured(name, precision, options)
            table += row
            print(row, end="", flush=True)
    if options.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), title, table), encoding="utf-8")


if __name__ == "__main__":
    main()
