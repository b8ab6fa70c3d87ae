"""Which input sizes are legal, lossless and strict, found the long way: the text with another size, built anew."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.facts.liveness import Liveness
from cnnspec.facts.stride_remainder import find_losses
from cnnspec.lint.rules import prevents
from cnnspec.syntax.parse import parse

INPUT = re.compile(r"^(\s*input(?: [a-z]\w*)? )([\d?]+(?:x[\d?]+)*|\(.*\))", re.M)


def resized(text: str, *sizes: int) -> str:
    """A text with its inputs' axes at the given sizes, or all at one size; channels stay."""

    def shape(found: re.Match[str]) -> str:
        parts = re.split("x|, ", found[2].strip("()"))
        count = max(1, len(parts) - 1)
        return found[1] + "x".join(map(str, [*(sizes * count)[:count], *parts[count:]]))

    return INPUT.sub(shape, text)


def truth(text: str, model: str | None = None) -> tuple[bool, bool, bool]:
    """Whether the size that stands in a text (of one of its models) is legal, lossless, strict."""
    parsed = parse(Source("net.cnn", text))
    (made,) = elaborate(parsed, read, only=model)
    if any(map(prevents, made.errors)):
        return False, False, False
    graph = made.graph
    shapes: list[Any] = [node.shape for node in graph.nodes]
    strict = True
    for node in graph.nodes:
        if node.layer is not None and len(node.inputs) == 1:
            entering = shapes[node.inputs[0]]
            for window, n in zip(node.layer.windows((entering,)) or (), entering, strict=False):
                strict = strict and (n + window.before + window.after - window.extent) % window.stride == 0
    return True, not find_losses(graph, shapes, Liveness(graph, shapes)), strict


class Rough:
    """Draws networks that are legal for some sizes alone: odd paddings, strides, crops, branches that may not agree."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def number(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def layer(self) -> str:
        k, s = self.number(1, 4), self.number(1, 3)
        return str(
            self.draw(
                st.sampled_from(
                    [
                        f"conv(2, {k}, stride={s})", f"conv(2, {k}, stride={s}, padding={self.number(0, 3)})",
                        f"conv(2, {k}, stride={s}, padding=same)", f"maxpool({k}, stride={s})", f"maxpool({k + 1})",
                        f"avgpool({k}, stride={s}, padding=same)", f"maxpool({k + 1}, stride={s}, padding={(k + 1) // 2})",
                        f"conv(2, {k}, dilation={s})", f"pad((({self.number(0, 2)}, {self.number(0, 3)}), (1, 0)))",
                        f"crop((({self.number(0, 2)}, {self.number(0, 2)}), (0, 1)))", f"upsample({s})",
                        f"conv_transpose(2, {k}, stride={s})", f"conv_transpose(2, {k}, stride={s}, padding=same)",
                        "relu", "bn", f"upsample({s}x1, interpolation=bilinear)",
                    ]
                )
            )
        )  # fmt: skip

    def chain(self, most: int = 3) -> str:
        return " -> ".join(self.layer() for _ in range(self.number(1, most)))

    def step(self) -> str:
        s = self.number(2, 3)
        return str(
            self.draw(
                st.sampled_from(
                    [
                        self.chain(), self.chain(), f"concat(in, maxpool({s}) -> upsample({s}))",
                        f"add(conv(2, 3, stride={s}, padding=1), maxpool({s}) -> conv(2, 1))",
                        f"add(conv(2, {s}, stride={s}), avgpool({s}, padding=same) -> conv(2, 1))",
                        f"concat({self.chain(2)}, {self.chain(2)})", "multiply(in, gap(keepdims=true))",
                        f"concat(in, resize({self.number(1, 9)}, {self.number(1, 9)}) -> {self.chain(1)})",
                        "permute((2, 1, 3))", "adaptive_avgpool(2)", f"concat(in, conv(2, {s}), axis=1)",
                    ]
                )
            )
        )  # fmt: skip


@st.composite
def rough_networks(draw: Any) -> str:
    writer = Rough(draw)
    steps = [writer.step() for _ in range(writer.number(1, 4))]
    head = draw(
        st.sampled_from(["", "", "gap -> dense(3)", "flatten -> dense(3)", "reshape((-1, 2))", "reshape((8, 2))"])
    )
    size = f"{writer.number(8, 60)}x{writer.number(8, 60)}"
    return "\n".join([f"input {size}x2", *steps, head, ""])
