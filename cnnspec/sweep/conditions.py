"""Conditions between the parameters and the quantities of candidates, as text.

They are written as the language writes conditions: params < 5M and w[0] <= w[1]. A quantity with a figure for each axis of the
network, such as the receptive field, meets a comparison where all of them do. What is not known meets none.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import Source, brief, printable
from cnnspec.layers.argument import Term, word_of
from cnnspec.lint.budget import QUANTITIES
from cnnspec.sweep.structure import Quantity
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic

MEASURED = tuple([name for name in QUANTITIES if name != "output"])  # what is a number, or true or false
FUNCTIONS = ("min", "max", "sum", "log2")


class BadCondition(ValueError):
    """A condition that makes no sense; the message is a sentence."""


class Condition(Record):
    """A condition, read: what it is written as, and the quantities that it speaks of."""

    text: str
    node: tree.Node
    quantities: tuple[Quantity, ...]


def read_conditions(text: str, parameters: Sequence[str]) -> list[Condition]:
    """The conditions of a text, those with `and` or a comma between them apart. Raises BadCondition."""
    return [condition for part in split_commas(text) for condition in _read_conditions(part.strip(), parameters)]


def explain(finding: Diagnostic) -> str:
    """What is wrong with a text that stands in no file."""
    return finding.message.replace("the end of the file cannot stand here", "something is missing at its end")


def _read_conditions(text: str, parameters: Sequence[str]) -> list[Condition]:
    source = Source("--where", f"x = {text}")
    parsed = parse(source)
    item = parsed.body.items[0] if len(parsed.body.items) == 1 else None
    if parsed.diagnostics or not isinstance(item, tree.Assign):
        why = f": {explain(parsed.diagnostics[0])}" if parsed.diagnostics else ""
        raise BadCondition(f'"{brief(printable(text))}" is no condition, such as params < 5M and w[0] <= w[1]{why}')
    node = name_holes(item.value)
    parts = node.terms if isinstance(node, tree.Logic) and node.operator == "and" else (node,)
    return [
        Condition(source.text[part.start : part.end], part, tuple(find_quantities(part, parameters))) for part in parts
    ]


def split_commas(text: str) -> Iterator[str]:
    """The parts of a text between commas outside of brackets and quotes."""
    depth = start = 0
    quoted = ""
    for place, sign in enumerate(text):
        if quoted or sign in "\"'":
            quoted = "" if sign == quoted else quoted or sign
        elif sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
        else:
            depth += (sign in "([{") - (sign in ")]}")
    yield text[start:]


def name_holes(node: tree.Node) -> Any:
    """An expression whose holes are names: ?a is a parameter called so."""
    if isinstance(node, tree.Hole):
        return tree.Name(node.start, node.end, f"?{node.name}")
    changed: dict[str, Any] = {}
    for name in node._fields:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            changed[name] = name_holes(value)
        elif isinstance(value, tuple):
            changed[name] = tuple([_name_holes_in(part) for part in value])
    return node.replace(**changed) if changed else node


def _name_holes_in(part: Any) -> Any:
    if isinstance(part, tuple):  # an operator and its term
        return tuple([_name_holes_in(one) for one in part])
    return name_holes(part) if isinstance(part, tree.Node) else part


def read_quantity(text: str, parameters: Sequence[str] = ()) -> Quantity:
    """A quantity as text: peak_memory(batch=1, dtype=int8). Raises BadCondition."""
    condition, *others = read_conditions(text, parameters)
    if others or len(condition.quantities) != 1 or not isinstance(condition.node, (tree.Name, tree.Call)):
        raise BadCondition(f'"{brief(printable(text))}" is no quantity: {", ".join(MEASURED)}')
    return condition.quantities[0]


def find_quantities(node: tree.Node, parameters: Sequence[str]) -> list[Quantity]:
    """The quantities in an expression. BadCondition for a name that is neither one nor a parameter."""
    found: list[Quantity] = []
    if isinstance(node, tree.Compare):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if not (
                isinstance(side, tree.Name) and _is_word(side.text, parameters) and _is_parameter(other, parameters)
            ):
                found += find_quantities(side, parameters)
        return found
    if isinstance(node, tree.Name):
        if node.text not in parameters:
            found.append(make_quantity(node, parameters))
    elif isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.text not in FUNCTIONS:
        found.append(make_quantity(node, parameters))
    elif isinstance(node, tree.Call):
        for argument in node.arguments:
            found += find_quantities(argument.value, parameters)
    else:
        for part in parts_of(node):
            found += find_quantities(part, parameters)
    return found


def parts_of(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes right below a node."""
    waiting = [getattr(node, name) for name in node._fields]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, tree.Node):
            yield part
        elif isinstance(part, tuple):
            waiting += part


def _is_word(name: str, parameters: Sequence[str]) -> bool:
    return name not in parameters and name not in QUANTITIES


def _is_parameter(node: tree.Node, parameters: Sequence[str]) -> bool:
    while isinstance(node, tree.Index):
        node = node.value
    return isinstance(node, tree.Name) and node.text in parameters


def make_quantity(node: tree.Node, parameters: Sequence[str]) -> Quantity:
    """The quantity that a name or a call is. Raises BadCondition."""
    function = node.function if isinstance(node, tree.Call) else node
    name = function.text if isinstance(function, tree.Name) else "?"
    if name == "output":
        raise BadCondition("output is a shape, and no number: conditions compare numbers")
    if name not in QUANTITIES:
        from cnnspec.base.did_you_mean import write_suggestion

        has = f"parameters are {', '.join(parameters)}, " if parameters else ""
        near = write_suggestion(name, [*parameters, *MEASURED]) or f"; {has}quantities are {', '.join(MEASURED)}"
        raise BadCondition(f'nothing is called "{name}"{near}')
    given = []
    for argument in node.arguments if isinstance(node, tree.Call) else ():
        word = argument.name.text if argument.name else ""
        takes = QUANTITIES[name][1]
        if word not in takes:
            has = f"it takes {', '.join(takes)}" if takes else "it takes none"
            raise BadCondition(f'{name} has no argument "{word}": {has}')
        given.append((word, read_argument(argument.value)))
        check_argument(name, word, given[-1][1])
    return Quantity(name, tuple(given))


def check_argument(quantity: str, name: str, value: Any) -> None:
    """BadCondition for a value that a quantity's argument cannot have."""
    from cnnspec.facts.optimizer_slots import count_slots
    from cnnspec.facts.precision import find_precision

    try:
        if name == "dtype":
            find_precision(word_of(value) or "?")
        elif name == "optimizer" and isinstance(value, Term):
            count_slots(value.name, dict(value.keywords))
        elif name == "optimizer" or name == "batch" and (not isinstance(value, int) or value < 1):
            raise ValueError(
                f"{quantity}'s {name} must be {'an optimizer' if name == 'optimizer' else 'a number from 1'}"
            )
    except ValueError as error:
        raise BadCondition(str(error)) from None


def read_argument(node: tree.Node) -> Any:
    """The value of a quantity's argument, which is a number, a word or a call."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Name):
        return Term(node.text)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Name):
        named = tuple([(a.name.text, read_argument(a.value)) for a in node.arguments if a.name])
        return Term(node.function.text, keywords=named)
    raise BadCondition("an argument of a quantity is a number or a word: peak_memory(batch=1, dtype=int8)")
