"""A trace as the API returns it: the numbers of a network on one input, which show themselves in every form of `cnnspec trace`."""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_count, take_numbers, take_path, take_text, take_texts
from cnnspec.api.errors import SpecError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.api.network import Network
    from cnnspec.trace.backward import Backward
    from cnnspec.trace.trace import Trace as NetworkTrace
    from cnnspec.trace.weights import WeightsFound

    Floats = NDArray[Any]


class Trace(Answer):
    """The numbers of a network on one input; `print` shows it as `cnnspec trace` does.

    `values["conv1"]` is the output of a layer, `weights["conv1"]["kernel"]` a weight, `gradients["conv1"]` the gradient of an
    output and `weight_gradients["conv1"]["kernel"]` that of a weight: NumPy arrays of floats, channels last, without the batch;
    of the layers that were computed. `exact` has the outputs that are fractions or whole numbers as arrays of Fractions.
    """

    def __init__(self, traced: NetworkTrace, back: Backward | None = None) -> None:
        from cnnspec.trace.reference.arrays import is_exact, make_floats

        names = [node.name for node in traced.network.graph.nodes]
        self._traced, self._back = traced, back
        found = {name: value[0] for name, value in zip(names, traced.values, strict=True) if value is not None}
        self.values: dict[str, Floats] = {name: make_floats(value) for name, value in found.items()}
        self.exact: dict[str, Floats] = {name: value for name, value in found.items() if is_exact(value)}
        self.weights: dict[str, dict[str, Floats]] = take_floats(traced.weights.weights)
        self.gradients: dict[str, Floats] = {}
        self.weight_gradients: dict[str, dict[str, Floats]] = {}
        if back is not None:
            made = zip(names, back.gradients.values, strict=True)
            self.gradients = {name: make_floats(value[0]) for name, value in made if value is not None}
            self.weight_gradients = take_floats(back.gradients.weights)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self.to_data() == other.to_data()

    def __hash__(self) -> int:
        return hash((self._traced.network.name, *self.values))

    def to_text(self, format: str = "text", decimals: bool = False) -> str:
        """The trace in one of the formats: text, markdown, latex, html (a page that steps through the values of each layer) or
        json. With `decimals`, 3.33333 for 10/3. ValueError for another format, and for more numbers than are printed."""
        from cnnspec.trace import draw_board
        from cnnspec.trace.formats import FORMATS, write_trace

        if format == "json":
            return self.to_json()
        if format not in FORMATS:
            raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')
        self._check_size()
        return write_trace(self._traced, draw_board(self._traced, self._back), format, decimals)

    def to_html(self) -> str:
        """The grids as HTML tables, and the values that are written out; or a sentence where there are too many numbers."""
        from cnnspec.api.html.trace import write_html, write_refusal
        from cnnspec.trace import draw_board
        from cnnspec.trace.errors import NoTrace

        try:
            self._check_size()
        except NoTrace as error:
            return write_refusal(self._traced.network.name, str(error))
        return write_html(draw_board(self._traced, self._back))

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec trace --format json` prints."""
        from cnnspec.trace.json import write_data

        return write_data(self._traced, self._back)

    def is_printable(self) -> bool:
        """Whether there are few enough numbers to look at."""
        from cnnspec.trace.errors import NoTrace

        try:
            self._check_size()
        except NoTrace:
            return False
        return True

    def _check_size(self) -> None:
        from cnnspec.trace.trace import check_printable

        if self._traced.place is None:
            check_printable(self._traced.network, self._traced.shown, self._back is not None)


def take_floats(arrays: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Floats]]:
    """The arrays of layers as floats."""
    from cnnspec.trace.reference.arrays import make_floats

    return {layer: {name: make_floats(array) for name, array in own.items()} for layer, own in arrays.items()}


def trace(
    self: Network, input: Any = None, *, layers: str | Sequence[str] = (), at: tuple[int, ...] | None = None,
    weights: str | os.PathLike[str] | Mapping[str, Mapping[str, Any]] | None = None, seed: int = 1,
    gradient: Any = None, loss: str | None = None, target: Any = None, step: float | str | Fraction | None = None,
) -> Trace:  # fmt: skip
    """The numbers of a network on one input: every map and weight, or those of some layers; with `at` how one value of the one
    layer that is named comes about.

    `input` is a NumPy array or nested lists, channels last, floats, or whole numbers and Fractions, which stay exact; or a text
    as `cnnspec trace --input` takes it: "ramp", "[[1, 0], [0, 1]]", a file. None is "ramp": 0, 1, 2, … Where a network has
    several inputs, it is a list of them or a dict by name. `weights` is a file that holds them, or a dict of layers' dicts, as
    {"conv1": {"kernel": …}}; what is neither given nor written in the spec is drawn by the seed.

    With the `gradient` of the output, or a `loss` (by default that of the train section) and a `target`, which are given as an
    input is, the way back is computed, too, and with `step` what a step makes of the weights.

    Raises SpecError for a spec with mistakes, ValueError for what does not fit the network or cannot be computed, MissingExtra
    where NumPy is not installed.
    """
    from cnnspec.trace import import_numpy
    from cnnspec.trace.backward import trace_back
    from cnnspec.trace.inputs import read_inputs
    from cnnspec.trace.sized import give_sizes
    from cnnspec.trace.start import read_start, read_step
    from cnnspec.trace.trace import find_shown, trace_network

    import_numpy()
    if self.analysed.broken:
        raise SpecError(f"{self.name} cannot be traced: it {self.analysed.trouble}", self.diagnostics)
    network = self.analysed
    named = [take_text(layers, "layers")] if isinstance(layers, str) else take_texts(layers, "layers") if layers else []
    shown, place, drawn = find_shown(network, named), take_numbers(at, "at"), take_count(seed, "seed", 0)
    whole = not (gradient is None and loss is None and target is None and step is None)
    if place is not None and whole:
        raise ValueError("at writes out one value of the way forward: leave it out, or what belongs to the way back")
    inputs = read_inputs(
        network.graph, list_given(network.graph.inputs, self, "ramp" if input is None else input), drawn
    )
    network = give_sizes(network, inputs)
    wanted = [*shown, *network.graph.outputs] if whole else shown
    found = find_given_weights(self, network, weights, drawn, wanted)
    made = trace_network(network, inputs, found, shown, place, whole)
    if not whole:
        return Trace(made)
    start = read_start(
        made, list_given(network.graph.outputs, self, gradient), None if loss is None else take_text(loss, "loss"),
        list_given(network.graph.outputs, self, target), drawn,
    )  # fmt: skip
    return Trace(made, trace_back(made, start, None if step is None else read_step(str(step))))


def list_given(nodes: Sequence[int], network: Network, given: Any) -> list[Any]:
    """What is given for the inputs, or the outputs, of a network, in order; none for None."""
    if given is None:
        return []
    names = [network.analysed.graph.nodes[index].name for index in nodes]
    if hasattr(given, "keys"):
        if {*given} != {*names}:
            raise ValueError(
                f"what is given is that of {', '.join(map(str, given))}, and the network has {', '.join(names)}"
            )
        return [given[name] for name in names]
    return list(given) if len(names) > 1 and isinstance(given, (list, tuple)) else [given]


def find_given_weights(
    network: Network, sized: Any, weights: Any, seed: int, wanted: Sequence[int]
) -> WeightsFound:  # fmt: skip
    """The weights: of a file, or the given ones in the place of those that are written or drawn."""
    from cnnspec.trace.weights import find_weights, give_weights

    source = network.analysed.source.name
    own = (
        source if not network.analysed.has_text and os.path.exists(source) else None
    )  # a model's file holds its weights
    if weights is None or not hasattr(weights, "keys"):
        return find_weights(sized.graph, own if weights is None else take_path(weights), seed, wanted)
    return give_weights(find_weights(sized.graph, own, seed, wanted), weights)
