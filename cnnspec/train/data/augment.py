"""Keras's random layers on the batches of a training, the same for the same seed, epoch and batch.

A Keras layer draws from a generator whose state is a variable. Before every batch the states are set to numbers that
follow from (seed, epoch, batch, generator) alone, so that a training which goes on in the middle, on any number of
threads, sees the images that it would have seen. The layers are no part of the model.

A layer that moves what is in an image moves the maps of its classes alike, each position to that of its nearest neighbour.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from cnnspec.layers.base import show_shape
from cnnspec.train.data.examples import unpack_single
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.keras_objects import build
from cnnspec.train.section_words import AUGMENTATIONS, MIXING, MOVING, spell_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from cnnspec.layers.argument import Term

    Array = np.ndarray[Any, Any]


class Augmenter:
    """Layers that change batches of images of one shape, and their targets of these outputs (`Part.maps`). Raises TrainingFailed
    for what Keras refuses."""

    def __init__(
        self, keras: Any, terms: Sequence[Term], shape: tuple[int, ...], classes: int,
        maps: Iterable[tuple[int, int]] = (),
    ) -> None:  # fmt: skip
        import numpy as np

        self.keras, self.lock, self.terms = keras, threading.Lock(), terms
        self.maps = dict(maps) if any(term.name in MOVING for term in terms) else {}
        self.layers = [self._build_layer(term) for term in terms]
        images, targets = np.full((2, *shape), 0.5, np.float32), np.eye(2, max(2, classes), dtype=np.float32)
        marked = _Marked([np.zeros((2, *shape[:2]), np.int64)], [0]) if self.maps else None
        for term, layer in zip(terms, self.layers, strict=True):
            try:
                self._apply(term, layer, images, targets, marked)
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

        outputs = [*targets] if isinstance(targets, tuple) else [targets]
        marked = _Marked([outputs[number] for number in self.maps], [*self.maps.values()]) if self.maps else None
        with self.lock:
            for number, (term, layer) in enumerate(zip(self.terms, self.layers, strict=True)):
                for place, state in enumerate(_find_states(layer)):
                    drawn = np.random.SeedSequence([*key, number, place]).generate_state(2)
                    state.assign((drawn & 0x7FFFFFFF).astype(state.dtype))
                images, targets = self._apply(term, layer, images, targets, marked)
        if marked is not None:
            for number, moved in zip(self.maps, marked.read(), strict=True):
                outputs[number] = moved
            targets = unpack_single(outputs)
        return images, targets

    def _apply(self, term: Term, layer: Any, images: Array, targets: Any, marked: _Marked | None) -> tuple[Array, Any]:
        import numpy as np

        with self.keras.device("cpu"):
            if term.name in MIXING:
                both = layer({"images": images, "labels": targets}, training=True)
                images, targets = both["images"], self.keras.ops.convert_to_numpy(both["labels"])
            elif term.name in MOVING and marked is not None:
                both = layer({"images": images, "segmentation_masks": marked.values}, training=True)
                images = both["images"]
                marked.move(np.asarray(self.keras.ops.convert_to_numpy(both["segmentation_masks"]), np.float32))
            else:
                images = layer(images, training=True)
            return np.asarray(self.keras.ops.convert_to_numpy(images), np.float32), targets


class _Marked:
    """Maps of a batch as a layer moves them: `values` (N, H, W, C) float32 from 0 to 1, a channel a map, and two whose values, 1
    and 0, tell what comes from outside of the image: a layer fills all channels alike. There stands `outside`, by map."""

    def __init__(self, maps: Sequence[Array], outside: Sequence[int]) -> None:
        import numpy as np

        self.maps, self.outside = maps, outside
        numbers = [y.argmax(axis=-1) if y.ndim == 4 and y.shape[-1] > 1 else y.reshape(y.shape[:3]) for y in maps]
        # a power of two, which a float32 is divided by without a remainder; shares are from 0 to 1 as they are
        self.scales = [2.0 ** (int(y.max()).bit_length()) if y.dtype.kind == "i" else 1.0 for y in numbers]
        shares = [y.astype(np.float32) / np.float32(scale) for y, scale in zip(numbers, self.scales, strict=True)]
        self.values = np.stack([*shares, np.ones_like(shares[0]), np.zeros_like(shares[0])], axis=-1)

    def move(self, values: Array) -> None:
        """Take what a layer has made of the values."""
        import numpy as np

        inside = (values[..., -2] == 1) & (values[..., -1] == 0)
        self.values = np.where(inside[..., None], values, np.float32(0))

    def read(self) -> list[Array]:
        """The maps, in their own forms."""
        import numpy as np

        found = []
        inside = self.values[..., -2] == 1
        for number, (y, scale, outside) in enumerate(zip(self.maps, self.scales, self.outside, strict=True)):
            moved = np.where(inside, self.values[..., number] * np.float32(scale), np.float32(outside))
            if y.ndim == 4 and y.shape[-1] > 1:
                moved = moved[..., None] == np.arange(y.shape[-1])
            found.append(moved.astype(y.dtype).reshape(y.shape))
        return found


def _find_states(layer: Any) -> list[Any]:
    """The states of all generators in a layer, and in the layers that it is made of."""
    return [v for v in layer.variables if v.path.endswith("seed_generator_state")]
