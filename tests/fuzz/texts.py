"""Specs made by chance: written as the grammar has it, or seeds with a few things cut, doubled, swapped or put in."""

from __future__ import annotations

import re
from random import Random

from fuzz import words
from fuzz.seeds import seeds

TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:x\d+)*(?:\.\d+)?|->|=>|\s+|.", re.S)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
LONGEST = 4000  # characters of a text that has grown


def text_of(random: Random) -> str:
    """A spec, or what somebody might take for one."""
    way = random.random()
    if way < 0.5:
        return mutated(random, random.choice(seeds()))
    if way < 0.85:
        text = Writer(random).network()
        return mutated(random, text) if random.random() < 0.3 else text
    if way < 0.93:
        return spliced(random, random.choice(seeds()), random.choice(seeds()))
    if way < 0.99:
        return "".join([random.choice(words.TOKENS) + random.choice((" ", " ", "", "\n")) for _ in range(random.randint(0, 30))])
    return nested(random)


# ---- changing what is there --------------------------------------------------------------------------------
def mutated(random: Random, text: str) -> str:
    """A text with one to five things done to it."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        text = random.choice(MUTATIONS)(random, text)[:LONGEST]
    return text


def renumbered(random: Random, text: str) -> str:
    """One of its numbers is another."""
    found = list(NUMBER.finditer(text))
    if not found:
        return tokens_changed(random, text)
    place = random.choice(found)
    return text[: place.start()] + random.choice(words.EXTREMES + words.NUMBERS) + text[place.end() :]


def tokens_changed(random: Random, text: str) -> str:
    """Some of its tokens removed, doubled, moved, or replaced by others."""
    tokens = TOKEN.findall(text)
    if not tokens:
        return random.choice(words.TOKENS)
    at = random.randrange(len(tokens))
    end = at + random.choice((1, 1, 1, 2, 5))
    way = random.randrange(5)
    if way == 0:
        tokens[at:end] = []
    elif way == 1:
        tokens[at:at] = tokens[at:end]
    elif way == 2:
        tokens[at:end] = [random.choice(words.TOKENS)]
    elif way == 3:
        tokens[at:at] = [random.choice(words.TOKENS), " "]
    else:
        other = random.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]
    return "".join(tokens)


def lines_changed(random: Random, text: str) -> str:
    """One of its lines removed, doubled, moved, commented out, or put behind that of another text."""
    lines = text.split("\n")
    at = random.randrange(len(lines))
    way = random.randrange(5)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines[at:at] = [lines[at]] * random.choice((1, 1, 3, 20))
    elif way == 2:
        lines.insert(random.randrange(len(lines)), lines.pop(at))
    elif way == 3:
        lines[at] += random.choice(("  # note", " # cnnspec: ignore", " # cnnspec: ignore[E101, W201]", "  \\", ";", ","))
    else:
        lines[at:at] = random.choice(words.PASTED).split("\n")
    return "\n".join(lines)


def value_changed(random: Random, text: str) -> str:
    """An argument added to one of its calls, or given another value."""
    places = [m.end() for m in re.finditer(r"(?<=\w)\(|, ", text)]
    if not places:
        return tokens_changed(random, text)
    at = random.choice(places)
    value = random.choice(words.VALUES)
    if random.random() < 0.6:
        value = f"{random.choice(words.ARGUMENTS[random.choice(words.LAYERS)] or ('name',))}={value}"
    return f"{text[:at]}{value}, {text[at:]}"


def characters_changed(random: Random, text: str) -> str:
    """A character removed, or one put in that does not belong there; or the rest cut off."""
    at = random.randrange(len(text) + 1)
    way = random.randrange(4)
    if way == 0:
        return text[:at] + text[at + 1 :]
    if way == 1:
        return text[:at] + random.choice(words.STRANGE + words.SPACES) + text[at:]
    if way == 2:
        return text[:at] + random.choice(words.PIECES) + text[at:]
    return text[:at]


def spelled(random: Random, text: str) -> str:
    """Other line ends, a byte-order mark, a long line, or no line ends."""
    return random.choice(
        (text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\ufeff" + text, text.replace("\n", " -> "), text + "  " * 200, text.rstrip("\n"))
    )


def wrapped(random: Random, text: str) -> str:
    """Put into a model, a block, a loop, or behind more of itself."""
    around = ("model M(n=2) {{\n{}\n}}\n", "block f(x, n=1) {{\n{}\n}}\ninput 8x8x3\nf(relu)\n", "input 9x9x3\nfor i in 1..2 {{\n{}\n}}\n", "{0}\n{0}\n",
              "input 8x8x3\n({{ {} }}) * 2\n", "input 8x8x3\nadd(in, {{\n{}\n}})\n", "{}\ntrain {{ epochs = 3\n data = digits }}\n")  # fmt: skip
    return random.choice(around).format(text)


MUTATIONS = (
    renumbered, renumbered, renumbered, tokens_changed, tokens_changed, tokens_changed, lines_changed, lines_changed, value_changed,
    value_changed, characters_changed, spelled, wrapped,
)  # fmt: skip


def spliced(random: Random, one: str, other: str) -> str:
    """The beginning of a text and the end of another."""
    a, b = TOKEN.findall(one), TOKEN.findall(other)
    return "".join(a[: random.randint(0, len(a))] + b[random.randint(0, len(b)) :])[:LONGEST]


def nested(random: Random) -> str:
    """Much of one thing, inside or behind itself."""
    count = random.choice((3, 5, 10, 20, 40, 300))
    opened, closed = random.choice(
        (("(", ")"), ("[", "]"), ("{ ", " }"), ("add(in, ", ")"), ("f(", ")"), ("-", ""), ("not ", ""), ("for i in 1..2 { ", " }"), ("if true { ", " }"),
         ("relu -> ", ""), ("1 + ", ""), ("2^", ""), ("in if true else ", ""), ("x[", "]"), ("dense(", ")"), ("relu * 2 * ", ""))  # fmt: skip
    )
    inner = random.choice(("relu", "1", "in", "", "x"))
    if random.random() < 0.2:
        chain = [f"a{i + 1} = {random.choice(('[a{0}, a{0}]', 'a{0} + a{0}', '{{ a{0} -> a{0} }}', 'a{0} * 2', '(a{0}, 1)')).format(i)}" for i in range(count)]
        return f"input 8x8x3\na0 = {random.choice(('1', '[1]', 'relu', '(1, 2)'))}\n" + "\n".join(chain) + f"\na{count}\n"
    missing = random.choice((0, 0, 1, count))
    return "input 8x8x3\n" + opened * count + inner + closed * (count - missing)


# ---- writing a network ------------------------------------------------------------------------------------
class Writer:
    """Writes one network, mostly a right one, with all that the language has."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: list[str] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> str:
        if self.chance(0.04):
            return self.random.choice(words.EXTREMES)
        return str(self.random.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 12, 16)))

    def value(self) -> str:
        return self.number() if self.chance(0.7) else self.random.choice(words.VALUES)

    def network(self) -> str:
        lines = []
        if self.chance(0.15):
            lines.append(f"block f(x=relu, n=2) {{\n{self.body(1)}\n}}")
            self.names.append("f")
        if self.chance(0.1):
            lines.append(f"n = {self.value()}")
        model = self.chance(0.15)
        if model:
            lines.append("model M(n=3, w=[1, 2]) {")
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
        size = self.random.choice((1, 4, 8, 9, 12, 16, 28, 32, 33, 64, 224))
        channels = self.random.choice((1, 3, 4, 8))
        shape = self.random.choice(
            (f"{size}x{size}x{channels}", f"{size}x{size}x{channels}", f"{size}x{size + 3}x{channels}", f"{size}x{channels}", f"{size}", f"?x?x{channels}", f"SxSx{channels}",
             f"?x{channels}", f"{size}x?x{channels}", f"4x6x5x{channels}", f"HxWx{channels}", f"?x?x?x{channels}")  # fmt: skip
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
            head = self.random.choice(("for i in 1..3", "for i in [1, 2]", "for a, i in [(1, 2), (3, 4)]", f"for i in 0..{self.number()}"))
            return f"{head} {{\n{self.body(depth + 1)}\n}}"
        if way < 0.95:
            return f"if {self.condition()} {{ {self.chain(depth + 1)} }} else {{ {self.chain(depth + 1)} }}"
        return self.random.choice((f"expect({self.random.choice(words.SHAPES)})", f"k = {self.value()}", "# note", f"c = in.{self.random.choice(('channels', 'height', 'shape'))}"))

    def condition(self) -> str:
        left = self.random.choice(("in.channels", "in.height", "1", "n", "in.shape[0]"))
        return f"{left} {self.random.choice(('==', '<', '>=', '!='))} {self.number()}"

    def chain(self, depth: int) -> str:
        return self.random.choice((" -> ", " -> ", " => ")).join([self.stage(depth) for _ in range(self.random.choice((1, 1, 2, 3)))])

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
            arguments.append(f"padding={self.random.choice(words.PADDINGS)}")
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
        return f"{of}{details} {self.random.choice(('<', '<=', '>', '==', '>='))} {self.value()}" if not self.chance(0.1) else of

    def train(self) -> str:
        lines = [f"{self.random.choice(words.TRAIN)} = {self.random.choice((self.value(), *self.random.sample(words.TRAINED, 3)))}" for _ in range(self.random.randint(0, 4))]
        return "train {\n" + "\n".join(lines) + "\n}"
