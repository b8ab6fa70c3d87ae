"""The columns that a comparison may have: by name, what a network's figure is, and how it and its change are written."""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.base.size import Size
from cnnspec.facts.precision import memory_text
from cnnspec.layers.base import product, show_shape
from cnnspec.tables.data import write_axes, write_plain
from cnnspec.tables.figures import show_field, show_seconds, show_short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

    from cnnspec.compare.comparison import ComparedNetwork
    from cnnspec.tables.rows import ReceptiveField

NOTHING = "-"  # the cell of a figure that a network does not have
POINTS = "pp"
LONGEST = 12  # characters of an expression in a cell


class ComparedColumn(Record):
    """One column. `value` is a network's figure, None where it is unknown; `show` writes it for people, `plain` for scripts;
    `change` writes what another network's is beside it, `order` is what rows are sorted by. `of`: what it needs of the question:
    memory, training or a device. `exists`: whether a network can have such a figure, known or not."""

    heading: str
    about: str
    value: Callable[[ComparedNetwork], Any]
    show: Callable[[Any], str]
    change: Callable[[Any, Any], str]
    plain: Callable[[Any], str] = write_plain
    order: Callable[[Any], Any] = lambda value: value
    of: str = ""
    right: bool = True
    exists: Callable[[ComparedNetwork], bool] = lambda network: True


# ---- changes: of a figure, beside the first network's ------------------------------------------------------------
def change_ratio(value: Any, base: Any) -> str:
    """ "+12.3 %"; "" where there is no such share, so that the figure itself is shown."""
    if value == base:
        return percent(0.0)
    numbers = isinstance(value, (int, float)) and isinstance(base, (int, float))
    return percent(value / base - 1, signed=True) if numbers and base else ""


def change_points(value: Any, base: Any) -> str:
    """Of a share, in percentage points: "+1.2 pp"."""
    if value is None or base is None:
        return ""
    return f"{percent(value - base, signed=True).removesuffix(' %')} {POINTS}"


def change_count(value: Any, base: Any) -> str:
    """ "+2"."""
    return "" if value is None or base is None else f"{value - base:+,}" if value != base else "0"


def change_measure(value: Any, base: Any) -> str:
    """Of a figure that a training was judged by: "+0.0125"."""
    return "" if value is None or base is None else f"{value - base:+.4f}".replace("-0.0000", "+0.0000")


def change_field(value: ReceptiveField | None, base: ReceptiveField | None) -> str:
    """ "+12.3 %" along every axis, else one for each."""
    sizes = [None if one is None else one.size for one in (value, base)]
    if sizes[0] is None or sizes[1] is None or len(sizes[0]) != len(sizes[1]):
        return ""
    grown = [change_ratio(new, old) for new, old in zip(*sizes, strict=True)]
    return grown[0] if len(set(grown)) == 1 else "" if "" in grown else " x ".join(grown)


def change_nothing(value: Any, base: Any) -> str:
    return ""


# ---- figures -----------------------------------------------------------------------------------------------------
def show_reach(value: ReceptiveField | None) -> str:
    return NOTHING if value is None else show_field(value)


def show_number(value: Any) -> str:
    return show_short(value, LONGEST)


def show_count(value: Any) -> str:
    return NOTHING if value is None else show_number(value)


def show_bytes(value: Any) -> str:
    return show_number(value) if isinstance(value, Size) else memory_text(value)


def show_time(value: Any) -> str:
    return "?" if value is None else show_seconds(value)


def show_flag(value: bool | None) -> str:
    return "?" if value is None else "yes" if value else "no"


def plain_flag(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def show_shapes(value: Any) -> str:
    return ", ".join([show_shape(shape) for shape in value])


def count_positions(value: ReceptiveField | None) -> Any:
    return None if value is None or value.size is None else product(value.size)


def count_values(value: Any) -> Any:
    return None if None in value else sum([product(shape) for shape in value])


COLUMNS = {
    "layers": ComparedColumn("Layers", "layers, the inputs included", lambda n: n.layers, show_number, change_count),
    "depth": ComparedColumn("Depth", "layers with weights on the longest way", lambda n: n.depth, show_number, change_count),
    "params": ComparedColumn("Params", "parameters", lambda n: n.params, show_number, change_ratio),
    "trainable": ComparedColumn("Trainable", "parameters that training moves", lambda n: n.trainable_params, show_number, change_ratio),
    "macs": ComparedColumn("MACs", "multiply-accumulates of one example", lambda n: n.macs, show_number, change_ratio),
    "flops": ComparedColumn("FLOPs", "2 * MACs", lambda n: n.flops, show_number, change_ratio),
    "rf": ComparedColumn(
        "RF", "receptive field", lambda n: n.receptive_field, show_reach, change_field,
        lambda value: write_axes(value and value.size), count_positions,
    ),
    "coverage": ComparedColumn("Coverage", "share of the input that the receptive field covers", lambda n: n.coverage, percent, change_points, exists=lambda n: n.receptive_field is not None),
    "output": ComparedColumn("Output", "shapes of the outputs", lambda n: n.output_shapes, show_shapes, change_nothing, show_shapes, count_values),
    "params_bytes": ComparedColumn("Weights", "bytes of the parameters", lambda n: n.params_bytes, show_bytes, change_ratio, of="memory"),
    "peak_memory": ComparedColumn("Peak memory", "the most bytes of activations at once", lambda n: n.peak_memory, show_bytes, change_ratio, of="memory"),
    "inference_memory": ComparedColumn("Inference memory", "weights and peak memory", lambda n: n.inference_memory, show_bytes, change_ratio, of="memory"),
    "training_memory": ComparedColumn("Training memory", "what a step of training holds", lambda n: n.training_memory, show_bytes, change_ratio, of="training"),
    "time": ComparedColumn("Time", "of a batch at least, on --device", lambda n: n.seconds, show_time, change_ratio, of="device"),
    "lost": ComparedColumn("MACs lost", "share of the MACs whose results are never read", lambda n: n.macs_lost_share, percent, change_points),
    "lossless": ComparedColumn("Lossless", "whether every position that carries data is read", lambda n: n.lossless, show_flag, change_nothing, plain_flag),
    "findings": ComparedColumn("Findings", "what check finds", lambda n: n.findings, show_number, change_count),
    "epochs": ComparedColumn("Epochs", "of a run, that are done", lambda n: n.epochs, show_count, change_count),
}  # fmt: skip
USUAL = ("params", "macs", "rf", "coverage", "peak_memory", "training_memory", "time", "lost", "findings")
TESTED = ("test_accuracy", "test_loss")  # the figure of a test that is shown


def find_columns(networks: Sequence[ComparedNetwork]) -> dict[str, ComparedColumn]:
    """All columns that there are: with those of the figures that trainings have."""
    names = dict.fromkeys([name for network in networks for name in network.figures])
    return COLUMNS | {name: make_run_column(name) for name in names if name not in COLUMNS}


def make_run_column(name: str) -> ComparedColumn:
    """The column of a training's figure: val_accuracy, test_loss."""

    def show(value: Any) -> str:
        from cnnspec.train.progress import format_figure

        return NOTHING if value is None else format_figure(value)

    return ComparedColumn(name, "of a run", lambda n: n.figures.get(name), show, change_measure)


# ---- which columns -----------------------------------------------------------------------------------------------
def choose_columns(names: str, networks: Sequence[ComparedNetwork]) -> tuple[str, ...]:
    """Columns from "params,macs". ValueError for one that there is not, or that the question gives no figure to."""
    known = find_columns(networks)
    wanted = tuple(dict.fromkeys([find_name(name, known) for name in names.split(",") if name.strip()]))
    for name in wanted:
        lacks = find_lack(known[name], networks)
        if lacks:
            raise ValueError(f"the column {name} {lacks}")
    if not wanted:
        raise ValueError(f"columns are names with commas between: known are {', '.join(known)}")
    return wanted


def find_name(text: str, known: Collection[str]) -> str:
    """The column that a text names, in small letters or large. ValueError for a name that is no column's."""
    name = text.strip()
    alike = [one for one in known if one.casefold() == name.casefold()]
    if name in known or len(alike) == 1:
        return name if name in known else alike[0]
    raise ValueError(f'no column is called "{name}": known are {", ".join(known)}{write_suggestion(name, known)}')


def find_lack(column: ComparedColumn, networks: Sequence[ComparedNetwork]) -> str:
    """Why no network has a figure in a column, as the question is; "" where it asks for one."""
    asked = networks[0].question if networks else None
    if asked is None:
        return ""
    if column.of == "device" and asked.device is None:
        return "needs a device, whose time it is"
    if column.of == "training" and not asked.precision.trains:
        return f"needs gradients, which {asked.precision.name} does not have"
    return ""


def choose_usual(networks: Sequence[ComparedNetwork]) -> tuple[str, ...]:
    """The columns that are shown where none are chosen: of trainings also the figure that chose the best epoch, and the test's."""
    wanted = [name for name in USUAL if not find_lack(COLUMNS[name], networks)]
    runs = [network.run for network in networks if network.run is not None]
    if runs:
        chosen = [run.record["best"]["by"] for run in runs if run.record["best"]]
        tested = [next((name for name in TESTED if name in run.figures), "") for run in runs]
        wanted += [name for name in dict.fromkeys(["epochs", *chosen, *tested]) if name]
    return tuple([name for name in wanted if name in find_columns(networks)])
