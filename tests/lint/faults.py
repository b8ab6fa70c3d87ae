"""The faults that tests/lint/mutation.py injects: what goes wrong in each, how it is made, and when it is no mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.facts.graph_queries import find_last_function
from cnnspec.syntax import tree
from tests.lint.mutation import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.graph import Graph, Node
    from tests.lint.mutation import Case, Place, Spec

    Reason = tuple[str, Callable[[Case, Graph, Node], bool]]

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


# ---- training --------------------------------------------------------------------------------------------------
CROSS_ENTROPY = {
    "softmax": "sparse_categorical_crossentropy",
    "linear": "sparse_categorical_crossentropy(from_logits=true)",
}


def trained(more: str = "", but: int | None = None) -> Callable[[Spec], str | None]:
    """The text with a train section that fits the end of its networks; None for heads of `but` units."""

    def prepare(spec: Spec) -> str | None:
        if any(isinstance(part, tree.Train) for part in spec.parts):
            return spec.text if not more else None
        losses = set()
        for graph in spec.graphs:
            end = find_last_function(graph, graph.outputs[0]) if len(graph.outputs) == 1 else None
            shape = graph.nodes[graph.outputs[0]].shape
            if end is None or shape is None or len(shape) != 1 or shape[0] in (1, but) or end[1] not in CROSS_ENTROPY:
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
    yield Edit((loss.start, loss.end, text.removesuffix(logits) if logits in text else text + logits))


def other_loss(*losses: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        node = setting(spec, "loss")
        assert node is not None
        for loss in losses:
            yield Edit((node.start, node.end, loss))

    return inject


def one_unit(spec: Spec) -> Iterator[Edit]:
    for place in spec.heads():
        yield from spec.put(place, "units" if place.label == "dense" else "filters", "1")


def on_cifar10(spec: Spec) -> str | None:
    """The text with a head for 10 classes and a training on CIFAR-10, for which the linter finds it sound."""
    text = trained("; data = cifar10")(spec)
    heads = list(spec.heads())
    if text is None or any(place.label != "dense" for place in heads):
        return None
    changes = [change for place in heads for edit in spec.put(place, "units", "10") for change in edit.changes]
    return spec.edited(Edit(*changes)) + text.removeprefix(spec.text)


def other_data(*names: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        data = setting(spec, "data")
        assert data is not None
        for name in names:
            yield Edit((data.start, data.end, name))

    return inject


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
        yield Edit((given.start, given.end, str(size))) if given else Edit((loss.end, loss.end, f"; batch = {size}"))

    return inject


def in_train(text: str) -> Callable[[Spec], Iterator[Edit]]:
    def inject(spec: Spec) -> Iterator[Edit]:
        loss = setting(spec, "loss")
        assert loss is not None
        yield Edit((loss.end, loss.end, f"; {text}"))

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
            yield Edit((place.start, place.start, "dropout(0.5) -> "))


def dropout_on_the_head(spec: Spec) -> Iterator[Edit]:
    for place in [*ended_in(spec, "softmax"), *ended_in(spec, "linear")]:
        yield from spec.behind(place, "dropout(0.5)")


# ---- when an edit is no mistake: what must hold where it was made ------------------------------------------------
THROUGH = (
    "bn",
    "dropout",
    "rescaling",
    "flatten",
    "gap",
    "reshape",
    "avgpool",
    "crop",
    "pad",
    "layer_norm",
    *ACTIVATIONS,
)
MERGES = ("add", "multiply", "concat", "average", "maximum")


def sides(graph: Graph, node: Node) -> tuple[list[Node], list[Node]]:
    """What stands before and behind an activation, past what changes no shape of a kernel; [] behind: the end."""
    readers = graph.consumers()

    def walk(first: list[int], step: Callable[[int], list[int]]) -> list[Node]:
        waiting, found = list(first), []
        while waiting:
            at = graph.nodes[waiting.pop()]
            if at.label in THROUGH:
                waiting += step(at.index)
            else:
                found.append(at)
        return found

    before = [node.index] if node.layer is not None and node.layer.counted else list(node.inputs)
    return walk(before, lambda i: list(graph.nodes[i].inputs)), walk(readers[node.index], lambda i: readers[i])


def channels(graph: Graph, node: Node) -> tuple[int, int]:
    """Entering and leaving a layer; -1 where it is not known."""
    shapes = graph.input_shapes(node)
    counts = [
        shape[-1] if shape and isinstance(shape[-1], int) else -1 for shape in ((shapes or (None,))[0], node.shape)
    ]
    return counts[0], counts[1]


def pooled_behind(case: Case, graph: Graph, node: Node) -> bool:
    behind = sides(graph, node)[1]
    return bool(behind) and all(n.label in ("maxpool", "gmp") for n in behind)


def at_the_end(case: Case, graph: Graph, node: Node) -> bool:
    return all(not (n.layer and n.layer.counted) for n in sides(graph, node)[1])


def merged_beside(case: Case, graph: Graph, node: Node) -> bool:
    before, behind = sides(graph, node)
    return any(n.label in MERGES for n in before) or any(n.label in MERGES for n in behind)


def depthwise_beside(case: Case, graph: Graph, node: Node) -> bool:
    before, behind = sides(graph, node)
    return any(n.label == "depthwise_conv" for n in (*before, *behind))


def narrows(case: Case, graph: Graph, node: Node) -> bool:
    """Fewer channels go on than came in, or than the next layer yields: a factorisation."""
    before, behind = sides(graph, node)
    first = [channels(graph, n) for n in before]
    return any(leaving < entering or leaving == 1 for entering, leaving in first) or (
        bool(behind)
        and all(leaving <= max(channels(graph, n)[1] for n in behind) for _, leaving in first)
        and is_1x1(before)
    )


def is_1x1(nodes: list[Node]) -> bool:
    return all(getattr(n.layer, "kernel", None) in ((1, 1), 1, (1,)) for n in nodes)


def shared_behind(case: Case, graph: Graph, node: Node) -> bool:
    readers = graph.consumers()
    return len(readers[node.index]) > 1 or any(len(readers[i]) > 1 for i in node.inputs)


def one_window(case: Case, graph: Graph, node: Node) -> bool:
    """A pool whose window holds the whole map once: a global pool."""
    shapes = [n.shape for g in case.spec.graphs for n in g.nodes if n.site.node.start == node.site.node.start]
    return node.label in POOLS and all(shape is not None and set(shape[:-1]) == {1} for shape in shapes)


def no_norm_behind(case: Case, graph: Graph, node: Node) -> bool:
    readers = graph.consumers()[node.index]
    return not readers or any(graph.nodes[i].label != "bn" for i in readers)


def same_layers(case: Case, graph: Graph, node: Node) -> bool:
    """The same layers with the same shapes, weights and numbers of readers, whatever their order."""

    return case.base.layers == case.spec.layers


def ends_linear(case: Case, graph: Graph, node: Node) -> bool:
    end = find_last_function(graph, graph.outputs[0])
    return end is not None and end[1] == "linear"


def half_a_position(case: Case, graph: Graph, node: Node) -> bool:
    """Moving the padding from behind to the front moves the centre by less than a position of the merge."""
    return all(w.after / w.stride < 1 for at, w, _ in windows_of(graph) if at is node)


def on_a_point(case: Case, graph: Graph, node: Node) -> bool:
    return all(n == 1 for n in (graph.input_shapes(node) or ((),))[0][:-1])


def convolved_behind(case: Case, graph: Graph, node: Node) -> bool:
    """A pool that keeps the map's axes stands before a convolution, which takes a map of any size, of an open one here."""
    return len(node.shape or ()) == 3 and open_sizes(case, graph, node)


# windows by the formula alone, (N + 2P - F)/S + 1, without what the analyser knows of reading and carrying data
def windows_of(graph: Graph) -> Iterator[tuple[Node, Any, int]]:
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is None or shapes is None or not shapes or node.label in ("conv_transpose", "upsample"):
            continue
        for window, n in zip(node.layer.windows(shapes) or (), shapes[0], strict=False):
            if isinstance(n, int) and isinstance(window.before, int) and isinstance(window.after, int):
                yield node, window, n


def fits(case: Case, graph: Graph, node: Node) -> bool:
    """No remainder anywhere is larger than the padding at the end, and no kernel is larger than its map."""
    return all(
        covers(g, at, w, n) and (w.extent - w.before <= n or not at.layer.counted)
        for g in case.spec.graphs for at, w, n in windows_of(g)
    )  # fmt: skip


def used_elsewhere(case: Case, graph: Graph, node: Node) -> bool:
    """Where a kernel meets no data at one use, it does at another."""
    kernels = {n.index if n.shares is None else n.shares for n in graph.nodes if n.shares is not None}
    return bool(kernels) and all(
        at.shares is not None or at.index in kernels
        for g in case.spec.graphs for at, w, n in windows_of(g) if w.extent > n
    )  # fmt: skip


def covers(graph: Graph, node: Node, window: Any, n: int) -> bool:
    """Whether what a layer leaves over is padding, its own or a pad's before it, or a gap as between its windows; or
    another layer reads that tensor too."""
    before, after = graph.nodes[node.inputs[0]], window.after
    if before.label == "pad":
        shape = graph.input_shapes(before)
        after += (before.shape[0] - shape[0][0]) // 2  # type: ignore[index, operator]
    left = (n + window.before + window.after - window.extent) % window.stride
    return left <= after + max(0, window.stride - window.extent) or len(graph.consumers()[before.index]) > 1


def open_sizes(case: Case, graph: Graph, node: Node) -> bool:
    return any(not isinstance(n, int) for at in graph.nodes for n in at.shape or ())


def no_two_in_a_row(case: Case, graph: Graph, node: Node) -> bool:
    """Between any two sigmoids stands a normalisation or a merge."""
    for g in case.spec.graphs:
        rows: list[int] = []
        for at in g.nodes:
            row = max((rows[i] for i in at.inputs), default=0)
            if at.layer is not None:
                row = 0 if at.layer.normalizes or at.layer.merges else row
                gate = any(g.nodes[i].label == "multiply" for i in g.consumers()[at.index])
                row += at.layer.ends_in() == "sigmoid" and not gate
            rows.append(row)
        if max(rows) > 1:
            return False
    return True


FITS = ("every window still fits, by the formula alone", fits)
POINT = ("on a map of one position it changes nothing", on_a_point)
FAULTS = (
    Fault("dropped activation", "an activation between two layers is forgotten", drop_activation,
          ("a max pool behind it is a non-linearity", pooled_behind),
          ("no weights follow", at_the_end),
          ("beside a sum, product or concat, whose other parts have a non-linearity", merged_beside),
          ("one half of a separable convolution", depthwise_beside),
          ("a factorisation: fewer channels pass", narrows),
          ("several layers read it, and share what it does", shared_behind)),
    Fault("softmax twice", "a softmax stands behind the softmax", double_softmax),
    Fault("relu on the head", "the last layer ends in relu", relu_on_the_head, prepare=trained()),
    Fault("sigmoid for relu", "every relu is a sigmoid", sigmoid_everywhere,
          ("between any two stands a normalisation or a merge", no_two_in_a_row)),
    Fault("prelu for relu", "a slope for every position", prelu_for_relu, POINT),
    Fault("relu twice", "a relu stands behind a relu", relu_twice),
    Fault("dense on a map", "the gap or flatten before the head is forgotten", dense_on_map, POINT,
          ("sizes are open: a convolution behind it takes any map", convolved_behind)),
    Fault("smaller input", "the input is a half to a tenth of what it was", shrink_input, FITS,
          ("the kernels see the whole of another input", used_elsewhere)),
    Fault("odd input", "the input is one or three positions off", odd_input, FITS),
    Fault("kernel beyond the map", "a kernel is larger than twice the map", huge_kernel,
          ("a single window: a global pool", one_window)),
    Fault("longer stride", "a stride is one longer", longer_stride, POINT, FITS),
    Fault("groups", "channels do not divide by the groups", groups_that_do_not_divide),
    Fault("channels of a sum", "one branch of a sum has 8 channels more", wrong_filters),
    Fault("one channel in a sum", "one branch of a sum has a single channel", one_filter),
    Fault("stride in a branch", "one branch of a merge has stride 2", stride_in_a_branch),
    Fault("padding in a branch", "one branch of a merge pads on one side alone", padding_in_a_branch,
          ("it moves the centre by less than one position of the merge", half_a_position)),
    Fault("crop in a branch", "one branch of a merge is cropped", crop_in_a_branch),
    Fault("swapped concat", "the first two parts of a concat change places", swapped_concat,
          ("the same layers: the next weights take the channels in any order", same_layers)),
    Fault("dead branch", "nothing reads a layer", dead_branch),
    Fault("dropout of nothing", "dropout(0) stands behind a layer", doing_nothing("dropout(0)")),
    Fault("pool of nothing", "maxpool(1x1) stands behind a layer", doing_nothing("maxpool(1x1)")),
    Fault("pad of nothing", "pad(0) stands behind a layer", doing_nothing("pad(0)")),
    Fault("upsample of nothing", "upsample(1) stands behind a layer", doing_nothing("upsample(1)")),
    Fault("flatten twice", "a vector is flattened", flatten_twice),
    Fault("bias before bn", "a bias that bn takes away", bias_before_bn, ("not only a bn reads it", no_norm_behind)),
    Fault("even kernel", "4x4 with padding=same for 3x3", even_kernel),
    Fault("dilation beyond the map", "the outer taps of a kernel lie outside the map", wide_dilation),
    Fault("transposed kernel", "3x3 with stride 2, which does not divide it", uneven_transposed),
    Fault("from_logits", "the loss takes logits for probabilities, or the other way", flipped_logits, prepare=trained()),
    Fault("loss of another family", "a binary loss, a squared error, a hinge", other_loss(
        "binary_crossentropy", "binary_crossentropy(from_logits=true)", "mean_squared_error", "hinge", "categorical_hinge"),
        ("sums without a bound: a regression, margins, or several classes at once", ends_linear), prepare=trained()),
    Fault("one unit", "the head has one unit for several classes", one_unit, prepare=trained()),
    Fault("wrong head", "three units more than the parameter classes", wrong_head, prepare=with_classes),
    Fault("batch of 1", "batch normalisation over one example", batch(1), prepare=trained()),
    Fault("batch of 2", "batch normalisation over two examples", batch(2), prepare=trained()),
    Fault("other classes", "CIFAR-100 for a head of ten", other_data("cifar100"), prepare=on_cifar10),
    Fault("other images", "MNIST for a network that takes colour", other_data("mnist"), prepare=on_cifar10),
    Fault("head of other data", "CIFAR-10 for the network's own head", in_train("data = cifar10"),
          prepare=trained(but=10)),
    Fault("memory", "a device of 1 KiB", in_train("memory = 1KiB"),
          ("sizes are open: the memory is not known", open_sizes), prepare=trained()),
    Fault("dropout of 0", "a rate that drops nothing", dropout_rate("0")),
    Fault("dropout of 1", "a rate that drops everything", dropout_rate("1"), expected=("E011",)),
    Fault("dropout of 0.9", "the share that is kept for the rate", dropout_rate("0.9")),
    Fault("dropout before bn", "dropout moves the variance that bn measures", dropout_before_bn),
    Fault("dropout on the head", "dropout on the network's answers", dropout_on_the_head, prepare=trained()),
)  # fmt: skip
