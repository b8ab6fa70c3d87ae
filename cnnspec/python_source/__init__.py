"""Python sources → graphs: the Keras models that a .py or .ipynb file builds, read without running anything.

The file's syntax tree is followed as Python would follow it, for what is understood of the language and of the libraries;
all else is unknown, a value that travels and is no error. Nothing is imported or executed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.found import PythonReading

ENDINGS = (".py", ".ipynb")


def is_python_source(name: str) -> bool:
    """Whether a file's name is that of a Python source or notebook."""
    return name.endswith(ENDINGS)


def read_python(source: Source, read: Read, call: str = "", installed: bool = False) -> PythonReading:
    """The models that a source builds. `read` gives the sources of helper modules; `call`: a call of one of its functions,
    "build(classes=10)", whose model alone is then asked for; `installed`: keras.applications are read out of the sources of
    the installed Keras. Raises CallRefused for the former, NotInstalled for the latter."""
    from cnnspec.python_source.reading import read_python as read_

    return read_(source, read, call, installed)
