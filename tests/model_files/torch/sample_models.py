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
    """A stride that does not go into the size: a row and a column that nothing reads."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.down = nn.Conv2d(8, 16, 3, stride=2)

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


class WeightNorm(nn.Module):
    """A kernel that is computed of its direction and length."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 4, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x)


class Blur(nn.Module):
    """A convolution with a fixed filter, the same for every channel, which training does not change."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.register_buffer("filter", torch.ones(1, 1, 3, 3) / 9)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(self.conv(x), self.filter.expand(8, 1, 3, 3), stride=2, groups=8)


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


class Operators(nn.Module):
    """Each operator that is read, on a map, a sequence and a row: an output for each."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel1, self.kernel3 = nn.Parameter(torch.empty(6, 8, 3)), nn.Parameter(torch.empty(6, 8, 3, 3, 3))
        self.kernels = nn.ParameterList([torch.empty(6, 8, 3, 2) for _ in range(3)])
        self.grouped, self.depthwise = nn.Parameter(torch.empty(8, 2, 3, 3)), nn.Parameter(torch.empty(16, 1, 3, 3))
        self.matrices = nn.ParameterList([torch.empty(5, 8) for _ in range(3)])
        self.up1, self.up2 = nn.ConvTranspose1d(8, 4, 3, stride=2), nn.ConvTranspose2d(8, 4, (3, 2), stride=(2, 1))
        self.up3 = nn.ConvTranspose3d(8, 4, 2, stride=2)
        self.bn, self.frozen_bn = nn.BatchNorm2d(8, eps=1e-3, momentum=0.01), nn.BatchNorm2d(8, affine=False)
        self.gn, self.instance = nn.GroupNorm(4, 8), nn.InstanceNorm2d(8, affine=True)
        self.ln, self.wide_ln = nn.LayerNorm(10), nn.LayerNorm([8, 12, 10], bias=False)
        self.slope, self.factor = nn.PReLU(), nn.Parameter(torch.ones(1))
        self.prelu, self.scale = nn.PReLU(8), nn.Parameter(torch.empty(8, 1, 1))
        self.factors = nn.ParameterList(
            [torch.empty(8, 1, 1), torch.empty(8, 1, 1), torch.empty(1), torch.empty(12, 10)]
        )
        self.offsets = nn.ParameterList(
            [torch.empty(8, 1, 1), torch.empty(8, 1, 1), torch.empty(1), torch.empty(8, 1, 1)]
        )
        self.position = nn.Parameter(torch.empty(1, 8, 12, 10))

    def forward(self, x: torch.Tensor, s: torch.Tensor, r: torch.Tensor, v: torch.Tensor) -> list[torch.Tensor]:
        """Of a map x (8x12x10), a sequence s (8x14), a row r (8) and a volume v (8x4x6x6)."""
        f = functional
        return [
            # windows
            f.conv1d(s, self.kernel1, padding=1),
            f.conv2d(x, self.kernels[0], padding=(1, 0), stride=(2, 1), dilation=(1, 2)),
            f.conv2d(x, self.kernels[1], padding="same"),
            f.conv2d(x, self.kernels[2], padding="valid"),
            f.conv2d(x, self.grouped, groups=4),
            f.conv2d(x, self.depthwise, groups=8, stride=2, padding=1),
            f.conv3d(v, self.kernel3, padding=1),
            self.up1(s),
            self.up2(x),
            self.up3(v),
            f.max_pool1d(s, 3, 2),
            f.max_pool2d(x, 3, 2, 1, ceil_mode=True),
            f.max_pool2d(x, (2, 3)),
            f.max_pool2d(x, 3, 1, 1, dilation=2),
            f.max_pool3d(v, 2),
            f.max_pool2d(f.pad(x, (0, 1, 0, 1), value=float("-inf")), 3, 2),
            f.avg_pool1d(s, 2),
            f.avg_pool2d(x, 2, 1),
            f.avg_pool3d(v, 2),
            f.avg_pool2d(x, 3, 1, 1, count_include_pad=False),
            f.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
            f.adaptive_avg_pool1d(s, 1),
            f.adaptive_avg_pool2d(x, (3, 5)),
            f.adaptive_avg_pool2d(x, (None, 5)),
            f.adaptive_avg_pool3d(v, 1),
            f.adaptive_max_pool2d(x, 1),
            f.adaptive_max_pool2d(x, (6, 5)),
            f.interpolate(x, scale_factor=2),
            f.interpolate(x, size=(24, 30), mode="bilinear"),
            f.interpolate(x, size=(7, 9), mode="bilinear", antialias=False),
            f.interpolate(x, size=(7, 9), mode="bilinear", align_corners=True),
            # what is learned
            f.linear(r, self.matrices[0]),
            torch.matmul(r, self.matrices[1].t()),
            f.linear(x.permute(0, 2, 3, 1), self.matrices[2]),
            self.bn(x),
            self.frozen_bn(x),
            self.gn(x),
            self.instance(x),
            self.ln(x),
            self.wide_ln(x),
            f.layer_norm(r, (8,)),
            self.prelu(x),
            self.slope(x),
            x * self.factor,
            x * self.scale,
            x * self.factors[3],
            x + self.offsets[3],
            self.position + x,
            self.offsets[0] + x * self.factors[0],
            torch.addcmul(self.offsets[1], x, self.factors[1]),
            self.factors[2] * f.relu(x) ** 2 + self.offsets[2],
            f.local_response_norm(x, 5, k=2.0),
            f.local_response_norm(s, 4),
            f.normalize(x),
            f.normalize(x, dim=(2, 3)),
            # activations
            f.relu(x), f.relu6(x), f.silu(x), f.hardswish(x), f.hardsigmoid(x), f.mish(x), f.selu(x), f.elu(x), f.celu(x),
            f.gelu(x), f.gelu(x, approximate="tanh"), f.softplus(x), f.logsigmoid(x), f.leaky_relu(x, 0.2), f.hardtanh(x), torch.clamp(x, 0, 3),
            torch.clamp(x, min=0), torch.sigmoid(x), torch.tanh(x), torch.exp(x), f.softmax(r, 1), f.softmax(x, 1),
            f.log_softmax(r, 1), f.dropout(x, 0.3, False), f.dropout2d(x, 0.3, False), f.alpha_dropout(x, 0.1, False),
            # arithmetic
            x.abs(), x.pow(2), x.square(), x.sqrt(), x.rsqrt(),
            x + x, x + 1, 2 + x, torch.add(x, x, alpha=2), x - f.relu(x), x - 1, 1 - x, x * torch.sigmoid(x), x * 3, x / 2, -x,
            torch.maximum(x, f.relu(x)), torch.minimum(x, f.relu(x)), x * f.adaptive_avg_pool2d(x, 1).expand_as(x),
            x * f.adaptive_avg_pool2d(x, 1).expand(-1, -1, 12, 10), x / f.adaptive_avg_pool2d(x, 1), torch.addcmul(x, x, f.relu(x)),
            # over axes
            x.mean((2, 3)), x.mean((-1, -2), keepdim=True), x.amax((2, 3)), s.mean(2), x.mean(1), x.mean(1, keepdim=True),
            x.amax(3), x.sum((2, 3)), x.sum(1), s.sum(-1, keepdim=True), torch.stack([x, f.relu(x)]).sum(0),
            torch.stack([x, f.relu(x)], 1).sum(1), torch.matmul(s, s.transpose(1, 2)),
            torch.matmul(x, x.transpose(2, 3)), f.scaled_dot_product_attention(x, x, x), x.norm(dim=(2, 3)), x.norm(1, dim=1, keepdim=True),
            # shapes
            x.flatten(1), x.flatten(2), x.reshape(x.shape[0], 8, -1), x.view(-1, 960), x.permute(0, 2, 3, 1), x.transpose(2, 3),
            r.unsqueeze(2).squeeze(-1), x.mean((2, 3), keepdim=True).squeeze(), torch.cat([x, x[:, :3]], 1), torch.cat([x, x], -1),
            torch.stack([s, f.relu(s)], 2), *x.chunk(3, 1), *x.split(5, 1), *x.split([2, 6], 1), *x.split(4, 3),
            x[:, 2:5], x[:, -3:], x[:, :, 1:-1, 2:], x.narrow(1, 1, 2), x[:, 3], x[:, :, 0], *s.unbind(1)[:2],
            f.pad(x, (1, 1, 2, 2), mode="reflect"), f.pad(x, (1, 0, 0, 2), mode="replicate"), f.pad(s, (1, 1), mode="reflect"),
            f.pad(x, (1, 2, 0, 3)), f.pad(x, (-1, 0, 0, 0)), f.pad(x, (1, 1), value=0.5), f.pad(x, (0, 0, 0, 0, 2, 3)),
            x[:, :, ::2, 1::3], torch.roll(x, (1, -2), (2, 3)), f.channel_shuffle(x, 4), f.pixel_shuffle(x, 2), f.pixel_unshuffle(x, 2),
            x.contiguous(), x.clone(), x.to(torch.float32), x.detach(), s.unflatten(1, (2, 4)),
        ]  # fmt: skip


class InPlace(nn.Module):
    """A part of a tensor changed in place, which is used again: the name of the whole stays the same in the program."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        x[:, :4] = torch.relu(x[:, 4:])
        return self.second(x)


class Unknown(nn.Module):
    """Operators that the language has no layer for, in the middle of a network, one with a weight."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.shift = (
            nn.Conv2d(3, 8, 3),
            nn.Conv2d(8, 4, 3),
            nn.Parameter(torch.empty(1, 8, 5, 5)),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cumsum(torch.relu(self.first(x)), 2)
        return self.second(x + functional.interpolate(self.shift, size=x.shape[2:], mode="bicubic"))


class Words(nn.Module):
    """Numbers of words, whose vectors are looked up in a table."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.conv = nn.Embedding(50, 8), nn.Conv1d(8, 6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(self.table(x.long()).transpose(1, 2)).amax(2)


class GlobalResponseNorm(nn.Module):
    """The channels by how strong they are among all, as in ConvNeXt V2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        length = x.norm(p=2, dim=(2, 3), keepdim=True)
        strength = length / (length.mean(dim=1, keepdim=True) + 1e-6)
        return x + torch.addcmul(self.bias.view(1, -1, 1, 1), self.weight.view(1, -1, 1, 1), x * strength)


class Response(nn.Module):
    """Blocks with global response normalisation, every second position, channels of zeros: what CNNs are made of by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.wide, self.narrow = nn.Conv2d(12, 8, 1), nn.Conv2d(8, 32, 1), nn.Conv2d(32, 8, 1)
        self.norm, self.down = GlobalResponseNorm(32), nn.Conv2d(8, 16, 3, stride=2, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        x = self.stem(x)
        x = x + self.narrow(self.norm(functional.gelu(self.wide(x))))
        return self.down(x) + functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 4, 4))


class Frozen(nn.Module):
    """A part that is frozen, used twice; one layer that is frozen by half; a head that is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.bn = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)
        self.mixed, self.head = nn.Conv2d(3, 8, 3), nn.Linear(8, 2)
        for weight in (*self.stem.parameters(), *self.bn.parameters(), self.mixed.bias):
            weight.requires_grad = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.bn(self.stem(torch.relu(self.stem(x))))
        return self.head(self.mixed(x).mean((2, 3)))


class Reused(nn.Module):
    """One kernel in two convolutions of different strides, which no one layer is."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        small = functional.conv2d(x, self.conv.weight, self.conv.bias, stride=2, padding=1)
        return functional.max_pool2d(self.conv(x), 2) + small


class Attention(nn.Module):
    """Attention over the positions of a map, as in networks that are no CNN any more: the examples stand second in it."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.attend = nn.Conv2d(3, 8, 4, stride=4), nn.MultiheadAttention(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x).flatten(2).permute(2, 0, 1)
        return self.attend(x, x, x, need_weights=False)[0].permute(1, 2, 0).mean(2)


IMAGE = ((2, 3, 32, 32),)
SAMPLES = {
    "tiny": (Tiny, IMAGE),
    "transposed": (Transposed, ((2, 8, 7, 7),)),
    "depthwise_transposed": (DepthwiseTransposed, ((2, 8, 7, 7),)),
    "functional": (Functional, IMAGE),
    "shared": (Shared, ((2, 4, 16, 16),)),
    "illegal_stride": (IllegalStride, IMAGE),
    "standardised_weights": (StandardisedWeights, IMAGE),
    "weight_norm": (WeightNorm, IMAGE),
    "blur": (Blur, IMAGE),
    "no_gradient": (NoGradient, IMAGE),
    "words": (Words, ((2, 12),)),
    "response": (Response, IMAGE),
    "frozen": (Frozen, IMAGE),
    "reused": (Reused, IMAGE),
    "attention": (Attention, ((5, 3, 32, 32),)),
    "in_place": (InPlace, IMAGE),
    "unknown": (Unknown, IMAGE),
    "operators": (Operators, ((2, 8, 12, 10), (2, 8, 14), (2, 8), (2, 8, 4, 6, 6))),
    "two_inputs": (TwoInputs, ((2, 3, 16, 16), (2, 1, 16, 16))),
}
