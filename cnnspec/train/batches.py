"""A part of the data → the batches of an epoch, in an order that the seed and the epoch alone decide.

So a training that goes on after a stop sees the batches that it would have seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from cnnspec.train.examples import Part

    Array = np.ndarray[Any, Any]


def order(count: int, seed: int, epoch: int) -> Array:
    """The order of `count` examples in an epoch, counted from 0: every one once."""
    import numpy as np

    return np.random.default_rng([seed, epoch]).permutation(count)


def batches(keras: Any, part: Part, batch: int, seed: int | None = None) -> Any:
    """What Keras's `fit` and `evaluate` take: a PyDataset of (examples, targets), `batch` examples each, the last fewer.

    Without a seed the order is that of the data. `begin(epoch, first)` says which epoch is to be read, and from which of
    its batches on (Keras asks once, before the first epoch, how many there are); Keras's own `on_epoch_end` cannot, for it
    is also called before the first epoch.
    """

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.whole = -(-len(part) // batch)
            self.begin(0)

        def begin(self, epoch: int, first: int = 0) -> None:
            import numpy as np

            places = np.arange(len(part)) if seed is None else order(len(part), seed, epoch)
            self.chosen = places, first  # at once: a thread that reads ahead sees the one epoch or the other

        def __len__(self) -> int:
            return self.whole - self.chosen[1]

        def __getitem__(self, number: int) -> tuple[Array, Array]:
            places, first = self.chosen
            start = (first + number) * batch
            return part.take(places[start : start + batch])

    return Batches()
