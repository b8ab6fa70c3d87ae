"""Uses of layers and models on tensors: made, found behind tensors, and made again on others."""

from __future__ import annotations

from cnnspec.python_source.interpreter.budget import MOST_USES
from cnnspec.python_source.tape import TensorValue, Use, add_unknown, find_tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import PathStep, Site
    from cnnspec.python_source.machine import Machine

STEPS = 10  # of the budget, that a use takes


def make_use(
    machine: Machine, callee: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST, site: Site
) -> Any:
    """What a layer or model gives on values, noted as a use of it."""
    before, budget = len(machine.tape.nodes), machine.interpreter.budget
    budget.take(STEPS)
    if budget.uses >= MOST_USES:
        return machine.make_unknown("layers and models are used too deep within one another", node)
    budget.uses += 1
    try:
        outputs = callee.apply(arguments, keywords, machine, node, site)
    finally:
        budget.uses -= 1
    use = Use(callee, arguments, keywords, outputs)
    for tensor in find_tensors(outputs):
        if tensor.node.index >= before:  # not one that was there: a function may give its argument back
            tensor.node.use = use
    return outputs


def find_uses(outputs: list[TensorValue], inputs: list[TensorValue]) -> tuple[list[Use], list[TensorValue]]:
    """The uses that some outputs need from some inputs on, in order; and the tensors met that no use has made."""
    met = {tensor.node.index for tensor in inputs}
    found: dict[int, tuple[int, Use]] = {}  # identity → its last node, itself
    loose: list[TensorValue] = []
    todo = list(outputs)
    while todo:
        tensor = todo.pop()
        if tensor.node.index in met:
            continue
        met.add(tensor.node.index)
        use = tensor.node.use
        if use is None:
            loose.append(tensor)
        elif id(use) not in found:
            found[id(use)] = max([t.node.index for t in find_tensors(use.outputs)]), use
            todo += find_tensors([use.arguments, use.keywords])
    return [use for _, use in sorted(found.values(), key=lambda pair: pair[0])], loose


class Path:
    """The paths within a model, led to by another step than when it was made. `past` is what led there then."""

    def __init__(self, step: PathStep, past: PathStep | None) -> None:
        self._step = step
        self._led: dict[int, PathStep] = {} if past is None else {id(past): step}

    def lead(self, site: Site) -> Site:
        return site.replace(path=self._lead(site.path))

    def _lead(self, path: PathStep | None) -> PathStep:
        if path is None:
            return self._step
        if id(path) not in self._led:
            self._led[id(path)] = path.replace(site=path.site.replace(path=self._lead(path.site.path)))
        return self._led[id(path)]


class Replay:
    """Uses made again on other tensors: `made` has for the nodes of the old ones the new."""

    def __init__(self, machine: Machine, node: ast.AST, path: Path) -> None:
        self.machine, self.node, self.path = machine, node, path
        self.made: dict[int, Any] = {}

    def make(self, uses: list[Use]) -> None:
        for use in uses:
            old = find_tensors(use.outputs)
            arguments, keywords = self.exchange(use.arguments), self.exchange(use.keywords)
            site = self.path.lead(old[0].node.site)
            new = find_tensors(make_use(self.machine, use.callee, arguments, keywords, self.node, site))
            if len(new) != len(old):  # what is made of unknown things may be one unknown thing
                known = find_tensors([arguments, keywords])
                new = [
                    add_unknown(self.machine, known, tensor.node.label, self.node, tensor.node.class_name)
                    for tensor in old
                ]
            for before, after in zip(old, new, strict=True):
                self.made[before.node.index] = after

    def exchange(self, value: Any) -> Any:
        """A value with the new tensors in place of the old ones."""
        return self._exchange(value) if find_tensors(value) else value

    def _exchange(self, value: Any) -> Any:
        if isinstance(value, TensorValue):
            return self.made.get(value.node.index, value)
        if isinstance(value, dict):
            return {key: self._exchange(item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)([self._exchange(item) for item in value])
        return value
