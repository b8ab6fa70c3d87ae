"""The source as it is being written: a function's lines and names, and what the names of the text mean there."""

from __future__ import annotations

import builtins
import keyword
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.trace import kids
from cnnspec.syntax import tree
from cnnspec.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnspec.compile.trace import Use

Lines = list[tuple[int, str]]  # with their depth
RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "keras", "layers", "math"}


class Differs(Exception):
    """The uses at hand need different source: no one piece serves them all."""


class NameMeaning:
    """The meaning of a name of the text in the source.

    kind: "value" (data), "tensor", "function" (called with a tensor), "block", "alias" (not in the source: the value
    is printed where the name is used), "inline" (a layer function, printed where the name is used).
    """

    def __init__(self, kind: str, text: str = "", value: Any = None) -> None:
        self.kind = kind
        self.text = text
        self.value = value


class NameScope:
    """The names bound in one body of the text, inside those of the bodies around it.

    `passing`: tensors that are named here belong to the body around it, as in a loop or a condition.
    """

    def __init__(self, parent: NameScope | None, passing: bool = False) -> None:
        self.parent = parent
        self.passing = passing
        self.names: dict[str, NameMeaning] = {}

    def find(self, name: str) -> NameMeaning | None:
        """The meaning of a name, here or in a body around this one."""
        env: NameScope | None = self
        while env is not None:
            if name in env.names:
                return env.names[name]
            env = env.parent
        return None

    def find_receiver(self) -> NameScope:
        """The names of the body to which a tensor that is named here belongs."""
        env = self
        while env.passing and env.parent is not None:
            env = env.parent
        return env


class Frame:
    """A function being written.

    Variables are of two kinds: `taken` stand for names of the text, `ours` are made up by the printer. `bound` are all
    names that the function's text binds, now or later: no variable of ours may be called so.
    """

    def __init__(self, outer: Frame | None, bound: Iterable[str] = ()) -> None:
        self.outer = outer
        self.bound = {escape_name(name) for name in bound}
        self.taken: set[str] = set()
        self.ours: set[str] = set()
        self.lines: Lines = []
        self.depth = 0
        self.main = False

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


class PrintPlace(Record):
    """Where the printers stand in text and source: the uses at hand, and the variable of the current tensor."""

    frame: Frame
    env: NameScope
    current: str
    uses: list[Use]

    def at(self, uses: list[Use], current: str | None = None, env: NameScope | None = None) -> PrintPlace:
        return PrintPlace(self.frame, env or self.env, self.current if current is None else current, uses)

    def values_of(self, node: tree.Node) -> list[Any]:
        """The values that an expression had in the uses at hand."""
        return [use.values[id(node)] for use in self.uses if id(node) in use.values]

    def uses_of(self, node: tree.Node) -> list[Use]:
        """The uses of a part of the text inside those at hand. Raises Differs where there are none."""
        found = kids(self.uses, node)
        if not found:
            raise Differs
        return found

    def turns_of(self, node: tree.Node) -> list[list[Use]]:
        """The uses of each turn of a loop. Raises Differs unless all uses at hand turn equally often."""
        found = [kids([use], node) for use in self.uses]
        if len({len(turns) for turns in found}) != 1:
            raise Differs
        return [list(turn) for turn in zip(*found, strict=True)]

    def store(self, text: str, target: str) -> str:
        """A variable that has an expression's value: the expression, if it is one, else `target`."""
        if is_variable(text):
            return text
        self.frame.assign(target, text)
        return target


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
    return re.fullmatch(r"\w+", text) is not None
