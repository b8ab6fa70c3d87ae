"""What an `expect` statement can limit, and what a network has of it."""

from __future__ import annotations

from cnnspec.analyses.geometry import coverage
from cnnspec.analyses.memory import BYTES, activation_values, in_bytes, peak_values, tensor_sizes
from cnnspec.layers.argument import word_of
from cnnspec.layers.base import show_shape
from cnnspec.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.analyses.facts import Facts
    from cnnspec.elaborate.graph import BudgetLimit


class Figure(Record):
    """A measured quantity: its values, all of which must hold (one, or one an axis), and how it is written."""

    values: tuple[Any, ...]
    text: str
    show: Callable[[Any], str]


def _whole(number: Any) -> str:
    return (
        f"{number:,}"
        if isinstance(number, (int, float))
        else show_shape(number)
        if isinstance(number, tuple)
        else str(number)
    )


def _share(number: Any) -> str:
    return f"{number:.3f}" if isinstance(number, float) else str(number)


def _params(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _plain(facts.total_parameters)


def _macs(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _plain(facts.total_macs)


def _flops(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    macs = facts.total_macs
    return _plain(None if macs is None else 2 * macs)


def _plain(value: Any) -> Figure | None:
    return Figure((value,), _whole(value), _whole) if isinstance(value, int) else None


def _receptive_field(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    field = facts.receptive_field
    if field is None:
        return None
    sizes = tuple([axis.size for axis in field])
    return Figure(sizes, show_shape(sizes), _whole)


def _coverage(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    field = facts.receptive_field
    shape = facts.shapes[facts.graph.inputs[0]] if len(facts.graph.inputs) == 1 else None
    if field is None or shape is None:
        return None
    share = coverage(field, shape[: len(field)])
    if share is None:
        return None
    return Figure((share,), _share(share), _share)


def _memory(values: int | None, arguments: dict[str, Any]) -> Figure | None:
    dtype = word_of(arguments.get("dtype", "float32"))
    if dtype not in BYTES:
        raise ValueError(f'"{dtype}" is no dtype: known are {", ".join(BYTES)}')
    batch = arguments.get("batch", 1)
    if not isinstance(batch, int) or isinstance(batch, bool) or batch < 1:
        raise ValueError("batch must be a whole number from 1")
    if values is None:
        return None
    size = values * BYTES[dtype] * batch
    return Figure((size,), in_bytes(size), in_bytes)


def _activation_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _memory(activation_values(facts), arguments)


def _peak_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    peak = peak_values(facts)
    return _memory(None if peak is None else peak[0], arguments)


def _depth(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    depths: list[int] = []
    for node in facts.graph.nodes:
        above = max([depths[i] for i in node.inputs], default=0)
        depths.append(above + (node.layer is not None and bool(node.layer.counted)))
    return _plain(max([depths[i] for i in facts.graph.outputs], default=0))


def _output(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    shapes = [facts.shapes[i] for i in facts.graph.outputs]
    if None in shapes:
        return None
    return Figure(
        tuple(shapes), ", ".join(map(show_shape, shapes)), lambda b: show_shape(b if isinstance(b, tuple) else (b,))
    )


MEMORY = ("batch", "dtype")
QUANTITIES: dict[str, tuple[Callable[[Facts, dict[str, Any]], Figure | None], tuple[str, ...]]] = {
    "params": (_params, ()),
    "macs": (_macs, ()),
    "flops": (_flops, ()),
    "receptive_field": (_receptive_field, ()),
    "coverage": (_coverage, ()),
    "activation_memory": (_activation_memory, MEMORY),
    "peak_memory": (_peak_memory, MEMORY),
    "depth": (_depth, ()),
    "output": (_output, ()),
}


def check_limit(limit: BudgetLimit) -> None:
    """ValueError for arguments, a comparison or a bound that the quantity does not take."""
    takes = QUANTITIES[limit.quantity][1]
    for name, _ in limit.arguments:
        if name not in takes:
            has = f"it takes {', '.join(takes)}" if takes else "it takes none"
            raise ValueError(
                f'{limit.quantity} has no argument "{name}": {has}'
                if name
                else f"{limit.quantity}'s arguments need names: {has}"
            )
    if limit.quantity == "output":
        if limit.operator not in ("==", "!="):
            raise ValueError("an output's shape is compared with == or !=")
    elif isinstance(limit.bound, bool) or not isinstance(limit.bound, (int, float)):
        raise ValueError(f"{limit.quantity} is compared with a number")


def measure(limit: BudgetLimit, facts: Facts) -> Figure | None:
    """The figure that a limit speaks of; None when it is unknown. ValueError for arguments that make no sense."""
    return QUANTITIES[limit.quantity][0](facts, dict(limit.arguments))


def holds(figure: Figure, limit: BudgetLimit) -> bool:
    bound = limit.bound
    if limit.quantity == "output" and not isinstance(bound, tuple):
        bound = (bound,)
    if isinstance(bound, tuple):  # its ? stands for any size
        wanted = [w for w in bound if w is not None]
        places = [i for i, w in enumerate(bound) if w is not None]
        return all(
            (len(shape) == len(bound) and [shape[i] for i in places] == wanted) is (limit.operator == "==")
            for shape in figure.values
        )
    compare: dict[str, Callable[[Any], bool]] = {
        "<": lambda v: v < bound, "<=": lambda v: v <= bound, ">": lambda v: v > bound,
        ">=": lambda v: v >= bound, "==": lambda v: v == bound, "!=": lambda v: v != bound,
    }  # fmt: skip
    return all([compare[limit.operator](value) for value in figure.values])


def heaviest(quantity: str, facts: Facts) -> str:
    """The three layers that weigh most in a quantity, "" where layers do not add up to it."""
    weights: list[Any]
    if quantity == "params":
        weights = [None if p is None else p[0] + p[1] for p in facts.parameters]
    elif quantity in ("macs", "flops"):
        weights = list(facts.macs)
    elif quantity in ("activation_memory", "peak_memory"):
        weights = list(tensor_sizes(facts) or [])
    else:
        return ""
    known = [(w, i) for i, w in enumerate(weights) if isinstance(w, int) and w]
    total = sum([w for w, _ in known])
    top = sorted(known, key=lambda t: -t[0])[:3]
    parts = [f"{facts.graph.nodes[i].name} {w / total:.0%}".replace("%", " %") for w, i in top]
    return f"largest: {', '.join(parts)}" if parts else ""
