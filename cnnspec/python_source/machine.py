"""The machine that reads a Python source: it follows statements as Python would, and runs nothing.

`Machine` is what all rooms share: where we are, what there is, what is found. The interpreter (`interpreter/`) moves it on.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, Diagnostic, Note
from cnnspec.base.source import brief
from cnnspec.elaborate.report import trail
from cnnspec.graph import PathStep, Site
from cnnspec.python_source.borrowed import find_own_site
from cnnspec.python_source.interpreter.interpreter import Interpreter
from cnnspec.python_source.libraries import Libraries, load_libraries, name_canonically
from cnnspec.python_source.tape import Tape
from cnnspec.python_source.values import Call, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.base.source import Source
    from cnnspec.python_source.interpreter.objects import InstanceValue
    from cnnspec.python_source.written import Written

MOST_MISTAKES = 100


class Machine:
    """`models` are the model values (keras/) in the order in which the source makes them; `unknowns` all that could not be
    known, once for each cause; `found` the mistakes."""

    def __init__(self) -> None:
        self.libraries: Libraries = load_libraries()
        self.tape = Tape()
        self.models: list[Any] = []
        self.unknowns: dict[tuple[str, int, str], Unknown] = {}
        self.found: list[Diagnostic] = []
        self.written: Written  # of the text that is being read
        self.path: PathStep | None = None  # the calls and turns of loops that led here
        self.borrowed = ""  # the library's function whose source is followed,
        self.borrower: Source | None = None  # and the text that calls it
        self.interpreter = Interpreter(self)
        self.tracing = (
            0  # how many calls of a layer's own function we are in, where tensors are TensorFlow's, not Keras's
        )
        self.channels_first = False  # whether images are, where a layer does not say
        self._seen: set[tuple[Any, ...]] = set()

    # ---- places --------------------------------------------------------------------------------------------
    def make_site(self, node: ast.AST) -> Site:
        """Where a node stands, and what led there."""
        source = self.written.source
        return Site(
            source, self.written.make_node(node), self.path, module="" if source is self.borrower else self.borrowed
        )

    # ---- what is not known, and what is wrong ------------------------------------------------------------------
    def make_unknown(self, reason: str, node: ast.AST) -> Unknown:
        """A new unknown, for a cause that is told with --explain-unknown."""
        return self.note_unknown(reason, self.make_site(node))

    def note_unknown(self, reason: str, site: Site) -> Unknown:
        """The same, at a site."""
        return self.unknowns.setdefault((site.source.name, site.node.start, reason), Unknown(reason, site))

    def report(
        self, code: str, message: str, site: Site, stretch: tuple[int, int] | None = None, help: str = "",
        notes: tuple[Note, ...] = (), raises: tuple[str, ...] = ("ValueError",),
    ) -> None:  # fmt: skip
        """Report a mistake at a site, or at a stretch of its text (an argument), once, with what led there. Never call it
        where anything that it rests on is unknown. Nothing is reported of what is only perhaps run, nor where the source catches
        what is raised, exceptions of these classes: there it is raised."""
        for kind in raises:
            self.interpreter.raise_if_caught(kind)
        if self.doubt:
            return
        if site.module:  # what is found in a library is told where it is called
            site, stretch, notes, help = find_own_site(site), None, (), ""
        start, end = stretch or (site.node.start, site.node.end)
        key = code, site.source.name, start, message
        if key in self._seen or len(self.found) >= MOST_MISTAKES:
            return
        self._seen.add(key)
        span = site.span.replace(start=start, end=end)
        self.found.append(
            Diagnostic(code, brief(message), span, brief(help), (*notes, *trail(site, turns=True)), ERROR)
        )

    def find_mistakes(self, step: Callable[[], object]) -> tuple[Diagnostic, ...]:
        """The mistakes that a step makes; none of them is reported."""
        found, seen = self.found, self._seen
        self.found, self._seen = [], set()
        try:
            step()
            return tuple(self.found)
        finally:
            self.found, self._seen = found, seen

    # ---- what the interpreter answers (interpreter/) -----------------------------------------------------------
    def call(self, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST) -> Any:
        """The value of a call: of a function of the source, of a library, of a value."""
        return self.interpreter.call_value(function, Call(self, node, tuple(arguments), dict(keywords)))

    def call_method(
        self, instance: InstanceValue, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST
    ) -> Any:  # fmt: skip
        """The value of a method that the source's class of an instance has; NotImplemented where it has none."""
        if instance.class_value.find_method(name) is None:
            return NotImplemented
        return self.call(self.get_attribute(instance, name, node), arguments, keywords, node)

    def get_attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        """value.name, of any value."""
        return self.interpreter.get_attribute(value, name, node)

    def find_of_library(self, name: str, node: ast.AST, raises: str) -> Any:
        """The value of a library's name that stands in the source; of one that the library surely lacks, which is reported, an
        unknown. `raises`: what Python raises there."""
        name = name_canonically(name)
        if self.libraries.lacks(name, self, node, raises):
            return self.make_unknown(f"there is no {name}", node)
        return self.libraries.find(name)

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST) -> None:
        """value.name = new"""
        if isinstance(value, Value):
            value.set_attribute(name, new, self, node)

    def get_item(self, value: Any, key: Any, node: ast.AST) -> Any:
        """value[key]"""
        return self.interpreter.get_item(value, key, node)

    def compute(self, operator: str, left: Any, right: Any, node: ast.AST) -> Any:
        """left operator right; see `Value.compute`."""
        return self.interpreter.compute(operator, left, right, node)

    def list_items(self, value: Any, node: ast.AST) -> list[Any] | None:
        """What a loop over a value meets; None: unknown."""
        return self.interpreter.list_items(value, node)

    def find_truth(self, value: Any) -> bool | None:
        """bool() of a value; None: unknown."""
        return self.interpreter.find_truth(value)

    # ---- what is only perhaps run ------------------------------------------------------------------------------
    @property
    def doubt(self) -> tuple[int, ...]:
        """The conditions that are not known, under which what is followed now stands, by their numbers, the outermost
        first. What was made in doubt D and is changed in doubt E is still known where E begins with nothing but D."""
        return tuple(self.interpreter.doubts.open)

    def note_change(self, container: list[Any] | dict[Any, Any] | set[Any]) -> None:
        """A list, dict or set of the source is about to be changed. Whoever changes one says so first, so that the change
        can be taken back where it is only perhaps made."""
        self.interpreter.journal.note(container)

    def forget(self, container: list[Any] | dict[Any, Any] | set[Any], unknown: Unknown) -> None:
        """From now on nothing is known of what is in a list, dict or set of the source."""
        self.interpreter.journal.taint(container, unknown)
