"""What ends a training before its end."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Span


class TrainingFailed(Exception):
    """Ends a training before its end; whoever starts trainings says so. `status` is the command's exit status:
    1 when the spec is at fault, 2 when files or what is installed are."""

    def __init__(self, message: str, help: str = "", status: int = 1, span: Span | None = None) -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message, self.help, self.status, self.span = message, help, status, span


class Unwritten(TrainingFailed):
    """A file that could not be written or read; what to do is added by who knows what was kept."""

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message, status=2)
        said = str(error)  # HDF5 says the number in a text
        numbers = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
        self.full = getattr(error, "errno", None) in numbers or any(
            os.strerror(number) in said or f"errno = {number}," in said for number in numbers
        )
