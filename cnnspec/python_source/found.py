"""What reading a Python source comes to."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Setting, Site


class CallRefused(Exception):
    """What is to be called cannot be: a sentence that says why."""


class PythonNetwork(Record):
    """One model that a source builds. `names`: those by which it may be chosen: the variable that holds it, the function that
    returns it, its Keras name; the first is what it is called. `train`: what compile and fit say, as a train section has it.
    `whole`: whether all of its layers and sizes are known; `inner`: whether it is used within another model of the file, or
    shares its layers; `doubtful`: its nodes about which nothing is found, since their arguments are not all known."""

    names: tuple[str, ...]
    graph: Graph
    train: dict[str, Setting]
    site: Site
    whole: bool = True
    inner: bool = False
    doubtful: frozenset[int] = frozenset()


class NotKnown(Record):
    """What could not be known: the reason, a sentence's end, and where."""

    reason: str
    site: Site


class PythonReading(Record):
    """What a source comes to. `parts` are its texts: the file, or the cells of a notebook; `helpers` the modules of the project
    that it imports. `why_none`: where there are no networks, why, as a sentence that follows the file's name."""

    networks: tuple[PythonNetwork, ...]
    found: tuple[Diagnostic, ...]
    unknowns: tuple[NotKnown, ...]
    parts: tuple[Source, ...]
    helpers: tuple[Source, ...]
    why_none: str = ""


class NotInstalled(Exception):
    """A library that is to be read is not installed; the message is a sentence."""
