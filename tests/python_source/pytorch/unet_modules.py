import torch
from torch import nn, Tensor


class DoubleConv(nn.Sequential):
    def __init__(self, i: int, o: int):
        super().__init__(
            nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    def __init__(self, channels: int = 3, classes: int = 2, widths=(32, 64, 128)):
        super().__init__()
        self.down = nn.ModuleList(DoubleConv(i, o) for i, o in zip((channels, *widths), widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(o, i, 2, 2) for i, o in zip(widths, widths[1:]))
        self.fuse = nn.ModuleList(DoubleConv(2 * i, i) for i in widths[:-1])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else nn.functional.max_pool2d(x, 2))
            skips.append(x)
        for up, fuse, skip in zip(reversed(self.up), reversed(self.fuse), skips[-2::-1]):
            x = fuse(torch.cat([skip, up(x)], dim=1))
        return self.head(x)
