"""A draft of a network's text, before its words are chosen: a tree of steps, in which repetitions can be found.

A step is a layer, a merge with its branches, a repetition, a loop, a call of a block, or a word about names. Every step
has a head (its kind), slots (the values in it) and bodies (the sequences of steps inside). Two sequences whose heads
agree all the way down have one `outline`: their texts differ only in the values in their slots.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from cnnspec.layers.argument import EACH_AXIS, REQUIRED, Argument
from cnnspec.layers.base import Layer
from cnnspec.spec_writer.slot_values import Axes, Formula, Variable, print_value

Steps = tuple["DraftStep", ...]


class Slot(NamedTuple):
    """A value in a step: its name there, how many channels enter the layer, and whether it must be given."""

    name: str
    value: Any
    channels: int | None = None
    required: bool = False


class DraftStep:
    """Base of all steps: a head, values and bodies. By default a step is its values alone.

    `origins` are the nodes of the graph that it stands for, those in its bodies left out; `times`: how often it stands there,
    0 where that is not told.
    """

    def __init__(self, values: tuple[Any, ...], bodies: tuple[Steps, ...] = ()) -> None:
        self.values, self.bodies = values, bodies
        self.origins: frozenset[int] = frozenset()
        self.times = 0
        self._outline: int | None = None
        self._size: int | None = None
        self._slots: list[Slot] | None = None  # of a layer, which is asked often

    @property
    def head(self) -> Hashable:
        """The kind of the step, equal for steps that differ in their values only."""
        return type(self).__name__

    def slots(self) -> Iterable[Slot]:
        """The values in the step itself, those of its bodies left out."""
        return [Slot("skip", value) for value in self.values]

    def text(self) -> str:
        """The step in one line."""
        return " ".join(map(str, self.values))

    def rebuild(self, values: Iterable[Any], bodies: tuple[Steps, ...]) -> DraftStep:
        """The same step with other values in its slots and other bodies."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, values=tuple(values), bodies=bodies, _outline=None, _size=None, _slots=None)
        return made

    def with_bodies(self, bodies: list[Steps]) -> DraftStep:
        """The same step around other bodies; itself if they are its own."""
        if all(new is old for new, old in zip(bodies, self.bodies, strict=True)):
            return self
        return self.rebuild(self.values, tuple(bodies))

    def add_origins(self, others: Iterable[DraftStep]) -> None:
        """Let the step stand for other ones too."""
        for other in others:
            self.origins |= other.origins
            self.times += other.times

    @property
    def outline(self) -> int:
        """A number, equal for steps that differ in their values only."""
        if self._outline is None:
            key = (self.head, tuple([find_outline(body) for body in self.bodies]))
            self._outline = _outlines.setdefault(key, len(_outlines))
        return self._outline

    @property
    def size(self) -> int:
        """How many characters the step takes."""
        if self._size is None:
            self._size = len(self.text())
        return self._size


_outlines: dict[Hashable, int] = {}


def find_outline(steps: Steps) -> tuple[int, ...]:
    """The outlines of a sequence."""
    return tuple([step.outline for step in steps])


def find_slots(steps: Steps) -> Iterator[Slot]:
    """Every value in a sequence, those in inner bodies included, in a fixed order."""
    for step in steps:
        yield from step.slots()
        for body in step.bodies:
            yield from find_slots(body)


def fill_slots(steps: Steps, values: Iterator[Any]) -> Steps:
    """A sequence with other values in its slots, in the order of `find_slots`."""
    made = []
    for step in steps:
        own = [next(values) for _ in step.slots()]
        made.append(step.rebuild(own, tuple([fill_slots(body, values) for body in step.bodies])))
    return tuple(made)


def walk_steps(steps: Steps) -> Iterator[DraftStep]:
    """Every step of a sequence, those of inner bodies included."""
    for step in steps:
        yield step
        for body in step.bodies:
            yield from walk_steps(body)


def count_characters(steps: Steps) -> int:
    """How many characters a sequence takes."""
    return sum([step.size + 4 for step in steps])


# ---- the steps ---------------------------------------------------------------------------------------------
class LayerStep(DraftStep):
    """A layer on the current tensor; a merge has a body for each of its branches, () for `in`.

    `name` is the one that a person gave to the layer; steps that are folded into one lose it.
    """

    def __init__(
        self,
        layer: type[Layer],
        values: tuple[Any, ...],
        branches: tuple[Steps, ...] = (),
        channels: int | None = None,
        name: str = "",
        origin: int | None = None,
    ) -> None:
        super().__init__(values, branches)
        if origin is not None:
            self.origins, self.times = frozenset((origin,)), 1
        self.layer, self.channels, self.name = layer, channels, name

    @property
    def head(self) -> Hashable:
        return self.layer

    def slots(self) -> Iterable[Slot]:
        if self._slots is None:
            self._slots = [
                Slot(name, value, self.channels, argument.record_default is REQUIRED)
                for (name, argument), value in zip(self.layer.arguments.items(), self.values, strict=True)
            ]
        return self._slots

    def forget_channels(self) -> None:
        """Leave open how many channels enter: the number differs between the layers that this one stands for."""
        self.channels = self._slots = None

    def text(self) -> str:
        word, fixed = self._word()
        branches = [print_branch(body) for body in self.bodies]
        leading = self.layer.leading
        positional, parts = not branches or leading > 0, []
        for number, ((name, argument), value) in enumerate(zip(self.layer.arguments.items(), self.values, strict=True)):
            required = argument.record_default is REQUIRED
            positional = positional and name not in fixed and (required or number == 0 and is_size(value))
            positional = positional and (number < leading or not branches)
            if name not in fixed and (value != argument.record_default or number == 0 and is_amount(argument, value)):
                parts.append(print_value(value) if positional else f"{name}={print_value(value)}")
            else:
                positional = False
        parts[leading:leading] = branches
        return f"{word}({', '.join(parts)})" if parts else word

    def _word(self) -> tuple[str, dict[str, Any]]:
        """The shortest spelling of the layer, and the arguments that it fixes: relu6 for relu with a maximum of 6."""
        given = dict(zip(self.layer.arguments, self.values, strict=True))
        for word, fixed in self.layer.presets.items():
            if all(type(given[n]) is not Variable and given[n] == v for n, v in fixed.items()):
                return word, fixed
        return self.layer.names[0], {}


def is_size(value: Any) -> bool:
    """Whether a value needs no name in front, as in maxpool(2x2)."""
    if isinstance(value, Axes):
        return False
    if isinstance(value, tuple):
        return all(map(is_size, value))
    return isinstance(value, (int, Variable, Formula)) and not isinstance(value, bool)


def is_amount(argument: Argument, value: Any) -> bool:
    """Whether a value is written even if it is the default, as in pad(1), but not in elu."""
    return argument.kind in EACH_AXIS and type(value) is int and value > 0


class RepeatStep(DraftStep):
    """A sequence, several times over."""

    def __init__(self, body: Steps, times: Any) -> None:
        super().__init__((times,), (body,))

    def slots(self) -> Iterable[Slot]:
        return [Slot("n", self.values[0])]

    def text(self) -> str:
        inner = print_branch(self.bodies[0])
        return (
            f"{inner if len(self.bodies[0]) == 1 or inner[0] == '{' else f'({inner})'} * {print_value(self.values[0])}"
        )


class LoopStep(DraftStep):
    """A sequence for each row of a table; `rows` is a tuple of values (one variable) or of tuples."""

    def __init__(self, variables: tuple[Variable, ...], rows: Any, body: Steps) -> None:
        super().__init__((rows,), (body,))
        self.variables = variables

    @property
    def head(self) -> Hashable:
        return LoopStep, self.variables

    @property
    def height(self) -> int:
        """How many loops nest in this one, itself counted."""
        return self.variables[0].scope

    @property
    def rows(self) -> Any:
        return self.values[0]

    def slots(self) -> Iterable[Slot]:
        return [Slot("_".join([v.name for v in self.variables[:1]]) + "_each", self.rows)]

    @property
    def opening(self) -> str:
        return f"for {', '.join([str(v) for v in self.variables])} in {print_value(self.rows)}"

    def text(self) -> str:
        return f"{self.opening} {{ {print_sequence(self.bodies[0], '; ')} }}"


class NoDefault:
    """In place of a default, for a parameter without one."""


class DraftBlock:
    """A block of the text. Without parameters it may become a constant; `shared`: a function whose weights are shared."""

    def __init__(self, number: int, parameters: tuple[Variable, ...], body: Steps, shared: bool = False) -> None:
        self.number, self.parameters, self.body, self.shared = number, parameters, body, shared
        self.defaults: tuple[Any, ...] = (NoDefault,) * len(parameters)
        self.module = ""  # the class of modules that it stands for
        self.name = f"some_block{number}"  # until a better one is found


class CallStep(DraftStep):
    """A call of a block."""

    def __init__(self, block: DraftBlock, values: tuple[Any, ...]) -> None:
        super().__init__(values)
        self.block = block

    @property
    def head(self) -> Hashable:
        return CallStep, self.block.number

    def slots(self) -> Iterable[Slot]:
        return [Slot(p.name, v, None) for p, v in zip(self.block.parameters, self.values, strict=True)]

    def text(self) -> str:
        parts: list[str] = []
        for parameter, default, value in zip(self.block.parameters, self.block.defaults, self.values, strict=True):
            if default is NoDefault or value != default and len(self.values) == 1:
                parts.append(print_value(value))
            elif value != default or type(value) is not type(default):
                parts.append(f"{parameter}={print_value(value)}")
        return f"{self.block.name}({', '.join(parts)})" if parts else self.block.name


class ReadStep(DraftStep):
    """A tensor by its name, whatever the current one is."""

    def __init__(self, label: Any) -> None:
        super().__init__((label,))

    @property
    def label(self) -> Any:
        return self.values[0]


class NameStep(DraftStep):
    """A name for the current tensor."""

    def __init__(self, label: Any) -> None:
        super().__init__((label,))

    @property
    def label(self) -> Any:
        return self.values[0]

    def text(self) -> str:
        return f"as {self.label}"


# ---- in one line -------------------------------------------------------------------------------------------
def print_branch(steps: Steps) -> str:
    """A sequence as an expression, for an argument of a merge or for a repetition."""
    if not steps:
        return "in"
    is_body = any(isinstance(step, (LoopStep, NameStep)) for step in steps)
    return f"{{ {print_sequence(steps, '; ')} }}" if is_body else print_sequence(steps, " -> ")


def print_sequence(steps: Steps, between: str) -> str:
    """Steps, one behind another; a name stands right behind its tensor."""
    parts: list[str] = []
    for step in steps:
        if isinstance(step, NameStep) and parts:
            parts[-1] += f" {step.text()}"
        else:
            parts.append(step.text())
    return between.join(parts)
