"""What a repair may and may not do: it takes away a finding, or layers from one, and brings no other."""

from __future__ import annotations

from cnnspec.lint.rules import optional, prevents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Graph
    from cnnspec.lint.fix.project import Project
    from cnnspec.pipeline import Analysis

NONE = 0, 0  # findings, and layers that they are about
SHRINKING = ("W204", "W205", "W206", "T407")  # their repairs take text away, so that they end whatever they uncover
ADDING = ("W213",)  # their repairs add layers to the network, at which no rule could look before


def clears(code: str, before: Project, after: Project, uncovers: bool = False) -> bool:
    """Whether a change takes away findings of a code (or layers from one), and brings no others, nor layers to others."""
    less = False
    for path in before.find_differing(after):
        old = before.analysis(path)
        judge = Judge(code, old, uncovers)
        try:
            new = after.analysis(path, judge)
        except Refuted:
            return False
        if new.tree.diagnostics and not old.tree.diagnostics or new.tells_less(old) or judge.worse(new.diagnostics):
            return False
        less |= count_by_code(new.diagnostics).get(code, NONE) < judge.was.get(code, NONE)
    return less


def uncovers(before: Analysis, after: Analysis) -> bool:
    """Whether a code has more findings after a change than before, which a mistake may have hidden."""
    was = count_by_code(before.diagnostics)
    return any(found > was.get(code, NONE)[0] for code, (found, _) in count_by_code(after.diagnostics).items())


class Refuted(Exception):
    """A change brings what was not there; so many layers were built to see it."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.layers = layers


class Judge:
    """Looks on while a changed file is analysed, and ends that as soon as it brings what was not there: what else would
    be found could only be more.

    Behind a mistake that kept rules from looking, or layers out, or one that the change `uncovers`, what they find now is
    no new mistake unless it is an error.
    """

    def __init__(self, code: str, old: Analysis, uncovers: bool = False) -> None:
        self.code, self.was = code, count_by_code(old.diagnostics)
        hidden = code in ADDING or not optional(code) and any(map(prevents, old.diagnostics))
        self.hidden = uncovers or hidden
        self.found: dict[Diagnostic, None] = {}
        self.layers: dict[int, int] = {}  # of the graphs so far, by their ids

    def __call__(self, graph: Graph, found: list[Diagnostic]) -> None:
        self.layers[id(graph)] = len(graph.nodes)
        self.found.update(dict.fromkeys(found))
        if found and self.worse(self.found):
            raise Refuted(sum(self.layers.values()))

    def worse(self, found: Iterable[Diagnostic]) -> bool:
        """Whether a code has more findings than before, or layers in them; the code itself that is to be cleared too."""
        for key, other in count_by_code(found).items():
            one = self.was.get(key, NONE)
            if key == self.code and other > one:
                return True
            if key != self.code and (other[0] > one[0] or other > one and key not in SHRINKING):
                if not self.hidden or severity_of(key, found) == "error":
                    return True
        return False


def count_by_code(found: Iterable[Diagnostic]) -> dict[str, tuple[int, int]]:
    """Of each code, how many findings it has and how many layers these are about."""
    counts: dict[str, tuple[int, int]] = {}
    for diagnostic in found:
        number, layers = counts.get(diagnostic.code, (0, 0))
        counts[diagnostic.code] = (number + 1, layers + len(diagnostic.nodes))
    return counts


def severity_of(code: str, found: Iterable[Diagnostic]) -> str:
    """The gravest severity that a code is found with."""
    severities = {diagnostic.severity for diagnostic in found if diagnostic.code == code}
    return next((s for s in ("error", "warning") if s in severities), "info")
