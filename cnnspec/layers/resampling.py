"""Layers that give a map another size: resize, adaptive_avgpool, adaptive_maxpool, and upsample, by a factor."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.argument import argument, choice, count, flag, number, per_axis, same_on_every_axis, show
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.global_pooling import GlobalAvgPool, GlobalMaxPool
from cnnspec.layers.operation import (
    ADAPTIVE_AVERAGE,
    ADAPTIVE_MAX,
    BOTH,
    INPUT,
    INTERPOLATION,
    NOTHING,
    Keeps,
    Operation,
)
from cnnspec.layers.shape import Shape, needs_space, per_axis_problem, write_remedies
from cnnspec.layers.window import UNTRACED, Reach, along

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.kernel_trial import Trial
    from cnnspec.layers.torch_call import NoTorch, TorchCall


RADIUS = {"nearest": 0, "bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}  # positions read to each side


def interpolated(layer: Layer, interpolation: str, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
    """The operation of an interpolation: nearest reads one value for each of the output, bilinear 2 an axis."""
    radius, rank = RADIUS[interpolation], len(inputs[0]) - 1
    return (layer.operation(inputs, taps=max(1, 2 * radius) ** rank, keeps=INPUT if radius else NOTHING),)


class Resize(Layer):
    """The image in another height and width, by interpolation (pixel centres at half positions).

    Shrinking an image skips pixels unless antialias=true. Another ratio of height to width distorts it, unless it is
    cropped to the new ratio first, or padded with fill_value.
    """

    names: ClassVar[tuple[str, ...]] = ("resize", "resizing")
    example: ClassVar[str] = "input 30x20x3\nresize(15, 40)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 9x8x3\nresize(5, 12, interpolation=nearest)",
        "input 9x8x3\nresize(5, 12, interpolation=bicubic, antialias=true)",
        "input 9x8x3\nresize(4, 4, pad_to_aspect_ratio=true, fill_value=0.5)",
        "input 9x8x3\nresize(17, 15, align_corners=true)",
    )

    kind: ClassVar[str] = INTERPOLATION

    height: int = argument(count, "new height")
    width: int = argument(count, "new width")
    interpolation: str = argument(choice(*RADIUS), "how new values come about", "bilinear")
    antialias: bool = argument(flag, "whether a shrunk image is smoothed first", False)
    crop_to_aspect_ratio: bool = argument(flag, "whether what does not fit the new ratio is cut off", False)
    pad_to_aspect_ratio: bool = argument(flag, "whether it is padded to the new ratio", False)
    fill_value: float = argument(number, "what the padding holds", 0)
    align_corners: bool = argument(flag, "whether the corner pixels stay corners, as PyTorch may have it", False, "-")

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            message = "resize can crop to the new ratio or pad to it, not both"
            return Problem("E011", message, "pad_to_aspect_ratio", "drop one")
        if self.align_corners and (
            self.interpolation not in ("bilinear", "bicubic") or self.antialias or self._keeps_ratio()
        ):
            message = "corners are aligned in a plain bilinear or bicubic resize alone"
            return Problem("E011", message, "align_corners", "drop it, or the other options")
        return needs_space(inputs, "resize", (2,))

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if not self.align_corners:
            return None
        message = (
            "resize with align_corners becomes no Keras layer: Keras's pixels have their centres at half positions"
        )
        remedies = self.find_remedies(inputs, {"align_corners": False})
        return Problem("E116", message, "align_corners", write_remedies(remedies), None, remedies)

    def _keeps_ratio(self) -> bool:
        return self.crop_to_aspect_ratio or self.pad_to_aspect_ratio

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (self.height, self.width, inputs[0][-1])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return interpolated(self, self.interpolation, inputs)

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers import kernel_trial

        return (
            () if self.interpolation == "nearest" else (kernel_trial.interpolated(self.interpolation, self.antialias),)
        )

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        if self._keeps_ratio():
            return UNTRACED
        reaches, radius = [], RADIUS[self.interpolation]
        for n, size in zip(inputs[0], (self.height, self.width), strict=False):
            if not isinstance(n, int):
                return None
            if self.align_corners:  # position i lies at i (n - 1)/(size - 1)
                step, over = n - 1, size - 1
                single = n == 1 or size == 1  # position 0 is read, and no other
                away = (1, size, 0, 0) if single else (step, over, -(radius - 1) * over, radius * over - 1)
                reaches.append(Reach(*away))
                continue
            if radius == 0:
                reaches.append(Reach(2 * n, 2 * size, n, n))
                continue
            # position i has its centre at (i + 1/2) n/size - 1/2 and reads what is nearer to it than the radius
            scale = n if self.antialias and n > size else size
            reach = 2 * radius * scale
            reaches.append(Reach(2 * n, 2 * size, n - size - reach + 2 * size, n - size + reach - 1))
        return tuple(reaches)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Resizing", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_resampling

        return torch_resampling.resize(self, inputs[0])


class AdaptivePool(Layer):
    """What the adaptive pools have in common: windows from floor(i N/O) up to ceil((i + 1) N/O)."""

    word: ClassVar[str]
    keras_name: ClassVar[str]
    torch_name: ClassVar[str]
    as_global: ClassVar[type[GlobalAvgPool] | type[GlobalMaxPool]]  # what it is with one position
    if TYPE_CHECKING:  # a field of the subclasses
        size: Any

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, self.word):
            return found
        rank = len(inputs[0]) - 1
        if found := per_axis_problem({"size": self.size}, inputs[0]):
            return found
        for axis in range(rank):
            n, wanted = inputs[0][axis], along(self.size, rank, axis)
            if isinstance(n, int) and wanted > n:
                fewer = tuple(
                    [
                        min(along(self.size, rank, i), n) if isinstance(n, int) else n
                        for i, n in enumerate(inputs[0][:-1])
                    ]
                )
                remedies = self.find_remedies(inputs, {"size": same_on_every_axis(fewer)})
                message = f"{self.word} cannot make {wanted} positions of {n}"
                help = f"{write_remedies(remedies) or 'ask for fewer'}, or upsample first"
                return Problem("E101", message, "size", help, None, remedies)
        return None

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        ones = [along(self.size, len(inputs[0]) - 1, axis) == 1 for axis in range(len(inputs[0]) - 1)]
        if any(ones) and not all(ones):
            message = f"Keras's {self.word} fails where one size alone is 1, as in {show(self.size)}"
            return Problem("E116", message, "size", "use a pool with a kernel as long as the input there")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        return (*(along(self.size, rank, axis) for axis in range(rank)), inputs[0][-1])

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        made = super().canonical(inputs)
        return self.as_global(keepdims=True) if getattr(made, "size", 0) == 1 else made

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        rank, reaches = len(inputs[0]) - 1, []
        for axis in range(rank):
            n = inputs[0][axis]
            if not isinstance(n, int):  # the windows depend on the size
                return None if self.size == 1 else UNTRACED
            reaches.append(Reach(n, along(self.size, rank, axis), 0, n - 1))
        return tuple(reaches)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        if all([along(self.size, rank, axis) == 1 for axis in range(rank)]):
            # Keras's adaptive pools also compute windows of one position more, and fail where the input has no more
            return self.as_global(keepdims=True).keras(inputs)
        return (KerasCall(f"{self.keras_name}{rank}D", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall, shorten

        rank = len(inputs[0]) - 1
        size = shorten(tuple([along(self.size, rank, axis) for axis in range(rank)]))
        return (TorchCall(f"{self.torch_name}{rank}d", {"output_size": size}),)


class AdaptiveAvgPool(AdaptivePool):
    """Mean of as many windows as give the output a wanted size.

    1-, 2- or 3-dimensional by its input.
    """

    names: ClassVar[tuple[str, ...]] = (
        "adaptive_avgpool", "adaptiveaveragepooling1d", "adaptiveaveragepooling2d", "adaptiveaveragepooling3d", "adaptiveavgpool2d",
    )  # fmt: skip
    example: ClassVar[str] = "input 30x20x3\nadaptive_avgpool(7x7)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 13x4\nadaptive_avgpool(5)", "input 5x6x7x2\nadaptive_avgpool(2)")
    kind: ClassVar[str] = ADAPTIVE_AVERAGE
    word: ClassVar[str] = "adaptive_avgpool"
    keras_name: ClassVar[str] = "AdaptiveAveragePooling"
    torch_name: ClassVar[str] = "AdaptiveAvgPool"
    as_global: ClassVar[type[GlobalAvgPool]] = GlobalAvgPool

    size: Any = argument(per_axis(1), "positions of the output", keras="output_size")


class AdaptiveMaxPool(AdaptivePool):
    """Maximum of as many windows as give the output a wanted size.

    1-, 2- or 3-dimensional by its input.
    """

    names: ClassVar[tuple[str, ...]] = (
        "adaptive_maxpool", "adaptivemaxpooling1d", "adaptivemaxpooling2d", "adaptivemaxpooling3d", "adaptivemaxpool2d",
    )  # fmt: skip
    example: ClassVar[str] = "input 30x20x3\nadaptive_maxpool(7x7)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 13x4\nadaptive_maxpool(5)", "input 5x6x7x2\nadaptive_maxpool(2)")
    kind: ClassVar[str] = ADAPTIVE_MAX
    keeps: ClassVar[Keeps] = BOTH
    word: ClassVar[str] = "adaptive_maxpool"
    keras_name: ClassVar[str] = "AdaptiveMaxPooling"
    torch_name: ClassVar[str] = "AdaptiveMaxPool"
    as_global: ClassVar[type[GlobalMaxPool]] = GlobalMaxPool

    size: Any = argument(per_axis(1), "positions of the output", keras="output_size")


class Upsample(Layer):
    """Upsampling: every row and column repeated (nearest), or interpolated (bilinear).

    1-, 2- or 3-dimensional by its input; Keras interpolates otherwise than nearest in two dimensions only.
    """

    names: ClassVar[tuple[str, ...]] = ("upsample", "upsampling1d", "upsampling2d", "upsampling3d", "upsampling")
    example: ClassVar[str] = "input 7x7x8\nupsample(2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x6x3\nupsample(2x3, interpolation=bilinear)",
        "input 7x3\nupsample(3)",
        "input 3x4x5x2\nupsample(2)",
    )

    spreads: ClassVar[tuple[str, ...]] = ("size",)

    size: Any = argument(per_axis(1), "how many times larger", 2, aliases=("factor", "scale"))
    interpolation: str = argument(choice(*RADIUS), "how new values come about", "nearest")

    kind: ClassVar[str] = INTERPOLATION

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return interpolated(self, self.interpolation, inputs)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, "upsample"):
            return found
        return per_axis_problem({"size": self.size}, inputs[0])

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.interpolation != "nearest" and len(inputs[0]) != 3:
            message = f"Keras has {self.interpolation} interpolation for HxWxC alone"
            remedies = (Remedy((("interpolation", "nearest"),)),)
            return Problem("E116", message, "interpolation", write_remedies(remedies), None, remedies)
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        return (*(inputs[0][axis] * along(self.size, rank, axis) for axis in range(rank)), inputs[0][-1])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        rank, reaches = len(inputs[0]) - 1, []
        for axis in range(rank):
            factor = along(self.size, rank, axis)
            # pixel i has its centre at (i + 1/2)/f - 1/2; an interpolation of radius r reads r positions to each side
            radius = RADIUS[self.interpolation]
            if radius == 0 or factor == 1:
                reaches.append(Reach(1, factor, 0, 0))
            else:
                widening = (radius - 1) * 2 * factor
                reaches.append(Reach(2, 2 * factor, 1 - factor - widening, factor + widening))
        return tuple(reaches)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        given: dict[str, Any] = {"size": along(self.size, 1, 0) if rank == 1 else self.size}
        if self.interpolation != "nearest":
            given["interpolation"] = self.interpolation
        return (KerasCall(f"UpSampling{rank}D", given),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_resampling

        return torch_resampling.enlarge(self.size, self.interpolation, len(inputs[0]) - 1)
