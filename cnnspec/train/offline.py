"""No network: a context in which Python opens no connection to another machine."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = ("connect", "connect_ex", "sendto")


@contextmanager
def offline() -> Iterator[None]:
    """A context in which connecting to another machine, or asking for its address, raises an OSError.

    Sockets within this machine (AF_UNIX) work.
    """

    def refused(*_: Any, **__: Any) -> Any:
        raise OSError("--no-network")

    def guarded(plain: Any) -> Any:
        def call(self: socket.socket, *given: Any) -> Any:
            return (plain if self.family not in (socket.AF_INET, socket.AF_INET6) else refused)(self, *given)

        return call

    class_, before = socket.socket, {word: getattr(socket.socket, word) for word in WORDS}
    asked = socket.getaddrinfo
    try:
        for word, plain in before.items():
            setattr(class_, word, guarded(plain))
        socket.getaddrinfo = refused
        yield
    finally:
        socket.getaddrinfo = asked
        for word in WORDS:
            delattr(class_, word)
