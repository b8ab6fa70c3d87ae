"""The errors that end a training early, as sentences for the user."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Span


class TrainingFailed(Exception):
    """A training cannot begin or go on. `status` is the command's exit status: 1 when the spec is at fault, 2 when files
    or the installation are."""

    def __init__(self, message: str, help: str = "", status: int = 1, span: Span | None = None) -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message, self.help, self.status, self.span = message, help, status, span


class Unwritten(TrainingFailed):
    """A file could not be written or read. What to do is added by whoever knows what the run folder holds."""

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message, status=2)
        text = str(error)  # in which HDF5 has the number
        numbers = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
        self.full = getattr(error, "errno", None) in numbers or any(
            os.strerror(number) in text or f"errno = {number}," in text for number in numbers
        )


def first_line(error: BaseException) -> str:
    """The message of an error on one line, cut where it is long."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines)[:300] if lines else type(error).__name__


def is_out_of_memory(error: Exception) -> bool:
    """Whether a backend's error says that memory did not suffice: of TensorFlow and JAX RESOURCE_EXHAUSTED, of PyTorch a class of
    its own on a GPU and a sentence on a CPU."""
    said = str(error)
    names = [kind.__name__ for kind in type(error).__mro__]
    return (
        "ResourceExhaustedError" in names
        or "OutOfMemoryError" in names
        or "RESOURCE_EXHAUSTED" in said
        or "not enough memory" in said
    )


@contextmanager
def explain_run_errors(what: str) -> Iterator[None]:
    """What a runtime raises is a MemoryError, or TrainingFailed: `what` ("Keras cannot run net.keras") and its message."""
    try:
        yield
    except (TrainingFailed, MemoryError):
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise MemoryError from error
        raise TrainingFailed(f"{what}: {first_line(error)}", "", 2) from error


@contextmanager
def explain_write_errors(path: str) -> Iterator[None]:
    """Errors while a run folder is written become a sentence (HDF5 raises a RuntimeError when a disk is full)."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise Unwritten(f"{path} could not be written: {first_line(error)}", error) from error
