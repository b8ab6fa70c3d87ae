"""Windows out of mask files, as class numbers. Whole masks are kept as far as there is room, the others are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.train.data.masks import read_mask
from cnnspec.train.data.pictures import make_pool
from cnnspec.train.data.windows import MapWindows, list_corners
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from cnnspec.train.data.mask_classes import MaskClasses
    from cnnspec.train.data.masks import Mask, View
    from cnnspec.train.data.windows import Corner

    Array = np.ndarray[Any, Any]


class MaskWindows(MapWindows):
    """Windows out of masks in files, all sound, where an output's positions lie in them (`view`); in the black around an image
    there is the class `outside`."""

    def __init__(
        self, paths: Sequence[str], masks: Sequence[Mask], view: View, classes: MaskClasses, outside: int
    ) -> None:
        self.paths, self.masks, self.view, self.classes, self.outside = paths, masks, view, classes, outside

    def choose(self, places: Sequence[int]) -> MaskWindows:
        """Those of some of the masks."""
        paths, masks = [self.paths[i] for i in places], [self.masks[i] for i in places]
        return MaskWindows(paths, masks, self.view, self.classes, self.outside)

    def cut(self, places: Array, corners: Array | None) -> Array:
        import numpy as np

        every, asked = [int(place) for place in places], list_corners(places, corners)
        if all(self.masks[place].whole is not None for place in every):
            found = [*map(self._cut_one, every, asked)]
        else:
            with make_pool() as workers:
                found = [*workers.map(self._cut_one, every, asked)]
        return np.array(found, np.uint8).reshape(-1, *self.view.size)

    def _cut_one(self, place: int, corner: Corner) -> Array:
        import numpy as np

        mask = self._read(place)
        assert mask.whole is not None
        classes = self.classes.make_table(mask)[self.view.sample(mask.whole, corner)]
        return np.where(self.view.find_outside(mask.original), np.uint8(self.outside), classes)

    def read_whole(self, place: int) -> Array:
        mask = self._read(place)
        whole: Array = self.classes.make_table(mask)[mask.whole]
        return whole

    def _read(self, place: int) -> Mask:
        mask = self.masks[place]
        if mask.whole is not None:
            return mask
        again = read_mask(self.paths[place], [self.view])
        if again.why or again.digest != mask.digest:
            why = again.why or "it is another file now"
            raise TrainingFailed(f"{self.paths[place]} changed during the training: {why}", "", 2)
        return again

    def find_values(self, places: Iterable[int], rank: int) -> Array:
        import numpy as np

        masks = [self.masks[int(place)] for place in places]
        around = any(self.view.find_outside(size).any() for size in {mask.original for mask in masks})
        return np.unique(
            np.concatenate([*map(self.classes.make_table, masks), [self.outside] * around]).astype(np.uint8)
        )

    def digest(self) -> bytes:
        from hashlib import sha256

        return sha256(b"".join([mask.digest for mask in self.masks])).digest()
