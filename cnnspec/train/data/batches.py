"""A part of the data → the batches of an epoch, in an order that the seed and the epoch alone decide.

So a training that goes on after a stop sees the batches that it would have seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.augment import Augmenter
from cnnspec.train.data.sampling import draw_balanced
from cnnspec.train.data.windows import draw_corners, take_windows
from cnnspec.train.devices.share import ALONE

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.data.examples import Part
    from cnnspec.train.devices.share import Share

    Array = np.ndarray[Any, Any]


def shuffle_places(count: int, seed: int, epoch: int) -> Array:
    """The order of `count` examples in an epoch, counted from 0: every one once."""
    import numpy as np

    return np.random.default_rng([seed, epoch]).permutation(count)


def draw_places(part: Part, seed: int, epoch: int) -> Array:
    """The order of a part's examples in an epoch: every one once, or each class equally often."""
    if part.classes is None:
        return shuffle_places(len(part), seed, epoch)
    return draw_balanced(part.classes[part.places], seed, epoch)


def take_rows(values: Any, rows: slice) -> Any:
    """Rows of an array, or of each of a tuple of them."""
    return tuple([one[rows] for one in values]) if isinstance(values, tuple) else values[rows]


def make_batches(keras: Any, part: Part, batch: int, seed: int | None = None, share: Share = ALONE) -> Any:
    """The batches that Keras's `fit` and `evaluate` take: a PyDataset of (examples, targets), as `Part.take`, `batch` examples
    each, the last fewer; (examples, targets, weights) where the part has weights. Augmentation is by (seed, epoch, batch), windows out of
    images by (seed, epoch, place in the order).

    Without a seed the order is that of the data. `begin(epoch, first)` says which epoch is to be read, and from which of
    its batches on (Keras asks once, before the first epoch, how many there are); Keras's own `on_epoch_end` cannot, for it
    is also called before the first epoch. Of every batch this process reads its share.
    """

    augmenter = None
    if part.augment:
        targets = part.outputs[0]
        classes = targets.shape[1] if targets.ndim > 1 else 0
        augmenter = Augmenter(keras, part.augment, part.examples.shape, classes, part.maps)

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        waited = None  # which Keras does not say

        def __init__(self) -> None:
            super().__init__()
            self.whole = -(-share.count_used(len(part)) // batch)
            self.begin(0)

        def begin(self, epoch: int, first: int = 0) -> None:
            import numpy as np

            places = np.arange(len(part)) if seed is None else draw_places(part, seed, epoch)
            places = places[: share.count_used(len(part))]
            # at once: a thread that reads ahead sees the one epoch or the other
            self.chosen = (epoch, places, draw_corners(part, places, seed or 0, epoch), first)

        def __len__(self) -> int:
            return self.whole - self.chosen[3]

        def count(self, number: int) -> int:
            """The examples in a batch of an epoch, those of all processes."""
            return min(batch, share.count_used(len(part)) - number * batch)

        def __getitem__(self, number: int) -> tuple[Any, ...]:
            epoch, places, corners, first = self.chosen
            rows = slice((first + number) * batch, (first + number + 1) * batch)
            whole, cut = places[rows], None if corners is None else corners[rows]
            own = share.rows(len(whole))
            mine = whole[own]
            if augmenter is None:
                examples, targets = take_windows(part, mine, None if cut is None else cut[own])
            else:  # what changes a batch may mix its examples, so it takes all of them
                changed = augmenter(*take_windows(part, whole, cut), (seed or 0, epoch, first + number))
                examples, targets = (take_rows(values, own) for values in changed)
            return (examples, targets) if part.weights is None else (examples, targets, part.weights[part.places[mine]])

    return Batches()
