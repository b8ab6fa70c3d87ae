"""Everything that a look at one image finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.look.class_activation import ClassActivation, find_class_activation
from cnnspec.look.classes import has_classes, make_choice, measure_classes
from cnnspec.look.occlusion import Occlusion, find_occlusion
from cnnspec.look.responses import Response, find_responses
from cnnspec.train.evaluation.predict import prepare_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from cnnspec.graph import Node
    from cnnspec.look.images import Images
    from cnnspec.look.opened import OpenedNetwork

    Array = np.ndarray[Any, Any]


class Explained(Record):
    """The class that is explained, its value and what that is, a "probability" or a "score"; and the maps of what speaks for it."""

    name: str
    value: float
    unit: str
    activation: ClassActivation | None
    occlusion: Occlusion


class ImageLook(Record):
    """A look at an image (H, W, channels) of the shares 0 to 1 of its white; or why it could not be read. `explained`: None for a
    network that tells no classes of images apart."""

    name: str
    image: Array | None = None
    responses: tuple[Response, ...] = ()
    explained: Explained | None = None
    why: str = ""


def look_at_images(
    network: OpenedNetwork, images: Images, layers: Sequence[Node], number: int | None
) -> Iterator[ImageLook]:
    """A look at each image; see the face."""
    for seen in images:
        name, image = seen.name, seen.shares
        if image is None:
            yield ImageLook(name, why=seen.why)
            continue
        given = prepare_image(image, network.asked)
        responses = tuple(find_responses(network, given, name, layers))
        explained = explain_class(network, name, image, number) if has_classes(network.asked) else None
        yield ImageLook(name, image, responses, explained)


def explain_class(network: OpenedNetwork, name: str, image: Array, number: int | None) -> Explained:
    """What speaks for a class in an image."""
    given = prepare_image(image, network.asked)
    values = measure_classes(network.predict(given[None], [name]), network.asked)[0]
    chosen = make_choice(network.asked, int(values.argmax()) if number is None else number)
    return Explained(
        chosen.name, float(values[chosen.number]), network.asked.output.unit, find_class_activation(network, given, name, chosen),
        find_occlusion(network, image, name, chosen.number),
    )  # fmt: skip
