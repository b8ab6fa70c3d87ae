"""Random networks as spec text: chains, residuals, dense and inception branches, several scales, blocks, loops, repeats.

Everything keeps its size or divides it by a stride with padding=same, so that every text is legal; channels are read
from the tensor (`in.channels`) where two branches must agree.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Draw = Any


class Writer:
    """Draws steps. `rank` is the input's; `blocks` are the (name, parameter) of the blocks that stand above."""

    def __init__(self, draw: Draw, rank: int) -> None:
        self.draw, self.rank = draw, rank
        self.blocks: list[str] = []
        self.names = 0

    def number(self, least: int, most: int) -> int:
        return int(self.draw(st.integers(least, most)))

    def pick(self, *options: str) -> str:
        return str(self.draw(st.sampled_from(options)))

    def fresh(self) -> int:
        self.names += 1
        return self.names

    def layer(self, filters: str = "", strided: bool = True) -> str:
        """One layer; `filters` may be a name. Without `strided` the size stays."""
        f, k = filters or str(2 * self.number(1, 4)), self.number(1, 4)
        stride = f", stride={self.number(1, 2)}" if strided else ""
        options = [
            f"conv({f}, {k}, padding=same{stride})", f"conv({f}, 3, padding=same, activation={self.pick('relu', 'gelu', 'tanh')})",
            f"conv({f}, {k}, padding=same, bias=false) -> bn -> relu", f"conv({f}, 3, dilation=2, padding=2)",
            f"maxpool({k}, padding=same{stride or ', stride=1'})", f"avgpool(3, padding=1{stride or ', stride=1'})",
            f"conv_transpose({f}, {k}, padding=same)", "layer_norm", "group_norm(2)", "dropout(0.25)", "leaky_relu(0.1)", "bn",
            f"dense({f})", "identity", "prelu", "pad(1) -> crop(1)", "rescaling(0.5)", f"conv({f}, 3, groups=2, padding=1)",
        ]  # fmt: skip
        if self.rank < 3:
            options += [
                f"separable_conv({f}, 3, padding=same{stride})",
                f"depthwise_conv({k}, padding=same, multiplier=2{stride})",
            ]
        if strided:
            options += ["upsample(2)", f"conv_transpose({f}, 2, stride=2)"]
        return self.pick(*options)

    def chain(self, filters: str = "", strided: bool = True, most: int = 3) -> str:
        return " -> ".join(self.layer(filters, strided) for _ in range(self.number(1, most)))

    def join(self) -> str:
        """A step that branches and merges."""
        stay = self.chain(strided=False)
        return self.pick(
            f"add(in, {{\n c{self.fresh()} = in.channels\n {stay} -> conv(c{self.names}, 1)\n}})",
            f"concat(in, {stay})",
            f"concat(in, {self.chain(strided=False)}, {self.chain(strided=False)}, maxpool(3, stride=1, padding=same) -> conv(4, 1))",
            "multiply(in, gap(keepdims=true) -> conv(in.channels, 1, activation=sigmoid))",
            f"average({stay} -> conv(6, 1), conv(6, 3, padding=same))",
            "add(conv(4, 3, stride=2, padding=1), maxpool(2, padding=same) -> conv(4, 1))",
            f"subtract({stay} -> dense(4), dense(4))",
            f"concat([in, {stay}, relu])",
        )

    def step(self, depth: int = 0) -> str:
        kind = self.number(0, 11 if depth < 2 else 3)
        if kind < 3:
            return self.chain()
        if kind == 3:
            return self.join()
        if kind == 4:
            return f"({self.pick(self.chain(), self.join())}) * {self.number(0, 3)}"
        if kind == 5:
            variable = "ijk"[depth]
            body = "\n".join([self.chain(f"2 * {variable}"), self.step(depth + 1)])
            return f"for {variable} in 1..{self.number(1, 3)} {{\n{body}\n}}"
        if kind == 6:
            return f"if in.channels == {2 * self.number(1, 4)} {{ {self.step(depth + 1)} }} else {{ {self.step(depth + 1)} }}"
        if kind == 7:
            return f"{self.chain()} if in.channels > {self.number(1, 8)} else {self.chain()}"
        if kind == 8 and self.blocks:
            return f"{self.pick(*self.blocks)}({2 * self.number(1, 3)})"
        if kind == 9 and depth == 0:
            name = f"e{self.fresh()}"
            return f"{self.chain()} as {name}\n{self.chain(strided=False)}\nconcat(in, {name})"
        if kind == 10:
            return f"{{\n{self.step(depth + 1)}\n}}"
        return self.chain(most=2)

    def block(self) -> str:
        name = f"block{len(self.blocks)}"
        text = f"block {name}(f, g=2) {{\n{self.chain('f')}\n{self.step(1)}\n{self.chain('2 * g')}\n}}"
        self.blocks.append(name)
        return text


@st.composite
def networks(draw: Draw) -> str:
    writer = Writer(draw, draw(st.sampled_from([1, 2, 2, 2, 3])))
    blocks = [writer.block() for _ in range(writer.number(0, 2))]
    sizes = "x".join(str(writer.number(1, {1: 20, 2: 10, 3: 5}[writer.rank])) for _ in range(writer.rank))
    steps = [writer.step() for _ in range(writer.number(1, 4))]
    head = writer.pick(
        "",
        "gap -> dense(3, softmax)",
        "flatten -> dense(3)",
        "concat(gap, gmp) -> dense(2)",
        "gmp as left\noutput left",
    )
    return "\n".join([*blocks, f"input {sizes}x{2 * writer.number(1, 2)}", *steps, head, ""])
