"""What everybody shares who has a part in building one network."""

from __future__ import annotations

from cnnspec.elaborate.arithmetic import Arithmetic
from cnnspec.elaborate.assumptions import Assumptions
from cnnspec.elaborate.dispatch import Dispatch, Work
from cnnspec.elaborate.evaluator import Evaluator
from cnnspec.elaborate.graph_builder import GraphBuilder
from cnnspec.elaborate.holes import Holes
from cnnspec.elaborate.names import Names, UnknownWords
from cnnspec.elaborate.observer import Observer
from cnnspec.elaborate.report import Report
from cnnspec.elaborate.shared_weights import SharedWeights
from cnnspec.graph import Graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.elaborate.attempt import Changing


class Building:
    """A network while it is built: its graph, and what is known of it so far. Each part knows those above it alone."""

    def __init__(self, name: str, max_layers: int, observer: Observer | None, holes: Holes | None = None) -> None:
        self.observer = observer or Observer()
        self.graph = Graph(name)
        self.assumptions = Assumptions(self.graph.assumptions)
        self.report = Report(self.assumptions)
        self.names = Names(self.report)
        self.words = UnknownWords(self.names)
        self.builder = GraphBuilder(self.graph, max_layers, self.names, self.observer)
        self.shared = SharedWeights(self.graph, self.report)
        self.work = Work(self.graph.nodes, self.report)
        self.arithmetic = Arithmetic(self.words)
        known = self.words, self.arithmetic, self.graph.nodes, self.observer, holes or Holes(None, {})
        if observer is None:
            self.dispatch = Dispatch(self.assumptions, self.work)
            self.evaluator = Evaluator(*known)
        else:
            from cnnspec.elaborate.watched import WatchedDispatch, WatchedEvaluator

            self.dispatch = WatchedDispatch(self.assumptions, self.work, observer)
            self.evaluator = WatchedEvaluator(*known)

    def changing(self) -> tuple[Changing, ...]:
        """The parts that change while the network is built."""
        return (
            self.assumptions, self.report, self.names, self.words, self.builder, self.shared, self.work, self.arithmetic
        )  # fmt: skip

    def continue_from(self, other: Building) -> None:
        """Report into one list with another, and look no near word up twice."""
        self.report.continue_from(other.report)
        self.words.continue_from(other.words)
