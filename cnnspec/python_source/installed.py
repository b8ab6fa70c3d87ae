"""Sources of installed libraries, which are read as the project's are where that is asked for: the models of keras.applications.

Where a library is installed is looked up; nothing of it is imported.
"""

from __future__ import annotations

import os
import re
from functools import partial

from cnnspec.base.source import Source
from cnnspec.python_source.found import NotInstalled
from cnnspec.python_source.keras.model_value import ModelValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

KERAS = "keras"
APPLICATIONS = "keras.src.applications"  # whose modules are read; what they import of Keras is known by its name
FUNCTION = re.compile(r"^def ([A-Z]\w*)\(", re.MULTILINE)  # one that builds a model


def find_installed(library: str) -> str:
    """The folder of an installed library. Raises NotInstalled."""
    from importlib.util import find_spec

    try:
        found = find_spec(library)
    except (ImportError, ValueError):
        found = None
    folders = list(found.submodule_search_locations or ()) if found is not None else []
    if not folders:
        raise NotInstalled(f"{library} is not installed in this environment, so its sources cannot be read")
    return folders[0]


def read_applications(machine: Machine, read: Read) -> None:
    """Have the functions of keras.applications be those of the installed Keras's sources. Raises NotInstalled."""
    folder = os.path.join(find_installed(KERAS), "src", "applications")
    machine.interpreter.modules.installed[APPLICATIONS] = folder
    try:
        names = sorted([name for name in os.listdir(folder) if name.endswith(".py") and not name.endswith("_test.py")])
    except OSError:
        raise NotInstalled(f"the installed {KERAS} has no sources of its applications") from None
    homes: dict[str, str] = {}
    for name in names:
        source = read(os.path.join(folder, name))
        if isinstance(source, Source):
            homes |= dict.fromkeys(FUNCTION.findall(source.text), f"{APPLICATIONS}.{name.removesuffix('.py')}")
    machine.libraries.fallbacks.insert(0, ("keras.applications.", partial(answer, homes)))


def answer(homes: Mapping[str, str], name: str, call: Call) -> Any:
    """What a function of the modules gives; NotImplemented where none of them has it. `homes`: their modules, by name."""
    short = name.rpartition(".")[2]
    return call_function(homes[short], short, call) if short in homes else NotImplemented


def call_function(module: str, name: str, call: Call) -> Any:
    """What a function of an installed module gives."""
    machine = call.machine
    found = machine.interpreter.modules.find_module(module, call.node)
    if found is None:
        return call.make_unknown(f"{module} cannot be read")
    function = found.get_attribute(name, machine, call.node)
    outer = machine.borrowed, machine.borrower
    if not machine.borrowed:
        machine.borrowed, machine.borrower = name, machine.written.source
    try:
        made = machine.interpreter.call_value(function, call)
    finally:
        machine.borrowed, machine.borrower = outer
    if isinstance(made, ModelValue):
        made.site = call.site
    return made
