"""What a rule is given: one network with everything known about it."""

from __future__ import annotations

from cnnspec.analyses.facts import Facts
from cnnspec.analyses.liveness import Liveness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.elaborate.graph import Graph, Setting
    from cnnspec.train.settings import TrainSettings


class Context:
    """A network under inspection: its graph, its facts, and its train section."""

    def __init__(
        self, graph: Graph, train: dict[str, Setting], broken: bool = False, settings: TrainSettings | None = None
    ) -> None:
        self.graph = graph
        self.broken = broken  # whether something in the text could not be understood
        self.train = train
        self.settings = settings  # what the train section says, resolved; None without one
        self.facts = Facts(graph)
        self._liveness: Liveness | None = None
        self._readers: list[list[int]] | None = None

    @property
    def liveness(self) -> Liveness:
        if self._liveness is None:
            self._liveness = Liveness(self.graph, self.facts.shapes)
        return self._liveness

    @property
    def readers(self) -> list[list[int]]:
        """For each node the indices of the nodes that read it."""
        if self._readers is None:
            self._readers = self.graph.consumers()
        return self._readers
