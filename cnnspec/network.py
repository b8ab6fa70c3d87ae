"""A network and everything that is known about it: what an analysis comes to, and what every room is asked about."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import ERROR
from cnnspec.base.record import Record
from cnnspec.base.shell_words import quote_path
from cnnspec.facts.facts import Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Source
    from cnnspec.elaborate.block_calls import CalledBlock
    from cnnspec.graph import Graph, Setting
    from cnnspec.syntax.tree import Model, Tree
    from cnnspec.train.settings import TrainSettings


class AnalysedNetwork(Record):
    """One network, analysed. `diagnostics` are those of its file's text and its own, in the order of the text.

    `broken`: something is wrong, or assumed. What is well defined and Keras cannot compute is not broken: whoever makes a
    Keras model asks for that (`find_keras_problems`).
    """

    name: str
    source: Source
    tree: Tree
    graph: Graph
    facts: Facts
    train: dict[str, Setting]
    diagnostics: tuple[Diagnostic, ...]
    item: Model | None
    broken: bool
    settings: TrainSettings | None = None  # what its train section says; None without one
    whole: bool = True  # whether all of it is known; of a Python source it may not be

    @property
    def has_text(self) -> bool:
        """Whether its layers stand in texts; those of a model file do not. Those of a notebook stand in its cells."""
        return bool(self.source.text) or self.source.is_python

    @property
    def in_spec(self) -> bool:
        """Whether it stands in a spec, and not in a Python source or a model file."""
        return self.has_text and not self.source.is_python

    @property
    def unknown(self) -> list[int]:
        """The nodes of which not even the layer is known."""
        return [node.index for node in self.graph.nodes if node.layer is None and node.index not in self.graph.inputs]

    @property
    def has_errors(self) -> bool:
        """Whether errors are found in it, or in the text of its file."""
        return any([found.severity == ERROR for found in self.diagnostics])

    @property
    def trouble(self) -> str:
        """What keeps it from being computed, as a sentence goes on behind its name; "" where nothing does."""
        if not self.broken or self.whole or self.has_errors:
            return "has mistakes: mend them first, `cnnspec check` shows them" if self.broken else ""
        what = count_nouns(len(self.unknown), "layer") if self.unknown else "sizes"
        return f"has {what} that could not be known: `cnnspec check {quote_path(self.source.name)} --explain-unknown` says why"

    def certain(self) -> AnalysedNetwork:
        """The network as far as it rests on no assumption."""
        graph = self.graph.certain()
        return self if graph is self.graph else self.replace(graph=graph, facts=Facts(graph))

    def find_layer(self, name: str) -> int:
        """The index of the layer with this name in the summary. Raises LookupError, which says what was perhaps meant."""
        names = [node.name for node in self.graph.nodes]
        if name not in names:
            from cnnspec.base.did_you_mean import write_suggestion

            near = write_suggestion(name, names) or ": `cnnspec summary` lists its layers"
            raise LookupError(f'{self.name} has no layer "{name}"{near}')
        return names.index(name)


class AnalysedBlock(Record):
    """A block on an input, analysed as a network; None where it has no value for a parameter. `diagnostics` are its own, and
    those of its file that stand in its text."""

    call: CalledBlock
    network: AnalysedNetwork | None
    diagnostics: tuple[Diagnostic, ...]
