"""Networks whose pages are tried: one for each thing that a page must cope with."""

from __future__ import annotations

from cnnspec.base.source import Source
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse

BLOCKS = """block double(n) { conv(n, 3x3, padding=same) -> relu -> conv(n, 3x3, padding=same) -> relu }
block stage(n) { double(n) -> maxpool(2x2) }
input 32x32x3
stage(8) -> stage(16) -> stage(32)
gap -> dense(10, softmax)
"""
LOSSY = """input 30x29x1
conv(4, 3x3, stride=3) as first -> conv(4, 2x2, stride=2) as second
flatten -> dense(2)
"""
UP = """input 12x10x2
conv(4, 3x3, stride=2, padding=same) -> conv_transpose(4, 3x3, stride=3) as grown -> conv(2, 2x3)
"""
WAVE = """input 40x1
conv(4, 5, stride=2) -> conv(4, 3, padding=same) as seen -> gap -> dense(2)
"""
VOLUME = """input 8x10x12x1
conv(4, 3x3x3) -> maxpool(2x2x2) as pooled -> gap -> dense(2)
"""
SIAMESE = """input left 20x20x1
input right 20x20x1
shared tower = conv(4, 3x3) -> relu -> conv(4, 5x5)
left -> tower as a
right -> tower as b
concat(a, b) as both -> gap -> dense(2)
"""
CROSS = """input 16x16x4
add(conv(4, 1x5, padding=same), conv(4, 5x1, padding=same)) as crossed -> conv(4, 3x3) as last
"""
GATED = """input 16x16x8
conv(8, 3x3, padding=same) as x
multiply(x, x -> gap -> dense(8, sigmoid) -> reshape(1x1x8)) as gated -> conv(4, 3x3) as last
"""
ANY_SIZE = """input ?x?x3
conv(8, 3x3, stride=2) -> conv(8, 3x3, padding=same) as last
"""
BROKEN = """input 28x28x1
conv(8, 3x3) -> conv(8, 40x40) as huge -> relu -> flatten -> dense(10)
"""
SEVERAL = """model Small { input 16x16x1
  conv(4, 3x3) -> gap -> dense(2) }
model Large { input 16x16x1
  conv(8, 3x3) -> conv(8, 3x3) -> gap -> dense(2) }
"""
ALL = (BLOCKS, LOSSY, UP, WAVE, VOLUME, SIAMESE, CROSS, GATED, ANY_SIZE, BROKEN, SEVERAL)


def analyse_text(text: str, name: str = "net.cnn") -> tuple[AnalysedNetwork, ...]:
    """The networks of a text."""
    return analyse(Source(name, text)).networks
