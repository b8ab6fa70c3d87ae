"""Families of networks: a spec with parameters, and the options of each. In every one many candidates are legal and many are not."""

from __future__ import annotations

from typing import Any, NamedTuple


class Family(NamedTuple):
    """A spec, and the options of its parameters; "w[1]" is an element of a list."""

    text: str
    over: dict[str, tuple[Any, ...]]


FAMILIES = {
    "a chain of unpadded windows": Family(
        """model Chain(size=32, k=3, p=2, w=16) {
  input (size, size, 3)
  conv(w, k) -> relu -> maxpool(p)
  conv(2 * w, k) -> relu -> maxpool(p)
  conv(4 * w, k) -> relu
  flatten -> dense(10)
}""",
        {"size": tuple(range(8, 49, 3)), "k": (1, 2, 3, 5, 7), "p": (1, 2, 3, 4), "w": tuple(range(4, 40, 4))},
    ),
    "residual blocks": Family(
        """block res(c, k, pad) { add(in, conv(c, k, padding=pad) -> batchnorm -> relu -> conv(c, 1)) }
model Residual(size=16, w=[8, 8, 16], k=3, pad=1) {
  input (size, size, 3)
  conv(w[0], 3, padding=same)
  add(in, conv(w[1], 3, padding=same)) if w[0] == w[1] else conv(w[1], k) -> relu
  conv(w[2], 3, stride=2, padding=same)
  res(w[2], k, pad) if w[2] < 16 else res(w[2], 3, 1)
  gap -> dense(10)
}""",
        {"size": (9, 12, 16, 31), "w[0]": (8, 16), "w[1]": (8, 16), "w[2]": (8, 12, 16), "k": (1, 2, 3), "pad": (0, 1)},
    ),
    "holes in blocks, loops and constants": Family(
        """c = 2 * ?base
block cell(f) { conv(f, ?k, stride=?s) -> relu }
model Holes(size=24) {
  input (size, size, 3)
  for i in 1..2 { cell(i * ?) }
  conv(c, 1x1, groups=?g) -> (relu -> conv(c // ?g, ?k)) * ?n
  gap -> dense(10)
}""",
        {"size": (8, 12, 41), "?base": (2, 3, 4), "?k": (1, 2, 3, 5), "?s": (1, 2), "?1": (2, 3, 4, 6), "?g": (1, 2, 4), "?n": (0, 1, 2)},
    ),
    "groups of channels": Family(
        """model Groups(w=32, g=4, m=1, s=2) {
  input 24x24x8
  conv(w, 3x3, groups=g, padding=same)
  depthwise_conv(3x3, stride=s, padding=same, depth_multiplier=m) -> batchnorm
  conv(w // 2, 1x1, groups=g) -> relu
  gap -> dense(5)
}""",
        {"w": tuple(range(6, 50, 2)), "g": (1, 2, 3, 4, 8), "m": (1, 2, 3), "s": (1, 2)},
    ),
    "dense connections": Family(
        """block layer(g) { concat(in, batchnorm -> relu -> conv(g, 3x3, padding=same)) }
model DenseNet(size=32, growth=12, depth=3, squeeze=0.5, p=2) {
  input (size, size, 3)
  conv(2 * growth, 3x3, stride=2, padding=same)
  layer(growth) * depth
  conv(floor(in.channels * squeeze), 1x1) -> avgpool(p)
  layer(growth) * depth
  avgpool(p) -> conv(8, 2x2)
  gap -> dense(10, softmax)
}""",
        {"size": tuple(range(8, 64, 2)), "growth": (4, 6, 12), "depth": (0, 1, 2), "squeeze": (0.02, 0.25, 0.5, 1.0), "p": (2, 3)},
    ),
    "a U-Net": Family(
        """block double(c) { conv(c, 3x3, padding=same) -> relu -> conv(c, 3x3, padding=same) -> relu }
model UNet(height=32, width=48, w=8, factor=2) {
  input (height, width, 1)
  double(w) as one
  maxpool(factor) -> double(2 * w) as two
  maxpool(factor) -> double(4 * w)
  upsample(factor) -> concat(two, in) -> double(2 * w)
  upsample(factor) -> concat(one, in) -> double(w)
  conv(2, 1x1)
}""",
        {"height": (16, 18, 24, 36, 48), "width": (12, 16, 32, 36), "w": (2, 4, 7), "factor": (1, 2, 3)},
    ),
    "depths that are parameters": Family(
        """model Deep(depth=[2, 2], w=16, size=20, cut=4) {
  input (size, size, 3)
  for n in depth { conv(w, 3x3) * n -> maxpool(2) }
  conv(w, (cut, cut))
  flatten -> dense(3)
}""",
        {"depth[0]": (1, 2, 3, 5), "depth[1]": (0, 1, 2), "w": (4, 5, 16), "size": tuple(range(10, 40)), "cut": (1, 4, 7)},
    ),
    "inverted bottlenecks on a budget": Family(
        """block body(t, c, s, k) {
  if t > 1 { conv(t * in.channels, 1x1, bias=false) -> relu6 }
  depthwise_conv(k, s, padding=same, bias=false) -> relu6
  conv(c, 1x1, bias=false) -> batchnorm
}
model Mobile(size=64, w=[16, 24, 32], t=6, k=3) {
  input (size, size, 3)
  conv(16, 3x3, stride=2, padding=same)
  for c, s in [(w[0], 1), (w[1], 2), (w[2], 2)] {
    add(in, body(t, c, s, k)) if s == 1 and in.channels == c else body(t, c, s, k)
  }
  conv(64, 1x1) -> gap -> dense(10)
  expect params < 12k, macs <= 4M, receptive_field >= 15
}""",
        {"size": (32, 48, 64, 96), "w[0]": (8, 16, 24), "w[1]": (16, 24, 40), "w[2]": (16, 24, 32, 48), "t": (1, 2, 4, 6), "k": (3, 5)},
    ),
    "a width multiplier": Family(
        """model Wide(alpha=1.0, size=28, least=4) {
  input (size, size, 1)
  for c in [16, 32, 64] {
    conv(max(least, round(c * alpha / 4) * 4), 3x3, stride=2) -> relu
  }
  conv(ceil(100 * alpha), 1x1) -> gap -> dense(10)
}""",
        {"alpha": (0.0, 0.1, 0.25, 0.35, 0.5, 0.75, 1.0, 1.4), "size": tuple(range(5, 33)), "least": (0, 4, 8)},
    ),
    "parallel branches, and words": Family(
        """model Inception(size=17, k=3, s=1, a=8, b=12, pad=same) {
  input (size, size, 6)
  concat(conv(a, 1x1, stride=s), conv(b, k, stride=s, padding=pad), maxpool(k, stride=s, padding=pad) -> conv(a, 1x1)) as mixed
  gap -> dense(2 * a, relu) -> dense(in.channels // 2)
  multiply(mixed -> conv(a, 1x1), in)
}""",
        {"size": (7, 8, 15, 17), "k": (1, 2, 3, 5), "s": (1, 2, 3), "a": (4, 8), "b": (3, 4), "pad": ("same", "valid", 1)},
    ),
    "transposed and dilated windows": Family(
        """model Decoder(size=8, k=4, s=2, d=1, c=12, f=2, pad=0) {
  input (size, size, c)
  conv(c, 3x3, dilation=d) -> relu
  conv_transpose(c // 2, k, stride=s, padding=same)
  reshape((size - 2 * d, -1, f))
  crop(pad)
}""",
        {"size": (6, 8, 9, 12, 14), "k": (2, 3, 4), "s": (1, 2, 3), "d": (1, 2, 3), "c": (4, 6, 12), "f": (1, 2, 3, 4), "pad": (0, 1, 2)},
    ),
    "sequences": Family(
        """model Wave(length=64, k=3, layers=3, w=8, act=relu, pool=2) {
  input (length, 2)
  for i in 1..layers { conv(w * i, k, dilation=2 ^ i) -> act -> maxpool(pool) }
  flatten -> dense(4)
}""",
        {"length": tuple(range(20, 96, 5)), "k": (2, 3, 5), "layers": (1, 3, 4), "w": (4, 8), "act": ("relu", "tanh"), "pool": (1, 2, 3)},
    ),
}  # fmt: skip
