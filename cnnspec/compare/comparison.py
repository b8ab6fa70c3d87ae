"""Several networks, and the figures of each; every figure is the one that its own command has, computed when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from cnnspec.base.record import Record
from cnnspec.base.shell_words import quote_path
from cnnspec.compare.names import name_candidates
from cnnspec.cost import memory
from cnnspec.tables.rows import measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.cost.cost import CostQuestion
    from cnnspec.cost.memory import Memory
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.rows import ReceptiveField
    from cnnspec.train.runs.listing import Run


class Candidate(Record):
    """A network that is to be compared, the training that it comes from, and the names of the parameters that were given
    values for this."""

    network: AnalysedNetwork
    run: Run | None = None
    given: tuple[str, ...] = ()


class LeftOut(Record):
    """What was named and has no row, and why, as a sentence."""

    name: str
    why: str


class ComparedNetwork:
    """One network of a comparison: what it is called there, and its figures; None is unknown, or nothing that it has. What has to
    be worked out is, when it is first asked for.

    `figures` are those to judge its training by, the best epoch's, then the test's, and `epochs` those that are done; a network
    that comes from no training has none.
    """

    def __init__(self, name: str, candidate: Candidate, question: CostQuestion) -> None:
        network, run = candidate.network, candidate.run
        self.name, self.question, self.network, self.run = name, question, network, run
        self.facts, total = network.facts, network.facts.total
        self.layers, self.params, self.trainable_params = total.layers, total.parameters, total.trainable
        self.macs, self.flops = total.macs, total.flops
        self.output_shapes = tuple([network.graph.nodes[i].shape for i in network.graph.outputs])
        self.findings = len(network.diagnostics)
        self.epochs: int | None = None if run is None else run.record["epochs"]
        self.figures: dict[str, float] = {} if run is None else run.figures

    def _key(self) -> tuple[object, ...]:
        """What two equal ones agree in: the same network of the same text, asked the same."""
        network = self.network
        return (self.name, self.question, network.source, network.name, str(network.graph.parameters), self.run)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComparedNetwork) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self.name)

    # ---- what `expect` compares ------------------------------------------------------------------------------
    @property
    def depth(self) -> int | None:
        """The layers with weights on the longest way."""
        found: int | None = self.find_promised("depth")
        return found

    @property
    def lossless(self) -> bool | None:
        """Whether every position that carries data is read."""
        found: bool | None = self.find_promised("lossless")
        return found

    def find_promised(self, quantity: str) -> Any:
        from cnnspec.lint.budget import QUANTITIES

        measure, _ = QUANTITIES[quantity]
        figure = measure(self.facts, {})
        return None if figure is None else figure.values[0]

    # ---- rf's ------------------------------------------------------------------------------------------------
    @property
    def receptive_field(self) -> ReceptiveField | None:
        return measure_field(self.facts.receptive_field)

    @property
    def coverage(self) -> float | None:
        return self.facts.coverage

    # ---- cost's ----------------------------------------------------------------------------------------------
    @cached_property
    def inference(self) -> Memory:
        return memory.inference(self.facts, self.question.precision)

    @property
    def params_bytes(self) -> Dim | None:
        return self.inference.terms[0].bytes(self.question.batch)

    @property
    def peak_memory(self) -> Dim | None:
        """The most bytes of activations that are alive at once."""
        return self.inference.terms[1].bytes(self.question.batch)

    @property
    def inference_memory(self) -> Dim | None:
        return self.inference.bytes(self.question.batch)

    @cached_property
    def training_memory(self) -> Dim | None:
        """None, too, where the number format has no gradients."""
        asked = self.question
        if not asked.precision.trains:
            return None
        return memory.training(self.facts, asked.precision, asked.slots).bytes(asked.batch)

    @cached_property
    def seconds(self) -> float | None:
        """The time of a batch at least; None, too, without a device."""
        from cnnspec.cost import find_cost

        return None if self.question.device is None else find_cost(self.network, self.question).seconds

    # ---- lost's ----------------------------------------------------------------------------------------------
    @cached_property
    def waste(self) -> tuple[int | None, float | None]:
        """The MACs whose results are never read, and their share."""
        from cnnspec.lost import find_lost
        from cnnspec.lost.lost import waste_of_macs

        return waste_of_macs(self.facts, find_lost(self.network))

    @property
    def macs_lost(self) -> int | None:
        return self.waste[0]

    @property
    def macs_lost_share(self) -> float | None:
        return self.waste[1]


class Comparison(Record):
    """Networks in the order in which they were named, and what has no row."""

    networks: tuple[ComparedNetwork, ...]
    left_out: tuple[LeftOut, ...]


def compare_networks(
    candidates: Sequence[Candidate], ask: Callable[[AnalysedNetwork], CostQuestion], left_out: Sequence[LeftOut] = ()
) -> Comparison:
    """Networks side by side, each with a name of its own. `ask` is the question about the cost of each."""
    named = zip(name_candidates(candidates), candidates, strict=True)
    networks = tuple([ComparedNetwork(name, one, ask(one.network)) for name, one in named])
    return Comparison(networks, tuple(left_out))


def describe_mistakes(name: str, path: str) -> str:
    """Why a network with mistakes has no row."""
    return f"{name} has mistakes: `cnnspec check {quote_path(path)}` shows them"
