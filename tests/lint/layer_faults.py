"""Faults in layers: edits of a network that no author means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.facts.graph_queries import find_last_function
from cnnspec.syntax import tree
from tests.lint.mutation import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lint.mutation import Place, Spec

from tests.lint.surroundings import ACTIVATIONS, CONVS, POOLS


# ---- activations -----------------------------------------------------------------------------------------------
def drop_activation(spec: Spec) -> Iterator[Edit]:
    for place in spec.called(*ACTIVATIONS):
        yield from spec.removed(place)
    for place in spec.places:
        if place.label in (*CONVS, "dense", "conv_transpose"):
            given = place.argument("activation")
            if given is not None and spec.of(given.value) in ACTIVATIONS:
                yield from spec.without(place, "activation")


def double_softmax(spec: Spec) -> Iterator[Edit]:
    for place in ended_in(spec, "softmax"):
        yield from spec.behind(place, "softmax")


def ended_in(spec: Spec, function: str) -> Iterator[Place]:
    """The layers in which networks end, where they end in a function."""
    for graph in spec.graphs:
        for index in graph.outputs:
            end = find_last_function(graph, index)
            if end is not None and end[1] == function:
                yield from [place for place in spec.places if place.written is end[0].site.node]


def relu_on_the_head(spec: Spec) -> Iterator[Edit]:
    for place in spec.heads():
        yield from spec.put(place, "activation", "relu")


def sigmoid_everywhere(spec: Spec) -> Iterator[Edit]:
    """Every relu of the text becomes a sigmoid."""
    edits = []
    for place in spec.places:
        if place.label == "relu" and spec.of(place.written) == "relu":
            edits.append((place.start, place.end, "sigmoid"))
        elif (given := place.argument("activation")) is not None and spec.of(given.value) == "relu":
            edits.append((given.value.start, given.value.end, "sigmoid"))
    if edits:
        yield Edit(*dict.fromkeys(edits))


def prelu_for_relu(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("relu"):
        if spec.of(place.written) == "relu":
            yield Edit((place.start, place.end, "prelu"))


# ---- shapes ----------------------------------------------------------------------------------------------------
def dense_on_map(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("gap", "flatten", "gmp"):
        yield from spec.removed(place)


def resized(*changes: Callable[[int], int]) -> Callable[[Spec], Iterator[Edit]]:
    """The input with each of its sizes changed."""

    def inject(spec: Spec) -> Iterator[Edit]:
        for part in spec.parts:
            if isinstance(part, tree.Input) and isinstance(part.shape, tree.Dims):
                *sizes, channels = part.shape.sizes
                if sizes and all(isinstance(n, int) for n in (*sizes, channels)):
                    for change in changes:
                        other = [max(1, change(n)) for n in sizes]  # type: ignore[arg-type]
                        yield Edit((part.shape.start, part.shape.end, "x".join(map(str, [*other, channels]))))

    return inject


shrink_input = resized(*[lambda n, d=d: n // d for d in (2, 3, 4, 7, 10)])  # type: ignore[misc]
odd_input = resized(*[lambda n, d=d: n + d for d in (-1, 1, 3)])  # type: ignore[misc]


def huge_kernel(spec: Spec) -> Iterator[Edit]:
    for place in spec.called(*CONVS, *POOLS):
        shape = place.graph.nodes[place.node.inputs[0]].shape
        if shape is not None and len(shape) == 3 and all(isinstance(n, int) for n in shape):
            yield from spec.put(place, "kernel", f"{shape[0] * 2 + 3}x{shape[1] * 2 + 3}")  # type: ignore[operator]


def longer_stride(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv", *POOLS):
        for node in [node for _, node in place.nodes[:1]]:
            windows = node.layer.windows(place.graph.input_shapes(node) or ())  # type: ignore[union-attr]
            if windows and all(isinstance(w.stride, int) for w in windows):
                yield from spec.put(place, "stride", str(windows[0].stride + 1))


def groups_that_do_not_divide(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv"):
        channels = (place.graph.nodes[place.node.inputs[0]].shape or (None,))[-1]
        if isinstance(channels, int):
            groups = next(g for g in range(2, channels + 2) if channels % g)
            yield from spec.put(place, "groups", str(groups))


def wrong_filters(spec: Spec) -> Iterator[Edit]:
    """One branch of a sum has another number of channels."""
    for place in spec.called("conv"):
        if merged(place, "add"):
            yield from spec.put(place, "filters", str(place.node.shape[-1] + 8))  # type: ignore[index, operator]


def one_filter(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv"):
        if merged(place, "add") and place.node.shape[-1] > 1:  # type: ignore[index, operator]
            yield from spec.put(place, "filters", "1")


def merged(place: Place, *labels: str) -> bool:
    """Whether what a layer yields meets others in a merge before another layer mixes its channels."""
    readers = place.graph.consumers()
    node = place.node
    while len(readers[node.index]) == 1:
        node = place.graph.nodes[readers[node.index][0]]
        if node.label in labels:
            return len(set(node.inputs)) > 1
        if node.label not in ("bn", *ACTIVATIONS):
            return False
    return False


def stride_in_a_branch(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv", *POOLS):
        if merged(place, "add", "concat"):
            windows = place.node.layer.windows(place.graph.input_shapes(place.node) or ())  # type: ignore[union-attr]
            if windows and windows[0].stride == 1:
                yield from spec.put(place, "stride", "2")


def padding_in_a_branch(spec: Spec) -> Iterator[Edit]:
    """All the padding of one branch on one side: the shape stays, the centre moves."""
    for place in spec.called("conv", *POOLS):
        windows = place.node.layer.windows(place.graph.input_shapes(place.node) or ())  # type: ignore[union-attr]
        if merged(place, "add", "concat") and windows and len(windows) == 2:
            sums = [w.before + w.after for w in windows]
            if all(isinstance(n, int) and n for n in sums):
                yield from spec.put(place, "padding", f"(({sums[0]}, 0), ({sums[1]}, 0))")


def crop_in_a_branch(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv", *POOLS):
        if merged(place, "add", "concat"):
            yield from spec.behind(place, "crop(1)")


# ---- waste -----------------------------------------------------------------------------------------------------
def dead_branch(spec: Spec) -> Iterator[Edit]:
    for place in spec.called(*CONVS):
        step = spec.parent(place.written)
        while step is not None and not isinstance(step, tree.Step):
            if isinstance(step, (tree.Argument, tree.Body)):
                break
            step = spec.parent(step)
        if isinstance(step, tree.Step):
            yield Edit((step.start, step.start, "in as kept\nconv(8, 3x3, padding=same) as forgotten\nkept -> "))


def doing_nothing(step: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        for place in spec.called(*CONVS, *POOLS):
            if place.node.shape is not None and len(place.node.shape) == 3:
                yield from spec.behind(place, step)

    return inject


def relu_twice(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("relu"):
        yield from spec.behind(place, "relu")


def flatten_twice(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("flatten", "gap"):
        if len(place.node.shape or ()) == 1:
            yield from spec.behind(place, "flatten")


def swapped_concat(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("concat"):
        arguments = [a for a in getattr(place.written, "arguments", ()) if a.name is None]
        if len(arguments) > 1:
            a, b = arguments[:2]
            yield Edit((a.start, a.end, spec.of(b)), (b.start, b.end, spec.of(a)), place=place)


def bias_before_bn(spec: Spec) -> Iterator[Edit]:
    for place in spec.called(*CONVS):
        given = place.argument("bias")
        if given is not None and spec.of(given.value) == "false":
            yield from spec.without(place, "bias")


# ---- what kernels look at ----------------------------------------------------------------------------------------
def even_kernel(spec: Spec) -> Iterator[Edit]:
    for place in spec.called(*CONVS):
        windows = place.node.layer.windows(place.graph.input_shapes(place.node) or ())  # type: ignore[union-attr]
        given = place.argument("padding")
        if windows and len(windows) == 2 and all(w.stride == 1 and w.extent == 3 for w in windows):
            if given is not None and spec.of(given.value) == "same":
                yield from spec.put(place, "kernel", "4x4")


def wide_dilation(spec: Spec) -> Iterator[Edit]:
    """A dilation that carries the outer taps beyond the map."""
    for place in spec.called("conv", "depthwise_conv"):
        windows = place.node.layer.windows(place.graph.input_shapes(place.node) or ())  # type: ignore[union-attr]
        shape, given = place.graph.nodes[place.node.inputs[0]].shape, place.argument("padding")
        if windows and shape and all(isinstance(n, int) for n in shape):
            if all(w.stride == 1 and w.extent == 3 for w in windows) and given and spec.of(given.value) == "same":
                yield from spec.put(place, "dilation", str(max(n for n in shape[:-1])))  # type: ignore[type-var]


def uneven_transposed(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("conv_transpose"):
        if place.argument("padding") is None:
            for edit in spec.put(place, "kernel", "3x3"):
                yield Edit(*edit.changes, (place.end - 1, place.end - 1, ", padding=same"), place=place)
