"""The Python face: `load` a spec, ask the network.

>>> import cnnspec
>>> net = cnnspec.load("input 28x28x1\\nconv(32, 3x3, activation=relu)")
>>> net.params, net.macs, net.layers[1].output_shape
(320, 194688, (26, 26, 32))
"""

from __future__ import annotations

import os

from cnnspec.base.reading import read
from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.tables.rows import LayerFigures, ReceptiveField, receptive_field, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import keras

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.size import Dim
    from cnnspec.diff.difference import Difference
    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Assumption
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis, Watch
    from cnnspec.rf.field import UnitField
    from cnnspec.sizes.input_sizes import InputSizes

    Told = Callable[[tuple[Diagnostic, ...]], tuple[Diagnostic, ...]]


class SpecError(Exception):
    """A spec that cannot be used for what was asked. `diagnostics` say why; the message shows them."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        from cnnspec.findings.text import show

        super().__init__("\n\n".join([message, *[show(d) for d in diagnostics]]))
        self.diagnostics = diagnostics


class Network:
    """A network and everything that is known about it before it runs.

    Shapes are tuples without the batch, channels last. Figures that cannot be known are None; sizes that depend on
    an input's unknown size are `cnnspec.base.size.Size` expressions.
    """

    def __init__(self, checked: AnalysedNetwork, told: Told = tuple) -> None:
        self._checked, self._told = checked, told
        self._layers: tuple[LayerFigures, ...] | None = None
        self._diagnostics: tuple[Diagnostic, ...] | None = None

    @property
    def name(self) -> str:
        """The model's name; the file's where no model stands around the network."""
        return self._checked.name

    @property
    def layers(self) -> tuple[LayerFigures, ...]:
        """One `LayerFigures` for every layer, the inputs included, in the order of the text."""
        if self._layers is None:
            self._layers = rows(self._checked)
        return self._layers

    @property
    def inputs(self) -> tuple[Shape | None, ...]:
        """Shapes of the inputs."""
        return tuple([self._checked.graph.nodes[i].shape for i in self._checked.graph.inputs])

    @property
    def outputs(self) -> tuple[Shape | None, ...]:
        """Shapes of the outputs."""
        return tuple([self._checked.graph.nodes[i].shape for i in self._checked.graph.outputs])

    @property
    def params(self) -> int | None:
        """All parameters, shared ones once."""
        return self._checked.facts.total_parameters

    @property
    def trainable_params(self) -> int | None:
        """Parameters that training moves."""
        return self._checked.facts.total_trainable

    @property
    def non_trainable_params(self) -> int | None:
        """Moving averages of normalisations."""
        return self._checked.facts.total_frozen

    @property
    def macs(self) -> Dim | None:
        """Multiply-accumulates of convolutions and dense layers for one example, bias not counted."""
        return self._checked.facts.total_macs

    @property
    def flops(self) -> Dim | None:
        """2 * macs."""
        return self._checked.facts.total_flops

    @property
    def coverage(self) -> float | None:
        """The share of the input's area that the receptive field covers, were it to lie inside; None where unknown."""
        return self._checked.facts.coverage

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """Of the last layer before the whole input is mixed, in input positions; None where there is none."""
        return receptive_field(self._checked.facts.receptive_field)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The misspelt words that were taken for known ones: `written`, `taken`, and the `span` where each stands. A
        layer whose figures rest on one is `assumed`."""
        return tuple(self._checked.graph.assumptions)

    @property
    def assumed(self) -> bool:
        """Whether the figures of the whole rest on an assumption."""
        return self._checked.graph.assumed

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the spec, in the order of the text."""
        if self._diagnostics is None:
            self._diagnostics = self._told(self._checked.diagnostics)
        return self._diagnostics

    def summary(self, format: str = "text") -> None:
        """Print the table of layers. `format`: text, markdown, csv or json. ValueError for another."""
        print(self.to_text(format), end="")

    def to_text(self, format: str = "text") -> str:
        """The summary as a text in one of the formats of `summary`."""
        from cnnspec.summary import text as summary

        if format == "json":
            import json

            return json.dumps(summary.json(self._checked), indent=2, ensure_ascii=False) + "\n"
        if format not in ("text", "markdown", "csv"):
            raise ValueError(f'no format is called "{format}": text, markdown, csv or json')
        if format == "text":
            return summary.text(self._checked)
        return summary.markdown(self._checked) if format == "markdown" else summary.csv(self._checked)

    def explain(self, layer: str | None = None, format: str = "text") -> str:
        """Where the figures of a layer come from, with the numbers put in; of every layer where none is named.

        `format`: text, markdown, latex or json. LookupError for a layer that is not there, ValueError for another format.
        """
        from cnnspec.explain import explanation

        if format == "json":
            import json

            return json.dumps(explanation.json(self._checked, layer), indent=2, ensure_ascii=False) + "\n"
        if format not in explanation.FORMATS:
            raise ValueError(f'no format is called "{format}": {", ".join(explanation.FORMATS)} or json')
        return explanation.FORMATS[format](self._checked, layer)

    def receptive_field_of(self, layer: str, at: tuple[int, ...] | None = None) -> UnitField:
        """Everything about the field of one output position of a layer (of the middle one, unless told): its box on
        every input, what it reads there, its smallest and largest path.

        LookupError for a layer that is not there, ValueError for a position that it does not have.
        """
        from cnnspec.rf.field import unit_field

        return unit_field(self._checked, layer, at)

    def sizes(self) -> InputSizes:
        """All input sizes for which the network is legal, loses nothing, or fits exactly: one `Axis` an axis.

        Its `legal`, `lossless` and `strict` are sets: `in` asks, `below` and `above` give the nearest, `members`
        counts them up. SpecError when the network is legal for no size that was tried.
        """
        from cnnspec.sizes import find_input_sizes, no_size

        found = find_input_sizes(self._checked)
        if found is None:
            raise SpecError(f"{self.name}: {no_size(self._checked)}", self.diagnostics)
        return found

    def to_keras(self) -> keras.Model:
        """The Keras model, its layers named as here.

        Raises SpecError when the spec has mistakes, MissingExtra when Keras is not installed.
        """
        from cnnspec.compile.live import to_keras

        if self._checked.broken:
            raise SpecError(f"{self.name} cannot be built", self.diagnostics)
        return to_keras(self._checked.graph)

    @property
    def text(self) -> str:
        """The spec itself."""
        return self._checked.source.text

    def to_source(self) -> str:
        """Keras source that builds the same model. Raises SpecError when the spec has mistakes."""
        from cnnspec.compile.source import to_source

        if self._checked.broken:
            raise SpecError(f"{self.name} cannot be built", self.diagnostics)
        return to_source(self._checked)

    def _repr_html_(self) -> str:
        """The table, in a notebook."""
        from cnnspec.summary import text as summary

        return summary.html(self._checked)

    def __repr__(self) -> str:
        params = "?" if self.params is None else f"{self.params:,}"
        return f"<cnnspec.Network {self.name}: {self._checked.facts.layers} layers, {params} parameters>"


def load(path_or_text: str | os.PathLike[str], *, model: str | None = None, **parameters: Any) -> Network:
    """The network of a spec: a path, or the text itself (a str with a newline, a space or a parenthesis that names no
    file).

    `model` chooses where a file holds several; the other keywords replace the model's parameters. A network with
    mistakes is returned too: look at `.diagnostics`.

    Raises OSError when the file cannot be read, SpecError when there is no network in it or several to choose from,
    TypeError for a parameter that the model does not have.
    """
    source = _source(path_or_text)
    analysis, told = _analysed(source, parameters, model)
    if len(analysis.networks) == 1:
        return Network(analysis.networks[0], told)
    if analysis.networks:
        names = ", ".join(n.name for n in analysis.networks)
        raise SpecError(f"{source.name} holds several models: choose with model=, one of {names}")
    raise SpecError(f"{source.name} holds no network" + (f' called "{model}"' if model else ""), analysis.diagnostics)


def from_keras(model: keras.Model, *, keep_names: bool = False) -> Network:
    """The network of a live Keras model; `.text` is its spec, as `cnnspec import` writes it.

    With `keep_names` nothing is folded into blocks and loops, so that every layer keeps its name. Raises SpecError,
    naming the layers, for a model that the language cannot express, and TypeError for what is no model.
    """
    from cnnspec.model_files.keras.application import from_model
    from cnnspec.model_files.keras.archive import Refused
    from cnnspec.spec_writer import Unfaithful, to_text

    try:
        text = to_text(from_model(model), keep_names)
    except Refused as refusal:
        raise SpecError(str(refusal)) from None
    except Unfaithful as error:
        raise SpecError(f"a defect of cnnspec, please report it: no text reads back as this model: {error}") from None
    analysis, told = _analysed(Source(f"<{model.name}>", text), {})
    (network,) = analysis.networks
    return Network(network, told)


def check(path_or_text: str | os.PathLike[str], **parameters: Any) -> tuple[Diagnostic, ...]:
    """Every mistake in a spec, all of its models included. Takes and raises what `load` does."""
    analysis, told = _analysed(_source(path_or_text), parameters)
    return told(analysis.diagnostics)


def diff(a: Network | str | os.PathLike[str], b: Network | str | os.PathLike[str]) -> Difference:
    """What is different between two networks, each a `Network` or what `load` takes; `print` shows it as a table.

    Raises SpecError when one has mistakes, and what `load` raises.
    """
    from cnnspec.diff.difference import difference

    networks = [side if isinstance(side, Network) else load(side) for side in (a, b)]
    for network in networks:
        if network._checked.broken:
            raise SpecError(f"{network.name} cannot be compared", network.diagnostics)
    return difference(networks[0]._checked, networks[1]._checked)


def _analysed(source: Source, parameters: dict[str, Any], model: str | None = None) -> tuple[Analysis, Told]:
    """What is known about a source, and what puts the help into findings of it that is printed from their repairs.

    TypeError for a wrong parameter.
    """

    def again(source: Source, read: Read = read, watch: Watch | None = None) -> Analysis:
        return analyse(source, parameters, model, read=read, watch=watch)

    def told(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        from cnnspec.lint.fix.offers import offered

        return offered(found, analysis, again)

    try:
        analysis = again(source)
    except KeyError as error:
        message, help = error.args
        raise TypeError(f"{message}; {help}") from None
    return analysis, told


def _source(path_or_text: str | os.PathLike[str]) -> Source:
    if isinstance(path_or_text, str) and ("\n" in path_or_text or not _names_a_file(path_or_text)):
        return Source("<text>", path_or_text.replace("\r\n", "\n").replace("\r", "\n"))
    path = os.fspath(path_or_text)
    source = read(path, streams=True)
    if isinstance(source, Source):
        return source
    if not os.path.exists(path):
        raise FileNotFoundError(2, f"there is no such file: {path}")
    raise OSError(f"{source.message}: {source.help}")


def _names_a_file(text: str) -> bool:
    try:
        return os.path.exists(text) or not any(c in text for c in " (\t")
    except ValueError:  # a NUL
        return False


__all__ = ["Network", "SpecError", "check", "diff", "from_keras", "load"]
