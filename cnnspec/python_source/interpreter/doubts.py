"""What is only perhaps run: the branches of a condition that is not known, the turns of a loop over something unknown.

Both branches are followed, one after the other, from the same state; then each name, attribute and item is what both came
to, or unknown. Where one of them leaves its block (return, break, continue), the rest of the block is only perhaps run, up
to where the two ways meet again: the end of the function or of the loop. Nothing is reported meanwhile.
"""

from __future__ import annotations

from cnnspec.python_source.interpreter.journal import Journal, Layer, is_same
from cnnspec.python_source.interpreter.signals import Continue, Leave, Raised, Return
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.interpreter.journal import Contents
    from cnnspec.python_source.machine import Machine

MOST_ROUNDS = 4  # until the turns of a loop are known to change no more


class Exit:
    """A way out of a block that is perhaps taken: by `signal`, in a state."""

    def __init__(self, signal: Leave, state: Contents, layer: Layer, doubt: int) -> None:
        self.signal, self.state, self.layer, self.doubt = signal, state, layer, doubt


class Frame:
    """A function that is called, or a loop (or one turn of it), with the ways out of it that are perhaps taken."""

    def __init__(self) -> None:
        self.exits: list[Exit] = []


class Doubts:
    """`open` are the numbers of the doubts that one is in, the outermost first."""

    def __init__(self, machine: Machine, journal: Journal) -> None:
        self.machine, self.journal = machine, journal
        self.open: list[int] = []
        self.count = 0
        self.raised = False  # whether something is perhaps raised that a try statement around here catches
        self.functions: list[Frame] = [Frame()]
        self.loops: list[Frame] = []
        self.turns: list[Frame] = []

    def enter(self) -> int:
        self.count += 1
        self.open.append(self.count)
        return self.count

    def leave(self, doubt: int) -> None:
        if doubt in self.open:
            self.open.remove(doubt)

    def find_frame(self, signal: Leave) -> Frame:
        """What a signal leaves."""
        if isinstance(signal, Return):
            return self.functions[-1]
        return self.turns[-1] if isinstance(signal, Continue) else self.loops[-1]

    # ---- two branches --------------------------------------------------------------------------------------
    def fork(self, cause: Unknown, node: ast.AST, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        """Follow two branches of which one is taken; what both come to."""
        layer, doubt = self.journal.open(), self.enter()
        value, left = self._follow(first)
        state = layer.capture()
        self.journal.restore(layer)
        other_value, other_left = self._follow(second)

        def join(one: Any, other: Any) -> Any:
            return self.join_values(one, other, cause, node)

        def end(value: Any, left: Leave | None) -> Any:
            self.journal.close(layer)
            self.leave(doubt)
            if left is not None:
                raise left
            return value

        self.note_raised(left)
        self.note_raised(other_left)
        if isinstance(left, Raised):
            return end(other_value, other_left)
        if isinstance(other_left, Raised):
            self.journal.restore(layer)
            self.journal.put(state)
            return end(value, left)
        if left is None and other_left is None:
            self.journal.join(layer, state, cause, join)
            return end(join(other_value, value), None)
        if isinstance(left, Return) and isinstance(other_left, Return):
            self.journal.join(layer, state, cause, join)
            return end(None, Return(join(other_left.value, left.value)))
        if left is not None and type(left) is type(other_left):
            self.journal.join(layer, state, cause, join)
            return end(None, left)
        if left is None:  # the second leaves: one goes on from where the first ended
            assert other_left is not None
            other_state = layer.capture()
            self.journal.restore(layer)
            self.journal.put(state)
            self.find_frame(other_left).exits.append(Exit(other_left, other_state, layer, doubt))
            return value
        self.find_frame(left).exits.append(Exit(left, state, layer, doubt))
        if other_left is not None:
            raise other_left
        return other_value

    def note_raised(self, left: Leave | None) -> None:
        if isinstance(left, Raised) and self.machine.interpreter.is_handled(left.kinds):
            self.raised = True

    def _follow(self, branch: Callable[[], Any]) -> tuple[Any, Leave | None]:
        try:
            return branch(), None
        except Leave as left:
            return None, left

    # ---- where the ways meet again --------------------------------------------------------------------------
    def meet(self, frame: Frame, left: Leave | None, value: Any, cause: ast.AST) -> tuple[Leave | None, Any]:
        """End a frame: the state, and the value, are what all ways out of it come to. `left`: how it was left in the end."""
        exits, frame.exits = frame.exits, []
        unknown = self.machine.make_unknown("it hangs on a condition that is not known", cause) if exits else None
        if exits:
            self.note_raised(left)
        for way in reversed(exits):
            given = way.signal.value if isinstance(way.signal, Return) else None
            if isinstance(left, Raised):  # nothing goes on from there
                self.journal.restore(way.layer)
                self.journal.put(way.state)
                left, value = None, given
            else:
                assert unknown is not None
                self.journal.join(way.layer, way.state, unknown, lambda a, b: self.join_values(a, b, unknown, cause))
                value = self.join_values(value, given, unknown, cause)
            self.journal.close(way.layer)
            self.leave(way.doubt)
        return left, value

    def leave_perhaps(self, left: Leave, frame: Frame) -> Raised:
        """A turn is left for good, where it is perhaps left by `continue` before: the loop goes on from these ways alone."""
        layer = frame.exits[0].layer
        layer.users += 1
        self.find_frame(left).exits.append(Exit(left, layer.capture(), layer, self.enter()))
        return Raised(())

    def look(self, branch: Callable[[], Any]) -> None:
        """Follow what is not run as far as is known, for the models that it makes; all else is as it was."""
        layer, doubt = self.journal.open(), self.enter()
        frames = [*self.functions[-1:], *self.loops, *self.turns]
        counts = [len(frame.exits) for frame in frames]
        self._follow(branch)
        self.journal.restore(layer)
        for frame, count in zip(frames, counts, strict=True):
            for way in frame.exits[count:]:
                self.journal.close(way.layer)
                self.leave(way.doubt)
            del frame.exits[count:]
        self.journal.close(layer)
        self.leave(doubt)

    # ---- a loop --------------------------------------------------------------------------------------------
    def repeat(self, cause: Unknown, node: ast.AST, turn: Callable[[], None]) -> None:
        """Follow a loop of which it is not known how often it turns. `turn` follows one turn; what turns change is unknown
        at the beginning of the turn that counts."""
        places: dict[tuple[int, Any], tuple[Any, Any]] = {}
        models = len(self.machine.models)
        for number in range(MOST_ROUNDS):
            layer, doubt = self.journal.open(), self.enter()
            for container, key in places.values():
                self.forget(container, key, cause)
            del self.machine.models[models:]  # those of the round before stand for the same ones
            begun = layer.capture()
            left = self._follow(turn)[1]
            more = {(id(container), key): (container, key) for container, key in layer.list_changes(begun)}
            for container, key in places:
                more.pop((container, key), None)
            if not more or number == MOST_ROUNDS - 1:
                break
            places |= more
            self.journal.restore(layer)
            self.journal.close(layer)
            self.leave(doubt)
        state = layer.capture()
        self.journal.restore(layer)
        if isinstance(left, Return):
            self.functions[-1].exits.append(Exit(left, state, layer, doubt))
            return
        if left is None:
            self.journal.join(layer, state, cause, lambda one, other: self.join_values(one, other, cause, node))
        self.journal.close(layer)
        self.leave(doubt)

    def forget(self, container: Any, key: Any, unknown: Unknown) -> None:
        """Make unknown what is in one place, or in all of a container where the key is `...`."""
        if key is ...:
            self.journal.taint(container, unknown)
        else:
            self.journal.note(container)
            container[key] = unknown

    def give_up(self, unknown: Unknown) -> None:
        """End all doubts where they are: what was changed in them is unknown."""
        changes = [change for layer in self.journal.layers for change in layer.list_changes({})]
        self.journal.layers.clear()
        for container, key in changes:
            self.forget(container, key, unknown)
        self.open.clear()
        self.loops.clear()
        self.turns.clear()
        self.functions[:] = [Frame()]

    # ---- values --------------------------------------------------------------------------------------------
    def join_values(self, one: Any, other: Any, cause: Unknown, node: ast.AST) -> Any:
        """What is one of two values."""
        if is_same(one, other):
            return one
        if isinstance(one, Unknown):
            return one
        if isinstance(one, TensorValue) and isinstance(other, TensorValue):
            shape = one.node.shape if one.node.shape == other.node.shape else None
            inputs = one.node.index, other.node.index
            site = self.machine.make_site(node)
            return TensorValue(self.machine.tape.add(None, inputs, shape, "either", site))
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            return tuple([self.join_values(a, b, cause, node) for a, b in zip(one, other, strict=True)])
        return other if isinstance(other, Unknown) else cause
