"""Specs made by chance: networks written anew, or seeds with a few things cut, doubled, swapped or put in."""

from __future__ import annotations

import re
from random import Random

from tests.fuzz import words
from tests.fuzz.seeds import seeds
from tests.fuzz.writer import Writer

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
        return "".join(
            [random.choice(words.TOKENS) + random.choice((" ", " ", "", "\n")) for _ in range(random.randint(0, 30))]
        )
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
        lines[at] += random.choice(
            ("  # note", " # cnnspec: ignore", " # cnnspec: ignore[E101, W201]", "  \\", ";", ",")
        )
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
        (
            text.replace("\n", "\r\n"),
            text.replace("\n", "\r"),
            "\ufeff" + text,
            text.replace("\n", " -> "),
            text + "  " * 200,
            text.rstrip("\n"),
        )
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


NESTS = (
    ("(", ")"), ("[", "]"), ("{ ", " }"), ("add(in, ", ")"), ("f(", ")"), ("-", ""), ("not ", ""), ("for i in 1..2 { ", " }"), ("if true { ", " }"),
    ("relu -> ", ""), ("1 + ", ""), ("2^", ""), ("in if true else ", ""), ("x[", "]"), ("dense(", ")"), ("relu * 2 * ", ""),
)  # fmt: skip


def nested(random: Random) -> str:
    """Much of one thing, inside or behind itself."""
    count = random.choice((3, 5, 10, 20, 40, 300))
    opened, closed = random.choice(NESTS)
    inner = random.choice(("relu", "1", "in", "", "x"))
    if random.random() < 0.2:
        chain = [
            f"a{i + 1} = {random.choice(('[a{0}, a{0}]', 'a{0} + a{0}', '{{ a{0} -> a{0} }}', 'a{0} * 2', '(a{0}, 1)')).format(i)}"
            for i in range(count)
        ]
        return (
            f"input 8x8x3\na0 = {random.choice(('1', '[1]', 'relu', '(1, 2)'))}\n" + "\n".join(chain) + f"\na{count}\n"
        )
    missing = random.choice((0, 0, 1, count))
    return "input 8x8x3\n" + opened * count + inner + closed * (count - missing)
