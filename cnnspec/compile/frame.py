"""Where source is written to: a function's lines and the names it uses, and what the text's names mean in it."""

from __future__ import annotations

import builtins
import keyword
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.record import Record
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.compile.trace import Use

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
        self.used = False


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
        self.lines: list[tuple[int, str]] = []
        self.depth = 0
        self.main = False

    def is_taken(self, name: str) -> bool:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.taken:
                return True
            frame = frame.outer
        return False

    def fresh(self, base: str) -> str:
        """A variable of our own."""
        return self._first(base, lambda name: name in self.spoken or self.is_taken(name))

    def own(self, name: str) -> str:
        """A variable for a name of the text."""
        return self._first(escaped(name), self.is_taken)

    def _first(self, base: str, refused: Any) -> str:
        name, number = base, 2
        while name in RESERVED or refused(name):
            name, number = (f"{base}_{number}" if base[-1].isdigit() else f"{base}{number}"), number + 1
        self.taken.add(name)
        return name

    def release(self, name: str) -> None:
        self.taken.discard(name)

    def emit(self, text: str) -> None:
        self.lines.append((self.depth, text))

    def assign(self, target: str, text: str) -> None:
        if target != text:
            self.emit(f"{target} = {text}")

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
        lines, taken, depth = len(self.lines), set(self.taken), self.depth
        try:
            yield
        except Differs:
            del self.lines[lines:]
            self.taken, self.depth = taken, depth
            raise

    @contextmanager
    def aside(self) -> Iterator[list[tuple[int, str]]]:
        """What is written inside goes to a list of its own."""
        kept, self.lines = self.lines, []
        try:
            yield self.lines
        finally:
            self.lines = kept


class Place(Record):
    """Where in text and source the printer stands: the uses at hand, the current tensor's variable."""

    frame: Frame
    env: Env
    current: str
    uses: list[Use]

    def at(self, uses: list[Use], current: str | None = None, env: Env | None = None) -> Place:
        return Place(self.frame, env or self.env, self.current if current is None else current, uses)


def escaped(name: str) -> str:
    """A name of the text as a Python name that hides nothing."""
    if name.strip("_") == "":
        return "blank" + name
    return f"{name}_" if name in RESERVED or name == "model" else name


def spoken(body: tree.Node) -> list[str]:
    """The names that a body binds, those of its inner bodies too."""
    from cnnspec.elaborate.files import walk

    found: list[str] = []
    for node in walk(body):
        if isinstance(node, (tree.Naming, tree.Assign, tree.Shared, tree.Parameter)):
            found.append(node.name.text)
        elif isinstance(node, tree.Input) and node.name:
            found.append(node.name.text)
        elif isinstance(node, tree.Loop):
            found += [target.text for target in node.targets]
    return found


def is_variable(text: str) -> bool:
    return re.fullmatch(r"\w+", text) is not None
