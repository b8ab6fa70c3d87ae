"""Whether the numbers of a constant initialiser fill their weight: Keras multiplies them with ones of its shape, so that
they are repeated along axes that they do not have, and a weight of another shape comes out where they do not fit."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.shape import show_shape
from cnnspec.layers.words import initializer, lengths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.base import Layer
    from cnnspec.layers.shape import Shape

_initializers: dict[type[Layer], tuple[str, ...]] = {}  # of each class the arguments that are one


def unfilled(layer: Layer, inputs: tuple[Shape, ...]) -> Problem | None:
    """The first constant of a layer whose numbers do not fill its weight."""
    kind = type(layer)
    names = _initializers.get(kind)
    if names is None:
        names = _initializers[kind] = tuple([n for n, a in kind.arguments.items() if a.kind is initializer])
    for name in names:
        term = getattr(layer, name)
        if (
            term is not None
            and term.name == "Constant"
            and isinstance(values := dict(term.keywords).get("value"), tuple)
        ):
            given, (weight, shape) = lengths(values), _weight(layer, name.removesuffix("_initializer"), inputs)
            if weight and not fills(given, shape):
                message = f"a constant of {show_shape(given)} does not fill {weight} of {show_shape(shape)}"
                return Problem("E011", message, name, "write one number, or lists of that shape")
    return None


def _weight(layer: Layer, what: str, inputs: tuple[Shape, ...]) -> tuple[str, Shape]:
    """Name and shape of the weight that an initialiser is for; ("", ()) where the layer has no such weight."""
    shapes = {weight.name: weight.shape for weight in layer.own_weights(inputs)}
    for name in (what, f"{what}_kernel", "kernel"):
        if name in shapes:
            return name, shapes[name]
    return "", ()


def fills(given: tuple[int, ...], shape: Shape) -> bool:
    """Whether numbers of a shape, repeated where they have one or none, have exactly the shape of a weight."""
    behind = shape[len(shape) - len(given) :]
    return len(given) <= len(shape) and all(n == 1 or n == m for n, m in zip(given, behind, strict=True))
