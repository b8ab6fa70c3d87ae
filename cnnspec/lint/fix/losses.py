"""The loss of a network as it is written, and other ways to write it."""

from __future__ import annotations

from cnnspec.lint.fix.edits import Editor, Inexpressible
from cnnspec.lint.network_end import ending
from cnnspec.syntax.tree import Assign, Call, Name, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Edit
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lint.network_end import Ending
    from cnnspec.python_source.editing.losses import PythonLoss
    from cnnspec.syntax.tree import Node

BINARY, CATEGORICAL, SPARSE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


def find_loss(repair: RepairContext) -> tuple[Ending, WrittenLoss | PythonLoss]:
    """How the network ends, and the loss as it is written in its train section, or in a Python source."""
    end, setting = ending(repair.context), repair.network.train.get("loss")
    if end is None or setting is None:
        raise Inexpressible
    editor, written = repair.open(setting.site.source), setting.site.node
    if not isinstance(editor, Editor):
        return end, editor.find_loss(written)
    if not isinstance(written, Assign):
        raise Inexpressible
    return end, WrittenLoss(editor, written.value)


class WrittenLoss:
    """The loss of a train section."""

    def __init__(self, editor: Editor, node: Node) -> None:
        self.editor, self.node = editor, node

    def rename(self, word: str) -> list[Edit]:
        """Another loss, with the arguments that are given."""
        editor, name = self.editor, self.node.function if isinstance(self.node, Call) else self.node
        if isinstance(name, Text):
            return [editor.edit(name.start, name.end, editor.text[name.start] + word + editor.text[name.start])]
        if not isinstance(name, Name):
            raise Inexpressible
        return [editor.edit(name.start, name.end, word)]

    def set_from_logits(self, wanted: bool) -> list[Edit]:
        """The loss with from_logits=true, or without it."""
        editor, loss = self.editor, self.node
        given = [a for a in loss.arguments if a.name and a.name.text == "from_logits"] if isinstance(loss, Call) else []
        if given and isinstance(loss, Call) and not wanted:
            if len(loss.arguments) == 1:
                return [editor.edit(loss.function.end, loss.end, "")]
            return [editor.without_argument(loss, given[0])]
        if given:
            return [editor.edit(given[0].value.start, given[0].value.end, "true" if wanted else "false")]
        if isinstance(loss, Text):
            return [editor.edit(loss.start, loss.end, f"{loss.value}(from_logits=true)")]
        return [editor.append_argument(loss, "from_logits=true")]
