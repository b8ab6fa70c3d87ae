"""A network as the API returns it: its figures, its mistakes, and everything that the commands say about it."""

from __future__ import annotations

from cnnspec.api.errors import SpecError
from cnnspec.tables.rows import LayerFigures, ReceptiveField, find_figures, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import keras

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.size import Dim
    from cnnspec.graph import Assumption
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.unit_field import UnitField
    from cnnspec.sizes.input_sizes import InputSizes

    AddHelp = Callable[[tuple[Diagnostic, ...]], tuple[Diagnostic, ...]]


class Network:
    """A network and everything that is known about it before it runs.

    Shapes are tuples without the batch, channels last. Figures that cannot be known are None; sizes that depend on
    an input's unknown size are `cnnspec.base.size.Size` expressions. `analysed` is what every room is asked about.
    """

    def __init__(self, analysed: AnalysedNetwork, add_help: AddHelp = tuple) -> None:
        self.analysed, self._add_help = analysed, add_help
        self._layers: tuple[LayerFigures, ...] | None = None
        self._diagnostics: tuple[Diagnostic, ...] | None = None

    @property
    def name(self) -> str:
        """The model's name; the file's where no model stands around the network."""
        return self.analysed.name

    @property
    def layers(self) -> tuple[LayerFigures, ...]:
        """One `LayerFigures` for every layer, the inputs included, in the order of the text."""
        if self._layers is None:
            self._layers = find_figures(self.analysed)
        return self._layers

    @property
    def inputs(self) -> tuple[Shape | None, ...]:
        """Shapes of the inputs."""
        return tuple([self.analysed.graph.nodes[i].shape for i in self.analysed.graph.inputs])

    @property
    def outputs(self) -> tuple[Shape | None, ...]:
        """Shapes of the outputs."""
        return tuple([self.analysed.graph.nodes[i].shape for i in self.analysed.graph.outputs])

    @property
    def params(self) -> int | None:
        """All parameters, shared ones once."""
        return self.analysed.facts.total.parameters

    @property
    def trainable_params(self) -> int | None:
        """Parameters that training moves."""
        return self.analysed.facts.total.trainable

    @property
    def non_trainable_params(self) -> int | None:
        """Moving averages of normalisations."""
        return self.analysed.facts.total.frozen

    @property
    def macs(self) -> Dim | None:
        """Multiply-accumulates of convolutions and dense layers for one example, bias not counted."""
        return self.analysed.facts.total.macs

    @property
    def flops(self) -> Dim | None:
        """2 * macs."""
        return self.analysed.facts.total.flops

    @property
    def coverage(self) -> float | None:
        """The share of the input's area that the receptive field covers, were it to lie inside; None where unknown."""
        return self.analysed.facts.coverage

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """Of the last layer before the whole input is mixed, in input positions; None where there is none."""
        return measure_field(self.analysed.facts.receptive_field)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The misspelt words that were taken for known ones: `written`, `taken`, and the `span` where each stands. A
        layer whose figures rest on one is `assumed`."""
        return tuple(self.analysed.graph.assumptions)

    @property
    def assumed(self) -> bool:
        """Whether the figures of the whole rest on an assumption."""
        return self.analysed.graph.assumed

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the spec, in the order of the text."""
        if self._diagnostics is None:
            self._diagnostics = self._add_help(self.analysed.diagnostics)
        return self._diagnostics

    def summary(self, format: str = "text") -> None:
        """Print the table of layers. `format`: text, markdown, csv or json. ValueError for another."""
        print(self.to_text(format), end="")

    def to_text(self, format: str = "text") -> str:
        """The summary as a text in one of the formats of `summary`."""
        from cnnspec.summary import find_summary
        from cnnspec.summary.formats import FORMATS, write_table

        summary = find_summary(self.analysed)
        if format in FORMATS:
            return write_table(self.analysed, summary, format)
        if format != "json":
            raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')
        from cnnspec.summary.json import write_data

        return _json(write_data(self.analysed, summary))

    def explain(self, layer: str | None = None, format: str = "text") -> str:
        """Where the figures of a layer come from, with the numbers put in; of every layer where none is named.

        `format`: text, markdown, latex or json. LookupError for a layer that is not there, ValueError for another format.
        """
        from cnnspec.explain import find_explanation
        from cnnspec.explain.formats import FORMATS, write_explanation

        if format not in (*FORMATS, "json"):
            raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')
        explanation = find_explanation(self.analysed, layer)
        if format in FORMATS:
            return write_explanation(self.analysed, explanation, format)
        from cnnspec.explain.json import write_data

        return _json(write_data(self.analysed, explanation))

    def receptive_field_of(self, layer: str, at: tuple[int, ...] | None = None) -> UnitField:
        """Everything about the field of one output position of a layer, the middle one where none is given: its box
        on every input, what it reads there, its smallest and largest path.

        LookupError for a layer that is not there, ValueError for a position that it does not have.
        """
        from cnnspec.rf import find_unit_field

        return find_unit_field(self.analysed, layer, at)

    def sizes(self) -> InputSizes:
        """All input sizes for which the network is legal, loses nothing, or fits exactly: one `Axis` an axis.

        Its `legal`, `lossless` and `strict` are sets: `in` asks, `below` and `above` give the nearest, `members`
        counts them up. SpecError when the network is legal for no size that was tried.
        """
        from cnnspec.sizes import explain_no_size, find_input_sizes

        sizes = find_input_sizes(self.analysed)
        if sizes is None:
            raise SpecError(f"{self.name}: {explain_no_size(self.analysed)}", self.diagnostics)
        return sizes

    def to_keras(self) -> keras.Model:
        """The Keras model, its layers named as here.

        Raises SpecError when the spec has mistakes, MissingExtra when Keras is not installed.
        """
        from cnnspec.compile.keras_model import to_keras

        if self.analysed.broken:
            raise SpecError(f"{self.name} cannot be built", self.diagnostics)
        return to_keras(self.analysed.graph)

    @property
    def text(self) -> str:
        """The spec itself."""
        return self.analysed.source.text

    def to_source(self) -> str:
        """Keras source that builds the same model. Raises SpecError when the spec has mistakes."""
        from cnnspec.compile.keras_source import to_source

        if self.analysed.broken:
            raise SpecError(f"{self.name} cannot be built", self.diagnostics)
        return to_source(self.analysed)

    def _repr_html_(self) -> str:
        """The table, in a notebook."""
        from cnnspec.summary import find_summary
        from cnnspec.summary.html import write_html

        return write_html(self.analysed, find_summary(self.analysed))

    def __repr__(self) -> str:
        params = "?" if self.params is None else f"{self.params:,}"
        return f"<cnnspec.Network {self.name}: {self.analysed.facts.total.layers} layers, {params} parameters>"


def _json(data: dict[str, Any]) -> str:
    from json import dumps

    return dumps(data, indent=2, ensure_ascii=False) + "\n"
