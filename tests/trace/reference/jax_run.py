"""The same on JAX, which has kernels that TensorFlow lacks: python -m tests.trace.reference.jax_run [REGEX of specs],
with KERAS_BACKEND=jax and JAX_ENABLE_X64=1 in the environment.

Prints as JSON, by spec, what is different between the reference and Keras on JAX, and how many layers were compared.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from tests.trace.reference.drawing import find_layers, list_cases
from tests.trace.reference.keras_run import WAYS, KerasRun, report


class JaxRun(KerasRun):
    """Keras layers of a node on JAX."""

    def run(self, gradient: Any = None, training: bool = False) -> tuple[Any, list[Any], list[Any]]:
        import jax
        import keras
        import numpy as np

        def compute(given: list[Any], values: list[Any]) -> Any:
            with keras.StatelessScope(state_mapping=list(zip(self.variables, values, strict=True))):
                return self.apply(given, training)

        y, go_back = jax.vjp(compute, [jax.numpy.asarray(x) for x in self.inputs], [v.value for v in self.variables])
        inputs, weights = go_back(jax.numpy.asarray(self.draw_gradient(y.shape, gradient), y.dtype))
        return np.asarray(y), [np.asarray(g) for g in inputs], [np.asarray(g) for g in weights]


# What Keras computes wrongly on every backend, and what it has on TensorFlow alone.
ELSEWHERE = "sparsemax|synchronized"
# What TensorFlow rounds: it looks the weights of one interpolation up in a table, and computes others in single precision.
ROUNDED = (
    "input 9x8x3\nresize(5, 12, interpolation=bicubic)", "input 5x7x2\nupsample(3, interpolation=bicubic)",
    "input 4x9x2\nresize(7, 1, interpolation=bicubic)", "input 9x8x3\nresize(5, 12, interpolation=lanczos3)",
    "input 9x8x3\nresize(4, 12, interpolation=lanczos5, antialias=true)", "input 9x8x3\nresize(4, 3, antialias=true)",
    "input 9x8x3\nresize(4, 12, crop_to_aspect_ratio=true)", "input 9x8x3\nupsample(2, interpolation=lanczos3)",
)  # fmt: skip


def find_differences(wanted: str) -> tuple[dict[str, str], int]:
    found, count = {}, 0
    cases = [case for cases in list_cases().values() for case in cases]
    cases += [(text, graph, node) for text in ROUNDED for graph, node in find_layers(text)]
    for text, graph, node in cases:
        if re.search(wanted, text) and not re.search(ELSEWHERE, text):
            run, count = JaxRun(graph, node, WAYS[0]), count + 1
            if different := report(run, *run.run()):
                found[text] = different
    return found, count


def main() -> None:
    found, count = find_differences(sys.argv[1] if len(sys.argv) > 1 else "")
    print(json.dumps({"differences": found, "count": count}))


if __name__ == "__main__":
    main()
