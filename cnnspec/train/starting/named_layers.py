"""The layers that `freeze` and `learning_rates` mean by a name: a layer, all of a block, of a layer function, or of a start.

Only layers with weights count.
"""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.facts.layer_names import START, LayerNames, list_names, list_weights
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cnnspec.base.source import Span
    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings


class NamedLayers(LayerNames):
    """The names of a graph's layers as settings use them: each must mean something."""

    def find_frozen(self, settings: TrainSettings) -> list[int]:
        """The nodes that `freeze` names. Raises TrainingFailed for an unknown name, and where nothing would be trained."""
        for refusal in self.find_unknown(settings, "freeze", settings.freeze):
            raise refusal
        frozen = self.find_named(settings.freeze)
        trained = [owner for owner in self.names if owner not in frozen and self._is_trainable(owner)]
        if frozen and not trained:
            after = settings.unfreeze_after
            how_long = "" if after is None else f" for {count_nouns(after, 'epoch')}"
            message = f"freeze names all layers that have weights: nothing would be trained{how_long}"
            raise TrainingFailed(message, "leave one out", span=settings.span("freeze"))
        return frozen

    def find_factors(self, settings: TrainSettings) -> dict[int, float]:
        """The factor of the learning rate of each node that `learning_rates` names; the innermost name counts.

        Raises TrainingFailed for an unknown name.
        """
        factors = dict(settings.learning_rates)
        for refusal in self.find_unknown(settings, "learning_rates", factors):
            raise refusal
        found = {}
        for owner, names in self.names.items():
            first = next((name for name in names if name in factors), None)
            if first is not None:
                found[owner] = factors[first]
        return found

    def _is_trainable(self, owner: int) -> bool:
        node = self.graph.nodes[owner]
        return any(weight.trainable for weight in list_weights(self.graph, node))

    def find_unknown(self, settings: TrainSettings, key: str, named: Collection[str]) -> Iterator[TrainingFailed]:
        """Why each name that a setting has, and that means nothing, does not."""
        for name in dict.fromkeys(named):
            if not any(name in names for names in self.names.values()) and (name != START or self.taken is not None):
                yield self._refuse_name(name, key, settings)

    def _refuse_name(self, name: str, key: str, settings: TrainSettings) -> TrainingFailed:
        at = _find_span(settings, key, name)
        if name == START:
            help = "name it: start = " + '"runs/net-1"'
            return TrainingFailed(
                f"{key} names start, and there is no start that weights were taken from", help, span=at
            )
        if any(name in list_names(node) for node in self.graph.nodes):
            return TrainingFailed(f"{key} names {name}, which has no weights", self._propose_around(name), span=at)
        known = list(dict.fromkeys([one for names in self.names.values() for one in names]))
        help = write_suggestion(name, known).removeprefix("; ") or "cnnspec summary shows the names of layers"
        return TrainingFailed(
            f'{key} names "{name}", which is no layer, block or layer function of the network', help, span=at
        )

    def _propose_around(self, name: str) -> str:
        """What may be meant by the name of a layer without weights: what it stands in."""
        around = [n for node in self.graph.nodes if node.name == name for n in list_names(node)[1:]]
        around = [n for n in around if any(n in names for names in self.names.values())]
        return (
            f"{around[0]} names all of the layers around it"
            if around
            else "name a layer, a block or a layer function with weights"
        )


def check_named_layers(graph: Graph, settings: TrainSettings, taken: Collection[int] | None = ()) -> None:
    """Raises TrainingFailed for the first of `find_refused_names`."""
    for refusal in find_refused_names(graph, settings, taken):
        raise refusal


def find_refused_names(
    graph: Graph, settings: TrainSettings, taken: Collection[int] | None = ()
) -> Iterator[TrainingFailed]:
    """Every name in `freeze` and `learning_rates` that no layer of the network has; where all mean something, that nothing would
    be trained."""
    layers = NamedLayers(graph, taken)
    found = [
        *layers.find_unknown(settings, "freeze", settings.freeze),
        *layers.find_unknown(settings, "learning_rates", dict(settings.learning_rates)),
    ]
    yield from found
    if not found:
        try:
            layers.find_frozen(settings)
        except TrainingFailed as why:
            yield why


def _find_span(settings: TrainSettings, key: str, name: str) -> Span | None:
    return settings.span(f"{key}.{name}") or settings.span(key)
