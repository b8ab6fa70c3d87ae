"""T402 logits-mismatch: the loss and the end of the network disagree about probabilities.

A cross-entropy takes probabilities unless from_logits=true. A softmax (or sigmoid) in front of from_logits=true is
applied twice, a linear end without it is no probability at all: the network trains badly, and nothing says so.
Keras on TensorFlow repairs the first with a warning; on JAX and PyTorch, and for the second everywhere, it is silent.

Source: measured on Keras 3.15; keras-hub#1008.

Bad:

    input 8x8x1
    flatten -> dense(10)
    train { loss = sparse_categorical_crossentropy }

Good:

    input 8x8x1
    flatten -> dense(10)
    train { loss = sparse_categorical_crossentropy(from_logits=true) }
"""

from __future__ import annotations

from cnnspec.diagnostic import Diagnostic, Note
from cnnspec.layers.argument import Term, word_of
from cnnspec.names import CROSS_ENTROPIES
from cnnspec.rules.ends import last_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.rules.context import Context

CODE = "T402"
DEFAULT = True


def check(context: Context) -> Iterator[Diagnostic]:
    setting = context.train.get("loss")
    if setting is None or len(context.graph.outputs) != 1:
        return
    loss = setting.value if isinstance(setting.value, Term) else Term(word_of(setting.value) or "")
    fitting = CROSS_ENTROPIES.get(loss.name.replace("_", "").lower())
    end = last_function(context.graph)
    if fitting is None or end is None:
        return
    node, function = end
    logits = dict(loss.keywords).get("from_logits", False)
    note = (Note(f"the end of the network, {node.name}", node.site.span),)
    span = setting.site.span
    if logits is True and function in CROSS_ENTROPIES.values():
        message = f"the loss expects logits, and the network ends in {function}: it would be applied twice"
        yield Diagnostic(CODE, message, span, f"drop from_logits=true, or the {function}", note)
    elif logits is False and function == "linear":
        message = f"the loss expects probabilities, and the network ends in {node.name} without an activation"
        help = f"write {loss.name}(from_logits=true), or end in {fitting}"
        yield Diagnostic(CODE, message, span, help, note)
