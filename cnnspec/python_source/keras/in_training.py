"""What a class of the source does in training: the layers that its `call` uses there alone are of the network too."""

from __future__ import annotations

import ast

from cnnspec.python_source.interpreter.objects import FunctionValue
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.tape import find_tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.interpreter.objects import InstanceValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.tape import TapeNode

TRAINING = "training"


def call_as_trained(
    instance: InstanceValue, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST
) -> Any:
    """What `call` gives. Where it is not told that it trains, and would use more layers if it were, towards the same shapes
    and all of it known, it is what it gives in training."""
    begun = len(machine.tape.nodes)
    made = machine.call_method(instance, "call", arguments, keywords, node)
    if keywords.get(TRAINING) in (None, False) and asks_for_training(instance, len(arguments)):
        trained = try_in_training(instance, arguments, keywords, machine, node, machine.tape.nodes[begun:], made)
        return made if trained is NotImplemented else trained
    return made


def asks_for_training(instance: InstanceValue, given: int) -> bool:
    """Whether `call` has conditions on `training`, which is none of the arguments that are given by their place."""
    method = instance.class_value.find_method("call")
    if not isinstance(method, FunctionValue) or not isinstance(method.node, ast.FunctionDef):
        return False
    taken = method.node.args
    names = [argument.arg for argument in (*taken.posonlyargs, *taken.args)]
    if TRAINING not in (*names[1 + given :], *[argument.arg for argument in taken.kwonlyargs]):
        return False
    tests = [part.test for part in ast.walk(method.node) if isinstance(part, (ast.If, ast.IfExp))]
    return any([isinstance(part, ast.Name) and part.id == TRAINING for test in tests for part in ast.walk(test)])


def try_in_training(
    instance: InstanceValue, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST,
    nodes: list[TapeNode], given: Any,
) -> Any:  # fmt: skip
    """What `call` gives in training, where it does all that it did in `nodes` and more towards the shapes of what it gave, all of
    it known; NotImplemented, and nothing is changed, where it does not."""
    journal, unknowns = machine.interpreter.journal, dict(machine.unknowns)
    begun, models, layer = len(machine.tape.nodes), len(machine.models), journal.open()
    made: Any = NotImplemented

    def call() -> None:
        nonlocal made
        made = machine.call_method(instance, "call", arguments, {**keywords, TRAINING: True}, node)

    try:
        wrong = bool(machine.find_mistakes(call))
    except Raised:
        wrong = True
    found = machine.tape.nodes[begun:]
    unsure = any([found_node.layer is None for found_node in found]) or len(machine.unknowns) > len(unknowns)
    if wrong or unsure or not list_owners(nodes) < list_owners(found) or list_shapes(made) != list_shapes(given):
        journal.restore(layer)
        machine.unknowns = unknowns
        del machine.models[models:]
        for left in found:  # they stay on the tape, whose numbers are known elsewhere, and are of no layer
            left.owner = None
        made = NotImplemented
    journal.close(layer)
    return made


def list_shapes(value: Any) -> list[Any]:
    """The shapes of the tensors in a value."""
    return [tensor.node.shape for tensor in find_tensors(value)]


def list_owners(nodes: list[TapeNode]) -> set[int]:
    """The identities of the layers that were used."""
    return {id(node.owner) for node in nodes if node.owner is not None}
