"""A network as the API returns it: its figures, its mistakes, and everything that the commands say about it."""

from __future__ import annotations

from cnnspec.api.answer import Answer, make_answer
from cnnspec.api.argument_checks import take_numbers, take_text
from cnnspec.api.errors import SpecError
from cnnspec.api.findings import Findings, LaterFindings
from cnnspec.api.network_picture import draw
from cnnspec.api.torch_module import print_torch, to_torch
from cnnspec.api.trace import trace
from cnnspec.api.training import train
from cnnspec.api.written import find_written
from cnnspec.tables.rows import LayerFigures, ReceptiveField, find_figures, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import keras

    from cnnspec.api.findings import AddHelp
    from cnnspec.api.network_answers import Cost, Explanation, InputSizes, Lost, ReceptiveFields, UnitField
    from cnnspec.base.size import Dim
    from cnnspec.graph import Assumption
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.report import Report


def find_text(network: Network) -> str:
    """The spec itself; of a model, as `cnnspec import` writes it."""
    return find_written(network).source.text


class Network(Answer):
    """A network and everything that is known about it before it runs; `print` shows it as `cnnspec summary` does.

    Shapes are tuples without the batch, channels last. Figures that cannot be known are None; sizes that depend on
    an input's unknown size are `Size` expressions.

    `name` is the model's, or the file's (of a text, its `name`) where no model stands around the network. `inputs` and
    `outputs` are shapes. `assumptions` are the misspelt words that were taken for known ones (`written`, `taken`, and the
    `span` where each stands); a layer whose figures rest on one is `assumed`, and so is the network where the figures of the
    whole do. `analysed` is what every room of cnnspec is asked about.
    """

    name: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    assumptions: tuple[Assumption, ...]
    assumed: bool
    analysed: AnalysedNetwork
    text = property(find_text)

    def __init__(self, analysed: AnalysedNetwork, add_help: AddHelp = tuple, keep_names: bool = False) -> None:
        graph = analysed.graph
        self.keeps_names = keep_names  # whether the text of a model has a name for each layer
        self.name, self.analysed = analysed.name, analysed
        self.inputs = tuple([graph.nodes[i].shape for i in graph.inputs])
        self.outputs = tuple([graph.nodes[i].shape for i in graph.outputs])
        self.assumptions, self.assumed = tuple(graph.assumptions), graph.assumed
        self._layers: tuple[LayerFigures, ...] | None = None
        self._findings = LaterFindings(analysed.diagnostics, analysed.source.name, add_help)

    # ---- figures -------------------------------------------------------------------------------------------------
    @property
    def layers(self) -> tuple[LayerFigures, ...]:
        """One `LayerFigures` for every layer, the inputs included, in the order of the text."""
        if self._layers is None:
            self._layers = find_figures(self.analysed)
        return self._layers

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
    def diagnostics(self) -> Findings:
        """What is wrong with the spec, in the order of the text."""
        return self._findings.found

    # ---- the table of layers -------------------------------------------------------------------------------------
    def summary(self, format: str = "text") -> None:
        """Print the table of layers. `format`: text, markdown, csv, latex or json. ValueError for another."""
        print(self.to_text(format), end="")

    def to_text(self, format: str = "text") -> str:
        """The summary as a text in one of the formats of `summary`."""
        from cnnspec.summary import find_summary
        from cnnspec.summary.formats import FORMATS, write_table

        if format in FORMATS:
            return write_table(self.analysed, find_summary(self.analysed), format)
        if format == "json":
            return self.to_json()
        raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')

    def _make_report(self) -> Report:
        """The table of layers, and whether it can be relied on."""
        from cnnspec.summary import find_summary
        from cnnspec.summary.report import make_report

        made, network = make_report(self.analysed, find_summary(self.analysed)), self.analysed
        trouble = "It has mistakes: look at its diagnostics." if network.whole else "Not all of it could be known."
        return made.replace(lines=[*made.lines, *[trouble] * network.broken])

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec summary --format json` prints."""
        from cnnspec.summary import find_summary
        from cnnspec.summary.json import write_data

        return write_data(self.analysed, find_summary(self.analysed))

    # ---- what the other commands say -----------------------------------------------------------------------------
    def explain(self, layer: str | None = None, format: str = "text") -> str:
        """Where the figures of a layer come from, as a text: `explanation(layer).to_text(format)`.

        `format`: text, markdown, latex or json. LookupError for a layer that is not there, ValueError for another format.
        """
        return self.explanation(layer).to_text(format)

    def explanation(self, layer: str | None = None) -> Explanation:
        """Where the figures of a layer come from, with the numbers put in; of every layer where none is named.

        LookupError for a layer that is not there.
        """
        from cnnspec.api.network_answers import Explanation
        from cnnspec.explain import find_explanation

        name = None if layer is None else take_text(layer, "layer")
        return make_answer(Explanation, find_explanation(self.analysed, name), self.analysed)

    def receptive_field_of(self, layer: str, at: tuple[int, ...] | None = None) -> UnitField:
        """Everything about the field of one output position of a layer, the middle one where none is given: its box
        on every input, what it reads there, its smallest and largest path.

        LookupError for a layer that is not there, ValueError for a position that it does not have.
        """
        from cnnspec.api.network_answers import UnitField
        from cnnspec.rf import find_unit_field

        found = find_unit_field(self.analysed, take_text(layer, "layer"), take_numbers(at, "at"))
        return make_answer(UnitField, found, self.analysed)

    def receptive_fields(self, *layers: str, at: tuple[int, ...] | None = None) -> ReceptiveFields:
        """The receptive field of every layer: size, jump, start, centre, coverage, and an estimate of the effective field.

        `units` is then everything about one position of each layer that is named, as `receptive_field_of` has it. LookupError
        for a layer that is not there, ValueError for a position that it does not have.
        """
        from cnnspec.api.network_answers import ReceptiveFields
        from cnnspec.rf import find_fields

        if at is not None and not layers:
            raise ValueError("at is a position of a layer: name the layer, too")
        names = [take_text(layer, "layer") for layer in layers]
        return make_answer(ReceptiveFields, find_fields(self.analysed, names, take_numbers(at, "at")), self.analysed)

    def cost(
        self, batch: int | None = None, *, dtype: str = "float32", optimizer: str | None = None,
        memory: int | str | None = None, device: str | None = None, flops_as: str | None = None,
    ) -> Cost:  # fmt: skip
        """What the network costs: work, memory for inference and for training, and with a `device` its time at least.

        The batch and the optimizer are the train section's unless they are given, else 1 and adam; an optimizer is written as
        in the language, sgd(momentum=0.9). With `memory` (bytes, or a text such as "16GiB") the largest batch is found that
        fits. `device` is a name that `cnnspec cost` knows, or "10TFLOP/s,200GB/s"; `flops_as` a tool whose FLOPs are wanted.
        ValueError for what is not known.
        """
        from cnnspec.api.cost_question import ask_cost
        from cnnspec.api.network_answers import Cost
        from cnnspec.cost import find_cost

        question = ask_cost(self.analysed, batch, dtype, optimizer, memory, device, flops_as)
        return make_answer(Cost, find_cost(self.analysed, question), self.analysed)

    def lost(self) -> Lost:
        """What the network throws away: positions that carry data and are never read, kernel taps that see padding alone."""
        from cnnspec.api.network_answers import Lost
        from cnnspec.lost import find_lost

        return make_answer(Lost, find_lost(self.analysed), self.analysed)

    draw = draw  # of a file of its own
    trace = trace  # likewise
    train = train

    def sizes(self, near: int | tuple[int, ...] | None = None) -> InputSizes:
        """All input sizes for which the network is legal, loses nothing, or fits exactly: one `Axis` an axis.

        Its `legal`, `lossless` and `strict` are sets: `in` asks, `below` and `above` give the nearest, `members`
        counts them up. `near` is the size that `print` and `to_data` speak of, one for all axes or one for each; the text's, where
        none is given; ValueError for another number of them. SpecError when the network is legal for no size that was tried.
        """
        from cnnspec.api.network_answers import InputSizes
        from cnnspec.sizes import explain_no_size, find_input_sizes, has_axes_for

        asked = take_numbers(near, "near")
        if asked is not None and (not has_axes_for(self.analysed, asked) or min(asked) < 1):
            raise ValueError(
                f"near must be a size from 1, or one for each axis of the inputs of {self.name}, not {near}"
            )
        sizes = find_input_sizes(self.analysed)
        if sizes is None:
            raise SpecError(f"{self.name}: {explain_no_size(self.analysed)}", self.diagnostics)
        return make_answer(InputSizes, sizes, asked, self.analysed)

    def budget(self, *limits: str, **bounds: float | str) -> Findings:
        """The limits that the network breaks, as `check` finds them for `expect`; none, and false, where it keeps them all.

        A limit is written as in the language, "params <= 100k", "training_memory(batch=32) < 8GiB", "lossless"; or it is a
        keyword, max_ or min_ before a quantity: max_params=100_000, min_receptive_field=18. ValueError for a text that is no
        limit, TypeError for another keyword, SpecError when the spec has mistakes.
        """
        from cnnspec.api.budget import find_broken_limits

        return Findings(find_broken_limits(self.analysed, limits, bounds), self.analysed.source.name)

    # ---- Keras and PyTorch ---------------------------------------------------------------------------------------
    def to_keras(self, weights: Any = None) -> keras.Model:
        """The Keras model, its layers named as here.

        `weights` is what it gets its weights of: a torch module of the same network, whoever wrote it; the state of the module
        of `to_torch`; or a file: .pt2, .onnx, .keras, .weights.h5, or the folder of a run. All are taken, or none.

        Raises SpecError when the spec has mistakes or a layer that Keras cannot compute, MissingExtra when Keras is not
        installed, ValueError for weights of another network, FileNotFoundError where there is no such file.
        """
        from cnnspec.compile.keras_model import to_keras

        require_keras(self)
        model = to_keras(self.analysed.graph)
        if weights is not None:
            from cnnspec.api.keras_weights import give_weights

            give_weights(self.analysed, model, weights)
        return model

    to_torch = to_torch  # of a file of its own

    def to_source(self, framework: str = "keras") -> str:
        """Source that builds the same model, in Keras or, with "torch", as a PyTorch module whose blocks are classes.

        Raises SpecError as `to_keras` and `to_torch` do, ValueError for another framework.
        """
        if framework not in ("keras", "torch"):
            raise ValueError(f'no framework is called "{framework}": keras or torch')
        if framework == "torch":
            return print_torch(self)
        from cnnspec.compile.keras_source import to_source

        require_keras(self)
        return to_source(find_written(self))

    def __repr__(self) -> str:
        from cnnspec.base.count_nouns import count_nouns

        layers = count_nouns(self.analysed.facts.total.layers, "layer")
        params = "? parameters" if self.params is None else count_nouns(self.params, "parameter")
        trouble = "has mistakes: .diagnostics" if self.analysed.whole else "is not known whole"
        wrong = f"; it {trouble}" if self.analysed.broken else ""
        return f"<cnnspec.Network {self.name}: {layers}, {params}{wrong}>"


def require_keras(network: Network) -> None:
    """Raise SpecError where a network cannot become a Keras model."""
    from cnnspec.facts.facts import find_keras_problems
    from cnnspec.lint.keras_limits import refuse_keras_limits

    facts = network.analysed.facts
    if network.analysed.broken or any(find_keras_problems(facts)):
        why = f": it {network.analysed.trouble}" if network.analysed.broken else ""
        raise SpecError(f"{network.name} cannot be built{why}", refuse_keras_limits(facts, network.diagnostics))
