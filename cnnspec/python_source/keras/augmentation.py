"""Layers that change images while training alone, which the language has no word for."""

from __future__ import annotations

from cnnspec.layers.argument import argument, optional, snake, text
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.shape import Shape
    from cnnspec.layers.window import Reach

# Which leave their input as it is outside of training.
KEEPING = (
    "AugMix", "AutoContrast", "CutMix", "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter",
    "RandomContrast", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness",
    "RandomShear", "RandomTranslation", "RandomZoom", "Solarization", "Equalization",
)  # fmt: skip
CROPPING = ("CenterCrop", "RandomCrop")  # which bring an image to a size, in the middle of it outside of training


def given(value: Any) -> Any:
    """Any value."""
    return value


class Augmentation(Layer):
    """A layer of Keras that changes images while training alone: it has no weights, and its output is of its input's shape, or of the
    size that it crops to."""

    names: ClassVar[tuple[str, ...]] = ("augmentation",)

    made_of: str = argument(text, "the class of Keras", keras="-")
    size: Any = argument(optional(given), "the height and width that it crops to", None, keras="-")
    config: Any = argument(given, "its arguments, as Keras has them", (), keras="-")

    @property
    def label(self) -> str:
        return snake(self.made_of)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return inputs[0] if self.size is None else (*inputs[0][:-3], *self.size, inputs[0][-1])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return (EACH,) * (len(inputs[0]) - 1) if self.size is None else UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall(self.made_of, dict(self.config)),)


def find_augmentation(kind: str, config: dict[str, Any], shape: Shape) -> Layer | None:
    """The layer that a class of Keras is on an image; None where it is none of these."""
    if kind not in KEEPING and kind not in CROPPING or len(shape) not in (3, 4):
        return None
    arguments = tuple([(key, value) for key, value in config.items() if key != "trainable"])
    if kind in KEEPING:
        return Augmentation(kind, None, arguments)
    size = config.get("height"), config.get("width")
    if len(shape) != 3 or not all([type(n) is int and n > 0 for n in size]):
        return None
    return Augmentation(kind, size, arguments)
