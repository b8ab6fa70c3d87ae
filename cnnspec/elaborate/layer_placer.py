"""A layer call → a node of the graph: arguments bound, the layer's own check made, its shape inferred."""

from __future__ import annotations

from functools import partial

from cnnspec.base.diagnostic import Note, Problem
from cnnspec.base.limits import MAX_SIZE_LENGTH, MAX_SIZE_PRODUCTS, MAX_VALUES
from cnnspec.base.recording import for_words, remembers
from cnnspec.base.size import Size, too_long
from cnnspec.elaborate.argument_binder import Binder, argument_name
from cnnspec.elaborate.branches import split_branches
from cnnspec.elaborate.dispatch import Runner
from cnnspec.elaborate.values import Scope, Tensor
from cnnspec.graph import Site
from cnnspec.layers.base import Layer, Shape, all_known, show_shape
from cnnspec.layers.shape import write_remedies
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.elaborate.building import Building
    from cnnspec.graph import Graph, Node

    Inferred = tuple[Problem | None, Shape | None]


class LayerPlacer(Runner):
    """Puts the layers that are called behind tensors."""

    def __init__(self, building: Building) -> None:
        super().__init__(building)
        self.binder = Binder(building.words, building.evaluator)
        self._layers: dict[tuple[int, Layer], Layer] = {}
        self._inferred: dict[tuple[int, tuple[Shape, ...]], tuple[Layer, Inferred]] = {}

    def apply_layer(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        """Put a layer behind a tensor. `sure`: the word is no assumption."""
        self.observer.layer_called(cls, word, arguments)
        site = Site(scope.source, at, scope.path)
        if cls.merges:
            branches, arguments = split_branches(cls, arguments)
            tensors = self.run_branches(branches, scope, current) or [current] * bool(cls.leading)
            inputs, assumed = tuple([t.index for t in tensors]), any([t.assumed for t in tensors])
        else:
            branches = []
            inputs, assumed = (current.index,), current.assumed
        label = word.lower() if word.lower() in cls.presets else cls.names[0]
        bound = self.binder.bind(cls, word, arguments, at, scope, current, sure)
        if bound is None or bound.layer is None:
            return self.builder.add_unknown(at, scope, current, label)
        layer = self.reuse_layer(bound.layer, at)
        label = layer.label or label
        guessed = bound.assumed or self.assumptions.unsure
        assumed = assumed or guessed
        shapes = tuple([self.graph.nodes[i].shape for i in inputs])
        shape: Shape | None = None
        if all_known(shapes):
            problem, shape = self.infer_shape(layer, shapes)
            if problem is not None and not assumed and not self.report_misread_input(problem, layer, inputs, site):
                rank = len(shapes[0] or ()) - 1 if shapes else 0
                told = self.aim_at_branch(problem, inputs, branches)
                self.refuse(told, arguments, branches, at, scope, cls, word, rank)
        node = self.builder.add_node(layer, inputs, shape, label, site)
        node.guessed, node.assumed = guessed, assumed
        if bound.name:
            self.builder.name_node(node, bound.name)
        self.shared.enter(node, scope, at)
        result = Tensor(node.index, assumed)
        activation = bound.activation
        if activation is not None:
            return self.assumptions.suppose_if(
                bound.assumed, lambda: self.dispatch.apply_value(activation, at, scope, result)
            )
        return result

    @remembers
    def reuse_layer(self, layer: Layer, at: tree.Node) -> Layer:
        """The equal layer that the same call made before, if there is one: its shapes are then inferred once."""
        try:
            return self._layers.setdefault((id(at), layer), layer)
        except TypeError:  # an argument is a list
            return layer

    def run_branches(self, branches: list[tree.Argument], scope: Scope, current: Tensor) -> list[Tensor]:
        """Each argument of a merge applied to the current tensor; a list counts as its elements."""
        inputs: list[Tensor] = []
        for argument in branches:
            value = (
                self.evaluator.evaluate(argument.value, scope, current)
                if isinstance(argument.value, (tree.Name, tree.List, tree.Index))
                else None
            )
            doubt = self.assumptions.take_doubt()
            if isinstance(value, (list, tuple)):
                apply = partial(self.dispatch.apply_value, at=argument.value, scope=scope, current=current)
                inputs += [self.assumptions.suppose_if(doubt, partial(apply, part)) for part in value]
            else:
                inputs.append(self.dispatch.apply(argument.value, scope, current))
        return inputs

    @remembers
    def infer_shape(self, layer: Layer, shapes: tuple[Shape, ...]) -> Inferred:
        key = (id(layer), shapes)
        found = self._inferred.get(key)
        if found is None:
            found = layer, infer_shape(layer, shapes)  # with the layer, so that no other has its identity
            self._inferred[key] = found
        return found[1]

    @for_words
    def aim_at_branch(self, problem: Problem, inputs: tuple[int, ...], branches: list[tree.Argument]) -> Problem:
        """A merge's problem. Where one layer sets the channels of the branch at fault, its help says what to write there."""
        branch = find_channels_layer(self.graph, problem, inputs, [argument.value for argument in branches])
        if branch is None or branch.layer is None:
            return problem
        return problem.replace(help=f"write {branch.layer.channels_from}={problem.channels}")

    @for_words
    def report_misread_input(self, problem: Problem, layer: Layer, inputs: tuple[int, ...], site: Site) -> bool:
        """Report a problem at the input where it comes from, once. False where the input is not its cause."""
        if problem.code not in ("E101", "E106") or len(inputs) != 1:
            return False
        from cnnspec.elaborate.input_forms import find_misread_input, place

        found = find_misread_input(self.graph, layer, self.graph.nodes[inputs[0]], problem)
        if found is None:
            return False
        source, message, help = found
        at = place(source)
        scope = Scope(None, at.source, at.path)
        self.report.error(problem.code, at.node, scope, message, help, extra=(Note(problem.message, site.span),))
        return True

    def refuse(
        self, problem: Problem, arguments: tuple[tree.Argument, ...], branches: list[tree.Argument], at: tree.Node,
        scope: Scope, cls: type[Layer], word: str, rank: int,
    ) -> None:  # fmt: skip
        """Report a layer's problem at the argument at fault. `rank`: the number of spatial axes of its input."""

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
            from cnnspec.elaborate.likely_meaning import explain_product

            help = explain_product(place.value, rank) or help
        self.report.error(problem.code, place, scope, problem.message, help)


def infer_shape(layer: Layer, shapes: tuple[Shape, ...]) -> Inferred:
    """What keeps a layer from these inputs, and else the shape of its output."""
    problem = layer.problem(shapes) or layer.numbers_problem(shapes)
    if problem is not None:
        return problem, None
    for weight in layer.weights(shapes):
        if any(isinstance(n, Size) for n in weight.shape):
            name = layer.names[0]
            message = f"{name} on {show_shape(shapes[0])}: its {weight.name} would have the unknown shape {show_shape(weight.shape)}"
            return Problem("E107", message, help=explain_unknown_size(layer, shapes)), None
    output = layer.output(shapes)
    problem = find_size_problem(layer, output) or find_memory_problem(layer, shapes, output)
    return problem, None if problem else output


def find_channels_layer(
    graph: Graph, problem: Problem, inputs: tuple[int, ...], branches: Sequence[tree.Node]
) -> Node | None:
    """The layer that alone is the branch at fault of a merge, and can make the channels that the others have."""
    number = int(problem.argument[1:]) if problem.channels is not None else len(branches) + 1
    if len(inputs) != len(branches) or number > len(branches):
        return None
    branch, written = graph.nodes[inputs[number - 1]], branches[number - 1]
    shapes, site = graph.input_shapes(branch), branch.site.node
    if branch.layer is None or shapes is None or not branch.layer.channels_from:
        return None
    if (site.start, site.end) != (written.start, written.end):
        return None
    made = branch.layer.replace(**{branch.layer.channels_from: problem.channels})
    return branch if made.problem(shapes) is None else None


def explain_unknown_size(layer: Layer, shapes: tuple[Shape, ...]) -> str:
    """What to do about a layer whose weights would have sizes that are not known."""
    from cnnspec.layers.unknown_size import find_known_axes

    written = write_remedies(find_known_axes(layer, shapes), layer.arguments) or (
        "use gap instead of flatten" if len(shapes[0]) == 1 else ""
    )
    return f"{written}, or give the input a size" if written else "give the input a size"


def find_size_problem(layer: Layer, output: Shape) -> Problem | None:
    """The problem of an output whose unknown size is too long to read."""
    unknown = [n for n in output if isinstance(n, Size)]
    products = 1
    for size in unknown:
        products *= len(size.terms)
    if products <= MAX_SIZE_PRODUCTS and not any(map(too_long, unknown)):
        return None
    inputs = ", ".join(sorted(set().union(*[size.names() for size in unknown])))
    long = any([size.length > MAX_SIZE_LENGTH for size in unknown])
    wanted = f"{MAX_SIZE_LENGTH} names and numbers" if long else "18 digits"
    if products > MAX_SIZE_PRODUCTS:
        wanted = f"{MAX_SIZE_PRODUCTS} products"
    message = f"the output of {layer.names[0]} has a size that takes more than {wanted} to write down in {inputs}"
    return Problem("E003", message, help="give the input a size: input 224x224x3")


def find_memory_problem(layer: Layer, shapes: tuple[Shape, ...], output: Shape) -> Problem | None:
    """The problem of a layer with too large a tensor: its output, its padded input, or a weight."""
    name = layer.names[0]
    tensors = [(f"{name}'s output", output)]
    sliding = layer.sliding()
    if sliding is not None and sliding.padding and not isinstance(sliding.padding, str):
        padded = [n + w.before + w.after for n, w in zip(shapes[0], sliding.windows(shapes[0]), strict=False)]
        tensors.append((f"{name}'s padded input", (*padded, shapes[0][-1])))
    tensors += [(f"{name}'s {weight.name}", weight.shape) for weight in layer.weights(shapes)]
    return next((found for what, shape in tensors if (found := find_count_problem(what, shape)) is not None), None)


def find_count_problem(what: str, shape: Shape) -> Problem | None:
    """The problem of a tensor of more values than a framework counts; unknown sizes are 1 at least."""
    values = 1
    for n in shape:
        values *= n if isinstance(n, int) else 1
    if values <= MAX_VALUES:
        return None
    message = f"{what} would have {show_shape(shape)} = {values:,} values; a tensor has at most {MAX_VALUES:,}"
    return Problem("E003", message, help="take smaller numbers")
