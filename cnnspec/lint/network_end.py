"""How a network ends and which losses it is trained with, as several rules ask for it: one ending for each output."""

from __future__ import annotations

from cnnspec.base.did_you_mean import CROSS_ENTROPIES
from cnnspec.base.record import Record
from cnnspec.base.source import Span
from cnnspec.facts.graph_queries import find_last_function, name_outputs
from cnnspec.layers.argument import Term, word_of
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Note
    from cnnspec.base.size import Dim
    from cnnspec.graph import Node, Site
    from cnnspec.lint.context import Context
    from cnnspec.train.settings import TrainSettings


class Ending(Record):
    """The loss of an output, a node's index, and what it is given. `called` is the output in a sentence, "the network" where it is the only
    one; `written` is the loss as it is written, at `place` in a spec. `fitting` is the function whose probabilities a
    cross-entropy takes, None for another loss; `node` is the last that says what its values are, and `function` what they
    went through there."""

    output: int
    called: str
    loss: Term
    written: str
    span: Span
    place: tree.Node | None
    fitting: str | None
    logits: bool
    node: Node
    function: str
    units: Dim

    @property
    def notes(self) -> tuple[Note, ...]:
        from cnnspec.base.diagnostic import Note

        return (Note(f"the end of {self.called}, {self.node.name}", self.node.site.span),)

    @property
    def one_category(self) -> bool:
        """Whether a loss over several classes is given a single one."""
        return self.fitting == "softmax" and self.units == 1


def endings(context: Context) -> Iterator[Ending]:
    """One for each output that has a loss, as far as it is known what the output is."""
    graph, setting, settings = context.graph, context.train.get("loss"), context.settings
    if setting is None or settings is None:
        return
    for index, name in zip(graph.outputs, name_outputs(graph), strict=True):
        loss = settings.for_output(name, "").loss if settings.trains(name) else None
        end, shape = find_last_function(graph, index), context.facts.shapes[index]
        if loss is None or end is None or shape is None:
            continue
        value = setting.value.get(name) if isinstance(setting.value, dict) else setting.value
        written = value.name if isinstance(value, Term) else word_of(value) or loss.name
        place, span = find_place(setting.site, name)
        yield Ending(
            index, "the network" if len(graph.outputs) == 1 else f"the output {name}", loss, written, span, place,
            CROSS_ENTROPIES.get(loss.name.lower()), dict(loss.keywords).get("from_logits") is True, *end, shape[-1],
        )  # fmt: skip


def find_default_head(context: Context, output: int) -> str:
    """The function, softmax or sigmoid, that the loss by default has in itself for an output that does not end in one; "" where
    a loss is written, or where the data may hold quantities."""
    graph, settings, shape = context.graph, context.settings, context.facts.shapes[output]
    if settings is None or settings.loss is not None or settings.losses or not has_classes(settings) or not shape:
        return ""
    end = find_last_function(graph, output)
    if end is None or end[1] in CROSS_ENTROPIES.values():
        return ""
    return "sigmoid" if shape[-1] == 1 else "softmax"


def has_classes(settings: TrainSettings) -> bool:
    """Whether the data have classes whatever they hold: sets that are known by name, class folders, pairs."""
    data = settings.data
    return data is not None and settings.pairing != "triplets" and not data.lower().endswith((".npz", ".csv", ".tsv"))


def find_place(site: Site, output: str) -> tuple[tree.Node | None, Span]:
    """Where the loss of an output is written: its own in a mapping, else that of all; None for what no spec says."""
    item = site.node
    if not isinstance(item, tree.Assign):
        return None, site.span
    if isinstance(item.value, tree.Mapping):
        for entry in item.value.entries:
            if isinstance(entry, tree.Entry) and entry.key.value == output:
                return entry.value, Span(site.source, entry.start, entry.end)
    return item.value, site.span
