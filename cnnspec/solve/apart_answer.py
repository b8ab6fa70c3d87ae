"""The other process of a search by CP-SAT (`apart.py`): what is asked comes from stdin, the answer goes to stdout."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from threading import Thread

from cnnspec.solve.cp_sat import search_cp_sat
from cnnspec.sweep.remote import read_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.solve.answer import Search


def answer() -> None:
    """Search what stdin asks for, and write what comes of it to stdout."""
    request, _ = read_request(pickle.load(sys.stdin.buffer))
    Thread(target=wait_for_end, daemon=True).start()
    found: Search | Exception
    try:
        found = search_cp_sat(request)
    except Exception as error:  # it is raised there
        found = error
    pickle.dump(found, sys.stdout.buffer)


def wait_for_end() -> None:
    """End the search as Ctrl-C does when stdin ends; its buffer, and the lock of that, are left alone."""
    while os.read(0, 2**16):
        pass
    signal.raise_signal(signal.SIGINT)
