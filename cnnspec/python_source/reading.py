"""A Python source → the networks that it builds."""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source, brief
from cnnspec.python_source.found import CallRefused, NotKnown, PythonReading
from cnnspec.python_source.interpreter.run import call_text, call_uncalled, follow, run_source
from cnnspec.python_source.keras.layer_kinds import find_models
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.networks import list_networks
from cnnspec.python_source.no_model import explain_none
from cnnspec.python_source.values import find_unknown
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.interpreter.scopes import ModuleValue
    from cnnspec.python_source.keras.model_value import ModelValue

CALL = "--call"  # what the text of a call is called in messages


def read_python(source: Source, read: Read, call: str = "") -> PythonReading:
    """See `cnnspec.python_source.read_python`."""
    machine = Machine()
    module = run_source(machine, source, read)
    models, held, before = machine.models, module.names, 0
    if call:
        before = len(machine.found)
        models, held = call_function(machine, module, call), {}
    elif not models:
        call_uncalled(machine, module)
    for model in models:
        machine.written = Written(model.site.source)
        follow(machine, module.parts, partial(model.build_unseen, machine))
    networks = list_networks(machine, [model for model in models if model.built], held)
    known = [unknown for unknown in machine.unknowns.values() if unknown.site is not None]
    return PythonReading(
        networks,
        tuple(machine.found[before:]),
        tuple([NotKnown(unknown.reason, unknown.site) for unknown in known]),
        tuple([part.source for part in module.parts]),
        tuple(machine.interpreter.modules.helpers),
        "" if networks else explain_none(machine, module.parts),
    )


def call_function(machine: Machine, module: ModuleValue, call: str) -> list[ModelValue]:
    """The models that a call gives which the source does not make. Raises CallRefused."""
    given = call_text(machine, module, Source(CALL, call))
    if isinstance(given, Diagnostic):
        raise CallRefused(f"{given.message}{f': {given.help}' if given.help else ''}")
    models = find_models(given)
    if not models:
        unknown = find_unknown(given)
        raise CallRefused(f"{brief(call)} gives no model{f': {unknown.reason}' if unknown is not None else ''}")
    return models
