"""Runs saved models and their sources on another backend than the one they were made on: python -m tests.compile.backend_run jax FOLDER.

For every NAME.keras there is NAME.npz (x0, x1, …: inputs; y0, y1, …: outputs), and NAME.py, the source, for some. Prints as JSON
what came out of each: "" where model and source both give the outputs to 1e-5 of the largest, else what is different.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cnnspec.compile.backend import import_keras

TOLERANCE = 1e-5


def difference(model: Any, given: list[Any], expected: list[Any], keras: Any) -> str:
    inputs = given if len(given) > 1 else given[0]
    # JAX compiles each operation by itself where a model is called, and the whole of it where it predicts
    made = model.predict_on_batch(inputs) if keras.config.backend() == "jax" else model(inputs, training=False)
    found = [keras.ops.convert_to_numpy(y) for y in (made if isinstance(made, (list, tuple)) else [made])]
    for here, there in zip(expected, found, strict=True):
        worst = abs(here - there).max() / abs(here).max()
        if not worst <= TOLERANCE:  # NaN, too
            return f"differs by {worst:.1e}"
    return ""


def outcome(stem: Path, keras: Any, np: Any) -> str:
    arrays = np.load(stem.with_suffix(".npz"))
    given, expected = ([arrays[k] for k in arrays if k.startswith(side)] for side in "xy")
    try:
        model = keras.models.load_model(stem.with_suffix(".keras"), safe_mode=True)
        found = difference(model, given, expected, keras)
        if found or not stem.with_suffix(".py").exists():
            return found
        scope: dict[str, Any] = {"__name__": "made"}
        exec(stem.with_suffix(".py").read_text(encoding="utf-8"), scope)
        scope["model"].set_weights(model.get_weights())
        found = difference(scope["model"], given, expected, keras)
        return found and f"the source {found}"
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"


def draw_with_numpy(keras: Any) -> None:
    """The weights that building a layer draws are replaced by the file's, so that nothing need be compiled to draw them."""
    import numpy as np

    def draw(self: Any, shape: tuple[int, ...], dtype: str | None = None) -> Any:
        drawn = np.random.default_rng(5).uniform(-1, 1, shape)
        return keras.ops.convert_to_tensor(drawn.astype(keras.backend.standardize_dtype(dtype)))

    for name in ("GlorotUniform", "RandomUniform"):  # Keras's own defaults
        getattr(keras.initializers, name).__call__ = draw


def find_outcomes(folder: Path, keras: Any) -> dict[str, str]:
    import numpy as np

    stems = sorted(path.with_suffix("") for path in folder.glob("*.keras"))
    return {stem.name: outcome(stem, keras, np) for stem in stems}


def main() -> None:
    keras = import_keras(sys.argv[1])
    assert keras.config.backend() == sys.argv[1]
    draw_with_numpy(keras)
    print(json.dumps(find_outcomes(Path(sys.argv[2]), keras)))


if __name__ == "__main__":
    main()
