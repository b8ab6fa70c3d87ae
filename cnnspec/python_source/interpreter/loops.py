"""for and while: turn by turn where it is known which turns there are, else as `Doubts.repeat` does."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

from cnnspec.graph import LoopTurn
from cnnspec.python_source.interpreter.budget import MOST_LOOP_STEPS, MOST_TURNS
from cnnspec.python_source.interpreter.doubts import Frame
from cnnspec.python_source.interpreter.expressions import find_condition
from cnnspec.python_source.interpreter.signals import Break, Continue, Leave, Raised
from cnnspec.python_source.interpreter.targets import assign
from cnnspec.python_source.values import NOTHING, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator
    from typing import Any

    from cnnspec.python_source.interpreter.interpreter import Interpreter

LONG = "a loop turns more often than is followed"


def run_for(it: Interpreter, node: ast.For | ast.AsyncFor) -> None:
    value = it.evaluate(node.iter)
    items = it.list_items(value, node.iter)
    if items is None:
        unknown = isinstance(value, Unknown)
        cause = value if unknown else it.machine.make_unknown("what the loop meets is not known", node.iter)
    else:
        cause = it.machine.make_unknown(LONG, node) if len(items) > MOST_TURNS else None

    def turns() -> Iterator[Callable[[], None] | Unknown]:
        live = value if isinstance(value, list) else items
        assert live is not None
        start, allowed = it.machine.path, it.budget.left - MOST_LOOP_STEPS
        site = it.machine.make_site(node)
        for number in count():
            if number >= len(live):
                break
            if number >= MOST_TURNS or it.budget.left < allowed:
                yield it.machine.make_unknown(LONG, node)
                break
            item = it.see(live[number], node.iter)
            if len(live) > 1:
                it.machine.path = LoopTurn(site, number + 1, len(live))
            yield lambda item=item: run_turn(item)  # type: ignore[misc]
            it.machine.path = start

    def run_turn(item: Any) -> None:
        assign(it, node.target, item)
        it.run(node.body)

    def run_any_turn() -> None:
        run_turn(cause or it.machine.make_unknown(LONG, node))

    def all_turns() -> Iterator[Callable[[], None] | Unknown]:
        if items is None:
            assert isinstance(cause, Unknown)
            first = value.find_first_item() if isinstance(value, Value) else NOTHING
            if first is not NOTHING:
                yield lambda: run_turn(first)
            yield cause
        else:
            yield from turns()

    run_loop(it, node, all_turns(), run_any_turn)


def run_while(it: Interpreter, node: ast.While) -> None:
    def turns() -> Iterator[Callable[[], None] | Unknown]:
        allowed = it.budget.left - MOST_LOOP_STEPS
        for number in count():
            truth, cause = find_condition(it, node.test)
            if truth is False:
                return
            if number >= MOST_TURNS or it.budget.left < allowed:
                truth, cause = None, it.machine.make_unknown(LONG, node)
            if truth is None:
                yield cause
                return
            yield lambda: it.run(node.body)

    def run_any_turn() -> None:
        find_condition(it, node.test)
        it.run(node.body)

    run_loop(it, node, turns(), run_any_turn)


def run_loop(
    it: Interpreter, node: ast.For | ast.AsyncFor | ast.While, turns: Iterator[Callable[[], None] | Unknown],
    run_any_turn: Callable[[], None],
) -> None:  # fmt: skip
    """Follow the turns of a loop; an unknown among them stands for those that are not known, and is the last."""
    doubts, path = it.doubts, it.machine.path
    frame = Frame()
    doubts.loops.append(frame)
    left: Leave | None = None
    try:
        for turn in turns:
            if isinstance(turn, Unknown):
                doubts.repeat(turn, node, lambda: follow_any_turn(it, node, run_any_turn))
            else:
                follow_turn(it, node, turn)
        it.run(node.orelse)
    except Break:
        pass
    except Leave as other:
        left = other
    finally:
        doubts.loops.pop()
        it.machine.path = path
    left, _ = doubts.meet(frame, left, None, node)
    if left is not None:
        raise left


def follow_turn(it: Interpreter, node: ast.AST, turn: Callable[[], None]) -> None:
    """One turn, up to its end or a `continue`."""
    frame = Frame()
    it.doubts.turns.append(frame)
    left: Leave | None = None
    try:
        turn()
    except Continue:
        pass
    except Leave as other:
        left = other
    finally:
        it.doubts.turns.pop()
    if frame.exits and left is not None and not isinstance(left, Raised):
        left = it.doubts.leave_perhaps(left, frame)
    left, _ = it.doubts.meet(frame, left, None, node)
    if left is not None:
        raise left


def follow_any_turn(it: Interpreter, node: ast.AST, turn: Callable[[], None]) -> None:
    """A turn of which it is not known whether it is the last: a `break` is the end of it."""
    with suppress(Break):
        follow_turn(it, node, turn)


def run_break(it: Interpreter, node: ast.Break) -> None:
    raise Break


def run_continue(it: Interpreter, node: ast.Continue) -> None:
    raise Continue


STATEMENTS: dict[str, Callable[[Any, Any], None]] = {
    "For": run_for,
    "AsyncFor": run_for,
    "While": run_while,
    "Break": run_break,
    "Continue": run_continue,
}
