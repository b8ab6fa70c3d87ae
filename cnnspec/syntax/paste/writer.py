"""What a paste makes → items of the language: steps, models, functions, constants, a train section.

A tensor is named with `as` where a later step asks for it; the step behind it takes it as it is.
"""

from __future__ import annotations

from bisect import bisect_right

from cnnspec.syntax.paste.names import Names, Unreadable
from cnnspec.syntax.paste.shapes import declared, first_of, is_empty, without_batch, without_input
from cnnspec.syntax.paste.values import Constant, Functional, Layer, Network, Sequence, Tensor, Value, Word, merged
from cnnspec.syntax.tree import (
    Assign,
    Body,
    Braces,
    Call,
    Chain,
    Here,
    Input,
    Model,
    Name,
    Naming,
    Node,
    Output,
    Shared,
    Step,
    Text,
    names_in,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.reader import Reader

    Placed = tuple[int, Node]  # an item, and where in the text it belongs


class Writer:
    """`between` are the places of steps that the paste holds beside its models."""

    def __init__(self, reader: Reader, between: list[int]) -> None:
        self.names: Names = reader.names
        self.made = reader.made
        self.between = sorted(between)
        self.unused: list[Value] = []  # constants and words that nothing asks for
        self.empty: list[Network] = []  # models without layers
        self.owned: dict[int, list[Tensor]] = {}
        self.networks = [value for value in self.made if isinstance(value, Network)]
        self.by_name = {network.name: network for network in self.networks}
        self.own(reader.tensors.made)

    def own(self, tensors: list[Tensor]) -> None:
        """Give each tensor to the model that it belongs to, one that none is made of to a model of its own."""
        owner: dict[int, Functional] = {}
        for network in self.networks:
            if isinstance(network, Functional):
                for key in network.tensors():
                    if key in owner:
                        message = "this model shares layers with another, which is not read"
                        start, end = network.statement.start, network.statement.end
                        raise Unreadable(Node(start, end), message, "paste one of the two models", "E001")
                    owner[key] = network
        loose: Functional | None = None
        for tensor in tensors:
            found = owner.get(id(tensor)) or next((owner[id(t)] for t, _ in tensor.inputs if id(t) in owner), None)
            if found is None:
                if loose is None:
                    loose = Functional(tensor.statement, self.names.unique("model"), [], [])
                    self.networks.append(loose)
                found = loose
            owner[id(tensor)] = found
            self.owned.setdefault(id(found), []).append(tensor)
        if loose is not None:
            loose.outputs = [self.owned[id(loose)][-1]]

    def items(self) -> list[Placed]:
        """The items, not yet in order."""
        roots = [network for network in self.networks if not network.uses]
        self.empty = [root for root in roots if isinstance(root, Sequence) and all(is_empty(n) for _, n in root.steps)]
        roots = [root for root in roots if root not in self.empty]
        bodies = [(root, self.body(root)) for root in roots]
        functions = [item for value in self.made for item in self.function(value)]
        if len(roots) < 2:
            return functions + [placed for _, items in bodies for placed in items]
        made: list[Placed] = [placed for placed in functions if isinstance(placed[1], Assign)]
        for root, items in bodies:
            if items:
                made.append(self.model(root, items, [f for f in functions if isinstance(f[1], Shared)]))
        return made

    def model(self, network: Network, items: list[Placed], shared: list[Placed]) -> Placed:
        """A model with its steps; what it shares stands inside it."""
        start, end = network.statement.start, max(item.end for _, item in items)
        used = names_in(Body(start, end, tuple([item for _, item in items])))
        inside = [placed for placed in shared if placed[1].name.text in used]  # type: ignore[attr-defined]
        body = Body(start, end, tuple([item for _, item in sorted([*inside, *items], key=lambda placed: placed[0])]))
        title = network.title if network.title and network.title not in self.names.taken else network.name
        self.names.taken.add(title)
        return start, Model(start, end, Name(start, start, title), (), body)

    def body(self, network: Network) -> list[Placed]:
        return self.sequence(network) if isinstance(network, Sequence) else self.functional(network)

    # ---- constants and functions ---------------------------------------------------------------------------
    def function(self, value: Value) -> list[Placed]:
        """What a variable holds, where a step asks for it by its name; weights of what is used twice are shared."""
        statement = value.statement
        node: Node
        if isinstance(value, (Constant, Word)):
            if isinstance(value, Word) or not value.uses or value.name in self.names.rebound:
                self.unused += [] if value.uses or value.told else [value]
                return []
            node = value.node
        elif isinstance(value, Layer):
            if value.told and not value.uses:
                return []
            node = value.node
        elif value.uses and isinstance(value, Sequence):
            stages = without_input([step for _, step in value.steps])
            start, end = statement.start, value.steps[-1][0].end
            node = Chain(start, end, tuple(stages)) if len(stages) > 1 else stages[0] if stages else Here(start, end)
        elif value.uses and isinstance(value, Functional):
            items = tuple([item for _, item in self.functional(value, inner=True)])
            node = Braces(statement.start, statement.end, Body(statement.start, statement.end, items))
        else:
            return []
        name = Name(statement.start, statement.start, value.name)
        bound = Shared if value.uses > 1 and not isinstance(value, Constant) else Assign
        return [(statement.start, bound(statement.start, statement.end, name, node))]

    # ---- models --------------------------------------------------------------------------------------------
    def sequence(self, network: Sequence) -> list[Placed]:
        made: list[Placed] = []
        begun = False
        for statement, node in network.steps:
            key = statement.start
            if not begun and not is_empty(node):
                begun = True
                if declared(node)[0] is None:
                    shape = self.of_inner(node) or self.built(network)
                    made += [(key, shape.replace(start=key, end=key))] if shape is not None else []
            made.append((key, node if isinstance(node, Input) else Step(statement.start, statement.end, node)))
        return made

    def built(self, network: Sequence) -> Input | None:
        shape = network.built
        return Input(shape.start, shape.end, None, without_batch(shape)) if shape is not None else None

    def of_inner(self, node: Node) -> Input | None:
        """The input of a model that stands first in another."""
        found = self.by_name.get(first_of(node))
        if isinstance(found, Functional):
            made = found.inputs[0].node
            return made.replace(name=None) if isinstance(made, Input) else None
        if not isinstance(found, Sequence):
            return None
        first = next((step for _, step in found.steps if not is_empty(step)), None)
        declares = None if first is None else declared(first)[0] or self.of_inner(first)
        return declares or self.built(found)

    def functional(self, network: Functional, inner: bool = False) -> list[Placed]:
        """Steps in the order in which the paste makes their tensors; `inner`: as a function of its input."""
        tensors = self.owned.get(id(network), [])
        named = self.find_named(tensors)
        last = tensors[-1:] if tensors else []
        outputs = [] if network.outputs == last else network.outputs
        if inner and (len(network.inputs) != 1 or len(network.outputs) != 1):
            at = Node(network.statement.start, network.statement.end)
            raise Unreadable(
                at,
                "a model of several inputs or outputs is used as a layer, which is not read",
                "write its layers there",
            )
        named |= {id(tensor) for tensor in outputs}
        words: dict[int, str] = {}
        made: list[Placed] = []
        before: Tensor | None = None
        for tensor in tensors:
            node, word = self.title(tensor, id(tensor) in named, inner)
            words[id(tensor)] = word
            start, end = tensor.statement.start, tensor.statement.end
            if isinstance(node, Input) and not inner:
                made.append((start, node.replace(name=Name(node.start, node.start, word) if word else None)))
            elif not isinstance(node, Input) or word:
                value = self.step(Here(start, start) if isinstance(node, Input) else node, tensor, before, words, word)
                made.append((start, Step(start, end, value)))
            before = tensor
        end = network.statement.end
        if outputs and inner:
            made.append((network.statement.start, Step(end, end, Name(end, end, words[id(outputs[0])]))))
        elif outputs:
            listed = tuple([Name(end, end, words[id(tensor)]) for tensor in dict.fromkeys(outputs)])
            made.append((network.statement.start, Output(network.statement.start, end, listed)))
        return made

    def find_named(self, tensors: list[Tensor]) -> set[int]:
        """The ids of tensors that a step asks for which is not the one behind them."""
        found: set[int] = set()
        before: Tensor | None = None
        for tensor in tensors:
            for source, _ in tensor.inputs:
                if source is not before or self.parted(source, tensor):
                    found.add(id(source))
            before = tensor
        return found

    def parted(self, one: Tensor, other: Tensor) -> bool:
        """Whether a step that the paste holds beside the model stands between two tensors."""
        first = bisect_right(self.between, one.statement.start)
        return first < len(self.between) and self.between[first] < other.statement.start

    def step(self, node: Node, tensor: Tensor, before: Tensor | None, words: dict[int, str], word: str) -> Node:
        """A layer on its inputs: as it is on the tensor before it, else behind the name of its input."""
        asked = [
            Name(place.start, place.end, words[id(source)])
            if words[id(source)]
            else Here(place.start, place.end)
            for source, place in tensor.inputs
        ]  # fmt: skip
        if tensor.merges:
            node = merged(node, list(asked))
        if word:
            node = Naming(node.start, node.end, node, Name(node.end, node.end, word))
        follows = not tensor.inputs or (tensor.inputs[0][0] is before and not self.parted(before, tensor))
        return node if tensor.merges or follows else Chain(asked[0].start, node.end, (asked[0], node))

    def title(self, tensor: Tensor, asked: bool, inner: bool) -> tuple[Node, str]:
        """A tensor's layer and the name for it: the layer's own name="…" where it has a good one, else its variable's."""
        node = tensor.node
        if isinstance(node, Input):
            given = node.name.text if node.name else ""
            word = given if given.isidentifier() else tensor.name
            return node, self.names.unique(word) if asked or (given and not inner) else ""
        if not asked:
            return node, ""
        for argument in node.arguments if isinstance(node, Call) else ():
            value = argument.value
            if (
                argument.name
                and argument.name.text == "name"
                and isinstance(value, Text)
                and value.value.isidentifier()
            ):
                rest = tuple([a for a in node.arguments if a is not argument])  # type: ignore[attr-defined]
                if value.value not in self.names.taken:
                    return node.replace(arguments=rest), self.names.unique(value.value)
        return node, self.names.unique(tensor.name or "x")
