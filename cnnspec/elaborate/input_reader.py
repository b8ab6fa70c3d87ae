"""Inputs: declared, pasted from Keras, or missing."""

from __future__ import annotations

from itertools import count

from cnnspec.base.size import Size
from cnnspec.elaborate.dispatch import Runner
from cnnspec.elaborate.evaluator import called_word
from cnnspec.elaborate.layer_placer import find_count_problem
from cnnspec.elaborate.values import UNKNOWN, Scope, Tensor, is_number_or_list
from cnnspec.graph import Site
from cnnspec.layers.argument import Term
from cnnspec.layers.base import Shape
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.elaborate.building import Building

AXES = {1: "L", 2: "HW", 3: "DHW"}
SHAPE = "write, for example, 28x28x1; ? is an unknown size, SxSx3 has two that are equal"


def is_size_name(word: str) -> bool:
    """Whether a word can name an unknown size: H, SIDE, N2."""
    return word.isidentifier() and word.isupper()


def written_sizes(text: str) -> tuple[int | str, ...] | None:
    """The sizes of SxSx3, which the lexer takes for a name; None where it is one."""
    parts = text.split("x")
    if len(parts) < 2 or not all(part.isdigit() or is_size_name(part) for part in parts):
        return None
    return tuple([int(part) if part.isdigit() else part for part in parts])


def with_unknowns(sizes: tuple[int | str | None, ...], number: int, taken: set[str]) -> Shape:
    """The shape of the input of that number, counted from 1. Unknown sizes have the names that they are given, else H
    and W, of a second input H2 and W2; equal names are equal sizes. `taken` are the names so far; these are added."""
    taken |= {size for size in sizes if isinstance(size, str)}
    made: list[Dim] = []
    for axis, size in enumerate(sizes):
        name = size
        if size is None:
            numbers = count(number)
            while name is None or name in taken:
                n = next(numbers)
                name = AXES[len(sizes) - 1][axis] + str(n) * (n > 1)
            taken.add(str(name))
        made.append(name if isinstance(name, int) else Size.unknown(str(name)))
    return tuple(made)


class InputReader(Runner):
    """Makes the inputs of a network. `shapes` replace those that the text gives, by the number of the input from 0."""

    def __init__(self, building: Building, shapes: Mapping[int, Shape]) -> None:
        super().__init__(building)
        self.shapes = shapes
        self.size_names: set[str] = set()  # of the unknown sizes of the inputs so far
        self.unread = False  # whether an input may stand in what could not be read, or was refused

    def note_unread(self) -> None:
        """Say that a part could not be read, in which an input may stand."""
        self.unread = True

    def is_empty(self, value: tree.Node, scope: Scope) -> bool:
        """Whether this is `Sequential()` or `Sequential([])`, as pasted: its layers are added by the steps below it."""
        if not isinstance(value, tree.Call) or called_word(value.function, scope) != "Sequential":
            return False
        return all(_named(a, "name") or a.value == tree.List(a.start, a.end, ()) for a in value.arguments)

    def first_input(self, value: tree.Node, scope: Scope) -> Tensor | None:
        """The input that a pasted `input_shape=` of the first layer declares."""
        first = value.stages[0] if isinstance(value, tree.Chain) else value
        while isinstance(first, tree.Call) and not any(map(_declares, first.arguments)):
            inner = first.arguments[0].value if first.arguments else None  # Sequential([Conv2D(…), …])
            first = inner.items[0] if isinstance(inner, tree.List) and inner.items else tree.Bad(0, 0)
        if isinstance(first, tree.Input):
            return self.dispatch.run_statement(first, scope, None)
        if isinstance(first, tree.Call):
            shape = next(a.value for a in first.arguments if _declares(a))
            item = tree.Input(shape.start, shape.end, None, shape)
            return self.dispatch.run_statement(item, scope, None)
        from cnnspec.elaborate.never_run import unknown_steps

        self.names.forget(value, scope)
        if not self.graph.inputs and not self.unread:  # else one was refused, or may stand in what could not be read
            help = "begin with, for example, input 28x28x1"
            self.report.error("E016", value, scope, "there is no input before this step", help)
            self.unread = True
        self.words.report_never_run(unknown_steps(value, scope, set()), scope)
        return None

    def add_input(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Tensor | None:
        shape = self.shapes.get(len(self.graph.inputs)) or self.read_shape(item, scope, current)
        label = item.name.text if item.name else "input"
        node = self.builder.add_node(None, (), shape, label, Site(scope.source, item, scope.path))
        node.assumed = node.guessed = self.assumptions.take_doubt() or self.assumptions.unsure
        self.graph.inputs.append(node.index)
        tensor = Tensor(node.index, node.assumed)
        if item.name:
            self.builder.name_node(node, item.name.text)
            self.names.bind(item.name, tensor, scope)
        result = tensor
        for stage in item.stages:
            result = self.dispatch.apply(stage, scope, result)
        return result

    def read_shape(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Shape | None:
        if item.shape is None:
            self.report.error("E011", item, scope, "an input needs a shape", "write, for example, input 28x28x1")
            return None
        sizes = self.read_sizes(item.shape, scope, current)
        if sizes is None:
            return None
        if (
            not sizes
            or not all(s is None or isinstance(s, (int, str)) and not isinstance(s, bool) for s in sizes)
            or any(isinstance(s, int) and s < 1 for s in sizes)
        ):
            self.report.error(
                "E012",
                item.shape,
                scope,
                "an input's shape is made of whole numbers from 1",
                SHAPE,
            )
            return None
        if len(sizes) > 4:
            self.report.error(
                "E012",
                item.shape,
                scope,
                f"an input has at most 3 spatial axes and channels, not {len(sizes)} sizes",
                f"leave the batch out: {'x'.join(['?' if s is None else str(s) for s in sizes[1:]])}"
                if len(sizes) == 5
                else "leave the batch out",
            )
            return None
        if not isinstance(sizes[-1], int):
            self.report.error(
                "E017",
                item.shape,
                scope,
                "the channels of an input must be known: they decide the weights",
                f"channels are written last: {'x'.join(['?' if s is None else str(s) for s in (*sizes[1:], sizes[0])])}"
                if isinstance(sizes[0], int) and len(sizes) > 2 and not any([isinstance(s, int) for s in sizes[1:]])
                else "give the last size a number",
            )
            return None
        problem = find_count_problem("this input", tuple([s for s in sizes if isinstance(s, int)]))
        if problem is not None:
            self.report.error(problem.code, item.shape, scope, problem.message, problem.help)
            return None
        return with_unknowns(sizes, len(self.graph.inputs) + 1, self.size_names)

    def read_sizes(self, shape: tree.Node, scope: Scope, current: Tensor | None) -> tuple[Any, ...] | None:
        """The sizes of an input as they are written: None for ?, a word for one that has a name."""
        words: tuple[int | str | None, ...] | None = None
        if isinstance(shape, tree.Name) and scope.find(shape.text) is None:
            words = written_sizes(shape.text)
        elif isinstance(shape, tree.Dims):
            words = shape.sizes
        if words is not None:
            bound = next((word for word in words if isinstance(word, str) and scope.find(word) is not None), None)
            if bound is not None:
                written = ", ".join(["?" if word is None else str(word) for word in words])
                self.report.error(
                    "E012", shape, scope, f"{bound} is bound: it names no unknown size", f"write ({written})"
                )
                return None
            return words
        value = self.evaluator.evaluate(shape, scope, current)
        if isinstance(value, Term):
            named = written_sizes(value.name.replace("x", " ").upper().replace(" ", "x"))
            if named is not None:
                from cnnspec.elaborate.likely_meaning import explain_name

                help = explain_name(shape, value.name, scope)
                help = help or f"names of unknown sizes are in upper case: {'x'.join(map(str, named))}"
                self.report.error("E010", shape, scope, f'nothing is called "{value.name}"', help, sure=True)
                return None
            value = self.words.report_unknown(shape, value.name, scope, is_number_or_list, SHAPE)
        if value is UNKNOWN:
            return None
        sizes = value if isinstance(value, tuple) else (value,)
        return tuple([word_of(size) if isinstance(size, Term) else size for size in sizes])

    def save(self) -> tuple[set[str], bool]:
        return self.size_names.copy(), self.unread

    def restore(self, saved: tuple[set[str], bool]) -> None:
        self.size_names, self.unread = saved


def word_of(term: Term) -> Any:
    """One size of a shape: None for a pasted None, the word of a named size. Anything else stays as it is, and is refused."""
    if term.positional or term.keywords:
        return term
    return None if term.name == "None" else term.name if is_size_name(term.name) else term


def _declares(argument: tree.Argument) -> bool:
    """Whether an argument of Keras's first layer gives the input's shape."""
    return _named(argument, "input_shape") or _named(argument, "input_dim")


def _named(argument: tree.Argument, name: str) -> bool:
    return argument.name is not None and argument.name.text == name
