"""Following a text, or a project, with the interpreter alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.python_source.interpreter.run import run_source
from cnnspec.python_source.machine import Machine

NOTHING = Diagnostic("E002", "there is no file", None)


def follow(text: str, name: str = "program.py") -> Machine:
    """The machine that has followed a text."""
    machine = Machine()
    run_source(machine, Source(name, text), lambda path: NOTHING)
    return machine


def follow_file(path: Path) -> Machine:
    """The machine that has followed a file, with the modules beside it."""
    machine = Machine()
    source = read(str(path))
    assert isinstance(source, Source)
    run_source(machine, source, read)
    return machine


def follow_names(machine: Machine) -> dict[str, Any]:
    """The names of the main module."""
    module = machine.interpreter.modules.known["__main__"]
    assert module is not None
    return module.names
