"""What a rule is given: one network with everything known about it."""

from __future__ import annotations

from cnnspec.base.limits import TooLong
from cnnspec.facts.facts import Facts
from cnnspec.facts.field_lengths import find_lengths
from cnnspec.facts.liveness import Liveness, reaches_of
from cnnspec.layers.window import UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.field_lengths import Length
    from cnnspec.facts.geometry import Geometry
    from cnnspec.facts.what_if import WhatIf
    from cnnspec.graph import Graph, Setting
    from cnnspec.layers.window import Reach
    from cnnspec.lint.sliding_layers import Sliding
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
        self._too_long = False  # whether the liveness could not be worked out
        self._readers: list[list[int]] | None = None
        self._geometry: Geometry | None = None
        self._reaches: list[tuple[Reach, ...] | None] | None = None
        self._lengths: list[tuple[Length, ...] | None] | None = None
        self._measured = False
        self._what_if: WhatIf | None = None
        self._sliding: list[Sliding] | None = None

    @property
    def liveness(self) -> Liveness:
        if self._too_long:
            raise TooLong
        if self._liveness is None:
            self._too_long = True
            self._liveness = Liveness(self.graph, self.facts.shapes)
            self._too_long = False
        return self._liveness

    @property
    def readers(self) -> list[list[int]]:
        """For each node the indices of the nodes that read it."""
        if self._readers is None:
            self._readers = self.graph.consumers()
        return self._readers

    @property
    def reaches(self) -> list[tuple[Reach, ...] | None]:
        """What every node reads along each axis, but for its statistics; None for everything."""
        if self._reaches is None:
            self._reaches = reaches_of(self.graph, self.facts.shapes, untraced=UNTRACED)
        return self._reaches

    @property
    def lengths(self) -> list[tuple[Length, ...] | None] | None:
        if not self._measured:
            self._measured, self._lengths = True, find_lengths(self.graph, self.facts.shapes, self.reaches)
        return self._lengths

    @property
    def geometry(self) -> Geometry:
        if self._geometry is None:
            from cnnspec.facts.geometry import Geometry

            self._geometry = Geometry(self.facts)
        return self._geometry

    @property
    def sliding(self) -> list[Sliding]:
        """Its convolutions and pools, for rules of thumb about them."""
        if self._sliding is None:
            from cnnspec.lint.sliding_layers import sliding

            self._sliding = sliding(self.facts)
        return self._sliding

    @property
    def what_if(self) -> WhatIf:
        if self._what_if is None:
            from cnnspec.facts.what_if import WhatIf

            self._what_if = WhatIf(self.graph)
        return self._what_if
