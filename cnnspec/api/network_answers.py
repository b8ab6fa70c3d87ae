"""The answers that `Network` gives: what the rooms find, as values that show themselves.

Each is what its room returns (`cnnspec.cost.cost.Cost`, …) and the network that it is about. Where a value is the number of a
layer, it is its place in `Network.layers`.
"""

from __future__ import annotations

from cnnspec.api.answer import Answer, flatten_rows, make_answer
from cnnspec.cost.cost import Cost as NetworkCost
from cnnspec.explain.explanation import Explanation as NetworkExplanation
from cnnspec.lost.lost import Lost as NetworkLost
from cnnspec.rf.fields import NetworkFields
from cnnspec.rf.seen_layers import SeenLayers as LayersSeen
from cnnspec.rf.unit_field import UnitField as LayerUnitField
from cnnspec.sizes.input_sizes import InputSizes as NetworkSizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, ClassVar

    from cnnspec.api.picture import Picture
    from cnnspec.base.size import Dim
    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.report import Report

ABOUT = frozenset({"analysed"})  # not compared, and not shown


class Cost(Answer, NetworkCost):
    """What a network costs: `print` shows it as `cnnspec cost` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork

    @property
    def batch(self) -> int:
        """Examples at once."""
        return self.question.batch

    @property
    def dtype(self) -> str:
        """The number format, as Keras names it."""
        return self.question.precision.name

    @property
    def optimizer(self) -> str:
        """The optimizer, as the language writes it."""
        return self.question.optimizer

    @property
    def inference_bytes(self) -> Dim | None:
        """Weights and the most activations alive at once, of the batch."""
        return self.inference.bytes(self.batch)

    @property
    def training_bytes(self) -> Dim | None:
        """Everything that a step of training holds, of the batch; None where the number format has no gradients."""
        return None if self.training is None else self.training.bytes(self.batch)

    def draw(self) -> Picture:
        """The MACs and parameters of each layer, and the memory while it works, as `cnnspec cost -o` draws them."""
        from cnnspec.api.picture import Picture
        from cnnspec.cost.drawing import make_drawing

        return Picture(make_drawing(self.analysed, self))

    def _write_text(self) -> str:
        """What `cnnspec cost` prints."""
        from cnnspec.cost.text import write_text

        return write_text(self.analysed, self)

    def _make_report(self) -> Report:
        """The layers, and the memory term by term, as tables."""
        from cnnspec.api.html.cost import make_report

        return make_report(self.analysed, self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec cost --format json` prints."""
        from cnnspec.cost.json import write_data

        return write_data(self.analysed, self)


class Lost(Answer, NetworkLost):
    """What a network throws away: `print` shows it as `cnnspec lost` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork
    rows_are = "tensors"

    @property
    def macs(self) -> int | None:
        """The multiply-accumulates whose results are never read; None where some are unknown."""
        from cnnspec.lost.lost import macs_lost

        return macs_lost(self)

    def _write_text(self) -> str:
        """What `cnnspec lost` prints."""
        from cnnspec.lost.text import write_text

        return write_text(self.analysed, self)

    def _make_report(self) -> Report:
        """What is never read, as a table."""
        from cnnspec.api.html.lost import make_report

        return make_report(self.analysed, self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec lost --format json` prints."""
        from cnnspec.lost.json import write_data

        return write_data(self.analysed, self)


class ReceptiveFields(Answer, NetworkFields):
    """The receptive fields of a network: `print` shows them as `cnnspec rf` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork

    def draw(self) -> Picture:
        """The fields as boxes on the input, as `cnnspec rf -o` draws them; of the layers that were asked for, if any were.

        ValueError where there is nothing to draw.
        """
        return draw_fields(self.analysed, self.units)

    def _write_text(self) -> str:
        """What `cnnspec rf` prints."""
        from cnnspec.rf.text import write_text

        return write_text(self.analysed, self)

    def to_text(self, format: str = "text") -> str:
        """What `cnnspec rf` prints in a format; as CSV the layers, or what each unit that was asked for reads of each input."""
        if format != "csv" or not self.units:
            return super().to_text(format)
        from cnnspec.tables.csv import write_records

        units = self.to_data()["units"]
        reads = [
            {"layer": unit["layer"], "at": ",".join(map(str, unit["at"])), **read}
            for unit in units
            for read in unit["inputs"]
        ]
        return write_records(flatten_rows(reads))

    def _make_report(self) -> Report:
        """The layers as a table; one for each unit, where units were asked for."""
        from cnnspec.api.html.rf import make_report

        return make_report(self.analysed, self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec rf --format json` prints."""
        from cnnspec.rf.json import write_data

        return write_data(self.analysed, self)


class UnitField(Answer, LayerUnitField):
    """Everything about one position of a layer: `print` shows it as `cnnspec rf FILE LAYER` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork
    rows_are = "inputs"

    def in_layers(self) -> SeenLayers:
        """What this position sees of each layer before its own, down to the inputs."""
        from cnnspec.rf import find_seen_layers

        return make_answer(SeenLayers, find_seen_layers(self.analysed, self.layer.name, self.at), self.analysed)

    def alone(self) -> NetworkFields:
        """The field as the only one of its network that is asked for."""
        return NetworkFields((), None, (self,), (), (), ())

    def draw(self) -> Picture:
        """The field and those of the layers on the way, as boxes on the input. ValueError where there is nothing to draw."""
        return draw_fields(self.analysed, (self,))

    def draw_effective(self) -> Picture:
        """How much each pixel has to do with this position, for uniform weights: the heat map of `cnnspec rf --effective`.

        ValueError where that cannot be told.
        """
        from cnnspec.api.picture import Picture
        from cnnspec.rf import find_effective_field
        from cnnspec.rf.effective_drawing import make_drawing

        field = find_effective_field(self.analysed, self.layer.name, self.at)
        return Picture(make_drawing(self.analysed, field))

    def _write_text(self) -> str:
        """What `cnnspec rf FILE LAYER` prints."""
        from cnnspec.rf.text import write_text

        return write_text(self.analysed, self.alone())

    def _make_report(self) -> Report:
        """The unit as a table."""
        from cnnspec.api.html.rf import make_report

        return make_report(self.analysed, self.alone())

    def to_data(self) -> dict[str, Any]:
        """The unit in what `cnnspec rf FILE LAYER --format json` prints."""
        from cnnspec.rf.json import unit_data

        return unit_data(self)


class SeenLayers(Answer, LayersSeen):
    """What one position of a layer sees of each layer before it: `print` shows it as `cnnspec rf FILE --in LAYER` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork

    def _write_text(self) -> str:
        """What `cnnspec rf FILE --in LAYER` prints."""
        from cnnspec.rf.seen_text import write_text

        return write_text(self.analysed, self)

    def _make_report(self) -> Report:
        """The layers as a table."""
        from cnnspec.api.html.rf import make_seen_report

        return make_seen_report(self.analysed, self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec rf FILE --in LAYER --format json` prints."""
        from cnnspec.rf.json import write_seen_data

        return write_seen_data(self.analysed, self)


class InputSizes(Answer, NetworkSizes):
    """The input sizes that a network takes: `print` shows them as `cnnspec sizes` does.

    `near` is the size that was asked about, one for all axes or one for each; None: the text's.
    """

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    near: tuple[int, ...] | None
    analysed: AnalysedNetwork
    rows_are = "axes"

    def draw(self) -> Picture:
        """The sizes along a line, as `cnnspec sizes -o` draws them."""
        from cnnspec.api.picture import Picture
        from cnnspec.sizes.drawing import make_drawing

        return Picture(make_drawing(self.analysed, self, self.near))

    def _write_text(self) -> str:
        """What `cnnspec sizes` prints."""
        from cnnspec.sizes.text import write_text

        return write_text(self.analysed, self, self.near)

    def _make_report(self) -> Report:
        """The sizes of each axis as a table."""
        from cnnspec.api.html.sizes import make_report

        return make_report(self.analysed, self, self.near)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec sizes --format json` prints."""
        from cnnspec.sizes.json import write_data

        return write_data(self.analysed, self, self.near)


class Explanation(Answer, NetworkExplanation):
    """Where figures come from, with the numbers put in: `print` shows it as `cnnspec explain` does."""

    _uncompared: ClassVar[frozenset[str]] = ABOUT
    analysed: AnalysedNetwork

    def to_text(self, format: str = "text") -> str:
        """What `cnnspec explain` prints. `format`: text, markdown, latex or json; ValueError for another."""
        from cnnspec.explain.formats import FORMATS, write_explanation

        if format in FORMATS:
            return write_explanation(self.analysed, self, format)
        if format == "json":
            return self.to_json()
        raise ValueError(f'no format is called "{format}": {", ".join(FORMATS)} or json')

    def to_html(self) -> str:
        """A step of a derivation in each row of HTML tables."""
        from cnnspec.api.html.explain import write_html

        return write_html(self.analysed, self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec explain --format json` prints."""
        from cnnspec.explain.json import write_data

        return write_data(self.analysed, self)


def draw_fields(network: AnalysedNetwork, units: Sequence[LayerUnitField]) -> Picture:
    """Boxes on the input, around the unit of the last of some layers; without any, around one of the network's last.

    ValueError where there is nothing to draw.
    """
    from cnnspec.api.picture import Picture
    from cnnspec.rf import find_picture
    from cnnspec.rf.drawing import make_drawing

    last = max(units, key=lambda unit: network.find_layer(unit.layer.name), default=None)
    names = [unit.layer.name for unit in units]
    return Picture(make_drawing(find_picture(network, names, None if last is None else last.at)))
