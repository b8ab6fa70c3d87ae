"""A Python source → the networks that it builds."""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import PythonText, Source, brief
from cnnspec.python_source.found import CallRefused, NotKnown, PythonReading
from cnnspec.python_source.installed import read_applications
from cnnspec.python_source.interpreter.objects import ClassValue, FunctionValue
from cnnspec.python_source.interpreter.run import call_text, call_uncalled, follow, run_source
from cnnspec.python_source.keras.layer_kinds import find_models
from cnnspec.python_source.machine import Machine
from cnnspec.python_source.networks import list_networks
from cnnspec.python_source.no_model import explain_none
from cnnspec.python_source.reasons import find_reasons
from cnnspec.python_source.values import find_unknown
from cnnspec.python_source.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.interpreter.scopes import ModuleValue
    from cnnspec.python_source.keras.model_value import ModelValue

MOST_MODELS = 500  # of a source, that are looked at
TOO_MANY = f"the source makes more than {MOST_MODELS} models: those from here on are not looked at"
CALL = "--call"  # what the text of a call is called in messages


def read_python(source: Source, read: Read, call: str = "", installed: bool = False) -> PythonReading:
    """See `cnnspec.python_source.read_python`."""
    machine = Machine()
    if installed:
        read_applications(machine, read)
    module = run_source(machine, source, read)
    models: list[ModelValue] = machine.models
    held: Mapping[str, Any] = module.names
    before = 0
    if call and module.parts:
        before = len(machine.found)
        models, held = call_as_asked(machine, module, source, call), {}
    elif not models:
        call_uncalled(machine, module)
    left, models = models[MOST_MODELS:], models[:MOST_MODELS]
    for model in models:
        machine.written = Written(model.site.source)
        follow(machine, module.parts, partial(model.build_unseen, machine))
    networks = list_networks(machine, [model for model in models if model.built], held)
    reasons = [*find_reasons(machine, models), *[(TOO_MANY, model.site) for model in left[:1]]]
    return PythonReading(
        networks,
        tuple(machine.found[before:]),
        tuple([NotKnown(reason, site) for reason, site in reasons]),
        tuple([part.source for part in module.parts]),
        tuple(machine.interpreter.modules.helpers),
        "" if networks else explain_none(machine, module.parts),
    )


def call_as_asked(machine: Machine, module: ModuleValue, source: Source, text: str) -> list[ModelValue]:
    """The models that a call gives. Raises CallRefused."""
    given = call_text(machine, module, PythonText(CALL, text))
    if isinstance(given, Diagnostic):
        raise CallRefused("; ".join(filter(None, [given.message, given.help])))
    name = text.partition("(")[0].strip()
    if name.isidentifier() and name not in module.names:
        functions = [name for name, value in module.names.items() if isinstance(value, (FunctionValue, ClassValue))]
        raise CallRefused(f"{source.name} has no function {name}{write_suggestion(name, functions)}")
    models = find_models(given)
    if not models:
        unknown = find_unknown(given)
        raise CallRefused(f"{brief(text)} gives no model{'' if unknown is None else f': {unknown.reason}'}")
    return models
