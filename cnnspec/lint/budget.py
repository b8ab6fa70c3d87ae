"""What an `expect` statement can limit, and what a network has of it.

An analysis is imported by the budget that needs it: most files limit parameters and MACs alone.
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import find_proposals
from cnnspec.base.limits import TooLong
from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.elaborate.values import describe, is_number
from cnnspec.layers.argument import Term, word_of
from cnnspec.layers.base import show_shape
from cnnspec.layers.window import AXIS_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.precision import Precision
    from cnnspec.graph import BudgetLimit


class Figure(Record):
    """A measured quantity: its values, all of which must hold (one, or one an axis; an expression where it depends on the
    input's size), and how it is written: `show` for people, `exact` with all its digits where people's are rounded."""

    values: tuple[Any, ...]
    text: str
    show: Callable[[Any], str]
    exact: Callable[[Any], str] | None = None


def _whole(number: Any) -> str:
    return (
        f"{number:,}"
        if isinstance(number, (int, float, Size))
        else show_shape(number)
        if isinstance(number, tuple)
        else str(number)
    )


def _params(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _plain(facts.total.parameters)


def _macs(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _plain(facts.total.macs)


def _flops(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    return _plain(facts.total.flops)


def _plain(value: Any) -> Figure | None:
    return Figure((value,), _whole(value), _whole) if isinstance(value, (int, Size)) else None


def _receptive_field(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    field = facts.receptive_field
    if field is None:
        return None
    sizes = tuple([axis.size for axis in field])
    return Figure(sizes, show_shape(sizes), _whole)


def _coverage(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    share = facts.coverage
    return None if share is None else Figure((share,), percent(share), percent, lambda n: f"{100 * n:.10g} %")


def _precision(arguments: dict[str, Any]) -> Precision:
    from cnnspec.facts.precision import find_precision

    return find_precision(word_of(arguments.get("dtype", "float32")) or "?")


def _batch(arguments: dict[str, Any]) -> int:
    batch = arguments.get("batch", 1)
    if not isinstance(batch, int) or isinstance(batch, bool) or batch < 1:
        raise ValueError("batch must be a whole number from 1")
    return batch


def _bytes(size: Dim | None) -> Figure | None:
    from cnnspec.facts.precision import memory_text

    if size is None:
        return None
    return Figure((size,), memory_text(size), memory_text, lambda n: f"{n:,} byte{'s' * (n != 1)}")


def _activations(values: Dim | None, arguments: dict[str, Any]) -> Figure | None:
    size = _precision(arguments).activation * _batch(arguments)
    return _bytes(None if values is None else values * size)


def _activation_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    from cnnspec.facts.activation_memory import activation_values

    return _activations(activation_values(facts), arguments)


def _peak_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    from cnnspec.facts.activation_memory import peak_values

    peak = peak_values(facts)
    return _activations(None if peak is None else peak[0], arguments)


def _params_bytes(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    params, size = facts.total.parameters, _precision(arguments).weight
    return _bytes(None if params is None else params * size)


def _inference_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    from cnnspec.cost import memory as cost

    return _bytes(cost.inference(facts, _precision(arguments)).bytes(_batch(arguments)))


def _training_memory(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    from cnnspec.cost import memory as cost
    from cnnspec.facts.optimizer_slots import count_slots

    asked = arguments.get("optimizer", "adam")
    asked = Term(asked) if isinstance(asked, str) else asked
    if not isinstance(asked, Term):
        raise ValueError(f"training_memory's optimizer must be an optimizer, such as adam, not {describe(asked)}")
    held = count_slots(asked.name, dict(asked.keywords))
    return _bytes(cost.training(facts, _precision(arguments), held).bytes(_batch(arguments)))


def _lossless(facts: Facts, arguments: dict[str, Any]) -> Figure | None:
    """Whether every position that carries data is read: the value True, or False and what is lost."""
    from cnnspec.facts.graph_queries import name_stated
    from cnnspec.facts.liveness import Liveness, sizes_known
    from cnnspec.facts.stride_remainder import find_losses

    if not all([sizes_known(shape) for shape in facts.shapes]):
        return None
    try:
        lost = find_losses(facts.graph, facts.shapes, Liveness(facts.graph, facts.shapes))
    except TooLong:
        return None
    used, nodes = facts.graph.used(), facts.graph.nodes
    parts = []
    for index, counts in lost.items():
        if used[index]:
            node = nodes[index]
            shape = facts.shapes[node.inputs[0]] or ()
            names = AXIS_NAMES.get(len(shape) - 1, ())
            axes = [
                f"{count} of {n} along the {name}"
                for count, n, name in zip(counts, shape, names, strict=False)
                if count
            ]
            parts.append(f"{node.name} leaves {' and '.join(axes)} unread")
    if not parts and name_stated(facts.graph):
        return None
    left = len(parts) - LISTED
    more = f", and {left} more layer{'s' * (left > 1)}" if left > 0 else ""
    return Figure((not parts,), ", ".join(parts[:LISTED]) + more, str)


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


LISTED = 3
NEARLY = 0.01  # of a bound: from there on rounded texts tell a figure and its bound apart
MEMORY = ("batch", "dtype")
QUANTITIES: dict[str, tuple[Callable[[Facts, dict[str, Any]], Figure | None], tuple[str, ...]]] = {
    "params": (_params, ()),
    "macs": (_macs, ()),
    "flops": (_flops, ()),
    "receptive_field": (_receptive_field, ()),
    "coverage": (_coverage, ()),
    "activation_memory": (_activation_memory, MEMORY),
    "peak_memory": (_peak_memory, MEMORY),
    "params_bytes": (_params_bytes, ("dtype",)),
    "inference_memory": (_inference_memory, MEMORY),
    "training_memory": (_training_memory, (*MEMORY, "optimizer")),
    "depth": (_depth, ()),
    "output": (_output, ()),
    "lossless": (_lossless, ()),
}
IN_BYTES = ("activation_memory", "peak_memory", "params_bytes", "inference_memory", "training_memory")
SHARES = ("coverage",)
ALONE = ("lossless",)  # said without a comparison
BOUNDED = tuple([name for name in QUANTITIES if name not in (*ALONE, "output")])  # which have a maximum and a minimum


SHORT_NAMES = {"rf": "receptive_field"}  # of options and columns


def find_meant(quantity: str) -> tuple[str, ...]:
    """The quantities that a word which names none may mean."""
    return (SHORT_NAMES[quantity],) if quantity in SHORT_NAMES else find_proposals(quantity, QUANTITIES)


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
    if limit.quantity in ALONE or not limit.operator:
        if limit.quantity not in ALONE:
            raise ValueError(f"a budget compares {limit.quantity} with a bound: {limit.quantity} <= …")
        if limit.operator:
            raise ValueError(f"{limit.quantity} is compared with nothing: write expect {limit.quantity}")
    elif limit.quantity == "output":
        if limit.operator not in ("==", "!="):
            raise ValueError("an output's shape is compared with == or !=")
        sizes = limit.bound if isinstance(limit.bound, tuple) else (limit.bound,)
        if not all(size is None or is_number(size) for size in sizes):
            raise ValueError(f"an output is compared with a shape, such as 7x7x64, not {describe(limit.bound)}")
    elif isinstance(limit.bound, bool) or not isinstance(limit.bound, (int, float)):
        raise ValueError(f"{limit.quantity} is compared with a number")
    elif limit.in_bytes and limit.quantity not in IN_BYTES:
        instead = "; params_bytes is their memory" if limit.quantity == "params" else ""
        raise ValueError(
            f"{limit.quantity} is no number of bytes, the limit is: write 1k or 1M for thousands or millions{instead}"
        )


def measure(limit: BudgetLimit, facts: Facts) -> Figure | None:
    """The figure that a limit speaks of; None when it is unknown, or depends on the input's size. ValueError for arguments
    that make no sense."""
    figure = measure_any(limit, facts)
    return None if figure is None or any([isinstance(value, Size) for value in figure.values]) else figure


def measure_any(limit: BudgetLimit, facts: Facts) -> Figure | None:
    """As `measure`, but a figure that depends on the input's size is an expression."""
    return QUANTITIES[limit.quantity][0](facts, dict(limit.arguments))


def is_met(figure: Figure, limit: BudgetLimit) -> bool:
    bound = limit.bound
    if not limit.operator:
        return all(figure.values)
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


def say_broken(limit: BudgetLimit, figure: Figure) -> str:
    """That a limit is broken, as a sentence."""
    if not limit.operator:
        return f"not {limit.quantity}: {figure.text}"
    shown, bound = write_distinct(figure, limit)
    return f"{limit.quantity} is {shown}, not {limit.operator} {bound}"


def say_unknown(quantity: str) -> str:
    """That a figure is not known, as a sentence."""
    return f"{quantity} cannot be known here: it depends on something unknown"


def write_distinct(figure: Figure, limit: BudgetLimit) -> tuple[str, str]:
    """A figure and the bound that it breaks, as texts: with all digits where both are nearly the same."""
    bound = limit.bound
    if figure.exact is not None and abs(figure.values[0] - bound) <= NEARLY * bound:
        return figure.exact(figure.values[0]), figure.exact(bound)
    return figure.text, figure.show(bound)


def find_heaviest(quantity: str, facts: Facts) -> str:
    """The three layers that weigh most in a quantity, "" where layers do not add up to it."""
    from cnnspec.facts.activation_memory import tensor_sizes
    from cnnspec.facts.training_memory import find_saved

    weights: list[Any]
    if quantity in ("params", "params_bytes"):
        weights = _sums(facts.parameters)
    elif quantity in ("macs", "flops"):
        weights = list(facts.macs)
    elif quantity in ("activation_memory", "peak_memory", "inference_memory"):
        weights = list(tensor_sizes(facts) or [])
    elif quantity == "training_memory":
        weights = [layer.values for layer in find_saved(facts) or []]
    else:
        return ""
    used = facts.graph.used()
    known = [(w, i) for i, w in enumerate(weights) if used[i] and isinstance(w, int) and w]
    total = sum([w for w, _ in known])
    top = sorted(known, key=lambda t: -t[0])[:3]
    parts = [f"{facts.graph.nodes[i].name} {percent(w / total)}" for w, i in top]
    what = {
        "peak_memory": "largest outputs",
        "inference_memory": "largest outputs",
        "training_memory": "most kept for gradients",
    }
    return f"{what.get(quantity, 'largest')}: {', '.join(parts)}" if parts else ""


def _sums(parameters: list[tuple[int, int] | None]) -> list[int | None]:
    return [None if p is None else p[0] + p[1] for p in parameters]
