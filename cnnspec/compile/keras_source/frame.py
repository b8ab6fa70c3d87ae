"""Where source is written to: a function's lines and the names it uses, and what the text's names mean in it."""

from __future__ import annotations

import builtins
import keyword
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.syntax import tree
from cnnspec.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnspec.compile.trace import Use

Lines = list[tuple[int, str]]  # with their depth
RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "keras", "layers", "math"}


class Differs(Exception):
    """No one piece of source serves all the uses at hand."""


class Binding:
    """What a name of the text is in the source.

    kind: "value" (data), "tensor", "function" (called with a tensor), "block", "alias" (nothing in the source: its
    value is printed where it is used), "inline" (a layer function whose text is printed where it is used).
    """

    def __init__(self, kind: str, text: str = "", value: Any = None) -> None:
        self.kind = kind
        self.text = text
        self.value = value


class Env:
    """Names bound in one body of the text; looks outward for the rest. A loop's passes its tensors on."""

    def __init__(self, parent: Env | None, passing: bool = False) -> None:
        self.parent = parent
        self.passing = passing
        self.names: dict[str, Binding] = {}

    def find(self, name: str) -> Binding | None:
        env: Env | None = self
        while env is not None:
            if name in env.names:
                return env.names[name]
            env = env.parent
        return None

    def receiver(self) -> Env:
        """The body that learns of a tensor named here."""
        env = self
        while env.passing and env.parent is not None:
            env = env.parent
        return env


class Frame:
    """A function being written. `spoken` are the names that its text binds: ours keep out of their way."""

    def __init__(self, outer: Frame | None, spoken: Iterable[str] = ()) -> None:
        self.outer = outer
        self.spoken = {escaped(name) for name in spoken}
        self.taken: set[str] = set()
        self.ours: set[str] = set()
        self.lines: Lines = []
        self.depth = 0
        self.main = False

    def outward(self) -> Iterator[Frame]:
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer

    def fresh(self, base: str) -> str:
        """A variable of our own. It may hide one of ours in a function outside: those are never read from inside."""
        name = unused(base, lambda n: n in self.ours or any(n in f.spoken or n in f.taken for f in self.outward()))
        self.ours.add(name)
        return name

    def own(self, name: str) -> str:
        """A variable for a name of the text."""
        name = unused(escaped(name), lambda n: n in self.ours or any(n in f.taken for f in self.outward()))
        self.taken.add(name)
        return name

    def release(self, name: str) -> None:
        self.taken.discard(name)
        self.ours.discard(name)

    def emit(self, text: str) -> None:
        self.lines.append((self.depth, text))

    def assign(self, target: str, text: str) -> None:
        if text and target != text:
            self.emit(f"{target} = {text}")

    def paste(self, lines: Lines) -> None:
        """Lines of another frame, as deep as this one stands."""
        self.lines += [(self.depth + depth, text) for depth, text in lines]

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """An indented block; without lines in it, `pass` stands for them."""
        self.emit(header)
        before = len(self.lines)
        self.depth += 1
        try:
            yield
            if len(self.lines) == before:
                self.emit("pass")
        finally:
            self.depth -= 1

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is written inside is taken back when it fails."""
        lines, taken, ours, depth = len(self.lines), set(self.taken), set(self.ours), self.depth
        try:
            yield
        except Differs:
            del self.lines[lines:]
            self.taken, self.ours, self.depth = taken, ours, depth
            raise


class Place(Record):
    """Where in text and source the printer stands: the uses at hand, the current tensor's variable."""

    frame: Frame
    env: Env
    current: str
    uses: list[Use]

    def at(self, uses: list[Use], current: str | None = None, env: Env | None = None) -> Place:
        return Place(self.frame, env or self.env, self.current if current is None else current, uses)


def returning(lines: Lines, text: str, depth: int) -> Lines:
    """The lines of a function that returns an expression; where `if` and `else` both make it, each returns its own."""
    head = f"{text} = "
    split = next((i for i in range(len(lines) - 1, -1, -1) if lines[i][0] == depth), 0)
    if is_variable(text) and split and lines[split] == (depth, "else:"):
        first = next(i for i in range(split - 1, -1, -1) if lines[i][0] == depth)
        ends = (split - 1, len(lines) - 1)
        if lines[first][1].startswith("if ") and all(
            lines[i][0] == depth + 1 and lines[i][1].startswith(head) for i in ends
        ):
            then, otherwise = [(depth + 1, f"return {lines[i][1].removeprefix(head)}") for i in ends]
            outdented = [(d - 1, line) for d, line in [*lines[split + 1 : -1], otherwise]]
            return [*lines[: split - 1], then, *outdented]
    return [*lines, (depth, f"return {text}")]


def unused(base: str, is_refused: Callable[[str], bool]) -> str:
    """The first of base, base2, base3, … that is not refused."""
    name, number = base, 2
    while name in RESERVED or is_refused(name):
        name, number = (f"{base}_{number}" if base[-1].isdigit() else f"{base}{number}"), number + 1
    return name


def escaped(name: str) -> str:
    """A name of the text as a Python name that hides nothing."""
    if name.strip("_") == "":
        return "blank" + name
    return f"{name}_" if name in RESERVED or name == "model" else name


def spoken(body: tree.Node) -> list[str]:
    """The names that a body binds, those of its inner bodies too."""
    found: list[tree.Name | None] = []
    for node in walk(body):
        if isinstance(node, (tree.Naming, tree.Assign, tree.Shared, tree.Parameter, tree.Input)):
            found.append(node.name)
        elif isinstance(node, tree.Loop):
            found += node.targets
    return [name.text for name in found if name is not None]


def is_variable(text: str) -> bool:
    return re.fullmatch(r"\w+", text) is not None
