"""The loss of a network as it is written, and other ways to write it."""

from __future__ import annotations

from cnnspec.lint.fix.edits import Editor, Inexpressible
from cnnspec.lint.network_end import endings
from cnnspec.syntax.tree import Call, Name, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.lint.network_end import Ending
    from cnnspec.python_source.editing.losses import PythonLoss
    from cnnspec.syntax.tree import Node

BINARY, CATEGORICAL, SPARSE = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"


def find_loss(repair: RepairContext, found: Diagnostic) -> tuple[Ending, WrittenLoss | PythonLoss]:
    """The end that a finding is about, and its loss as it is written in the train section, or in a Python source."""
    setting = repair.network.train.get("loss")
    ends = [end for end in endings(repair.context) if end.span == found.span]
    if not ends or setting is None:
        raise Inexpressible
    about = [end for end in ends if end.node.site.span in [note.span for note in found.notes]]
    end, editor = (about or ends)[0], repair.open(setting.site.source)
    if not isinstance(editor, Editor):
        return end, editor.find_loss(setting.site.node)
    if end.place is None:
        raise Inexpressible
    return end, WrittenLoss(editor, end.place)


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
