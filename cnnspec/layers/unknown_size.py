"""What mends a layer whose weights would have sizes that are not known: weights along axes that are."""

from __future__ import annotations

from cnnspec.base.diagnostic import Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.base import Layer
    from cnnspec.layers.shape import Shape


def find_known_axes(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Remedy, ...]:
    """The axes that leave a layer weights of known sizes alone, as the argument that names them."""
    every = tuple(range(1, len(inputs[0])))
    for name, value in {"axis": -1, "shared_axes": every if len(every) > 1 else 1}.items():
        made = layer.replace(**{name: value}) if name in layer.arguments else layer
        if made.problem(inputs) is None and all([isinstance(n, int) for w in made.weights(inputs) for n in w.shape]):
            return (Remedy(((name, value),)),)
    return ()
