"""The names of a notebook: what --set takes of them, which are networks, and which a cell binds.

What stands behind --set is an expression of Python where it names something of the notebook (width, 2*w, sizes[0]), else a
value as the language writes it (64, 3x3, relu). The user's line alone is evaluated, never what a cell says.
"""

from __future__ import annotations

import builtins
import keyword

from cnnspec.api.network import Network
from cnnspec.cli.placed_words import PlacedWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

SETS = ("set", "set_a", "set_b", "set_each")  # the options that give parameters values
QUOTES = "\"'"


# ---- values ----------------------------------------------------------------------------------------------------
def evaluate_sets(options: argparse.Namespace, names: Mapping[str, Any]) -> None:
    """Put the values of expressions in the place of these. What an expression raises is raised."""
    for option in SETS:
        given = getattr(options, option, None)
        if given:
            setattr(options, option, [keep_place(text, evaluate_set(text, names)) for text in given])


def keep_place(word: str, text: str) -> str:
    """A text in the place that a word of the line has, where it knows one."""
    return word.replaced(text) if isinstance(word, PlacedWord) else text


def evaluate_set(text: str, names: Mapping[str, Any]) -> str:
    """ "width=2*w" with the value of its expression; as it is where it has none, or one that the language cannot write."""
    name, _, expression = text.partition("=")
    if not mentions(expression, names):
        return text
    value = write_value(eval(expression.strip(), {**names}))
    return text if value is None else f"{name}={value}"


def mentions(expression: str, names: Mapping[str, Any]) -> bool:
    """Whether a text is an expression of Python in which a name of the notebook, or one of Python's own, stands."""
    import ast

    try:
        parts = [*ast.walk(ast.parse(expression.strip(), mode="eval"))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any([isinstance(part, ast.Name) and (part.id in names or hasattr(builtins, part.id)) for part in parts])


def write_value(value: Any) -> str | None:
    """A value of Python as the language writes it: numbers, NumPy's too, texts, True, None, and lists of them. None for another."""
    if hasattr(value, "tolist"):  # an array, or a number of NumPy
        value = value.tolist()
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        quote = next((quote for quote in QUOTES if quote not in value), "")
        return f"{quote}{value}{quote}" if quote and "\n" not in value else None
    if isinstance(value, (list, tuple, range)):
        parts = [write_value(part) for part in value]
        return None if None in parts else f"[{', '.join([part for part in parts if part is not None])}]"
    return None


# ---- networks --------------------------------------------------------------------------------------------------
def find_network(word: str, names: Mapping[str, Any]) -> Network | None:
    """The network of this name; None where the name is another's, or nobody's."""
    found = names.get(word)
    return found if isinstance(found, Network) else None


def list_given(network: Network) -> list[str]:
    """The parameters that are not as the text has them, as --set takes them."""
    from cnnspec.elaborate.values import UNKNOWN
    from cnnspec.layers.argument import show
    from cnnspec.pipeline import analyse

    analysed = network.analysed
    if not analysed.graph.parameters:
        return []
    plain = (
        analyse(analysed.source, model=None if analysed.item is None else analysed.name).networks[0].graph.parameters
    )
    changed = {name: value for name, value in analysed.graph.parameters.items() if plain.get(name, UNKNOWN) != value}
    return [f"{name}={show(value)}" for name, value in changed.items()]


def is_free(name: str, names: Mapping[str, Any]) -> bool:
    """Whether a model may be bound to its own name: nobody else's value is lost by that, and nothing of Python's."""
    return name.isidentifier() and not (name in names or keyword.iskeyword(name) or hasattr(builtins, name))
