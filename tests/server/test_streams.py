"""What is read ahead: messages whole and in order, what was taken back, and an end that stays one."""

from __future__ import annotations

import io
import time

import pytest

from cnnspec.server import streams
from cnnspec.server.streams import Inbox


def frame(body: bytes) -> bytes:
    return b"Content-Type: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def read_one(inbox: Inbox) -> bytes:
    """The next body, read as pygls reads it; nothing at the end."""
    size = 0
    while line := inbox.readline():
        if line.startswith(b"Content-Length"):
            size = int(line.split()[1])
        if not line.strip():
            return inbox.read(size)
    return b""


@pytest.mark.parametrize("most", [1, 100, 2**26])
def test_messages_come_whole_and_in_order(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_AHEAD", most)
    bodies = [b"%d" % number * (number + 1) for number in range(50)]
    inbox = Inbox(io.BytesIO(b"".join(map(frame, bodies))))
    assert [read_one(inbox) for _ in bodies] == bodies
    assert read_one(inbox) == read_one(inbox) == b""


def test_what_waits_and_what_was_taken_back_is_known() -> None:
    cancel = b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": %s}}'
    bodies = [
        b"{}",
        cancel % b"7",
        cancel % b'"x"',
        cancel % b"[1]",
        cancel % b"null",
        b'"$/cancelRequest"',
        b"[" * 999,
    ]
    inbox = Inbox(io.BytesIO(b"".join(map(frame, bodies))))
    for body in bodies:
        assert read_one(inbox) == body
    while not inbox.arrived:  # the end
        time.sleep(0.001)
    assert inbox.cancelled == {7, "x"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * 2000,
        b"Content-Length: 50\r\n\r\n{",
        b"Content-Length: 99999999999\r\n\r\n{",
        b"a\n\xff\n" + b"b" * 2000,
    ],
)
def test_what_has_no_end_ends_it(data: bytes) -> None:
    assert read_one(Inbox(io.BytesIO(data))) == b""
