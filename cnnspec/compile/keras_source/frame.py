"""A Python function as it is being written: its lines and its variables."""

from __future__ import annotations

import builtins
import keyword
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cnnspec.syntax import tree
from cnnspec.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Lines = list[tuple[int, str]]  # with their depth
RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "keras", "layers", "math", "np"}


class Differs(Exception):
    """The uses at hand need different source: no one piece serves them all."""


class Frame:
    """A function being written, inside the function `outer`; the module counts as one. `is_main`: the network's own.

    Variables are of two kinds: `taken` stand for names of the text, `ours` are made up by the printer. `bound` are all
    names that the function's text binds, now or later: no variable of ours may be called so.
    """

    def __init__(self, outer: Frame | None, bound: Iterable[str] = (), depth: int = 0, is_main: bool = False) -> None:
        self.outer, self.depth, self.is_main = outer, depth, is_main
        self.bound = {escape_name(name) for name in bound}
        self.taken: set[str] = set()
        self.ours: set[str] = set()
        self.lines: Lines = []

    def walk_outward(self) -> Iterator[Frame]:
        """This function, and those around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer

    def make_variable(self, base: str) -> str:
        """A variable of ours. It may hide one of ours in a function outside: those are never read from inside."""
        name = find_unused(
            base, lambda n: n in self.ours or any(n in f.bound or n in f.taken for f in self.walk_outward())
        )
        self.ours.add(name)
        return name

    def take_variable(self, name: str) -> str:
        """A variable for a name of the text."""
        name = find_unused(
            escape_name(name), lambda n: n in self.ours or any(n in f.taken for f in self.walk_outward())
        )
        self.taken.add(name)
        return name

    def release_variable(self, name: str) -> None:
        """Make a variable free to be taken again."""
        self.taken.discard(name)
        self.ours.discard(name)

    def emit(self, text: str) -> None:
        """Write a line."""
        self.lines.append((self.depth, text))

    def assign(self, target: str, text: str) -> None:
        """Write an assignment, unless it would change nothing."""
        if text and target != text:
            self.emit(f"{target} = {text}")

    def emit_all(self, lines: Lines) -> None:
        """Write lines of another frame, as deep as this one stands."""
        self.lines += [(self.depth + depth, text) for depth, text in lines]

    @contextmanager
    def indented(self, header: str) -> Iterator[None]:
        """A block of Python: what is written inside is indented; `pass` where nothing is."""
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
        """What is written inside is taken back when it raises Differs."""
        before = self.state()
        try:
            yield
        except Differs:
            self.restore(before)
            raise

    def state(self) -> tuple[int, set[str], set[str], int]:
        """How far the function is written; for `restore`."""
        return len(self.lines), set(self.taken), set(self.ours), self.depth

    def restore(self, state: tuple[int, set[str], set[str], int]) -> None:
        """Take back everything that was written since `state`."""
        length, self.taken, self.ours, self.depth = state
        del self.lines[length:]


def add_return(lines: Lines, text: str, depth: int) -> Lines:
    """The lines of a function, and behind them the return of an expression; `if` and `else` each return their own."""
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


def find_unused(base: str, is_refused: Callable[[str], bool]) -> str:
    """The first of base, base2, base3, … that is not refused."""
    name, number = base, 2
    while name in RESERVED or is_refused(name):
        name, number = (f"{base}_{number}" if base[-1].isdigit() else f"{base}{number}"), number + 1
    return name


def escape_name(name: str) -> str:
    """A name of the text as a Python name that hides no word of Python, Keras or the module."""
    if name.strip("_") == "":
        return "blank" + name
    return f"{name}_" if name in RESERVED or name == "model" else name


def find_bound_names(body: tree.Node) -> list[str]:
    """The names that a body binds, and those that the bodies inside it bind."""
    found: list[tree.Name | None] = []
    for node in walk(body):
        if isinstance(node, (tree.Naming, tree.Assign, tree.Shared, tree.Parameter, tree.Input)):
            found.append(node.name)
        elif isinstance(node, tree.Loop):
            found += node.targets
    return [name.text for name in found if name is not None]


def is_variable(text: str) -> bool:
    """Whether an expression is a variable by itself."""
    return re.fullmatch(r"\w+", text) is not None
