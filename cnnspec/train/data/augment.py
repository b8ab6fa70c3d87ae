"""Keras's random layers on the batches of a training, the same for the same seed, epoch and batch.

A Keras layer draws from a generator whose state is a variable. Before every batch the states are set to numbers that
follow from (seed, epoch, batch, generator) alone, so that a training which goes on in the middle, on any number of
threads, sees the images that it would have seen. The layers are no part of the model.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from cnnspec.layers.base import show_shape
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.keras_objects import build
from cnnspec.train.section_words import AUGMENTATIONS, MIXING, spell_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from cnnspec.layers.argument import Term

    Array = np.ndarray[Any, Any]


class Augmenter:
    """Layers that change batches of images of one shape. Raises TrainingFailed for what Keras refuses."""

    def __init__(self, keras: Any, terms: Sequence[Term], shape: tuple[int, ...], classes: int) -> None:
        import numpy as np

        self.keras, self.lock = keras, threading.Lock()
        self.layers = [self._build_layer(term) for term in terms]
        self.mixing = [term.name in MIXING for term in terms]
        images, targets = np.full((2, *shape), 0.5, np.float32), np.eye(2, max(2, classes), dtype=np.float32)
        for term, layer, mixing in zip(terms, self.layers, self.mixing, strict=True):
            try:
                self._apply(layer, mixing, images, targets)
            except Exception as error:  # whatever the backend raises for what the layer cannot do
                message = f"Keras refuses {spell_term(term)} for images {show_shape(shape)}: {first_line(error)}"
                raise TrainingFailed(message, "leave it out") from error

    def _build_layer(self, term: Term) -> Any:
        takes = AUGMENTATIONS[spell_term(term)][1].split()
        more = {"value_range": (0, 1)} if "value_range" in takes else {}
        return (
            build(term, self.keras, seed=0, data_format="channels_last", **more)
            if "data_format" in takes
            else build(term, self.keras, seed=0, **more)
        )

    def __call__(self, images: Array, targets: Any, key: tuple[int, int, int]) -> tuple[Array, Any]:
        """The batch changed; `key` is (seed, epoch, batch)."""
        import numpy as np

        with self.lock:
            for number, (layer, mixing) in enumerate(zip(self.layers, self.mixing, strict=True)):
                for place, state in enumerate(_find_states(layer)):
                    drawn = np.random.SeedSequence([*key, number, place]).generate_state(2)
                    state.assign((drawn & 0x7FFFFFFF).astype(state.dtype))
                images, targets = self._apply(layer, mixing, images, targets)
        return images, targets

    def _apply(self, layer: Any, mixing: bool, images: Array, targets: Any) -> tuple[Array, Any]:
        import numpy as np

        with self.keras.device("cpu"):
            if mixing:
                both = layer({"images": images, "labels": targets}, training=True)
                images, targets = both["images"], self.keras.ops.convert_to_numpy(both["labels"])
            else:
                images = layer(images, training=True)
            return np.asarray(self.keras.ops.convert_to_numpy(images), np.float32), targets


def _find_states(layer: Any) -> list[Any]:
    """The states of all generators in a layer, and in the layers that it is made of."""
    return [v for v in layer.variables if v.path.endswith("seed_generator_state")]
