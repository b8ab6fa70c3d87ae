"""A layer call → a node of the graph: arguments bound, the layer's own check made, its shape inferred."""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import Note, Problem
from cnnspec.base.limits import MAX_LAYERS, MAX_SIZE_LENGTH, MAX_SIZE_PRODUCTS, MAX_VALUES
from cnnspec.base.size import Size, too_long
from cnnspec.elaborate.bind import argument_name, bind
from cnnspec.elaborate.expressions import Expressions
from cnnspec.elaborate.reporting import TooMuch
from cnnspec.elaborate.values import Scope, Tensor
from cnnspec.graph import Graph, Node, Site
from cnnspec.layers.base import Layer, Shape, all_known, show_shape
from cnnspec.layers.filling import unfilled
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LOOK_AHEAD = 20_000  # layers, from which on it pays to count what is still to come


class Placing(Expressions):
    """Puts layers into the graph. `max_layers` bounds its size."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__()
        self.graph = Graph(name)
        self.max_layers = max_layers
        self.checkpoint = min(LOOK_AHEAD, max_layers)
        self.multiplier = 1  # how often the repeats around the present place run it
        self.taken: set[str] = set()
        self.numbered: dict[str, int] = {}  # the next number to try for a name that is taken
        self.sharing: list[list[int]] = []  # the layers made so far by each shared function being recorded
        self.shared_layers: set[int] = set()  # made by the first use of a shared function
        self.replaying: list[tuple[list[int], list[int]]] = []  # (layers of the first use, position) being reused
        self._layers: dict[tuple[int, Layer], Layer] = {}
        self._inferred: dict[tuple[int, tuple[Shape, ...]], tuple[Problem | None, Shape | None]] = {}

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """The tensor that an expression, as a step, makes of the current one."""
        raise NotImplementedError

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """A value as a function of the current tensor."""
        raise NotImplementedError

    def apply_layer(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        """Put a layer behind a tensor. `sure`: the word is no assumption."""
        site = Site(scope.source, at, scope.caller, scope.block)
        if cls.merges:
            branches = [a for a in arguments if a.name is None]
            tensors = self.merge_inputs(branches, scope, current)
            arguments = tuple([a for a in arguments if a.name is not None])
            inputs, assumed = tuple([t.index for t in tensors]), any([t.assumed for t in tensors])
        else:
            branches = []
            inputs, assumed = (current.index,), current.assumed
        label = word.lower() if word.lower() in cls.presets else cls.names[0]
        bound = bind(cls, word, arguments, at, scope, current, self, sure)
        if bound is None or bound.layer is None:
            return self.unbuilt(at, scope, current, label)
        layer = self.known(bound.layer, at)
        label = layer.label or label
        guessed = bound.assumed or self.unsure
        assumed = assumed or guessed
        shapes = tuple([self.graph.nodes[i].shape for i in inputs])
        shape: Shape | None = None
        if all_known(shapes):
            problem, shape = self.infer(layer, shapes)
            if problem is not None and not assumed and not self.misread(problem, layer, inputs, site):
                rank = len(shapes[0] or ()) - 1 if shapes else 0
                told = self.in_branch(problem, inputs, branches)
                self.refused(told, arguments, branches, at, scope, cls, word, rank)
        node = self.new_node(layer, inputs, shape, label, site)
        node.guessed, node.assumed = guessed, assumed
        if bound.name:
            self.name_node(node, bound.name)
        self.share(node, scope, at)
        result = Tensor(node.index, assumed)
        activation = bound.activation
        if activation is not None:
            run = partial(self.apply_value, activation, at, scope, result)
            result = self.supposing(run) if bound.assumed else run()
        return result

    def supposing(self, run: Callable[[], Tensor]) -> Tensor:
        """What is run by an assumption: all that it makes is assumed, and which tensor it comes to."""
        around, self.unsure = self.unsure, True
        result = run()
        self.unsure = around
        return result.replace(assumed=True)

    def known(self, layer: Layer, at: tree.Node) -> Layer:
        """The equal layer that the same call made before, if any: what is asked of it and its inputs is asked once."""
        try:
            return self._layers.setdefault((id(at), layer), layer)
        except TypeError:  # an argument is a list
            return layer

    def merge_inputs(self, branches: list[tree.Argument], scope: Scope, current: Tensor) -> list[Tensor]:
        """Each argument of a merge applied to the current tensor; a list counts as its elements."""
        inputs: list[Tensor] = []
        for argument in branches:
            value = (
                self.evaluate(argument.value, scope, current)
                if isinstance(argument.value, (tree.Name, tree.List, tree.Index))
                else None
            )
            doubt = self.doubt and self.settled()
            if isinstance(value, (list, tuple)):
                for part in value:
                    run = partial(self.apply_value, part, argument.value, scope, current)
                    inputs.append(self.supposing(run) if doubt else run())
            else:
                inputs.append(self.apply(argument.value, scope, current))
        return inputs

    def infer(self, layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Problem | None, Shape | None]:
        key = (id(layer), shapes)
        found = self._inferred.get(key)
        if found is None:
            problem = layer.problem(shapes) or unfilled(layer, shapes)
            output = None
            if problem is None:
                for weight in layer.weights(shapes):
                    if any(isinstance(n, Size) for n in weight.shape):
                        name = layer.names[0]
                        message = f"{name} on {show_shape(shapes[0])}: its {weight.name} would have the unknown shape {show_shape(weight.shape)}"
                        problem = Problem("E107", message, help=layer.for_any_size(shapes))
                        break
                else:
                    output = layer.output(shapes)
                    problem = unreadable(layer, output) or too_large(layer, shapes, output)
                    output = None if problem else output
            found = self._inferred[key] = (problem, output)
        return found

    def in_branch(self, problem: Problem, inputs: tuple[int, ...], branches: list[tree.Argument]) -> Problem:
        """A merge's problem, with what to write in the branch at fault where that is one layer that sets its channels."""
        number = int(problem.argument[1:]) if problem.channels is not None else len(branches) + 1
        if len(inputs) != len(branches) or number > len(branches):
            return problem
        branch, written = self.graph.nodes[inputs[number - 1]], branches[number - 1].value
        shapes = self.graph.input_shapes(branch)
        if branch.layer is None or shapes is None or branch.site.node is not written or not branch.layer.channels_from:
            return problem
        other = {branch.layer.channels_from: problem.channels}
        fits = branch.layer.replace(**other).problem(shapes) is None
        return problem.replace(help=f"write {branch.layer.channels_from}={problem.channels}") if fits else problem

    def misread(self, problem: Problem, layer: Layer, inputs: tuple[int, ...], site: Site) -> bool:
        """Note, once at the input, that this is what a layer's problem comes from; whether it is."""
        if problem.code not in ("E101", "E106") or len(inputs) != 1:
            return False
        from cnnspec.elaborate.input_forms import misread, place

        found = misread(self.graph, layer, self.graph.nodes[inputs[0]], problem)
        if found is None:
            return False
        source, message, help = found
        at = place(source)
        scope = Scope(None, at.source, at.caller, at.block)
        self.error(problem.code, at.node, scope, message, help, extra=(Note(problem.message, site.span),))
        return True

    def refused(
        self, problem: Problem, arguments: tuple[tree.Argument, ...], branches: list[tree.Argument], at: tree.Node,
        scope: Scope, cls: type[Layer], word: str, rank: int,
    ) -> None:  # fmt: skip
        """Note a layer's problem at the argument at fault; `rank` counts the spatial axes that enter."""

        place: tree.Node = at
        if problem.argument.startswith("#"):
            number = int(problem.argument[1:])
            place = branches[number - 1] if number <= len(branches) else at
        elif problem.argument:
            free = [n for n in cls.arguments if n not in cls.presets.get(word.lower(), {})]
            position = 0
            for argument in arguments:
                name = argument_name(cls, argument.name.text) if argument.name else free[position]
                position += argument.name is None
                if name == problem.argument:
                    place = argument
        elif isinstance(at, tree.Call):
            place = at.function
        help = problem.help
        if problem.code == "E101" and isinstance(place, tree.Argument):
            from cnnspec.elaborate.meant import by_product

            help = by_product(place.value, rank) or help
        self.error(problem.code, place, scope, problem.message, help)

    def new_node(
        self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site
    ) -> Node:
        nodes = self.graph.nodes
        if self.layers + self.multiplier > self.checkpoint:
            self.checkpoint = self.max_layers
            self.look_ahead()
            scope = Scope(None, site.source, site.caller, site.block)
            self.limit(site.node, scope, self.layers + self.multiplier)
        node = Node(len(nodes), layer, inputs, shape, label, site)
        nodes.append(node)
        return node

    @property
    def layers(self) -> int:
        """How many there are so far; inputs are none."""
        return len(self.graph.nodes) - len(self.graph.inputs)

    def look_ahead(self) -> None:
        """Refuse at once what would be refused after a long time."""

    def limit(self, at: tree.Node, scope: Scope, layers: int) -> None:
        if layers > self.max_layers:
            message = f"this asks for at least {layers:,} layers; at most {self.max_layers:,} are allowed"
            self.error("E003", at, scope, message, "repeat less, or raise the limit with --max-layers", sure=True)
            raise TooMuch

    def lost(self, current: Tensor | None, site: Site, label: str = "?") -> Tensor:
        """Where a step could not be understood: a node of unknown shape, so that the table shows the gap."""
        if (
            current is not None
            and self.graph.nodes[current.index].layer is None
            and self.graph.nodes[current.index].shape is None
        ):
            return current
        node = self.new_node(None, () if current is None else (current.index,), None, label, site)
        node.assumed = self.unsure or (current is not None and current.assumed)
        return Tensor(node.index, node.assumed)

    def unbuilt(self, node: tree.Node, scope: Scope, current: Tensor | None, label: str = "?") -> Tensor:
        """A step that could not be understood, whose names are unknown from here on."""
        self.unknown_from_here(node, scope)
        return self.lost(current, Site(scope.source, node, scope.caller, scope.block), label)

    def name_node(self, node: Node, name: str) -> None:
        """Call a node by a name that the text gives, made unique with a number."""
        unique = name
        if name in self.taken:
            number = self.numbered.get(name, 2)
            while f"{name}_{number}" in self.taken:
                number += 1
            unique, self.numbered[name] = f"{name}_{number}", number + 1
        self.taken.add(unique)
        node.name, node.given = unique, name

    def share(self, node: Node, scope: Scope, at: tree.Node) -> None:
        """Enter a layer into the shared functions that are being recorded or reused."""
        if self.replaying:
            first, position = self.replaying[-1]
            position[0] += 1
            if position[0] <= len(first):
                original = self.graph.nodes[first[position[0] - 1]]
                while original.shares is not None:
                    original = self.graph.nodes[original.shares]
                node.shares = original.index
                self.check_shared(node, original, at, scope)
        if self.sharing:
            self.sharing[-1].append(node.index)
            self.shared_layers.add(node.index)

    def check_shared(self, node: Node, original: Node, at: tree.Node, scope: Scope) -> None:
        here, there = self.graph.input_shapes(node), self.graph.input_shapes(original)
        refused = node.shape is None or original.shape is None
        if refused or here is None or there is None or node.layer is None or original.layer is None:
            return
        where = show_shape(there[0]) if there else "nothing"
        if node.layer != original.layer or node.layer.weights(here) != original.layer.weights(there):
            message = f"{node.label} is shared, but here its weights would have another shape than on {where}"
        elif node.layer.weights(here) and node.layer.keras(here) != original.layer.keras(there):
            message = f"{node.label} is shared, but Keras makes it for {where} alone"
        else:
            return
        note = Note("its first use", original.site.span)
        if not node.assumed and not original.assumed:
            self.error("E102", at, scope, message, self.unlike(node, original), extra=(note,))
        node.shape = None

    def unlike(self, node: Node, original: Node) -> str:
        """What to do about two uses of a shared function: where it begins, what enters it differs in size or channels."""
        nodes = self.graph.nodes
        while len(node.inputs) == len(original.inputs) == 1:
            before, first = nodes[node.inputs[0]], nodes[original.inputs[0]]
            if before.shares is None or before.shares not in (first.index, first.shares):
                break
            node, original = before, first
        here, there = self.graph.input_shapes(node), self.graph.input_shapes(original)
        if not here or not there:
            return "bring both inputs to the same shape first"
        one, other = here[0], there[0]
        what = "channels" if one[:-1] == other[:-1] else "size" if one[-1:] == other[-1:] else "shape"
        if len(one) != len(other):
            what = "number of axes"
        return f"bring both inputs to the same {what} first: here {show_shape(one)}, there {show_shape(other)}"


def unreadable(layer: Layer, output: Shape) -> Problem | None:
    """A size that is not known, as an expression that nobody can read."""
    unknown = [n for n in output if isinstance(n, Size)]
    products = 1
    for size in unknown:
        products *= len(size.terms)
    if products <= MAX_SIZE_PRODUCTS and not any(map(too_long, unknown)):
        return None
    inputs = ", ".join(sorted(set().union(*[size.names() for size in unknown])))
    wanted = f"{MAX_SIZE_PRODUCTS} products" if products > MAX_SIZE_PRODUCTS else f"{MAX_SIZE_LENGTH} names and numbers"
    message = f"the output of {layer.names[0]} has a size that takes more than {wanted} to write down in {inputs}"
    return Problem("E003", message, help="give the input a size: input 224x224x3")


def too_large(layer: Layer, shapes: tuple[Shape, ...], output: Shape) -> Problem | None:
    """The problem of a layer with a tensor of more values than can be counted: its output, its padded input, a weight."""
    name = layer.names[0]
    tensors = [(f"{name}'s output", output)]
    sliding = layer.sliding()
    if sliding is not None and sliding.padding and not isinstance(sliding.padding, str):
        padded = [n + w.before + w.after for n, w in zip(shapes[0], sliding.windows(shapes[0]), strict=False)]
        tensors.append((f"{name}'s padded input", (*padded, shapes[0][-1])))
    tensors += [(f"{name}'s {weight.name}", weight.shape) for weight in layer.weights(shapes)]
    return next((found for what, shape in tensors if (found := countless(what, shape)) is not None), None)


def countless(what: str, shape: Shape) -> Problem | None:
    """The problem of a tensor of more values than a framework counts; unknown sizes are 1 at least."""
    values = 1
    for n in shape:
        values *= n if isinstance(n, int) else 1
    if values <= MAX_VALUES:
        return None
    message = f"{what} would have {show_shape(shape)} = {values:,} values; a tensor has at most {MAX_VALUES:,}"
    return Problem("E003", message, help="take smaller numbers")
