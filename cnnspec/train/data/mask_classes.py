"""The values in masks → classes of an output, by one rule for all masks of a data set, which is said.

Numbers from 0 below the count of the classes are those of the classes. Other values are classes in their order (colours in
that of red, green, blue) where there are as many as the output tells apart. What the loss ignores stays as it is. The masks to
train on decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.train.data.given_names import list_held
from cnnspec.train.data.masks import COLOUR
from cnnspec.train.data.splitting import PURPOSES
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np

    from cnnspec.train.data.masks import Mask
    from cnnspec.train.ends import End

    Array = np.ndarray[Any, Any]

BLACK_AND_WHITE = (0, 255)
HALF = 128  # the least grey that is white where JPEG has blurred a mask
VOID = 255  # of places without a class, as in Pascal VOC and Cityscapes


class MaskClasses(Record):
    """The value in masks of each class, in their order; and the value that the loss `ignores`, which stays as it is."""

    values: tuple[int, ...]
    ignored: int | None = None

    @property
    def coloured(self) -> bool:
        return any(value >= COLOUR for value in self.values)

    @property
    def plain(self) -> bool:
        """Whether the values are the numbers of the classes."""
        return self.values == tuple(range(len(self.values)))

    @property
    def names(self) -> tuple[str, ...] | None:
        """The values as names of the classes, None where they are their numbers."""
        return None if self.plain else tuple([show_value(value) for value in self.values])

    def number(self, mask: Mask, output: int) -> Array:
        """The class at every position of an output (H, W), uint8. ValueError for a value that is of none."""
        return self.make_table(mask)[mask.numbers[output]]

    def make_table(self, mask: Mask) -> Array:
        """The class of each of the mask's own values. ValueError for a value that is of none."""
        import numpy as np

        table = [self._number_one(value) for value in read_values(mask, self.coloured, self.values == BLACK_AND_WHITE)]
        return np.array(table, np.uint8)

    def find_unknown(self, mask: Mask) -> int | None:
        """The first value in a mask that is none of a class."""
        values = read_values(mask, self.coloured, self.values == BLACK_AND_WHITE)
        return next((value for value in values if value != self.ignored and value not in self.values), None)

    def _number_one(self, value: int) -> int:
        return value if value == self.ignored else self.values.index(value)


def read_values(mask: Mask, coloured: bool, halved: bool) -> list[int]:
    """The values in a mask, in its own order: as colours, or as greys; and those that JPEG has blurred as black or white,
    where masks are `halved`."""
    if mask.blurred and halved:
        return [BLACK_AND_WHITE[value >= HALF] for value in mask.values]
    if coloured:
        return [value if value >= COLOUR else COLOUR | min(value, 255) * 0x010101 for value in mask.values]
    return [value & 0xFF if value >= COLOUR else value for value in mask.values]


def choose_classes(masks: Iterable[Mask], end: End, count: int, ignored: int | None) -> MaskClasses:
    """What the values in the masks to train on mean for an output that tells so many classes apart. Raises TrainingFailed."""
    masks = [*masks]
    coloured = any(is_colour(value) for mask in masks for value in mask.values)
    met = {value for mask in masks for value in read_values(mask, coloured, count == 2)}
    found = sorted(met - {ignored})
    if all(0 <= value < count for value in found):
        return MaskClasses(tuple(range(count)), ignored)
    if len(found) == count:
        return MaskClasses(tuple(found), ignored)
    if VOID in found and len(found) > 2 and all(value < count for value in found if value != VOID):
        message = f"the masks of {end.data} have {VOID} beside the classes up to {found[-2]}: places without a class"
        help = "write loss = sparse_categorical_crossentropy(ignore_class=255) and metrics = mean_iou"
        help = help if end.shape[-1] != 1 else f"end with 2 channels and a softmax, and {help}"
        raise TrainingFailed(message, help, span=end.span)
    values = list_held([show_value(value) for value in found])
    message = (
        f"the masks of {end.data} have {len(found)} values ({values}), and {end.called} tells {count} classes apart"
    )
    blurred = any(mask.blurred for mask in masks)
    help = "write the masks as PNG: JPEG mixes their values" if blurred else f"end with {len(found)} channels"
    raise TrainingFailed(
        message, help if blurred or len(found) > 2 else "end with 2 channels, or one and a sigmoid", span=end.span
    )


def is_colour(value: int) -> bool:
    """Whether a value is a colour that is no grey."""
    return value >= COLOUR and value & 0xFFFFFF != (value & 0xFF) * 0x010101


def show_value(value: int) -> str:
    return f"#{value & 0xFFFFFF:06x}" if value >= COLOUR else str(value)


def check_known(classes: MaskClasses, masks: Mapping[str, tuple[str, Mask]], end: End, trained: bool) -> None:
    """Raises TrainingFailed for a mask, by its path and with its part, that has a value of no class. `trained`: a model has the
    classes from its training."""
    for path, (part, mask) in masks.items():
        value = classes.find_unknown(mask)
        if value is not None:
            knows = list_held([show_value(one) for one in classes.values])
            if trained:
                message = f"{path} of {end.data} has the value {show_value(value)}, which the model does not know"
                raise TrainingFailed(message, f"it knows {knows}", 2)
            message = f"{path} of {end.data}, to {PURPOSES[part]} with, has the value {show_value(value)}, which no mask to train on has"
            raise TrainingFailed(message, f"those have {knows}", 2)


def describe_classes(classes: MaskClasses, end: End, blurred: bool) -> str:
    """What the values mean, in a sentence."""
    if classes.plain:
        said = f"the values of the masks of {end.data} are class numbers"
    else:
        pairs = list_held([f"{show_value(value)} is {number}" for number, value in enumerate(classes.values)])
        said = f"the values of the masks of {end.data} are classes in their order: {pairs}"
    if blurred and classes.values == BLACK_AND_WHITE:
        said += f"; greys of JPEG from {HALF} on are {BLACK_AND_WHITE[1]}"
    return said + (f"; {classes.ignored} is left out of the loss" if classes.ignored is not None else "")
