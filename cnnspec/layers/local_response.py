"""Normalisation of a channel by its neighbours: lrn."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, count, number
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import INPUT, SCALING, Keeps, Operation
from cnnspec.layers.shape import Shape, needs_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.layers.torch_call import TorchCall


class LocalResponseNorm(Layer):
    """Local response normalisation: each value is divided by (k + alpha * mean of squares)^beta over neighbouring channels.

    The mean is over a window of `size` channels around the value's own, as in PyTorch, ONNX and Caffe; channels beyond the
    ends count as 0. The paper has the sum, so that its alpha of 0.0001 is 0.0005 here, with size=5, beta=0.75 and k=2. It
    has no parameters. Keras has none; networks since VGG do without.

    Source: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012), 3.3.
    """

    names: ClassVar[tuple[str, ...]] = ("lrn", "local_response_norm", "localresponsenorm")
    kind: ClassVar[str] = SCALING
    keeps: ClassVar[Keeps] = INPUT
    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True
    example: ClassVar[str] = (
        "input 227x227x3\nconv(96, 11x11, stride=4) -> relu -> lrn(5, alpha=0.0005, k=2) -> maxpool(3x3, stride=2)"
    )
    more_examples: ClassVar[tuple[str, ...]] = ("input 9x12\nlrn(4)", "input 3x4x5x6\nlrn(3, beta=0.5)")

    size: int = argument(count, "channels of the window", 5, "-")
    alpha: float = argument(number, "factor of the mean of squares", 0.0001, "-")
    beta: float = argument(number, "exponent", 0.75, "-")
    k: float = argument(number, "added to it", 1, "-", ("bias",))

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, "lrn")

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return Problem("E116", "lrn becomes no Keras layer: Keras has none such", help="leave it out, or write bn")

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return (self.operation(inputs, taps=self.size),)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return ()

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        given = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        usual = {"alpha": 0.0001, "beta": 0.75, "k": 1}
        return (TorchCall("LocalResponseNorm", {name: v for name, v in given.items() if v != usual.get(name)}),)
