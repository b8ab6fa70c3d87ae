"""A search as an answer, which shows itself in every form."""

from __future__ import annotations

from cnnspec.api.answer import Answer
from cnnspec.search.trials import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.tables.report import Report


class SearchAnswer(Answer, Found):
    """What a search found; `print` shows it as `cnnspec search` does."""

    rows_are = "trials"

    def _write_text(self) -> str:
        from cnnspec.search.text import write_text

        return write_text(self)

    def _make_report(self) -> Report:
        from cnnspec.search.html import make_report

        return make_report(self)

    def to_data(self) -> dict[str, Any]:
        """What `cnnspec search --format json` prints."""
        from cnnspec.search.json import write_data

        return write_data(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """A flat dictionary for each trial, without its curve."""
        rows = [{name: value for name, value in row.items() if name != "curve"} for row in self.to_data()["trials"]]
        from cnnspec.api.answer import flatten_rows

        return flatten_rows(rows)
