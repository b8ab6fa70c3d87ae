"""What PyTorch does not have and printed modules bring with them: each module gets the text of those that it needs.

Nothing of cnnspec imports this file: `helpers` reads it as text.
"""
# mypy: ignore-errors
# ruff: noqa: B905, N812

import torch
import torch.nn.functional as F
from torch import nn


def drop_parameter(layer, name):
    """A layer without one of its parameters, its weight or its bias."""
    setattr(layer, name, None)
    return layer


def begin_with(layer, **values):
    """A layer whose parameters begin as these numbers."""
    with torch.no_grad():
        for name, numbers in values.items():
            getattr(layer, name).copy_(torch.tensor(numbers, dtype=torch.float64))
    return layer


def pad_same(x, kernel_size, stride, dilation=1, value=0.0):
    """Padding that gives ceil(size / stride) positions, what is odd behind."""
    rank = x.dim() - 2
    given = (kernel_size, stride, dilation)
    each = [n if isinstance(n, tuple) else (n,) * rank for n in given]
    sides = []
    for size, k, s, d in zip(x.shape[2:], *each):
        total = max(0, ((size + s - 1) // s - 1) * s + d * (k - 1) + 1 - size)
        sides = [total // 2, total - total // 2, *sides]
    return F.pad(x, sides, value=value)


def avg_pool_same(x, kernel_size, stride=None):
    """The mean of each window, padded to ceil(size / stride); padding does not count."""
    pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[x.dim() - 3]
    stride = kernel_size if stride is None else stride
    ones = torch.ones_like(x[:1, :1])
    shares = pool(pad_same(ones, kernel_size, stride), kernel_size, stride)
    return pool(pad_same(x, kernel_size, stride), kernel_size, stride) / shares


def bounded_relu(x, max_value, negative_slope, threshold):
    """x from the threshold on, up to max_value; below, a slope times the distance."""
    y = torch.where(x >= threshold, x, negative_slope * (x - threshold))
    return y if max_value is None else y.clamp(max=max_value)


def sparse_sigmoid(x):
    """0 up to -1, (x + 1) / 2 between, 1 from 1 on."""
    return ((x + 1) / 2).clamp(0, 1)


def sparse_plus(x):
    """0 up to -1, (x + 1)^2 / 4 between, x from 1 on."""
    bent = torch.where(x < 1, (x + 1) ** 2 / 4, x)
    return torch.where(x <= -1, torch.zeros_like(x), bent)


def squareplus(x):
    """(x + sqrt(x^2 + 4)) / 2."""
    return (x + torch.sqrt(x**2 + 4)) / 2


def sparsemax(x, dim):
    """The nearest point of the probability simplex, along an axis.

    Keras 3.15 finds another point where more than one value stays above 0.
    """
    z = x.sort(dim=dim, descending=True).values
    steps = torch.arange(1, x.shape[dim] + 1, dtype=x.dtype, device=x.device)
    steps = steps.view([-1 if axis == dim else 1 for axis in range(x.dim())])
    total = z.cumsum(dim)
    size = (steps * z > total - 1).sum(dim, keepdim=True)
    tau = (total.gather(dim, size - 1) - 1) / size
    return (x - tau).clamp(min=0)


def softmax_over(x, dim):
    """A softmax over several axes together."""
    return torch.exp(x - x.logsumexp(dim, keepdim=True))


def normalised_einsum(equation, x, y):
    """A product summed along an axis, z, along which both are brought to length 1."""
    first, second = equation.split("->")[0].split(",")
    x, y = F.normalize(x, dim=first.index("z")), F.normalize(y, dim=second.index("z"))
    return torch.einsum(equation, x, y)


class WidePReLU(nn.Module):
    """A PReLU whose slopes have a shape: shared along axes of size 1."""

    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, x):
        return x.clamp(min=0) + self.weight * x.clamp(max=0)


class GaussianDropout(nn.Module):
    """While training, a factor of mean 1 and variance p / (1 - p) for each value."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * (1 + (self.p / (1 - self.p)) ** 0.5 * torch.randn_like(x))


class GaussianNoise(nn.Module):
    """While training, noise of mean 0 added to each value."""

    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x) if self.training else x


class StochasticDepth(nn.Module):
    """While training, whole examples become 0 with probability p, the others grow."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        ones = x.new_ones((x.shape[0], *[1] * (x.dim() - 1)))
        return x * F.dropout(ones, self.p, self.training)


class BroadcastDropout(nn.Module):
    """Dropout whose values live or die together along the axes where `shape` is 1."""

    def __init__(self, p, shape):
        super().__init__()
        self.p, self.shape = p, shape

    def forward(self, x):
        ones = x.new_ones((x.shape[0], *self.shape))
        return x * F.dropout(ones, self.p, self.training)


class LayerScale(nn.Module):
    """A learned factor for each channel."""

    def __init__(self, channels, axes, init):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels, *[1] * axes), init))

    def forward(self, x):
        return x * self.weight


class Affine(nn.Module):
    """A learned factor and a learned offset, for each place on the axes whose size in `shape` is not 1."""

    def __init__(self, shape, scale=True, center=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape)) if scale else None
        self.bias = nn.Parameter(torch.zeros(shape)) if center else None

    def forward(self, x):
        x = x if self.weight is None else x * self.weight
        return x if self.bias is None else x + self.bias


class Rescale(nn.Module):
    """x * scale + offset, of each channel."""

    def __init__(self, scale, offset, axes):
        super().__init__()
        for name, value in (("scale", scale), ("offset", offset)):
            each = torch.tensor(value, dtype=torch.float32).view(-1, *[1] * axes)
            self.register_buffer(name, each, persistent=False)

    def forward(self, x):
        return x * self.scale + self.offset


class Normalize(nn.Module):
    """(x - mean) / sqrt(variance), of each channel."""

    def __init__(self, mean, variance, axes, invert=False):
        super().__init__()
        self.invert = invert
        for name, value in (("mean", mean), ("variance", variance)):
            each = torch.tensor(value, dtype=torch.float32).view(-1, *[1] * axes)
            self.register_buffer(name, each, persistent=False)

    def forward(self, x):
        deviation = self.variance.sqrt().clamp(min=1e-7)
        return x * deviation + self.mean if self.invert else (x - self.mean) / deviation


class AdaptedNormalize(nn.Module):
    """(x - mean) / sqrt(variance), of each channel; the data has yet to fill these."""

    def __init__(self, channels, axes, invert=False):
        super().__init__()
        self.axes, self.invert = axes, invert
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("count", torch.tensor(0))

    def forward(self, x):
        mean = self.mean.view(-1, *[1] * self.axes)
        deviation = self.variance.sqrt().clamp(min=1e-7).view(-1, *[1] * self.axes)
        return x * deviation + mean if self.invert else (x - mean) / deviation


class FrozenBatchNorm1d(nn.BatchNorm1d):
    """Batch normalisation by the moving figures, while training, too."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.train()

    def train(self, mode=True):
        return super().train(False)


class FrozenBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation by the moving figures, while training, too."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.train()

    def train(self, mode=True):
        return super().train(False)


class FrozenBatchNorm3d(nn.BatchNorm3d):
    """Batch normalisation by the moving figures, while training, too."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.train()

    def train(self, mode=True):
        return super().train(False)
