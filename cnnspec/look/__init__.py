"""A look inside a trained network: kernels, responses, what the strongest units see, and what speaks for a class."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.graph import Node
    from cnnspec.look.image_look import ImageLook
    from cnnspec.look.images import Images
    from cnnspec.look.kernels import Kernels
    from cnnspec.look.opened import OpenedNetwork
    from cnnspec.look.patches import FoundPatches
    from cnnspec.train.evaluation.question import Question
    from cnnspec.train.evaluation.trained import Trained


def open_network(trained: Trained, keras: Any, asked: Question) -> OpenedNetwork:
    """A trained model whose insides can be asked for; `classes.ask` makes the question. Raises TrainingFailed."""
    from cnnspec.look.opened import OpenedNetwork

    return OpenedNetwork(trained, keras, asked)


def check_network(network: OpenedNetwork, images: Images) -> None:
    """Raises TrainingFailed where the opened network yields something else than the trained model for the first image."""
    from cnnspec.train.evaluation.predict import prepare_image

    assert images.first.shares is not None
    network.check(prepare_image(images.first.shares, network.asked), images.first.name)


def choose_layers(network: OpenedNetwork, names: Sequence[str] = ()) -> list[Node]:
    """The layers to look at: those of these names, without any some of the convolutions. Raises TrainingFailed."""
    from cnnspec.look.responses import choose_layers as choose

    return choose(network, names)


def find_kernels(network: OpenedNetwork) -> Kernels | None:
    """The kernels of the first convolution; None where there is none."""
    from cnnspec.look.kernels import find_kernels as find

    return find(network)


def look_at_images(
    network: OpenedNetwork, images: Images, layers: Sequence[Node], number: int | None = None
) -> Iterator[ImageLook]:
    """A look at each image; `why` says of one that could not be read why. `number` is that of the class to explain, None:
    each image's likeliest. Raises TrainingFailed."""
    from cnnspec.look.image_look import look_at_images as look

    return look(network, images, layers, number)


def find_patches(network: OpenedNetwork, images: Images, layers: Sequence[Node], top: int) -> FoundPatches:
    """Of all images the `top` patches that excite each filter of some layers most. Raises TrainingFailed."""
    from cnnspec.look.patches import find_patches as find

    return find(network, images, layers, top)
