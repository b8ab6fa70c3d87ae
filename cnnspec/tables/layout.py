"""What texts for a terminal have in common: titles, long lists of names, no character that moves a cursor."""

from __future__ import annotations

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork

FIRST, LAST = 4, 3  # names of a long list that are shown


def write_title(network: AnalysedNetwork) -> str:
    """The name of the model, or of the block, and its parameters, apart from lists and functions: 'Model: "resnet" (classes=10)'."""
    settings = ", ".join(f"{k}={v}" for k, v in network.graph.parameters.items() if isinstance(v, (int, float, str)))
    return printable(f'{network.graph.kind}: "{network.name}"' + (f" ({settings})" if settings else ""))


def add_place(heading: str, line: int, written: str) -> str:
    """A layer's heading with where it is written, and how. A model says less: `line` may be 0, and `written` empty."""
    place = f"line {line}: {written}" if line else written
    return f"{heading}, {place}" if place else heading


def shorten_names(names: tuple[str, ...]) -> str:
    """Names of layers in a row; of many the first and the last."""
    if len(names) <= FIRST + LAST + 1:
        return ", ".join(names)
    return f"{', '.join(names[:FIRST])}, … {', '.join(names[-LAST:])} ({len(names)} layers)"
