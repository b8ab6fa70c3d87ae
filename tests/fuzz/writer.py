"""Networks written by chance as the grammar has them, most of them right."""

from __future__ import annotations

from random import Random

from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.syntax.parse import parse
from tests.fuzz import words

SHAPES = (
    "nxnxc", "nxnxc", "nxmxc", "nxc", "n", "?x?xc", "SxSxc", "?xc", "nx?xc", "4x6x5xc", "HxWxc", "?x?x?xc",
)  # fmt: skip


class Writer:
    """Writes one network, mostly a right one, with all that the language has; `careful`, without odd values."""

    def __init__(self, random: Random, careful: bool = False) -> None:
        self.random, self.careful = random, careful
        self.names: list[str] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> str:
        if not self.careful and self.chance(0.04):
            return self.random.choice(words.EXTREMES)
        return str(self.random.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 12, 16)))

    def value(self) -> str:
        return self.number() if self.careful or self.chance(0.7) else self.random.choice(words.VALUES)

    def network(self) -> str:
        lines = []
        if self.chance(0.15):
            lines.append(f"block f(x=relu, n=2) {{\n{self.body(1)}\n}}")
            self.names.append("f")
        if self.chance(0.1):
            lines.append(f"n = {self.value()}")
        model = self.chance(0.15)
        if model:
            values = " in 1..8", " in [3, 4..16:4]", " in [relu, swish]", " in 8..1", "", ""
            lines.append(f"model M(n=3{'' if self.careful else self.random.choice(values)}, w=[1, 2] in 1..8:*2) {{")
        lines.append(self.input())
        lines.append(self.body(0))
        if self.chance(0.1) and self.names:
            lines.append(f"output {', '.join(self.random.sample(self.names, min(2, len(self.names))))}")
        if self.chance(0.15):
            lines.append(f"expect {', '.join(self.budget() for _ in range(self.random.randint(1, 3)))}")
        if self.chance(0.15):
            lines.append(self.train())
        if model:
            lines.append("}")
        return "\n".join(lines) + "\n"

    def input(self) -> str:
        size = self.random.choice((1, 8, 9, 12, 16, 28, 32, 33, 64, 224))
        channels = self.random.choice((1, 3, 4, 8))
        shape = (
            self.random.choice(SHAPES).replace("n", str(size)).replace("m", str(size + 3)).replace("c", str(channels))
        )
        if self.chance(0.02):
            shape = "x".join([self.number() for _ in range(self.random.randint(1, 4))])
        if not self.chance(0.12):
            return f"input {shape}"
        self.names += ["left", "right"]
        return f"input left {shape}\ninput right {shape}\nleft"

    def body(self, depth: int) -> str:
        return "\n".join([self.statement(depth) for _ in range(self.random.choice((1, 2, 3, 4, 6, 9)))])

    def statement(self, depth: int) -> str:
        way = self.random.random()
        if depth > 2 or way < 0.8:
            step = self.chain(depth)
            if not self.chance(0.1):
                return step
            self.names.append(f"t{len(self.names)}")
            return f"{step} as {self.names[-1]}"
        if way < 0.85:
            name = f"g{len(self.names)}"
            self.names.append(name)
            return f"{self.random.choice(('', '', 'shared '))}{name} = {self.chain(depth + 1)}\n{name}"
        if way < 0.9:
            head = self.random.choice(
                ("for i in 1..3", "for i in [1, 2]", "for a, i in [(1, 2), (3, 4)]", f"for i in 0..{self.number()}")
            )
            return f"{head} {{\n{self.body(depth + 1)}\n}}"
        if way < 0.95:
            return f"if {self.condition()} {{ {self.chain(depth + 1)} }} else {{ {self.chain(depth + 1)} }}"
        return self.random.choice(
            (
                f"expect({self.random.choice(words.SHAPES)})",
                f"k = {self.value()}",
                "# note",
                f"c = in.{self.random.choice(('channels', 'height', 'shape'))}",
            )
        )

    def condition(self) -> str:
        left = self.random.choice(("in.channels", "in.height", "1", "n", "in.shape[0]"))
        return f"{left} {self.random.choice(('==', '<', '>=', '!='))} {self.number()}"

    def chain(self, depth: int) -> str:
        return self.random.choice((" -> ", " -> ", " => ")).join(
            [self.stage(depth) for _ in range(self.random.choice((1, 1, 2, 3)))]
        )

    def stage(self, depth: int) -> str:
        way = self.random.random()
        if depth > 3 or way < 0.75:
            return self.layer()
        if way < 0.85:
            count = self.random.choice((1, 2, 2, 3))
            branches = [self.random.choice(("in", self.chain(depth + 1))) for _ in range(count)]
            return f"{self.random.choice(words.MERGES)}({', '.join(branches)})"
        if way < 0.9:
            return f"({self.chain(depth + 1)}) * {self.number()}"
        if way < 0.93:
            return f"{{ {self.chain(depth + 1)} }}"
        if way < 0.96:
            return f"({self.chain(depth + 1)} if {self.condition()} else {self.chain(depth + 1)})"
        return self.random.choice(self.names) if self.names else "in"

    def layer(self) -> str:
        name = self.random.choice(words.USUAL if self.chance(0.7) else words.LAYERS)
        arguments = []
        known = words.ARGUMENTS[name]
        if name in ("conv", "conv_transpose", "separable_conv"):
            arguments.append(self.number())
        if "kernel" in known:
            arguments.append(self.random.choice(("3x3", "3", "1x1", "5", "2", "2x2", self.number())))
        if "units" in known:
            arguments.append(self.number())
        if self.chance(0.3) and "padding" in known:
            arguments.append(f"padding={self.random.choice(words.PADDINGS[: 4 if self.careful else None])}")
        if self.chance(0.25) and "stride" in known:
            arguments.append(f"stride={self.random.choice(('2', '2', '3', '2x1', self.number()))}")
        if self.chance(0.2) and "activation" in known:
            arguments.append(f"activation={self.random.choice(words.FUNCTIONS)}")
        while self.chance(0.15) and known:
            arguments.append(f"{self.random.choice(known)}={self.value()}")
        if not arguments and known and self.chance(0.5):
            arguments.append(self.value())
        return f"{name}({', '.join(arguments)})" if arguments or self.chance(0.1) else name

    def budget(self) -> str:
        of = self.random.choice(words.BUDGETS)
        details = self.random.choice(("", "", "", "(batch=8)", "(dtype=int8)", "(optimizer=sgd)", f"({self.value()})"))
        return (
            f"{of}{details} {self.random.choice(('<', '<=', '>', '==', '>='))} {self.value()}"
            if not self.chance(0.1)
            else of
        )

    def train(self) -> str:
        lines = [
            f"{self.random.choice(words.TRAIN)} = {self.random.choice((self.value(), *self.random.sample(words.TRAINED, 3)))}"
            for _ in range(self.random.randint(0, 4))
        ]
        return "train {\n" + "\n".join(lines) + "\n}"


def sound(random: Random) -> str:
    """A network without mistakes, grown line by line: a line that would bring one is not taken."""
    writer = Writer(random, careful=True)
    text = writer.input() + "\n"
    for _ in range(random.choice((4, 8, 12, 20))):
        longer = text + writer.statement(random.choice((0, 0, 2))) + "\n"
        if without_mistake(longer):
            text = longer
    if random.random() < 0.3:
        text += f"expect {writer.budget()}\n"
    return text + writer.train() if random.random() < 0.15 else text


def without_mistake(text: str) -> bool:
    """Whether the networks of a text can be built, of few layers; yes too for one that kills, so that it is looked at."""
    tree = parse(Source("net.cnn", text))
    if tree.diagnostics:
        return False
    try:
        return not any(made.errors for made in elaborate(tree, lambda path: Source(path, ""), {}, 300))
    except Exception:
        return True
