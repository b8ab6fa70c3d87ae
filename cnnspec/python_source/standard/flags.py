"""absl's flags, which older TensorFlow has too: they have their defaults."""

from __future__ import annotations

from cnnspec.python_source.standard.records import RecordValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

MODULES = (
    "absl.flags",
    "tensorflow.app.flags",
    "tensorflow.compat.v1.app.flags",
    "tensorflow.compat.v1.flags",
    "tensorflow.flags",
)
RUNNERS = ("absl.app.run", "tensorflow.app.run", "tensorflow.compat.v1.app.run")
KINDS = ("integer", "float", "string", "bool", "boolean", "list", "multi_integer", "multi_string", "enum")


def run_main(call: Call) -> Any:
    """app.run(main)"""
    main = call.find(0, "main")
    if main is None:
        main = call.machine.interpreter.scope.module.names.get("main")
    return call.machine.call(main, (call.make_unknown("the command line is not known"),), {}, call.node)


def register(libraries: Libraries) -> None:
    flags = RecordValue({})

    def define(call: Call) -> Any:
        name, value = call.find(0, "name"), call.find(1, "default")
        if isinstance(name, str):
            flags.set_attribute(name, value, call.machine, call.node)
        return RecordValue({"value": value, "default": value, "name": name})

    for module in MODULES:
        libraries.constants[f"{module}.FLAGS"] = flags
        for kind in KINDS:
            libraries.functions[f"{module}.DEFINE_{kind}"] = define
    for name in RUNNERS:
        libraries.functions[name] = run_main
