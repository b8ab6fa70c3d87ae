"""Functions of TensorFlow, and of keras.ops, on tensors that are not symbolic."""

from __future__ import annotations

from cnnspec.python_source.arrays import array_methods, numpy_functions, shapes
from cnnspec.python_source.arrays.arithmetic import fit_values
from cnnspec.python_source.arrays.array_value import ArrayValue, answer
from cnnspec.python_source.arrays.reading import (
    get_array,
    is_int,
    read_axes,
    read_dtype,
    read_int,
    read_shape,
    to_array,
)
from cnnspec.python_source.values import find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.values import Call


# ---- new tensors -------------------------------------------------------------------------------------------
def make_sized(call: Call) -> ArrayValue:
    """tf.random.normal(shape), keras.random.uniform(shape)."""
    return ArrayValue(read_shape(call.find(0, "shape")), read_dtype(call.find(None, "dtype"), "float32"))


def make_filled(call: Call) -> ArrayValue:
    """tf.zeros(shape), tf.ones(shape)"""
    return ArrayValue(read_shape(call.find(0, "shape")), read_dtype(call.find(1, "dtype"), "float32"))


def cast(call: Call) -> ArrayValue:
    """tf.cast(x, dtype), tf.image.convert_image_dtype(image, dtype)"""
    array = get_array(call, 0, "x", "image")
    made = array_methods.astype(call.replace(arguments=(array, call.find(1, "dtype")), keywords={}))
    return made.make_view(made.shape, values=None)


def make_one_hot(call: Call) -> ArrayValue:
    """tf.one_hot(indices, depth), keras.ops.one_hot(x, num_classes)"""
    array, axis = get_array(call, 0, "indices", "x"), call.find(None, "axis", default=-1)
    depth = read_int(call.find(1, "depth", "num_classes"))
    if array.shape is None or axis != -1:
        return ArrayValue(None, why=array.why)
    labels = None
    if array.labels is not None and not array.labels.one_hot and depth == array.labels.classes:
        labels = array.labels.replace(one_hot=True)
    return ArrayValue((*array.shape, depth), "float32", None, array.data if labels else "", labels, array.why)


# ---- images ------------------------------------------------------------------------------------------------
def _set_size(array: ArrayValue, height: int | None, width: int | None) -> ArrayValue:
    """An image, or a batch of them, of another size."""
    if array.shape is None or len(array.shape) not in (3, 4):
        return array.make_like(None)
    return array.make_like((*array.shape[:-3], height, width, array.shape[-1]), data=array.data)


def resize(call: Call) -> ArrayValue:
    """tf.image.resize(images, (height, width)): the numbers become floats, but for method="nearest"."""
    array, size = get_array(call, 0, "images", "image", "x"), read_shape(call.find(1, "size"))
    made = _set_size(array, *(size if size is not None and len(size) == 2 else (None, None)))
    plain = call.find(2, "method", "interpolation", default="bilinear") == "bilinear"
    kept = call.find(3, "preserve_aspect_ratio", default=False) is False
    if not kept:
        made = _set_size(array, None, None)
    return made.make_like(made.shape, data=made.data, dtype="float32" if plain else "")


def resize_with_pad(call: Call) -> ArrayValue:
    """tf.image.resize_with_pad(image, height, width), and with crop_or_pad."""
    height, width = read_int(call.find(1, "target_height")), read_int(call.find(2, "target_width"))
    return _set_size(get_array(call, 0, "image"), height, width)


def pad_to_box(call: Call) -> ArrayValue:
    """tf.image.crop_to_bounding_box(image, top, left, height, width), and pad_to_bounding_box."""
    height, width = read_int(call.find(3, "target_height")), read_int(call.find(4, "target_width"))
    return _set_size(get_array(call, 0, "image"), height, width)


def crop_randomly(call: Call) -> ArrayValue:
    """tf.image.random_crop(value, size): the size of all axes."""
    array = get_array(call, 0, "value")
    return array.make_like(read_shape(call.find(1, "size")))


def crop_centrally(call: Call) -> ArrayValue:
    return _set_size(get_array(call, 0, "image"), None, None)


def make_channels(count: int) -> Callable[[Call], ArrayValue]:
    """tf.image.rgb_to_grayscale, grayscale_to_rgb"""

    def make(call: Call) -> ArrayValue:
        array = get_array(call, 0, "images", "image")
        return array.make_like(array.shape and (*array.shape[:-1], count))

    return make


def decode(call: Call) -> ArrayValue:
    """tf.io.decode_jpeg(contents, channels=3)"""
    channels = call.find(1, "channels", default=0)
    return ArrayValue((None, None, channels if is_int(channels) and channels > 0 else None), "uint8")


def decode_any(call: Call) -> ArrayValue:
    """tf.io.decode_image: of a GIF all frames, unless expand_animations=False."""
    still = call.find(3, "expand_animations", default=True) is False
    return decode(call).make_like(decode(call).shape if still else None, dtype="")


def read_file(call: Call) -> ArrayValue:
    return ArrayValue((), "string")


# ---- the same names as NumPy's, with other arguments -------------------------------------------------------
def ensure_shape(call: Call) -> ArrayValue:
    """tf.ensure_shape(x, shape), x.set_shape(shape): what is said of the shape holds."""
    array, wanted = get_array(call, 0, "x"), call.find(1, "shape")
    given = read_shape(wanted) if isinstance(wanted, (tuple, list)) else None
    shape = array.shape if given is None else given if array.shape is None else shapes.agree(array.shape, given)
    return array.make_view(shape)


def set_shape(call: Call) -> None:
    array = call.arguments[0]
    array.shape = ensure_shape(call).shape


def gather(call: Call) -> ArrayValue:
    """tf.gather(params, indices, axis=0)"""
    array, indices = get_array(call, 0, "params", "x"), get_array(call, 1, "indices")
    axis = read_axes(call.find(None, "axis", default=0))
    if array.shape is None or indices.shape is None or not isinstance(axis, int):
        return array.make_like(None)
    axis = shapes.count_axis(axis, len(array.shape))
    return array.make_like(shapes.replace(array.shape, axis, *indices.shape))


def keep(call: Call) -> ArrayValue:
    """A function of each value, or of each image: the shape stays."""
    array = to_array(call.arguments[0] if call.arguments else next(iter(call.keywords.values()), None))
    return array.make_like(array.shape, data=array.data if array.labels is None else "", dtype="")


def _combine(call: Call) -> ArrayValue:
    """tf.add(x, y), tf.maximum(x, y)"""
    arrays = [to_array(value) for value in call.arguments[:2]]
    found: Sizes | None = shapes.broadcast(*[array.shape for array in arrays]) if len(arrays) == 2 else None
    return ArrayValue(found)


def make_constant(call: Call) -> ArrayValue:
    """tf.constant([1, 2]), tf.convert_to_tensor(x): numbers become int32 or float32."""
    given = call.find(0, "value", "x", "initial_value")
    made = numpy_functions.make_array(call)
    if isinstance(given, ArrayValue) or call.find(1, "dtype") is not None:
        return made
    dtype = {"int64": "int32", "float64": "float32"}.get(made.dtype, made.dtype)
    return made.make_view(made.shape, dtype=dtype, values=fit_values(made.values, dtype))


def split(call: Call) -> Any:
    """tf.split(value, sizes, axis): the sizes of the parts, or how many there are."""
    given = call.find(1, "num_or_size_splits")
    if not isinstance(given, (tuple, list)) or not given:
        return array_methods.split(call)
    sizes = [read_int(size) for size in given]
    ends = [None if None in sizes[:i] else sum([n for n in sizes[:i] if n is not None]) for i in range(1, len(sizes))]
    parts = array_methods.split(call.replace(arguments=(call.arguments[0], ends, *call.arguments[2:])))
    axis = read_axes(call.find(2, "axis", default=0))
    if isinstance(parts, list) and isinstance(axis, int):
        pairs = zip(parts, sizes, strict=True)
        return [part.make_like(shapes.replace(part.shape, axis % len(part.shape), size)) for part, size in pairs]
    return parts


def untype(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """NumPy's function in a library that has other dtypes for Python's numbers."""

    def answer_untyped(call: Call) -> Any:
        made = function(call)
        if not isinstance(made, ArrayValue) or made.dtype == "bool":
            return made
        return made.make_view(made.shape, dtype="", values=None)

    return answer_untyped


METHODS: dict[str, Callable[[Call], Any]] = {"set_shape": set_shape}
_SHARED = (
    "zeros_like", "ones_like", "linspace", "meshgrid", "stack", "tile", "pad", "repeat", "matmul", "reshape", "expand_dims", "squeeze",
    "transpose",
)  # fmt: skip
_ACTIVATIONS = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "log_sigmoid", "softmax", "log_softmax", "softplus",
    "softsign", "tanh",
)  # fmt: skip
_REDUCED = ("sum", "mean", "max", "min", "prod", "all", "any", "std")
FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    **{name: untype(numpy_functions.FUNCTIONS[name]) for name in _SHARED},
    **{f"reduce_{name}": untype(array_methods.make_reduction(name, 2)) for name in _REDUCED},
    **dict.fromkeys(("constant", "convert_to_tensor", "Variable"), make_constant), "identity": keep,
    "zeros": make_filled, "ones": make_filled, "fill": untype(numpy_functions.make_full), "split": split,
    "eye": untype(numpy_functions.make_identity), "range": untype(numpy_functions.make_range),
    "concat": numpy_functions.concatenate, "cast": cast, "one_hot": make_one_hot, "ensure_shape": ensure_shape,
    "gather": gather, "reverse": array_methods.keep_shape, "shape": array_methods.get_sizes,
    "rank": numpy_functions.FUNCTIONS["ndim"], "size": array_methods.count_items,
    "argmax": untype(array_methods.make_reduction("argmax")),
    **dict.fromkeys(("random.normal", "random.uniform", "random.truncated_normal", "random.stateless_uniform", "random.stateless_normal"), make_sized),
    "random.shuffle": array_methods.keep_shape, "random.set_seed": lambda call: None,
    **dict.fromkeys(
        ("abs", "sqrt", "exp", "square", "sign", "sin", "cos", "tanh", "sigmoid", "round", "floor", "ceil", "clip_by_value",
         *[f"nn.{name}" for name in _ACTIVATIONS], "stop_gradient", "cumsum", "negative", "log", "rsqrt"),
        keep,
    ),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "pow", "truediv", "floordiv", "mod", "equal", "not_equal", "greater", "less", "logical_and", "logical_or"), _combine),
    "image.resize": resize, "image.resize_with_pad": resize_with_pad, "image.resize_with_crop_or_pad": resize_with_pad,
    "image.resize_image_with_crop_or_pad": resize_with_pad, "image.crop_to_bounding_box": pad_to_box,
    "image.pad_to_bounding_box": pad_to_box, "image.random_crop": crop_randomly, "image.central_crop": crop_centrally,
    "image.rgb_to_grayscale": make_channels(1), "image.grayscale_to_rgb": make_channels(3),
    "image.convert_image_dtype": cast,
    **dict.fromkeys(
        [f"image.{name}" for name in (
            "random_flip_left_right", "random_flip_up_down", "flip_left_right", "flip_up_down", "random_brightness",
            "random_contrast", "random_saturation", "random_hue", "random_jpeg_quality", "adjust_brightness", "adjust_contrast",
            "adjust_saturation", "adjust_hue", "adjust_gamma", "per_image_standardization", "rgb_to_hsv", "hsv_to_rgb",
            "stateless_random_brightness", "stateless_random_contrast", "stateless_random_flip_left_right", "stateless_random_flip_up_down",
        )],
        keep,
    ),
    **{f"{module}.{name}": decode for module in ("image", "io") for name in ("decode_jpeg", "decode_png", "decode_bmp")},
    "image.decode_image": decode_any, "io.decode_image": decode_any, "io.read_file": read_file, "read_file": read_file,
}  # fmt: skip
_SAME = ("zeros", "ones", "cast", "one_hot", "image.resize", "convert_to_tensor", "shape", "image.rgb_to_grayscale")
KERAS_OPS = {  # keras.ops has NumPy's names, but for these
    **{name: untype(function) for name, function in numpy_functions.FUNCTIONS.items()},
    **{name: FUNCTIONS[name] for name in _SAME},
    **dict.fromkeys((*_ACTIVATIONS, "rsqrt", "erf", "stop_gradient"), keep),
    **dict.fromkeys([f"nn.{name}" for name in _ACTIVATIONS], keep),
}


def _find_function(name: str) -> Callable[[Call], Any] | None:
    library, _, rest = name.partition(".")
    if library == "tensorflow":
        for module in ("compat.v1.", "compat.v2.", "math."):
            rest = rest.removeprefix(module)
        return FUNCTIONS.get(rest)
    module, _, rest = rest.partition(".")
    if module == "random" and rest in ("normal", "uniform", "truncated_normal", "randint"):
        return make_sized
    return KERAS_OPS.get(rest) if module == "ops" else None


def answer_for_arrays(name: str, call: Call) -> Any:
    """What a function of TensorFlow or keras.ops gives on arrays; NotImplemented on symbolic tensors."""
    from cnnspec.python_source.tape import find_tensors

    function, given = _find_function(name), [*call.arguments, *call.keywords.values()]
    if find_tensors(given):
        return NotImplemented
    if function is not None:
        return answer(function, call)
    return find_unknown(given) or NotImplemented if name.startswith(("tensorflow.", "keras.ops.")) else NotImplemented


def reshape_unknown(call: Call) -> Any:
    """unknown.reshape(-1, 28, 28, 1): whatever array it is, it has that shape then."""
    made = answer(array_methods.reshape, call)
    return made if isinstance(made, ArrayValue) and made.shape is not None else call.arguments[0]
