"""The bytes that come from the editor, with bounds, since whatever is at the other end may send anything."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

LONGEST_LINE = 2**10  # bytes; a header has a few dozen
LONGEST_MESSAGE = 2**26


class BoundedInput:
    """A stream that is read line by line and message by message; what is longer than any message ends it. `arrived`:
    whether something has come for which the server has not asked on yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ended = False
        self.arrived = False

    def readline(self) -> bytes:
        return self._note(b"" if self._ended else self._read_line())

    def read(self, size: int) -> bytes:
        """So many bytes; none where they do not all come, or are too many."""
        self.arrived = False
        data = self._stream.read(size) if size <= LONGEST_MESSAGE and not self._ended else b""
        return self._note(data if len(data) == size else b"")

    def _read_line(self) -> bytes:
        self.arrived = False
        line = self._stream.readline(LONGEST_LINE)
        return line if line.endswith(b"\n") else b""

    def _note(self, data: bytes) -> bytes:
        self._ended, self.arrived = not data, True
        return data
