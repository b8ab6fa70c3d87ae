"""What users paste from elsewhere → the language's own words.

Keras's calls and lectures' shorthand become canonical layer names and arguments (see `keras.py`), `Sequential([…])`
becomes steps, `input_shape=` an input, `name=` an `as`. A name that the file binds means what the file says: it is never
rewritten, and nothing is rewritten into it. The meaning stays the same; where that is not certain, so does the text.
"""

from __future__ import annotations

from cnnspec.format.keras import Layers
from cnnspec.syntax.tree import (
    Argument,
    Arithmetic,
    Assign,
    Attribute,
    Block,
    Body,
    Branch,
    Budget,
    Call,
    Chain,
    Contract,
    Dims,
    Input,
    List,
    Loop,
    Model,
    Name,
    Naming,
    Node,
    Number,
    Output,
    Parameter,
    Shared,
    Step,
    Ternary,
    Text,
    Train,
    Tree,
    Tuple,
    Use,
    walk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def rewrite(tree: Tree) -> Tree:
    """The tree in canonical words."""
    return tree.replace(body=_Rewriter(tree.body).body(tree.body, begun=False))


def bound_names(body: Body) -> set[str]:
    """The names that a file gives a meaning to, anywhere; settings of a `train` are none."""
    found: set[str] = set()
    settings = {id(item) for node in walk(body) if isinstance(node, Train) for item in node.body.items}
    for node in walk(body):
        if isinstance(node, (Block, Model, Assign, Shared, Naming, Parameter, Input)) and id(node) not in settings:
            found.update([node.name.text] if node.name else [])
        elif isinstance(node, Loop):
            found.update(target.text for target in node.targets)
        elif isinstance(node, Use):
            found.update(name.text for name in node.names)
    return found


class _Rewriter:
    """Rewrites items and expressions; `layers` knows the words of layers and the names of the file."""

    def __init__(self, body: Body) -> None:
        words: dict[str, int] = {}
        for node in walk(body):
            word = node.text if isinstance(node, Name) else node.value if isinstance(node, Text) else None
            if word is not None:
                words[word] = words.get(word, 0) + 1
        self.layers = Layers(bound_names(body), words)

    # ---- items ---------------------------------------------------------------------------------------------
    def body(self, body: Body, begun: bool = True) -> Body:
        """`begun`: whether a tensor enters the body; else its first step may declare an input."""
        items: list[Node] = []
        for item in body.items:
            for part in self.unwrapped(item, begun):
                if isinstance(part, Step) and not begun:
                    part, declared = self.declared(part)
                    items += [declared] if declared else []
                begun = begun or not isinstance(part, (Use, Block, Model, Train, Assign, Shared, Budget, Output))
                items.append(self.item(part))
        return body.replace(items=tuple(items))

    def unwrapped(self, item: Node, begun: bool) -> Iterator[Node]:
        """The steps of a `Sequential([…])`; as they are, any other item, and one with an Input where none can stand."""
        found = self.layers.sequential(item.value) if isinstance(item, Step) else None
        if found is None or any(isinstance(layer, Input) for layer in found[0 if begun else 1 :]):
            yield item
            return
        for layer in found:
            yield from (
                [layer] if isinstance(layer, Input) else self.unwrapped(Step(layer.start, layer.end, layer), begun)
            )
            begun = True

    def declared(self, step: Step) -> tuple[Step, Input | None]:
        """A first step without its `input_shape=`, and the input that this declares."""
        first = step.value.stages[0] if isinstance(step.value, Chain) else step.value
        shape, call = self.layers.input_shape(first)
        if shape is None:
            return step, None
        value = step.value.replace(stages=(call, *step.value.stages[1:])) if isinstance(step.value, Chain) else call
        return step.replace(value=value), Input(step.start, step.start, None, in_canonical_form(shape))

    def item(self, item: Node) -> Node:
        if isinstance(item, Step):
            return item.replace(value=self.expression(item.value, layer=True, naming=True))
        if isinstance(item, Input):
            shape = in_canonical_form(item.shape) if item.shape else None
            return item.replace(shape=shape, stages=tuple([self.expression(s, True, True) for s in item.stages]))
        if isinstance(item, (Block, Model)):
            parameters = [
                p.replace(
                    default=p.default and self.expression(p.default), values=p.values and self.expression(p.values)
                )
                for p in item.parameters
            ]
            return item.replace(parameters=tuple(parameters), body=self.body(item.body, isinstance(item, Block)))
        if isinstance(item, Branch):
            otherwise = item.otherwise and self.expression(item.otherwise)
            return item.replace(
                condition=self.expression(item.condition), body=self.body(item.body), otherwise=otherwise
            )
        if isinstance(item, Loop):
            return item.replace(iterable=self.expression(item.iterable), body=self.body(item.body))
        if isinstance(item, (Assign, Shared)):
            return item.replace(value=self.expression(item.value))
        return item

    # ---- expressions ---------------------------------------------------------------------------------------
    def expression(self, node: Node, layer: bool = False, naming: bool = False) -> Node:
        """`layer` where only a layer function can be meant; `naming` where an `as` may stand."""
        layers = self.layers
        if isinstance(node, (Name, Attribute)):
            word = layers.word(node) if layer else None
            if word:
                return Name(node.start, node.end, word)
            return node if isinstance(node, Name) else node.replace(value=self.expression(node.value))
        if isinstance(node, Call):
            stages = layers.sequential(node)
            inputs = stages is not None and any(isinstance(stage, Input) for stage in stages)
            if stages and not inputs and (layer or len(stages) > 1):
                whole = Chain(node.start, node.end, tuple(stages)) if len(stages) > 1 else stages[0]
                return self.expression(whole, layer, naming)
            return self.call(node, layer, naming)
        if isinstance(node, Chain):
            return node.replace(stages=tuple([self.expression(stage, True, naming) for stage in node.stages]))
        if isinstance(node, Naming):
            return node.replace(value=self.expression(node.value, layer))
        if isinstance(node, Ternary):
            then, otherwise = self.expression(node.then, layer), self.expression(node.otherwise, layer)
            return node.replace(then=then, condition=self.expression(node.condition), otherwise=otherwise)
        if isinstance(node, Arithmetic):
            repeated = node.rest[0][0] == "*"  # f * n
            rest = [(operator, self.expression(term)) for operator, term in node.rest]
            return node.replace(first=self.expression(node.first, repeated), rest=tuple(rest))
        if isinstance(node, Body):
            return self.body(node)
        if isinstance(node, (Branch, Input)):
            return self.item(node)
        if isinstance(node, Contract):
            return node
        changed = {}
        for name in node._fields:
            value = getattr(node, name)
            if isinstance(value, Node):
                changed[name] = self.expression(value)
            elif type(value) is tuple and value and isinstance(value[0], Node):
                changed[name] = tuple([self.expression(part) for part in value])  # type: ignore[assignment]
        return node.replace(**changed) if changed else node

    def call(self, node: Call, layer: bool, naming: bool) -> Node:
        layers = self.layers
        word = layers.word(node.function)
        if word is None:
            arguments = [a.replace(value=self.expression(a.value)) for a in node.arguments]
            return node.replace(function=self.expression(node.function), arguments=tuple(arguments))
        whole = layers.without_activation(node)
        if whole and layer:
            return whole
        title = layers.title(node) if naming else None
        kept: list[Argument] = []
        for argument, name in layers.bound_arguments(node):
            if layers.says_nothing(argument) or (title and argument.name and argument.name.text == "name"):
                continue
            if not name and layers.merges(node) and argument.name is None:
                kept.append(argument.replace(value=self.expression(argument.value, True, True)))
                continue
            value = layers.option(node, name, argument.value) or self.expression(argument.value)
            label = argument.name and argument.name.replace(text=name or argument.name.text)
            kept.append(argument.replace(name=label, value=value))
        function = Name(node.function.start, node.function.end, word)
        made: Node = node.replace(function=function, arguments=tuple(kept)) if kept or not layer else function
        return Naming(node.start, node.end, made, title) if title else made


def in_canonical_form(shape: Node) -> Node:
    """A written-out (28, 28, 1) as 28x28x1, None in it as ?."""
    if not isinstance(shape, (Tuple, List)) or any(isinstance(item, Input) for item in shape.items):
        return shape
    sizes: list[int | None] = []
    for item in shape.items:
        if isinstance(item, Number) and isinstance(item.value, int):
            sizes.append(item.value)
        elif isinstance(item, Name) and item.text in ("None", "none"):
            sizes.append(None)
        else:
            return Tuple(shape.start, shape.end, shape.items)
    if len(sizes) == 1 and sizes[0] is not None:
        return Number(shape.start, shape.end, sizes[0], str(sizes[0]))
    return Dims(shape.start, shape.end, tuple(sizes)) if sizes else Tuple(shape.start, shape.end, shape.items)
