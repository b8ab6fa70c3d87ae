"""keras.applications: which of its networks a graph is, without building any, and its weights for ImageNet.

A network is known by its kernels, which a head of other classes does not change: those at most DEEPEST windows behind the
input say how it begins, the numbers in all of them tell ResNet50 from ResNet101. A test compares the table with examples/zoo.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

from cnnspec.facts.layer_names import count_numbers, list_weights
from cnnspec.model_files import convert_model, name_graph
from cnnspec.train.errors import TrainingFailed, first_line
from cnnspec.train.starting.matching import match_graphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.train.settings import TrainSettings

DEEPEST = 6
APPLICATIONS: dict[str, tuple[str, int]] = {  # name → how its kernels begin, and how many numbers they hold
    "ConvNeXtBase": ("1ef977dc", 3662976), "ConvNeXtLarge": ("6ac99eb1", 7558848),
    "ConvNeXtSmall": ("e52fbdaa", 2231136), "ConvNeXtTiny": ("e52fbdaa", 1885536),
    "ConvNeXtXLarge": ("5be18041", 12830976), "DenseNet121": ("c5ec7eab", 6870208),
    "DenseNet169": ("c5ec7eab", 12326080), "DenseNet201": ("c5ec7eab", 17863872),
    "EfficientNetB0": ("fa948229", 3965532), "EfficientNetB1": ("85b7ad1d", 6451136),
    "EfficientNetB2": ("85b7ad1d", 7633426), "EfficientNetB3": ("ed5840b9", 10608936),
    "EfficientNetB4": ("f1c93210", 17423416), "EfficientNetB5": ("f1c93210", 28168048),
    "EfficientNetB6": ("cafc6d31", 40511272), "EfficientNetB7": ("f3fdf8b4", 63476240),
    "EfficientNetV2B0": ("3daab833", 5798096), "EfficientNetV2B1": ("8830099b", 6788980),
    "EfficientNetV2B2": ("8830099b", 8604798), "EfficientNetV2B3": ("a35bae49", 12712190),
    "EfficientNetV2L": ("20685279", 116721696), "EfficientNetV2M": ("4d32acfa", 52566324),
    "EfficientNetV2S": ("f77b5edf", 20023616), "InceptionResNetV2": ("0b295ad2", 54245920),
    "InceptionV3": ("6becd471", 21751136), "MobileNet": ("3e0061c5", 4210088),
    "MobileNetV2": ("33602d8d", 2189760), "MobileNetV3Large": ("25e68cde", 5458632),
    "MobileNetV3Small": ("205ae7fe", 2530744), "NASNetLarge": ("8602c757", 84523482),
    "NASNetMobile": ("c0a5751c", 4196240), "ResNet101": ("dad39c22", 42447488),
    "ResNet101V2": ("dad39c22", 42431232), "ResNet152": ("dad39c22", 58068096),
    "ResNet152V2": ("dad39c22", 58044160), "ResNet50": ("dad39c22", 23481472),
    "ResNet50V2": ("dad39c22", 23473920), "VGG16": ("b997a9f8", 14714688),
    "VGG19": ("b997a9f8", 20024384), "Xception": ("7e29f301", 20752424),
}  # fmt: skip


def find_applications(graph: Graph, settings: TrainSettings) -> list[str]:
    """The names of the networks that a graph may be, most often one. Raises TrainingFailed where it is none of them."""
    begins, numbers = measure_kernels(graph)
    alike = {name: abs(held - numbers) for name, (other, held) in APPLICATIONS.items() if other == begins}
    if not alike:
        message = "start = imagenet is for the networks of keras.applications, and this one begins like none of them"
        help = "start from a model that was trained: start = " + '"runs/net-1"'
        raise TrainingFailed(message, help, span=settings.span("start"))
    return [name for name, distance in alike.items() if distance == min(alike.values())]


def measure_kernels(graph: Graph) -> tuple[str, int]:
    """A digest of the kernels of the first windows, and the numbers in all kernels."""
    from hashlib import sha256

    depths: list[int] = []
    first: list[tuple[Any, ...]] = []
    numbers = 0
    for node in graph.nodes:
        depth = max([depths[index] for index in node.inputs], default=0)
        kernel = next((weight.shape for weight in list_weights(graph, node)), ())
        if len(kernel) > 3:
            depth += 1
            numbers += count_numbers(graph, node)
            first += [kernel] if depth <= DEEPEST else []
        depths.append(depth)
    return sha256(repr(sorted(first)).encode()).hexdigest()[:8], numbers


def open_application(graph: Graph, settings: TrainSettings, keras: Any) -> tuple[str, Graph, Any]:
    """The network of keras.applications that a graph has most of: its name, its graph, and the model with its weights for ImageNet,
    which Keras downloads where it has not yet. Raises TrainingFailed."""
    found = []
    for name in find_applications(graph, settings):
        model = _load_application(name, keras)
        theirs = name_graph(convert_model(model), name)
        found.append((len(match_graphs(theirs, graph).pairs), (name, theirs, model)))
    return max(found, key=lambda one: one[0])[1]


def _load_application(name: str, keras: Any) -> Any:
    try:
        with redirect_stdout(sys.stderr):  # where Keras says what it downloads
            return getattr(keras.applications, name)(weights="imagenet")
    except Exception as error:  # of the network, of the disk, and of a file that another program has left there
        why = first_line(error).rpartition(" -- ")[2]  # behind the address
        message = f"start: Keras cannot get the weights of {name} for ImageNet: {why}"
        help = f'with a network, keras.applications.{name}(weights="imagenet") downloads them once for all'
        raise TrainingFailed(message, help, 2) from None
