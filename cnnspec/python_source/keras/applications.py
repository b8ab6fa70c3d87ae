"""The models of keras.applications, made of their layers as Keras makes them."""

from __future__ import annotations

from cnnspec.base.did_you_mean import near, write_question
from cnnspec.graph import BlockCall
from cnnspec.layers.shape import show_shape
from cnnspec.model_files import is_automatic
from cnnspec.python_source.keras.application_archive import find_application
from cnnspec.python_source.keras.arguments import Signature, bind
from cnnspec.python_source.keras.functional import make_functional
from cnnspec.python_source.keras.input_tensors import are_sizes
from cnnspec.python_source.keras.inputs import add_input
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.model_mistakes import find_stretch
from cnnspec.python_source.keras.model_value import ModelValue
from cnnspec.python_source.keras.sequential import build_row
from cnnspec.python_source.keras.uses import find_uses, make_use
from cnnspec.python_source.tape import TensorValue
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.keras.application_archive import Application, ApplicationLayer
    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.values import Call

MODULE = "keras.applications."
FITTING = ("EfficientNetB", "MobileNetV2", "MobileNetV3", "NASNet")  # whose padding hangs on the size of the images
SCALED = "EfficientNetB"  # which scales images once more for its trained weights, by the spread of ImageNet's channels
SPREAD = (0.229, 0.224, 0.225)
CLASSES = 1000  # of ImageNet
CHANNELS = 3
LEAST = (("Inception", 75), ("Xception", 71))  # pixels, of height and width
LEAST_OF_OTHERS = 32
USUAL_PADDING = ((1, 1), (1, 1))  # of ZeroPadding2D
KNOWN = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation", "name")
DROPPING = ("dropout", "dropout_rate")


class Building:
    """One application on its way to the tape: `settings` are the arguments of the call, with those that are not given."""

    def __init__(self, function: str, made: Application, settings: dict[str, Any], call: Call) -> None:
        self.function, self.made, self.settings = function, made, settings
        self.machine, self.node = call.machine, call.node
        self.step = BlockCall(call.site, function)
        self.site = call.site.replace(path=self.step, module=function)

    def build(self) -> ModelValue:
        given = self.settings["input_tensor"]
        start = given if isinstance(given, TensorValue) else add_input(self.machine, self.find_sizes(), self.site)
        end = self.follow(start)
        inputs = start if start.node.is_input else find_uses([start], [])[1]
        name = self.settings.get("name")
        name = (
            name if isinstance(name, str) else self.made.name.replace(f"_{self.made.size}", f"_{self.find_rows(start)}")
        )
        model = make_functional(inputs, end, name, self.machine, self.node)
        model.past = self.step
        model.change(self.machine, outside=self.step)
        return model

    def find_sizes(self) -> Any:
        """The sizes of the input: those that are given, else those that it is made for; without a head, any."""
        given = self.settings["input_shape"]
        if given is not None:
            return given
        size = self.made.size if self.settings["include_top"] else None
        return (size, size, 3)

    def find_rows(self, start: TensorValue) -> Any:
        sizes = start.list_sizes()
        return self.made.size if sizes is None or sizes[1] is None else sizes[1]

    def follow(self, start: TensorValue) -> Any:
        """What all layers give for an input, one behind another."""
        layers, body = self.made.layers, self.made.body
        tensors: dict[int | str, Any] = {-1: start}
        for number, layer in enumerate(layers if self.settings["include_top"] else layers[:body]):
            tensors[number] = self.use(layer, [tensors.get(i, i) for i in layer.inputs], number >= body)
            if (
                self.function.startswith(SCALED)
                and layer.kind == "Normalization"
                and self.settings["weights"] == "imagenet"
            ):
                tensors[number] = self.use_scaling(tensors[number])
        if self.settings["include_top"]:
            return tensors[len(layers) - 1]
        return self.finish(tensors[body - 1])

    def finish(self, current: Any) -> Any:
        """The end of a model without a head: the pooling that is asked for, and what stands behind it."""
        pooling = self.settings["pooling"]
        for word, kind, name in (
            ("avg", "GlobalAveragePooling2D", "avg_pool"),
            ("max", "GlobalMaxPooling2D", "max_pool"),
        ):
            if pooling == word:
                current = self.apply(self.make_layer(kind, name, {}), [current])
        for layer in self.made.bare:
            current = self.use(layer, [current], False)
        return current

    # ---- layers --------------------------------------------------------------------------------------------
    def use(self, layer: ApplicationLayer, given: list[Any], head: bool) -> Any:
        """What a layer gives; `head`: it stands in the head."""
        if isinstance(given[-1], str):  # a tensor and a number
            operator = {"Add": "+", "Multiply": "*"}[layer.kind]
            return self.machine.compute(operator, given[0], float(given[-1]), self.node)
        return self.apply(self.find_layer(layer, given[0], head), given)

    def use_scaling(self, given: Any) -> Any:
        return self.apply(self.make_layer("Rescaling", "", {"scale": [1 / spread**0.5 for spread in SPREAD]}), [given])

    def apply(self, layer: Any, given: list[Any]) -> Any:
        arguments = (given[0],) if len(given) == 1 else (given,)
        return make_use(self.machine, layer, arguments, {}, self.node, self.site)

    def find_layer(self, layer: ApplicationLayer, given: TensorValue, head: bool) -> Any:
        if layer.kind == "Sequential":
            parts = [self.make_layer(part.kind, part.name, part.config) for part in layer.layers]
            model = build_row(parts, layer.name, self.machine, self.node)
            self.machine.models.remove(model)
            return model
        config = dict(layer.config)
        if head:
            config.update(self.find_head(config))
        elif layer.kind == "ZeroPadding2D" and self.fits(layer):
            config["padding"] = fit_padding(config.get("padding", USUAL_PADDING), given)
        return self.make_layer(layer.kind, layer.name, config)

    def find_head(self, config: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a layer of the head that hang on the classes, and on the last activation."""
        classes = self.settings["classes"]
        found: dict[str, Any] = {key: classes for key in ("units", "filters") if config.get(key) == CLASSES}
        if config.get("target_shape") == [CLASSES]:
            found["target_shape"] = (classes,)
        if config.get("activation") == "softmax":
            found["activation"] = self.settings.get("classifier_activation", "softmax")
        return found

    def fits(self, layer: ApplicationLayer) -> bool:
        """Whether a layer pads as much as the size of the images asks for."""
        return self.function.startswith(FITTING) and not is_automatic(layer.name, layer.kind)

    def make_layer(self, kind: str, name: str, config: dict[str, Any]) -> LayerValue:
        arguments = {**config, "name": name} if name and not is_automatic(name, kind) else config
        return LayerValue(kind, arguments, self.site, self.machine)


def fit_padding(padding: Any, given: TensorValue) -> Any:
    """The rows and columns of zeros around a tensor, of which a window of stride 2 uses all (imagenet_utils.correct_pad)."""
    sizes = given.list_sizes()
    if sizes is None:
        return padding
    whole = [rows[1] for rows in padding]  # half of the window
    return tuple(
        [(half - (1 if size is None else 1 - size % 2), half) for half, size in zip(whole, sizes[1:3], strict=True)]
    )


def make_application(function: str, made: Application, call: Call) -> Any:
    """A model with or without its head, of images of any size."""
    bound = bind(call, Signature(tuple(made.parameters), (), made.parameters), function)
    if bound is None:
        return call.make_unknown(f"{function} is refused")
    settings = {**made.parameters, **bound.arguments}
    settings = {**dict.fromkeys(KNOWN), **settings}
    unsure = [settings[key] for key in ("include_top", "input_tensor", "input_shape", "pooling", "classes")]
    unknown = find_unknown(unsure)
    if unknown is not None or not isinstance(settings["include_top"], (bool, int)):
        return unknown or call.make_unknown(f"whether {function} has its head is not known")
    for key, value in settings.items():
        if key not in KNOWN and key not in DROPPING and value != made.parameters[key]:
            return call.make_unknown(
                f"what {function} is with another {key} is not known: --read-installed keras reads its source"
            )
    open_size = settings["input_shape"] is None and settings["input_tensor"] is None and not settings["include_top"]
    if function.startswith("NASNet") and open_size:
        return call.make_unknown(f"the layers of {function} hang on the sizes of the images")
    refuse_settings(function, made, settings, call)
    return Building(function, made, settings, call).build()


def refuse_settings(function: str, made: Application, settings: dict[str, Any], call: Call) -> None:
    """Report what Keras refuses of images' sizes and of classes (imagenet_utils.obtain_input_shape)."""
    shape, trained, top = settings["input_shape"], settings["weights"] == "imagenet", settings["include_top"]
    least = next((pixels for beginning, pixels in LEAST if function.startswith(beginning)), LEAST_OF_OTHERS)
    usual = (made.size, made.size, CHANNELS)
    message = key = help = ""
    if are_sizes(shape) and len(shape) == len(usual):
        key = "input_shape"
        if any([size is not None and size < least for size in shape[:2]]):
            message = f"{function} takes images of at least {least}x{least}, not {show_shape(tuple(shape))}"
        elif function.startswith("MobileNetV3"):
            pass  # which asks for no more
        elif trained and top and not function.startswith("MobileNet") and tuple(shape) != usual:
            message = f"{function} with its head and trained weights takes images of {show_shape(usual)}, not {show_shape(tuple(shape))}"
            help = "write include_top=False, or weights=None"
        elif trained and shape[-1] != CHANNELS:
            message = f"the trained weights of {function} are for images of {CHANNELS} channels, not {shape[-1]}"
            help = "write weights=None, or give it 3 channels"
    if not message and trained and top and isinstance(settings["classes"], int) and settings["classes"] != CLASSES:
        key = "classes"
        message = f"the trained weights of {function} are for {CLASSES} classes, not {settings['classes']}"
        help = "write include_top=False and a head of your own, or weights=None"
    weights = settings["weights"]
    if not message and isinstance(weights, str) and weights != "imagenet" and near(weights, ("imagenet",)):
        key, message, help = "weights", f"{function} has no weights {weights!r}", write_question(("imagenet",))
    if message:
        number = list(made.parameters).index(key)
        call.machine.report("E011", message, call.site, find_stretch(call.site, number, key), help)


def answer(name: str, call: Call) -> Any:
    """What a function of keras.applications gives; preprocess_input leaves the shape of images as it is."""
    function = name.rpartition(".")[2]
    if function == "preprocess_input":
        return call.find(0, "x")
    made = find_application(function)
    return NotImplemented if made is None else make_application(function, made, call)


def register(libraries: Libraries) -> None:
    libraries.fallbacks.insert(0, (MODULE, answer))
