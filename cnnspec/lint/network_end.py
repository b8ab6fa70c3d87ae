"""How a network ends and which loss it is trained with, as several rules ask for it."""

from __future__ import annotations

from cnnspec.base.did_you_mean import CROSS_ENTROPIES
from cnnspec.base.record import Record
from cnnspec.facts.graph_queries import find_last_function
from cnnspec.layers.argument import Term, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Note
    from cnnspec.base.size import Dim
    from cnnspec.base.source import Span
    from cnnspec.graph import Node
    from cnnspec.lint.context import Context


class Ending(Record):
    """The loss and what it is given. `fitting` is the function whose probabilities a cross-entropy takes, None for
    another loss; `node` is the last that says what its values are, and `function` what they went through there."""

    loss: Term
    written: str
    span: Span
    fitting: str | None
    logits: bool
    node: Node
    function: str
    units: Dim

    @property
    def notes(self) -> tuple[Note, ...]:
        from cnnspec.base.diagnostic import Note

        return (Note(f"the end of the network, {self.node.name}", self.node.site.span),)

    @property
    def one_category(self) -> bool:
        """Whether a loss over several classes is given a single one."""
        return self.fitting == "softmax" and self.units == 1


def ending(context: Context) -> Ending | None:
    """None without a loss, with several outputs, or where what the network ends in is not known."""
    graph, setting = context.graph, context.train.get("loss")
    loss = context.settings.loss if context.settings else None
    if loss is None or setting is None or len(graph.outputs) != 1:
        return None
    end, shape = find_last_function(graph, graph.outputs[0]), context.facts.shapes[graph.outputs[0]]
    if end is None or shape is None:
        return None
    written = setting.value.name if isinstance(setting.value, Term) else word_of(setting.value) or loss.name
    logits = dict(loss.keywords).get("from_logits") is True
    return Ending(loss, written, setting.site.span, CROSS_ENTROPIES.get(loss.name.lower()), logits, *end, shape[-1])
