"""The loss of a train section as it is written, and other ways to write it."""

from __future__ import annotations

from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.network_end import ending
from cnnspec.syntax.tree import Assign, Call, Name, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Edit
    from cnnspec.lint.fix.edits import Editor
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lint.network_end import Ending
    from cnnspec.syntax.tree import Node

BINARY, CATEGORICAL, SPARSE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


def find_loss(repair: RepairContext) -> tuple[Ending, Editor, Node]:
    """How the network ends, the editor of its train section's file, and the loss as it is written there."""
    end, setting = ending(repair.context), repair.network.train.get("loss")
    if end is None or setting is None or not isinstance(setting.site.node, Assign):
        raise Inexpressible
    return end, repair.editor(setting.site.source), setting.site.node.value


def rename_loss(editor: Editor, loss: Node, word: str) -> Edit:
    """Another loss, with the arguments that are given."""
    name = loss.function if isinstance(loss, Call) else loss
    if isinstance(name, Text):
        return editor.edit(name.start, name.end, editor.text[name.start] + word + editor.text[name.start])
    if not isinstance(name, Name):
        raise Inexpressible
    return editor.edit(name.start, name.end, word)


def set_from_logits(editor: Editor, loss: Node, wanted: bool) -> Edit:
    """The loss with from_logits=true, or without it."""
    given = [a for a in loss.arguments if a.name and a.name.text == "from_logits"] if isinstance(loss, Call) else []
    if given and isinstance(loss, Call) and not wanted:
        if len(loss.arguments) == 1:
            return editor.edit(loss.function.end, loss.end, "")
        return editor.without_argument(loss, given[0])
    if given:
        return editor.edit(given[0].value.start, given[0].value.end, "true" if wanted else "false")
    if isinstance(loss, Text):
        return editor.edit(loss.start, loss.end, f"{loss.value}(from_logits=true)")
    return editor.append_argument(loss, "from_logits=true")
