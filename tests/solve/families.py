"""Families of networks with small spaces, and what is asked of each: an objective and conditions, as the language writes them and as Python.

In Python the parameters and the figures are names. The spaces are small, so that every candidate can be loaded by itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A spec with the options of its parameters, an objective (-: the smallest), and conditions."""

    text: str
    over: dict[str, Any]
    objective: str
    python: str
    subject: str = ""
    condition: str = "True"
    chain: bool = True  # whether its terms form a chain
    cp_sat: bool = True  # whether CP-SAT can compute with its numbers


CHAIN = """model Chain(w=[8, 8, 8, 8]) {
  input 16x16x3
  for n in w { conv(n, 3x3, padding=same) -> relu }
  maxpool(2) -> gap -> dense(10)
}"""
WIDE = {"w[0]": (4, 8, 16), "w[1]": (4, 8, 16, 24), "w[2]": (8, 12, 16), "w[3]": (8, 16, 32)}

FAMILIES = {
    "a chain": Asked(CHAIN, WIDE, "sum(log2(w))", "sum(map(log2, w))", "params <= 4k, macs <= 800k", "params <= 4000 and macs <= 800000"),
    "a chain with a floor": Asked(CHAIN, WIDE, "-macs", "-macs", "params >= 3k and w[0] <= w[1]", "params >= 3000 and w[0] <= w[1]"),
    "a chain in a band": Asked(CHAIN, WIDE, "w[0] - w[3]", "w[0] - w[3]", "params > 2k, params < 3k", "2000 < params < 3000"),
    "a chain on a memory": Asked(
        CHAIN, WIDE, "sum(w)", "sum(w)", "peak_memory(dtype=int8) <= 5k, macs != 539648", "peak_memory <= 5000 and macs != 539648"
    ),
    "a resolution and widths": Asked(
        """model Sized(size=32, w=[8, 16], k=3) {
  input (size, size, 3)
  conv(w[0], k, stride=2) -> bn -> relu -> conv(w[1], k, stride=2) -> relu -> gap -> dense(4)
}""",
        {"size": tuple(range(6, 48, 7)), "w[0]": (4, 8, 12), "w[1]": (8, 16, 24), "k": (1, 3, 5)},
        "log2(size) + sum(log2(w))", "log2(size) + sum(map(log2, w))", "macs <= 200k, lossless", "macs <= 200000 and lossless",
    ),
    "residual blocks": Asked(
        """block res(c) { add(in, conv(c, 3x3, padding=same) -> relu -> conv(c, 1x1)) }
model Residual(w=[8, 8, 8]) {
  input 12x12x4
  conv(w[0], 3x3, padding=same)
  for i in 1..2 { if in.channels == w[i] { res(w[i]) } else { conv(w[i], 3x3, padding=same) } }
  gap -> dense(3)
}""",
        {"w[*]": (4, 6, 8, 12)}, "sum(w)", "sum(w)", "params < 3k", "params < 3000",
    ),
    "residual blocks that must fit": Asked(
        """model Must(w=[8, 8], s=1) {
  input 12x12x4
  conv(w[0], 3x3, padding=same)
  add(in, conv(w[1], 3x3, padding=same, stride=s) -> relu)
  gap -> dense(3)
}""",
        {"w[*]": (4, 6, 8, 12), "s": (1, 2)}, "params", "params", "params < 1.2k", "params < 1200",
    ),
    "depthwise blocks": Asked(
        """model Depth(w=[8, 16], t=2, k=3) {
  input 16x16x8
  for c in w {
    conv(t * in.channels, 1x1, bias=false) -> depthwise_conv(k, padding=same) -> relu6 -> conv(c, 1x1, bias=false)
  }
  gap -> dense(5)
}""",
        {"w[*]": (4, 8, 16, 24), "t": (1, 2, 4), "k": (3, 5)},
        "receptive_field + sum(log2(w))", "receptive_field + sum(map(log2, w))", "macs < 500k, params < 2k", "macs < 500000 and params < 2000",
    ),
    "dense connections": Asked(
        """block layer(g) { concat(in, relu -> conv(g, 3x3, padding=same)) }
model DenseNet(g=[4, 4, 4], half=2) {
  input 8x8x4
  layer(g[0]) -> layer(g[1]) -> conv(in.channels // half, 1x1) -> layer(g[2]) -> gap -> dense(3)
}""",
        {"g[*]": (2, 4, 6, 8), "half": (1, 2)}, "sum(g)", "sum(g)", "params <= 1200, macs >= 30k", "params <= 1200 and macs >= 30000",
    ),
    "a U-Net": Asked(
        """block double(c) { conv(c, 3x3, padding=same) -> relu -> conv(c, 3x3, padding=same) -> relu }
model UNet(size=16, w=[4, 8, 16]) {
  input (size, size, 1)
  double(w[0]) as one
  maxpool(2) -> double(w[1]) as two
  maxpool(2) -> double(w[2])
  upsample(2) -> concat(two, in) -> double(w[1])
  upsample(2) -> concat(one, in) -> double(w[0])
  conv(2, 1x1)
}""",
        {"size": (12, 14, 16), "w[*]": (2, 4, 6, 8)}, "sum(log2(w)) + size / 4", "sum(map(log2, w)) + size / 4",
        "peak_memory(dtype=int8) <= 2.5k, params <= 5k", "peak_memory <= 2500 and params <= 5000",
    ),
    "depths that are unknown": Asked(
        """model Deep(depth=[1, 1], w=8, size=20) {
  input (size, size, 3)
  for n in depth { conv(w, 3x3) * n -> maxpool(2) }
  flatten -> dense(3)
}""",
        {"depth[0]": (0, 1, 2, 3), "depth[1]": (0, 1, 2), "w": (4, 8, 12), "size": (10, 15, 20)},
        "receptive_field * 10 - log2(macs + 1)", "receptive_field * 10 - log2(macs + 1)", "params <= 3k", "params <= 3000",
        chain=False, cp_sat=False,
    ),
    "depths and widths": Asked(
        """model Both(depth=2, w=[8, 16]) {
  input 16x16x3
  conv(w[0], 3x3, padding=same) * depth -> maxpool(2) -> conv(w[1], 3x3, padding=same) * depth -> gap -> dense(4)
}""",
        {"depth": (1, 2, 3, 4), "w[*]": (4, 8, 12, 16, 24)}, "depth * 3 + sum(log2(w))", "depth * 3 + sum(map(log2, w))",
        "macs <= 500k", "macs <= 500000",
    ),
    "words": Asked(
        """model Words(act=relu, pad=same, w=8, k=3) {
  input 12x12x3
  conv(w, k, padding=pad) -> act -> conv(2 * w, k, padding=pad) -> gap -> dense(4)
}""",
        {"act": "[relu, swish]", "pad": "[same, valid]", "w": (4, 8, 12, 16), "k": (1, 3, 5, 7)}, "macs", "macs",
        "params < 9k and (act == swish or w > 8)", "params < 9000 and (str(act) == 'swish' or w > 8)",
    ),
    "parallel branches": Asked(
        """model Inception(a=8, b=8, c=8, k=3) {
  input 9x9x6
  concat(conv(a, 1x1), conv(b, k, padding=same), maxpool(3, stride=1, padding=same) -> conv(c, 1x1)) -> relu
  gap -> dense(3)
}""",
        {"a": (2, 4, 8), "b": (2, 4, 8), "c": (2, 4, 8), "k": (1, 3, 5)}, "a + b * c", "a + b * c", "params <= 900, macs > 9k", "params <= 900 and macs > 9000",
    ),
    "a width multiplier": Asked(
        """model Wide(alpha=1.0, size=28) {
  input (size, size, 1)
  for c in [16, 32] { conv(max(4, round(c * alpha / 4) * 4), 3x3, stride=2) -> relu }
  gap -> dense(10)
}""",
        {"alpha": (0.1, 0.25, 0.35, 0.5, 0.75, 1.0, 1.4), "size": (9, 14, 20, 25, 31)}, "alpha * size", "alpha * size", "macs <= 200k", "macs <= 200000",
    ),
    "groups": Asked(
        """model Groups(w=32, g=4, m=1) {
  input 12x12x8
  conv(w, 3x3, groups=g, padding=same) -> depthwise_conv(3x3, depth_multiplier=m) -> conv(w // 2, 1x1, groups=g) -> gap -> dense(5)
}""",
        {"w": tuple(range(6, 36, 2)), "g": (1, 2, 4), "m": (1, 2)}, "-params / w", "-params / w", "w >= 16", "w >= 16", cp_sat=True,
    ),
    "a sequence": Asked(
        """model Wave(length=64, k=3, w=8, pool=2) {
  input (length, 2)
  for i in 1..3 { conv(w * i, k, dilation=2 ^ i) -> relu -> maxpool(pool) }
  flatten -> dense(4)
}""",
        {"length": (40, 64, 90), "k": (2, 3, 5), "w": (4, 8), "pool": (1, 2, 3)}, "coverage", "coverage", "params < 5k", "params < 5000",
    ),
    "an expectation in the spec": Asked(
        """model Told(w=[8, 8], k=3) {
  input 12x12x3
  conv(w[0], k, padding=same) -> relu -> conv(w[1], k, padding=same) -> gap -> dense(4)
  expect params < 3k, macs <= 250k, receptive_field >= 5
}""",
        {"w[*]": (4, 8, 12, 16), "k": (1, 3, 5)}, "sum(w) * k", "sum(w) * k",
    ),
    "holes": Asked(
        """model Holes(size=16 in 12..20:4) {
  input (size, size, 3)
  conv(?a in 4..12:4, 3x3, padding=same) -> conv(? in [4, 8], 3x3, padding=same) -> relu -> conv(?a, ?k in [1, 3], padding=same)
  gap -> dense(2)
}""",
        {}, "log2(?a) + size", "log2(hole_a) + size", "macs <= 300k", "macs <= 300000",
    ),
    "nothing fits": Asked(CHAIN, WIDE, "macs", "macs", "params <= 300", "params <= 300"),
    "nothing fits together": Asked(CHAIN, WIDE, "macs", "macs", "params >= 10k, macs <= 500k", "params >= 10000 and macs <= 500000"),
}  # fmt: skip
