"""The same on JAX, which has kernels that TensorFlow lacks: python -m tests.trace.reference.jax_run [REGEX of specs],
with KERAS_BACKEND=jax and JAX_ENABLE_X64=1 in the environment.

Prints as JSON, by spec, what is different between the reference and Keras on JAX, and how many layers were compared.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from tests.trace.reference.drawing import list_cases
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


def find_differences(wanted: str) -> tuple[dict[str, str], int]:
    found, count = {}, 0
    cases = [case for cases in list_cases().values() for case in cases]
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
