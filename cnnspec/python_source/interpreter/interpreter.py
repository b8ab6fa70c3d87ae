"""What ties the interpreter's parts together: where it is, and what it is asked."""

from __future__ import annotations

from cnnspec.python_source.interpreter import attributes, calls, instances, items
from cnnspec.python_source.interpreter.budget import LARGE, MOST_LEVELS, Budget, TooLarge
from cnnspec.python_source.interpreter.doubts import Doubts
from cnnspec.python_source.interpreter.expressions import EXPRESSIONS
from cnnspec.python_source.interpreter.imports import Modules
from cnnspec.python_source.interpreter.journal import Journal
from cnnspec.python_source.interpreter.objects import ClassValue, InstanceValue
from cnnspec.python_source.interpreter.operators import SIZED, compute_plain, find_plain_truth
from cnnspec.python_source.interpreter.scopes import ModuleValue, Scope
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.interpreter.statements import STATEMENTS
from cnnspec.python_source.values import NOTHING, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable
    from typing import Any

    from cnnspec.python_source.interpreter.objects import FunctionValue, SuperValue
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

CHANGEABLE = (list, dict, set)
DEEP = "it is nested deeper than is followed"


class Interpreter:
    """`scope` is where names are looked up now. `handled`: what the try statements around here catch; `caught`: what is being
    handled; `called`: the functions and classes that were called, by the identities of their nodes."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.budget = Budget()
        self.journal = Journal(self.budget)
        self.doubts = Doubts(machine, self.journal)
        self.modules = Modules(self)
        self.scope = Scope(ModuleValue("__main__", ""))
        self.handled: list[tuple[str, ...]] = []
        self.caught: list[Raised] = []
        self.called: set[int] = set()

    # ---- following -----------------------------------------------------------------------------------------
    def run(self, statements: Iterable[ast.stmt]) -> None:
        """Follow statements."""
        for statement in statements:
            self.budget.take()
            try:
                STATEMENTS[type(statement).__name__](self, statement)
            except TooLarge:  # what it sets stays as it was
                self.machine.make_unknown(LARGE, statement)

    def evaluate(self, node: ast.expr) -> Any:
        """What an expression comes to."""
        budget = self.budget
        budget.take()
        budget.levels += 1
        try:
            if budget.levels > MOST_LEVELS:
                return self.machine.make_unknown(DEEP, node)
            value = EXPRESSIONS[type(node).__name__](self, node)
        except TooLarge:
            return self.machine.make_unknown(LARGE, node)
        finally:
            budget.levels -= 1
        return self.see(value, node) if self.journal.tainted else value

    def see(self, value: Any, node: ast.AST) -> Any:
        """A value, or an unknown where it is not known what is in it."""
        if isinstance(value, CHANGEABLE) and id(value) in self.journal.tainted:
            return find_unknown(value) or self.machine.make_unknown("what is in it is not known", node)
        return value

    def fail(self, kind: str, reason: str, node: ast.AST) -> Any:
        """What surely raises: it does where the source catches that, and is unknown elsewhere."""
        self.raise_if_caught(kind)
        return self.machine.make_unknown(f"it raises {kind}: {reason}", node)

    def raise_if_caught(self, kind: str) -> None:
        """Raise an exception of this class where the source catches it."""
        kinds = calls.list_kinds(kind)
        if self.is_handled(kinds):
            raise Raised(kinds)

    def is_handled(self, kinds: tuple[str, ...]) -> bool:
        """Whether a try statement around here catches an exception."""
        return any(handled in ("", *kinds) for handlers in self.handled for handled in handlers)

    def decide(self, value: Any, node: ast.AST) -> tuple[bool | None, Unknown]:
        """Whether a condition holds, and what it hangs on where that is not known."""
        truth = self.find_truth(value)
        if truth is not None:
            return truth, NO_CAUSE
        return None, find_unknown(value) or self.machine.make_unknown("the condition is not known", node)

    # ---- what values answer ----------------------------------------------------------------------------------
    def call_value(self, function: Any, call: Call) -> Any:
        if isinstance(function, Value):
            return function.call(call)
        return self.fail("TypeError", "it is no function", call.node)

    def call_function(self, function: FunctionValue, call: Call) -> Any:
        return calls.call_function(self, function, call)

    def compute(self, operator: str, left: Any, right: Any, node: ast.AST) -> Any:
        """left operator right; of a unary operator, `right` is NOTHING."""
        if isinstance(left, Value) and not (isinstance(left, Unknown) and isinstance(right, Value)):
            return left.compute(operator, right, False, self.machine, node)
        if isinstance(right, Value):
            return right.compute(operator, left, True, self.machine, node)
        if right is NOTHING:
            return items.compute_unary(self, operator, left, node)
        if operator in ("==", "!="):
            return items.compare_equal(self, operator, left, right, node)
        if operator == "%" and isinstance(left, (str, bytes)):
            return items.fill_text(self, left, right, node)
        try:
            found = compute_plain(operator, left, right)
        except TooLarge:
            raise
        except Exception as error:
            return self.fail(type(error).__name__, str(error), node)
        if isinstance(found, SIZED):
            self.budget.take(len(found) // (100 if isinstance(found, (str, bytes)) else 10))
        return found

    def find_truth(self, value: Any) -> bool | None:
        if isinstance(value, InstanceValue):
            return instances.find_truth(self, value)
        return find_plain_truth(value)

    def list_items(self, value: Any, node: ast.AST) -> list[Any] | None:
        return items.list_items(self, value, node)

    def get_item(self, value: Any, key: Any, node: ast.AST) -> Any:
        return items.get_item(self, value, key, node)

    def set_item(self, value: Any, key: Any, new: Any, node: ast.AST) -> None:
        items.set_item(self, value, key, new, node)

    def get_attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        if isinstance(value, Value):
            return value.get_attribute(name, self.machine, node)
        return attributes.get_plain_attribute(self, value, name, node)

    # ---- classes and instances -------------------------------------------------------------------------------
    def make_instance(self, made_of: ClassValue, call: Call) -> Any:
        return instances.make_instance(self, made_of, call)

    def get_class_attribute(self, made: ClassValue, name: str, node: ast.AST) -> Any:
        return instances.get_class_attribute(self, made, name, node)

    def get_instance_attribute(self, instance: InstanceValue, name: str, node: ast.AST) -> Any:
        return instances.get_attribute(self, instance, name, node)

    def set_instance_attribute(self, instance: InstanceValue, name: str, value: Any, node: ast.AST) -> None:
        instances.set_attribute(self, instance, name, value, node)

    def get_super_attribute(self, value: SuperValue, name: str, node: ast.AST) -> Any:
        return instances.get_super_attribute(self, value, name, node)

    def ask_instance(self, instance: InstanceValue, method: str, arguments: tuple[Any, ...], node: ast.AST) -> Any:
        return instances.ask(self, instance, method, arguments, node)

    def call_instance(self, instance: InstanceValue, call: Call) -> Any:
        return instances.call_instance(self, instance, call)

    def list_instance_items(self, instance: InstanceValue, node: ast.AST) -> list[Any] | None:
        return instances.list_items(self, instance, node)

    def compute_on_instance(
        self, instance: InstanceValue, operator: str, other: Any, swapped: bool, node: ast.AST
    ) -> Any:
        return instances.compute(self, instance, operator, other, swapped, node)


NO_CAUSE = Unknown("", None)
