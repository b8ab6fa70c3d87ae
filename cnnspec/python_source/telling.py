"""Which of what the rules find in a network is told, and in which words.

Nothing is told of what is not known, nor of what a library makes of its own, which nobody who uses it can change: of that
the size of the images may be at fault, which the source chooses. It is told where the library is called.
"""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.index import SIZED
from cnnspec.lint.keras_words import say_in_keras
from cnnspec.python_source.borrowed import find_own_site, has_usual_size, hide, list_borrowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.graph import Graph
    from cnnspec.lint.ignores import Hiding
    from cnnspec.python_source.found import PythonNetwork

    Watch = Callable[[Graph, list[Diagnostic]], None]

ADVICE = "give it images of another size: `cnnspec sizes` lists those that fit"


class Telling:
    """What of one network's findings is told."""

    def __init__(self, made: PythonNetwork, context: Context, hiding: Hiding) -> None:
        self.made, self.context, self.hiding, self.graph = made, context, hiding, made.graph
        self.borrowed = list_borrowed(made.graph)

    def make_watch(self, watch: Watch) -> Callable[[list[Diagnostic]], None]:
        return partial(self._watch, watch)

    def _watch(self, watch: Watch, found: list[Diagnostic]) -> None:
        watch(self.graph, self.choose(found))

    def choose(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those that are told, as they are told."""
        own = self._choose_own(found) if self.borrowed else found
        known = [d for d in own if self.made.doubtful.isdisjoint(d.nodes)]
        return self.hiding.visible([say_in_keras(d, self.graph) for d in known])

    # ---- what a library makes ------------------------------------------------------------------------------
    def _choose_own(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those that are not about the inside of a library's model. Of what is found there and elsewhere together, what is found
        elsewhere alone."""
        own: list[Diagnostic] = []
        mixed: set[str] = set()
        for diagnostic in found:
            about, there = self._list_nodes(diagnostic), self._find_place(diagnostic)
            if not there:
                own.append(diagnostic)
            elif about - self.borrowed:
                mixed.add(diagnostic.code)
            elif diagnostic.code in SIZED and not has_usual_size(self.graph, self.graph.nodes[there[0]].written.module):
                own.append(self._move(diagnostic, there[0]))
        if mixed:
            context = Context(hide(self.graph, self.borrowed), self.made.train, True, self.context.settings)
            own += [d for d in rules.check(context, mixed) if d.code in mixed and not self._find_place(d)]
        return own

    def _list_nodes(self, found: Diagnostic) -> set[int]:
        """The nodes that a finding is about."""
        return {*found.nodes} or {*self._find_place(found)}

    def _find_place(self, found: Diagnostic) -> list[int]:
        """The nodes of a library's that are made where a finding stands."""
        at = found.span
        if at is None:
            return []
        nodes = [self.graph.nodes[index] for index in sorted(self.borrowed)]
        return [
            node.index
            for node in nodes
            if node.written.source == at.source and node.written.node.start <= at.start < node.written.node.end
        ]

    def _move(self, found: Diagnostic, index: int) -> Diagnostic:
        """A finding told where the library is called."""
        site = find_own_site(self.graph.nodes[index].written)
        if site.module:  # the model as a whole is the library's
            site = self.made.site
        return found.replace(span=site.span, help=ADVICE, nodes=(), notes=())
