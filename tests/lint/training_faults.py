"""Faults in train sections, heads and dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.facts.graph_queries import find_last_function
from cnnspec.syntax import tree
from tests.lint.mutation import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lint.mutation import Spec

from tests.lint.layer_faults import ended_in

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
