"""A Python source → the networks that it builds."""

from __future__ import annotations

from cnnspec.python_source.found import PythonReading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read


def read_python(source: Source, read: Read, call: str = "") -> PythonReading:
    """See `cnnspec.python_source.read_python`."""
    return PythonReading((), (), (), (source,), ())
