"""The difference of two networks as the API returns it: one that shows itself."""

from __future__ import annotations

from cnnspec.api.answer import Answer
from cnnspec.diff.difference import NetworkDifference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Difference(Answer, NetworkDifference):
    """What is different between two networks; `print` shows it as the table of `cnnspec diff`."""

    def to_text(self) -> str:
        """The report of `cnnspec diff`."""
        from cnnspec.diff.text import write_text

        return write_text(self)

    def to_html(self) -> str:
        """The layers that differ, and the totals, as HTML tables."""
        from cnnspec.api.html.diff import write_html

        return write_html(self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec diff --format json` prints."""
        from cnnspec.diff.json import write_data

        return write_data(self)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return NetworkDifference.__repr__(self)
