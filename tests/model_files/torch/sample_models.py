"""Small models in torch, each for one thing that a reader must get right. Imported where torch is installed.

`SAMPLES` are the models, each with the shapes of its inputs, the batch first. make_fixtures.py saves them.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class Tiny(nn.Module):
    """A bit of everything: convolution, batch norm, chunk, cat, mean, dense."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.head = nn.Linear(8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn(self.conv(x)))
        first, second = x.chunk(2, 1)
        x = torch.cat([second, first], 1)
        return self.head(x.mean((2, 3)))


class Transposed(nn.Module):
    """Transposed convolutions, whose work is per input position: tools that count by output positions say more."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)
        self.again = nn.ConvTranspose2d(4, 2, 3, stride=2, output_padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.again(functional.relu(self.up(x)))


class DepthwiseTransposed(nn.Module):
    """A transposed convolution with a group for each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1, groups=8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.up(x)


class Functional(nn.Module):
    """Convolutions without a module: tools that hook modules count nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(6, 3, 3, 3))
        self.bias = nn.Parameter(torch.empty(6))
        self.matrix = nn.Parameter(torch.empty(10, 6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.conv2d(x, self.kernel, self.bias, padding=1)
        x = functional.adaptive_avg_pool2d(functional.gelu(x), 1)
        return functional.linear(torch.flatten(x, 1), self.matrix)


class Shared(nn.Module):
    """One convolution used twice, and a parameter that nothing uses."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.unused = nn.Linear(5, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(torch.relu(self.conv(x)))


class IllegalStride(nn.Module):
    """A stride beyond the kernel: rows and columns that nothing reads."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.down = nn.Conv2d(8, 16, 2, stride=3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.stem(x))
        x = self.down(x)
        return torch.relu(x).mean((2, 3))


class StandardisedWeights(nn.Module):
    """A convolution whose kernel is standardised and scaled before it is used, and a learned scale behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.gain = nn.Parameter(torch.ones(8, 1, 1, 1))
        self.scale = nn.Parameter(torch.ones(8, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kernel = self.conv.weight
        mean, var = kernel.mean((1, 2, 3), keepdim=True), kernel.var((1, 2, 3), keepdim=True)
        kernel = (kernel - mean) * self.gain / torch.sqrt(var + 1e-5)
        return functional.conv2d(x, kernel, self.conv.bias, padding=1) * self.scale


class NoGradient(nn.Module):
    """A part under torch.no_grad(), which torch keeps as a graph of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            x = torch.relu(self.stem(x))
        return self.head(x)


class TwoInputs(nn.Module):
    """Two inputs, two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Conv2d(3, 8, 3, padding="same")
        self.right = nn.Conv2d(1, 8, 3, padding="same")

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a, b = self.left(a), self.right(b)
        return a * torch.sigmoid(b), torch.maximum(a, b)


IMAGE = ((2, 3, 32, 32),)
SAMPLES = {
    "tiny": (Tiny, IMAGE),
    "transposed": (Transposed, ((2, 8, 7, 7),)),
    "depthwise_transposed": (DepthwiseTransposed, ((2, 8, 7, 7),)),
    "functional": (Functional, IMAGE),
    "shared": (Shared, ((2, 4, 16, 16),)),
    "illegal_stride": (IllegalStride, IMAGE),
    "standardised_weights": (StandardisedWeights, IMAGE),
    "no_gradient": (NoGradient, IMAGE),
    "two_inputs": (TwoInputs, ((2, 3, 16, 16), (2, 1, 16, 16))),
}
