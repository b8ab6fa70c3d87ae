"""What the analysis of a file comes to."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Source
    from cnnspec.lint.fix.edits import Editor
    from cnnspec.network import AnalysedBlock, AnalysedNetwork
    from cnnspec.python_source.editing.editor import PythonEditor
    from cnnspec.python_source.found import PythonReading
    from cnnspec.syntax.tree import Tree


class Analysis(Record):
    """A file, analysed. A file of blocks alone has no networks."""

    source: Source
    tree: Tree
    networks: tuple[AnalysedNetwork, ...]
    diagnostics: tuple[Diagnostic, ...]

    def make_editor(self, text: Source) -> Editor | PythonEditor:
        """What writes in a text of the file. Raises Inexpressible where nothing can."""
        from cnnspec.lint.fix.edits import Editor

        return Editor(text)

    def tells_less(self, before: Self) -> bool:
        """Whether less is known of the file than there was before a change."""
        return False

    def is_certain(self, before: Self) -> bool:
        """Whether what holds of the networks that were changed holds whatever values the file is run with."""
        return True


class PythonAnalysis(Analysis):
    """A Python source, analysed: the models that it builds, but for those that stand within others. The tree is empty."""

    reading: PythonReading

    def make_editor(self, text: Source) -> PythonEditor:
        from cnnspec.python_source.editing.editor import PythonEditor

        return PythonEditor(text, self.source)

    def tells_less(self, before: Self) -> bool:
        return len(self.networks) != len(before.networks) or len(self.reading.unknowns) > len(before.reading.unknowns)

    def is_certain(self, before: Self) -> bool:
        from cnnspec.python_source.editing.certainty import is_certain

        return is_certain(before.networks, self.networks, (*before.reading.parts, *before.reading.helpers))


class BlockAnalysis(Analysis):
    """The blocks of a file, analysed; its networks are their calls."""

    blocks: tuple[AnalysedBlock, ...]


def list_models(analysis: Analysis) -> list[str]:
    """The names by which the models of a file are chosen."""
    if isinstance(analysis, PythonAnalysis):
        return [network.names[0] for network in analysis.reading.networks]
    return [network.name for network in analysis.networks]
