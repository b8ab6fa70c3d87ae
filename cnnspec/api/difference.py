"""The difference of two networks as the API returns it: one that shows itself."""

from __future__ import annotations

from cnnspec.api.answer import Answer
from cnnspec.api.argument_checks import take_path
from cnnspec.api.findings import Findings
from cnnspec.diff.difference import NetworkDifference

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, ClassVar

    from cnnspec.network import AnalysedNetwork
    from cnnspec.tables.report import Report


class Difference(Answer, NetworkDifference):
    """What is different between two networks; `print` shows it as the table of `cnnspec diff`, `save` writes it as a page."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"analysed"})
    analysed: tuple[AnalysedNetwork, AnalysedNetwork]

    def save(self, path: str | os.PathLike[str], limits: str = "") -> None:
        """Write an interactive page of the two networks, as `cnnspec diff -o` does, with what comes of a budget, "params <= +5%".

        Raises ValueError for a path that does not end in .html, for a text that is no limit, or for networks that are too large for
        a picture, and OSError where the file cannot be written.
        """
        from cnnspec.api.budget import hold_change
        from cnnspec.draw.outline.outline import TooLarge
        from cnnspec.draw.page import write_difference_page
        from cnnspec.draw.question import DrawQuestion
        from cnnspec.pictures.files import find_ending

        name = take_path(path)
        if find_ending(name) != "html":
            raise ValueError(f"{name} must end in .html: an interactive page is what is written")
        try:
            page = write_difference_page(self, *self.analysed, DrawQuestion(), hold_change(*self.analysed, limits))
        except TooLarge as error:
            raise ValueError(str(error)) from None
        with open(name, "w", encoding="utf-8", newline="") as file:
            file.write(page)

    def budget(self, *limits: str, **bounds: float | str) -> Findings:
        """The limits that the change breaks; none, and false, where it keeps them all.

        Limits are as those of `Network.budget`, held against the second network; their bound may also be a change from the
        first: "params <= +5%", max_macs="+2%", min_receptive_field="+0". ValueError for a text that is no limit, TypeError for
        another keyword.
        """
        from cnnspec.api.budget import find_broken_changes

        return Findings(find_broken_changes(*self.analysed, limits, bounds), self.b.file)

    def to_text(self, format: str = "text", limits: str = "") -> str:
        """The report of `cnnspec diff`. `format`: text, markdown, csv, latex or json; ValueError for another. `limits`: a budget
        whose outcome it tells, "params <= +5%, lossless", but as CSV and LaTeX."""
        if format not in ("text", "markdown", "json"):
            return super().to_text(format)
        from cnnspec.api.budget import hold_change
        from cnnspec.diff.formats import write_report

        return write_report(self, hold_change(*self.analysed, limits), format)

    def _make_report(self) -> Report:
        """The layers that differ, and the totals."""
        from cnnspec.api.html.diff import make_report

        return make_report(self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec diff --format json` prints."""
        from cnnspec.diff.json import write_data

        return write_data(self)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return NetworkDifference.__repr__(self)
