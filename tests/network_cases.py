"""Random networks as spec text: residual, dense, inception-like, of several scales, and all of them mixed.

Everything keeps its size or divides it by a stride with padding=same, so that every text is legal; channels are even,
and read from the tensor (`in.channels`) where two branches must agree, as are sizes (`in.height`).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Writer:
    """Draws steps. `rank` is the input's; `blocks` are the names of the blocks that stand above."""

    def __init__(self, random: Random, rank: int) -> None:
        self.random, self.rank = random, rank
        self.blocks: list[str] = []
        self.names = 0

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def fresh(self) -> int:
        self.names += 1
        return self.names

    # ---- pieces --------------------------------------------------------------------------------------------
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
            "channel_shuffle(2)", "glu -> concat(in, in)", f"conv({f}, {k}, padding=same, trainable=false)",
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

    def cut(self, name: str) -> str:
        """The tensor cut to the size of the one called `name`, which it exceeds by less than a stride."""
        return f"crop(({', '.join(f'(0, in.{a} - {name}.{a})' for a in AXES[self.rank])},))"

    # ---- networks of one kind ------------------------------------------------------------------------------
    def residual(self) -> str:
        """y = x + F(x), with the shortcut as it is, projected, or strided (He et al. 2015); or gated."""
        stay, f = self.chain(strided=False), 2 * self.number(1, 4)
        return self.pick(
            f"add(in, {{\nc{self.fresh()} = in.channels\n{stay} -> conv(c{self.names}, 1)\n}})",
            f"add(conv({f}, 1), {stay} -> conv({f}, 3, padding=same) -> layer_scale(0.1) -> stochastic_depth(0.1)) -> relu",
            f"add(conv({f}, 1, stride=2), conv({f}, 3, stride=2, padding=same) -> bn)",
            "multiply(in, gap(keepdims=true) -> conv(in.channels, 1, activation=sigmoid))",
            f"subtract({stay} -> dense(4), dense(4))",
        )

    def dense(self) -> str:
        """Each layer is joined to all before it, and a transition thins them out (Huang et al. 2016)."""
        joined = self.pick(
            f"concat(in, {self.chain(strided=False)})", f"concat([in, {self.layer(strided=False)}, relu])"
        )
        thin = self.pick("", f" -> conv({2 * self.number(1, 4)}, 1) -> avgpool(2, padding=same)")
        return f"({joined}) * {self.number(1, 3)}{thin}"

    def inception(self) -> str:
        """Branches side by side, of other widths, kernels and pools (Szegedy et al. 2014)."""
        branches = [self.chain(strided=False, most=2) for _ in range(self.number(1, 2))]
        return self.pick(
            f"concat(in, {', '.join(branches)}, maxpool(3, stride=1, padding=same) -> conv(4, 1))",
            f"average({branches[0]} -> conv(6, 1), conv(6, 3, padding=same))",
            f"concat(conv(4, 3, stride=2, padding=1), {branches[0]} -> maxpool(2, padding=same), avgpool(2, padding=same))",
        )

    def scales(self, depth: int = 0) -> str:
        """Down, and up again to join what was left behind (Ronneberger et al. 2015), or all scales side by side."""
        name, f = f"s{self.fresh()}", 2 * self.number(1, 3)
        down = self.pick("maxpool(2, padding=same)", f"conv({f}, 3, stride=2, padding=same)")
        inner = self.scales(depth + 1) if depth < 2 and self.number(0, 2) == 0 else self.chain(strided=False, most=2)
        up = self.pick("upsample(2)", f"conv_transpose({f}, 2, stride=2)")
        join = self.pick(f"concat(in, {name})", f"add(conv({f}, 1), {name} -> conv({f}, 1))")
        return f"{{\n{self.layer(strided=False)} as {name}\n{down}\n{inner}\n{up}\n{self.cut(name)} -> {join}\n}}"

    def join(self) -> str:
        """A step that branches and merges."""
        return self.random.choice([self.residual, self.dense, self.inception, self.scales])()

    # ---- everything, put together --------------------------------------------------------------------------
    def step(self, depth: int = 0) -> str:
        kind = self.number(0, 12 if depth < 2 else 3)
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
        if kind == 11 and depth == 0:
            name = f"t{self.fresh()}"
            return f"shared {name} = {{ {self.chain()} }}\nconcat({name}, relu -> {name})"
        return self.chain(most=2)

    def block(self) -> str:
        name = f"block{len(self.blocks)}"
        text = f"block {name}(f, g=2) {{\n{self.chain('f')}\n{self.step(1)}\n{self.chain('2 * g')}\n}}"
        self.blocks.append(name)
        return text


KINDS: dict[str, Callable[[Writer], str]] = {
    "residual": Writer.residual,
    "dense": Writer.dense,
    "inception": Writer.inception,
    "several scales": Writer.scales,
    "mixed": Writer.step,
}
HEADS = (
    "", "gap -> dense(3, softmax)", "flatten -> dense(3)", "concat(gap, gmp) -> dense(2)", "gmp as left\noutput left",
    "conv(2, 1) as map\ngap -> dense(3) as label\noutput map, label",
)  # fmt: skip


def network(random: Random, kind: str = "mixed", rank: int = 0, headless: bool = False) -> str:
    """A whole network: blocks, one or two inputs, steps of a kind among any others, a head. `rank` 0 is any."""
    writer = Writer(random, rank or random.choice([1, 2, 2, 2, 3]))
    blocks = [writer.block() for _ in range(writer.number(0, 2))] if kind == "mixed" else []
    sizes = "x".join(str(writer.number(1, {1: 20, 2: 10, 3: 5}[writer.rank])) for _ in range(writer.rank))
    inputs = [f"input {sizes}x{2 * writer.number(1, 2)}"]
    if writer.number(0, 7) == 0:
        inputs = [f"input other {sizes}x2", *inputs, "concat(in, other)"]
    steps = [KINDS[kind](writer) for _ in range(writer.number(1, 4 if kind == "mixed" else 2))]
    if kind != "mixed":
        steps.insert(writer.number(0, len(steps)), writer.chain())
    return "\n".join([*blocks, *inputs, *steps, "" if headless else writer.pick(*HEADS), ""])


def networks() -> st.SearchStrategy[str]:
    return st.randoms(use_true_random=False).map(network)
