"""Predictions as a table: a row for each image."""

from __future__ import annotations

from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report
from cnnspec.train.evaluation.prediction_forms import write_answers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.train.evaluation.predict import Prediction
    from cnnspec.train.evaluation.question import OutputQuestion


def make_report(
    model: str, images: Sequence[Prediction], outputs: Sequence[OutputQuestion], notes: Iterable[str]
) -> Report:
    """Each image and its answers, in red where it cannot be read."""
    rows = [(image.path, image.why or write_answers(image, outputs)) for image in images]
    units = " and ".join(dict.fromkeys([output.unit for output in outputs]))
    broken = [i for i, image in enumerate(images) if image.why]
    return Report(f"What {model} sees", [HtmlTable(("Image", f"Answers, {units}"), rows, (), broken)], [*notes])
