"""A small torch model with what CNNs have, for the fixtures. Its exports carry the lines of this file."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as f


class Gate(nn.Module):
    """Squeeze and excite."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(channels, channels // 4, 1)
        self.up = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Any) -> Any:
        y = f.adaptive_avg_pool2d(x, 1)
        y = f.relu(self.down(y))
        return x * torch.sigmoid(self.up(y))


class Small(nn.Module):
    """Activations, normalisations, merges, shapes: one of each."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.SiLU())
        self.gate = Gate(16)
        self.grouped = nn.Conv2d(16, 32, 3, stride=2, padding=1, groups=4)
        self.norm = nn.GroupNorm(4, 32)
        self.deep = nn.Conv2d(32, 32, 5, padding=2, groups=32)
        self.slopes = nn.PReLU(32)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.alone = nn.InstanceNorm2d(16, affine=True)
        self.scale = nn.Parameter(torch.ones(16, 1, 1))
        self.layer = nn.LayerNorm(32)
        self.hidden = nn.Linear(32, 64)
        self.head = nn.Linear(64, 10)

    def forward(self, x: Any) -> Any:
        x = self.gate(self.stem(x))
        y = f.hardswish(self.norm(self.grouped(x)))
        y = self.slopes(self.deep(f.mish(y)))
        y = self.alone(self.up(y)) * self.scale
        x = torch.cat([x, y], 1)
        a, b = x.chunk(2, 1)
        x = torch.cat([f.leaky_relu(a, 0.2), f.elu(b)], 1).view(x.shape[0], 2, 16, 32, 32).transpose(1, 2)
        x = x.reshape(x.shape[0], 32, 32, 32)
        x = f.interpolate(f.max_pool2d(x, 3, 2, 1), scale_factor=2) + f.hardtanh(x, 0.0, 6.0)
        x = f.avg_pool2d(f.pad(x, (1, 1, 1, 1)), 2)[:, :, 1:, :]
        x = f.gelu(self.hidden(self.layer(x.mean((2, 3)))))
        return f.log_softmax(self.head(x), 1)
