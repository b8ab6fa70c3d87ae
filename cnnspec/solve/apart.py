"""A search by CP-SAT in a process of its own, for one in which TensorFlow is loaded: each brings its own copies of the same C++ libraries,
and OR-tools would end the process with a segmentation fault.

What is asked goes there as a sweep sends it, and the answer comes back. When the input of the process ends, as it does with the parent,
its search ends as by Ctrl-C.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

from cnnspec.solve.lagrange import NoSum
from cnnspec.sweep.remote import write_setup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.solve.answer import Search
    from cnnspec.solve.question import Request

CODE = "from cnnspec.solve.apart_answer import answer; answer()"


def must_be_apart() -> bool:
    """Whether OR-tools cannot be used in this process."""
    return "tensorflow" in sys.modules


def search_apart(request: Request) -> Search:
    """What `search_cp_sat` finds, or raises, in another process. NoSum where that ends without an answer."""
    asked: Any = request
    path = os.pathsep.join([folder or os.getcwd() for folder in sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        told = b""
        try:
            pickle.dump(write_setup(asked, False), process.stdin)
            process.stdin.flush()
            told = process.stdout.read()
        except KeyboardInterrupt:
            process.stdin.close()
            told = process.stdout.read()
        except OSError:  # it has ended
            pass
    if not told:
        raise NoSum("the process of CP-SAT ended without an answer")
    found: Search | Exception = pickle.loads(told)
    if isinstance(found, Exception):
        raise found
    return found
