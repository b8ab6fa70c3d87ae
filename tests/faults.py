"""The faults that tests/mutation.py injects: what goes wrong in each, how it is made, and when it is no mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.analyses.walks import last_function
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mutation import Case, Edit, Place, Spec

    Reason = tuple[str, Callable[[Case], bool]]

ACTIVATIONS = ("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_silu", "sigmoid", "tanh", "swish")
CONVS = ("conv", "depthwise_conv", "separable_conv")
POOLS = ("maxpool", "avgpool")


class Fault:
    """`inject` yields every edit of a sound text that makes the fault. `expected` are codes that count as seeing it even
    where they say that no network was made. `prepare` gives the text that is edited, None where the fault has no
    place. `legal` are the reasons for which a case may be no mistake, each with what must hold of it."""

    def __init__(
        self, name: str, says: str, inject: Callable[[Spec], Iterator[Edit]], *legal: Reason,
        prepare: Callable[[Spec], str | None] = lambda spec: spec.text, expected: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.name, self.says, self.inject, self.legal = name, says, inject, legal
        self.prepare, self.expected = prepare, set(expected)


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
            end = last_function(graph, index)
            if end is not None and end[1] == function:
                yield from [place for place in spec.places if place.written is end[0].site.node]


def relu_on_the_head(spec: Spec) -> Iterator[Edit]:
    for place in spec.heads():
        if place.argument("activation") is None:
            yield from spec.put(place, "activation", "relu")
        else:
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
        yield tuple(dict.fromkeys(edits))


def prelu_for_relu(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("relu"):
        if spec.of(place.written) == "relu":
            yield ((place.start, place.end, "prelu"),)


# ---- shapes ----------------------------------------------------------------------------------------------------
def dense_on_map(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("gap", "flatten", "gmp"):
        yield from spec.removed(place)


def shrink_input(spec: Spec) -> Iterator[Edit]:
    for part in spec.parts:
        if isinstance(part, tree.Input) and isinstance(part.shape, tree.Dims):
            sizes = part.shape.sizes
            if len(sizes) > 1 and all(isinstance(n, int) for n in sizes):
                for divisor in (2, 3, 4, 7, 10):
                    small = [max(1, n // divisor) for n in sizes[:-1]]  # type: ignore[operator]
                    yield ((part.shape.start, part.shape.end, "x".join(map(str, [*small, sizes[-1]]))),)


def odd_input(spec: Spec) -> Iterator[Edit]:
    for part in spec.parts:
        if isinstance(part, tree.Input) and isinstance(part.shape, tree.Dims):
            sizes = part.shape.sizes
            if len(sizes) > 1 and all(isinstance(n, int) for n in sizes):
                for change in (-1, 1, 3):
                    other = [max(1, n + change) for n in sizes[:-1]]  # type: ignore[operator]
                    yield ((part.shape.start, part.shape.end, "x".join(map(str, [*other, sizes[-1]]))),)


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
            yield ((step.start, step.start, "in as kept\nconv(8, 3x3, padding=same) as forgotten\nkept -> "),)


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
        windows = place.node.layer.windows(place.graph.input_shapes(place.node) or ())  # type: ignore[union-attr]
        if windows and len(windows) == 2:
            yield from [
                (*kernel, *padding)
                for kernel in spec.put(place, "kernel", "3x3")
                for padding in ((place.end - 1, place.end - 1, ", padding=same"),)
            ]


# ---- training --------------------------------------------------------------------------------------------------
CROSS_ENTROPY = {
    "softmax": "sparse_categorical_crossentropy",
    "linear": "sparse_categorical_crossentropy(from_logits=true)",
}


def trained(more: str = "") -> Callable[[Spec], str | None]:
    """The text with a train section that fits the end of its networks."""

    def prepare(spec: Spec) -> str | None:
        if any(isinstance(part, tree.Train) for part in spec.parts):
            return spec.text if not more else None
        losses = set()
        for graph in spec.graphs:
            end = last_function(graph, graph.outputs[0]) if len(graph.outputs) == 1 else None
            shape = graph.nodes[graph.outputs[0]].shape
            if end is None or shape is None or len(shape) != 1 or shape[0] == 1 or end[1] not in CROSS_ENTROPY:
                return None
            losses.add(CROSS_ENTROPY[end[1]])
        if len(losses) != 1:
            return None
        return f"{spec.text}\ntrain {{ loss = {losses.pop()}{more} }}\n"

    return prepare


def setting(spec: Spec, name: str) -> tree.Node | None:
    return next(
        (part.value for part in spec.parts if isinstance(part, tree.Assign) and part.name.text == name
         and isinstance(spec.parent(spec.parent(part) or part), tree.Train)), None,
    )  # fmt: skip


def flipped_logits(spec: Spec) -> Iterator[Edit]:
    loss = setting(spec, "loss")
    assert loss is not None
    logits = "(from_logits=true)"
    text = spec.of(loss)
    yield ((loss.start, loss.end, text.removesuffix(logits) if logits in text else text + logits),)


def other_loss(*losses: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        node = setting(spec, "loss")
        assert node is not None
        for loss in losses:
            yield ((node.start, node.end, loss),)

    return inject


def one_unit(spec: Spec) -> Iterator[Edit]:
    for place in spec.heads():
        yield from spec.put(place, "units" if place.label == "dense" else "filters", "1")


def with_classes(spec: Spec) -> str | None:
    return spec.text if any(isinstance(g.parameters.get("classes"), int) for g in spec.graphs) else None


def wrong_head(spec: Spec) -> Iterator[Edit]:
    for place in spec.heads():
        units = place.node.shape[-1]  # type: ignore[index]
        yield from spec.put(place, "units" if place.label == "dense" else "filters", str(units + 3))  # type: ignore[operator]


def batch(size: int) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        if not any(place.label == "bn" for place in spec.places):
            return
        loss = setting(spec, "loss")
        assert loss is not None
        given = setting(spec, "batch")
        yield ((given.start, given.end, str(size)),) if given else ((loss.end, loss.end, f"; batch = {size}"),)

    return inject


def in_train(text: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        loss = setting(spec, "loss")
        assert loss is not None
        yield ((loss.end, loss.end, f"; {text}"),)

    return inject


def dropout_rate(rate: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        for place in spec.called("dropout", "spatial_dropout"):
            yield from spec.put(place, "rate", rate)

    return inject


def dropout_before_bn(spec: Spec) -> Iterator[Edit]:
    for place in spec.called("bn"):
        parent = spec.parent(place.written)
        if isinstance(parent, tree.Chain) and parent.stages[0] is not place.written:
            yield ((place.start, place.start, "dropout(0.5) -> "),)


def dropout_on_the_head(spec: Spec) -> Iterator[Edit]:
    for place in [*ended_in(spec, "softmax"), *ended_in(spec, "linear")]:
        yield from spec.behind(place, "dropout(0.5)")


FAULTS = (
    Fault("dropped activation", "a relu, or the like, is forgotten", drop_activation),
    Fault("softmax twice", "a softmax behind the softmax", double_softmax),
    Fault("relu on the head", "the last layer ends in relu", relu_on_the_head),
    Fault("sigmoid for relu", "every relu becomes a sigmoid", sigmoid_everywhere),
    Fault("prelu for relu", "a relu becomes a prelu with a slope for every position", prelu_for_relu),
    Fault("relu twice", "a relu behind a relu", relu_twice),
    Fault("dense on a map", "the gap or flatten before the head is removed", dense_on_map),
    Fault("smaller input", "the input is a half to a tenth of what the network is made for", shrink_input),
    Fault("odd input", "the input is one or a few positions off", odd_input),
    Fault("kernel larger than the map", "more than twice the map", huge_kernel),
    Fault("longer stride", "a stride is one longer", longer_stride),
    Fault("groups that do not divide", "", groups_that_do_not_divide),
    Fault("channels of a sum", "one branch of a sum has 8 channels more", wrong_filters),
    Fault("one channel in a sum", "one branch of a sum has a single channel", one_filter),
    Fault("stride in a branch", "one branch of a merge has stride 2", stride_in_a_branch),
    Fault("padding in a branch", "one branch pads on one side", padding_in_a_branch),
    Fault("crop in a branch", "one branch is cropped", crop_in_a_branch),
    Fault("dead branch", "a layer that nobody reads", dead_branch),
    Fault("dropout 0 behind a layer", "", doing_nothing("dropout(0)")),
    Fault("pool of 1x1", "", doing_nothing("maxpool(1x1)")),
    Fault("pad of 0", "", doing_nothing("pad(0)")),
    Fault("upsample by 1", "", doing_nothing("upsample(1)")),
    Fault("flatten twice", "", flatten_twice),
    Fault("bias before bn", "", bias_before_bn),
    Fault("even kernel", "", even_kernel),
    Fault("dilation beyond the map", "", wide_dilation),
    Fault("transposed kernel", "3x3 with stride 2", uneven_transposed),
    Fault("from_logits", "", flipped_logits, prepare=trained()),
    Fault(
        "loss of another family",
        "",
        other_loss(
            "binary_crossentropy",
            "binary_crossentropy(from_logits=true)",
            "mean_squared_error",
            "hinge",
            "categorical_hinge",
        ),
        prepare=trained(),
    ),
    Fault("one unit", "", one_unit, prepare=trained()),
    Fault("wrong head", "", wrong_head, prepare=with_classes),
    Fault("batch of 1", "", batch(1), prepare=trained()),
    Fault("data with other classes", "", in_train("data = cifar10"), prepare=trained()),
    Fault("data of another shape", "", in_train("data = mnist"), prepare=trained()),
    Fault("memory", "", in_train("memory = 1MiB"), prepare=trained()),
    Fault("dropout of 0", "", dropout_rate("0")),
    Fault("dropout of 1", "", dropout_rate("1"), expected=("E011",)),
    Fault("dropout of 0.9", "", dropout_rate("0.9")),
    Fault("dropout before bn", "", dropout_before_bn),
    Fault("dropout on the head", "", dropout_on_the_head),
)
