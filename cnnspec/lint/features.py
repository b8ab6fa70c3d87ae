"""What a network has, in words by which rules say what they look at: a rule is imported where its network has it all.

Each is found out in a few microseconds, and errs on the side of asking: in a network without it the rule finds nothing.
"""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.facts.facts import find_keras_problems
from cnnspec.syntax.tree import Arithmetic, Call, Name, Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.graph import Node, Site
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Window
    from cnnspec.lint.context import Context

TRAIN, COMMENTS = "a train section", "comments"
S_SHAPED = ("sigmoid", "hard_sigmoid", "tanh", "softmax")
MANY_LAYERS, MANY_PARAMETERS = 20, 1_000_000


# ---- the text ----------------------------------------------------------------------------------------------
def has_unused_binding(context: Context) -> bool:
    return not all([binding.applied for binding in context.graph.bindings.values()])


def has_binding_used_twice(context: Context) -> bool:
    return any([len(binding.uses) > 1 for binding in context.graph.bindings.values()])


def has_number_of_classes(context: Context) -> bool:
    return "data" in context.train or "classes" in context.graph.parameters


def has_number_for_size(context: Context) -> bool:
    calls = [(node.site.node, node.site) for node in context.graph.nodes]
    return any([isinstance(call, Call) and may_be_size(call, site) for call, site in calls])


def may_be_size(call: Call, site: Site) -> bool:
    """Whether a product, two numbers side by side, or what a block was given may stand for a size."""
    numbers = 0
    for argument in call.arguments:
        if isinstance(argument.value, Arithmetic) or site.caller is not None and isinstance(argument.value, Name):
            return True
        numbers += argument.name is None and isinstance(argument.value, Number)
    return numbers > 1


# ---- the graph ---------------------------------------------------------------------------------------------
def has_unknown_size(context: Context) -> bool:
    return any([isinstance(n, Size) for shape in input_shapes(context) for n in shape])


def has_ambiguous_input(context: Context) -> bool:
    return any(map(is_ambiguous, input_shapes(context)))


def input_shapes(context: Context) -> list[Shape]:
    nodes = context.graph.nodes
    return [shape for index in context.graph.inputs if (shape := nodes[index].shape) is not None]


def is_ambiguous(shape: Shape | None) -> bool:
    """Whether the sizes of an input may stand in another order."""
    return shape is not None and (shape[0] in (1, 3, 4) or len(shape) == 2 and shape[0] == shape[1])


def has_map_at_end(context: Context) -> bool:
    shapes = [context.facts.shapes[index] for index in context.graph.outputs]
    return any([shape is not None and len(shape) > 2 and any([n != 1 for n in shape[:-1]]) for shape in shapes])


def has_unused_layer(context: Context) -> bool:
    return not all(context.graph.used())


def has_hidden_dense_layer(context: Context) -> bool:
    """Whether another layer with a kernel comes behind a dense one, in the order of the text."""
    dense = [kernel.dense for kernel in context.facts.kernels if kernel is not None]
    return any(dense[:-1])


def has_many_layers(context: Context) -> bool:
    return sum([node.layer is not None and bool(node.layer.counted) for node in context.graph.nodes]) > MANY_LAYERS


def has_s_shape_inside(context: Context) -> bool:
    nodes, readers = context.graph.nodes, context.readers
    return any([n.layer is not None and bool(readers[n.index]) and n.layer.ends_in() in S_SHAPED for n in nodes])


# ---- single layers -----------------------------------------------------------------------------------------
def has_layer(test: Callable[[Layer], bool]) -> Callable[[Context], bool]:
    """Whether there is a layer of a kind; layers alike are asked once."""
    return lambda context: any([test(node.layer) for node in context.facts.firsts if node.layer is not None])


def has_window(test: Callable[[Window], bool]) -> Callable[[Context], bool]:
    """Whether a layer slides a window of a kind."""

    def has(context: Context) -> bool:
        windows = context.facts.windows
        return any([test(window) for node in context.facts.firsts for window in windows[node.index]])

    return has


def has_gap(context: Context) -> bool:
    return any([axis.gap > 1 for reach in context.reaches if reach for axis in reach])


def has_upsampling(context: Context) -> bool:
    return any([axis.over > 1 for reach in context.reaches if reach for axis in reach])


def has_offset_taken_away(context: Context) -> bool:
    nodes, facts = context.facts.firsts, context.facts
    asked = [(node.layer, inputs) for node in nodes if node.layer and (inputs := facts.inputs_of(node.index))]
    return any([layer.cancels_offset(inputs) for layer, inputs in asked])


def has_global_pool(context: Context) -> bool:
    return any([is_global_pool(node, context) for node in context.facts.firsts])


def is_global_pool(node: Node, context: Context) -> bool:
    """Whether a layer without weights takes all positions together, and no channels."""
    inputs = context.facts.inputs_of(node.index)
    if node.layer is None or inputs is None or node.shape is None or context.reaches[node.index] is not None:
        return False
    return not context.facts.weighty(node.index) and any([shape[-1] == node.shape[-1] for shape in inputs])


def has_grouped_channels(context: Context) -> bool:
    return any([kernel is not None and kernel.groups > 1 for kernel in context.facts.kernels])


def has_many_parameters(context: Context) -> bool:
    return any([sum(parameters or ()) > MANY_PARAMETERS for parameters in context.facts.parameters])


FEATURES: dict[str, Callable[[Context], bool]] = {
    TRAIN: lambda context: bool(context.train),
    COMMENTS: lambda context: False,  # no network has any: what is wrong with a file's, lint/ignores.py says
    "a budget": lambda context: bool(context.graph.budgets),
    "values that make sense": lambda context: bool(context.graph.choices),
    "an unused binding": has_unused_binding,
    "a binding used twice": has_binding_used_twice,
    "a number of classes": has_number_of_classes,
    "a number that may be a size": has_number_for_size,
    "an unknown size": has_unknown_size,
    "an ambiguous input": has_ambiguous_input,
    "a map at the end": has_map_at_end,
    "an unused layer": has_unused_layer,
    "a hidden dense layer": has_hidden_dense_layer,
    "more than 20 layers with weights": has_many_layers,
    "an s-shaped function inside": has_s_shape_inside,
    "a merge": has_layer(lambda layer: layer.merges),
    "dropout": has_layer(lambda layer: layer.drops() > 0),
    "a normalisation": has_layer(lambda layer: layer.normalizes),
    "shared axes": has_layer(lambda layer: "shared_axes" in layer.arguments),
    "a window": has_window(lambda window: True),
    "a stride": has_window(lambda window: window.stride > 1),
    "a stride beyond the window": has_window(lambda window: window.stride > window.extent),
    "a window off the middle": has_window(lambda window: window.stride == 1 and window.before != window.after),
    "a gap between positions": has_gap,
    "an upsampling": has_upsampling,
    "what Keras cannot compute": lambda context: any(find_keras_problems(context.facts)),
    "an offset that is taken away": has_offset_taken_away,
    "a global pool": has_global_pool,
    "grouped channels": has_grouped_channels,
    "a layer of a million parameters": has_many_parameters,
}
