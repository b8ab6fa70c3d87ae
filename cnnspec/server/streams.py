"""The messages that come from the editor, with bounds, since whatever is at the other end may send anything.

A thread reads ahead, so that the server knows whether something waits for it, and what the editor has taken back.
"""

from __future__ import annotations

import json
import re
from collections import deque
from contextlib import suppress
from threading import Condition, Thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST_LINE = 2**10  # bytes; a header has a few dozen
LONGEST_MESSAGE = 2**26
MOST_AHEAD = 2**26  # bytes that are read ahead, from which on nothing more is
LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")
CANCEL = b'"$/cancelRequest"'
LONGEST_CANCEL = 2**10


class Inbox:
    """The messages of a stream, read line by line and body by body; what is longer than any message ends it. `cancelled`
    are the requests that were taken back, by their ids, as far as this was not forgotten."""

    def __init__(self, stream: BinaryIO) -> None:
        self.cancelled: set[int | str] = set()
        self._stream = stream
        self._pieces: deque[bytes] = deque()  # lines and bodies that wait
        self._bytes = 0  # that these have
        self._changed = Condition()
        self._received = self._delivered = 0  # whole messages
        Thread(target=self._receive, daemon=True).start()

    @property
    def arrived(self) -> bool:
        """Whether a message waits."""
        return self._received > self._delivered

    # ---- for who serves ------------------------------------------------------------------------------------
    def readline(self) -> bytes:
        """The next line of a header; none at the end."""
        return self._take()

    def read(self, size: int) -> bytes:
        """The body of a message, of that size, whose header has been read; none where it did not all come."""
        data = self._take()
        self._delivered += 1
        return data

    def _take(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._pieces)
            piece = self._pieces[0]
            if piece:  # the end stays the end
                self._pieces.popleft()
                self._bytes -= len(piece)
            self._changed.notify_all()
        return piece

    # ---- the thread that reads -----------------------------------------------------------------------------
    def _receive(self) -> None:
        for piece in self._split():
            self._put(piece)
        self._received += 1  # the end is an arrival
        self._put(b"")

    def _put(self, piece: bytes) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < MOST_AHEAD)
            self._pieces.append(piece)
            self._bytes += len(piece)
            self._changed.notify_all()

    def _split(self) -> Iterator[bytes]:
        """The lines of the headers and the bodies, as far as they are sound."""
        size = 0
        while (line := self._stream.readline(LONGEST_LINE)).endswith(b"\n"):
            found = LENGTH.fullmatch(line)
            if found and not size:
                size = int(found[1])
                if size > LONGEST_MESSAGE:
                    return
            yield line
            if size and not line.strip():
                data = self._stream.read(size)
                if len(data) < size:
                    return
                self._note_cancelled(data)
                self._received += 1
                yield data
                size = 0

    def _note_cancelled(self, data: bytes) -> None:
        if len(data) < LONGEST_CANCEL and CANCEL in data:
            with suppress(
                ValueError, TypeError, LookupError, RecursionError
            ):  # who handles the message says what it is
                number = json.loads(data)["params"]["id"]
                if isinstance(number, (int, str)):
                    self.cancelled.add(number)
