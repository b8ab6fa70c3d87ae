"""The difference of two networks as the API returns it: one that prints itself."""

from __future__ import annotations

from cnnspec.diff.difference import NetworkDifference


class Difference(NetworkDifference):
    """What is different between two networks; `print` shows it as the table of `cnnspec diff`."""

    def to_text(self) -> str:
        """The report of `cnnspec diff`."""
        from cnnspec.diff.text import write_text

        return write_text(self)

    def __str__(self) -> str:
        return self.to_text()
