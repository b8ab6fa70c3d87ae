"""Pictures of files: PIL's, Keras's and OpenCV's ways to load and resize them."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.arrays.picture_value import MODES, PictureValue
from cnnspec.python_source.arrays.reading import get_array, read_shape
from cnnspec.python_source.arrays.shapes import Misfit
from cnnspec.python_source.values import External

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.values import Call

COLOR_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}  # Keras's names


def resize(call: Call) -> Any:
    """picture.resize((width, height))"""
    size = read_shape(call.find(1, "size"))
    if size is None or len(size) != 2:
        return PictureValue(None, None, call.arguments[0].mode)
    return PictureValue(size[1], size[0], call.arguments[0].mode)


def convert(call: Call) -> Any:
    """picture.convert("RGB")"""
    picture, mode = call.arguments[0], call.find(1, "mode")
    return PictureValue(picture.height, picture.width, mode if isinstance(mode, str) else "")


def turn(call: Call) -> Any:
    return PictureValue(None, None, call.arguments[0].mode)


PICTURE_METHODS: dict[str, Callable[[Call], Any]] = {
    "resize": resize, "convert": convert, "crop": turn, "rotate": turn, "transpose": turn, "copy": lambda call: call.arguments[0],
}  # fmt: skip


def open_picture(call: Call) -> PictureValue:
    """PIL.Image.open(path)"""
    return PictureValue(None, None, "")


def load_picture(call: Call) -> Any:
    """keras.utils.load_img(path, color_mode="rgb", target_size=None)"""
    mode, size = call.find(1, "color_mode", default="rgb"), call.find(2, "target_size")
    if isinstance(call.find(1, "color_mode"), bool):  # Keras 1 had grayscale there
        return PictureValue(None, None, "")
    sizes = read_shape(size) if size is not None else None
    height, width = sizes if sizes is not None and len(sizes) == 2 else (None, None)
    return PictureValue(height, width, COLOR_MODES.get(mode, "") if isinstance(mode, str) else "")


def to_keras_array(call: Call) -> ArrayValue:
    """keras.utils.img_to_array(picture): height, width, channels."""
    given = call.find(0, "img")
    if not isinstance(given, PictureValue):
        array = get_array(call, 0, "img")
        if array.shape is not None and len(array.shape) == 2:
            array = array.make_like((*array.shape, 1))
        return array.make_like(array.shape, dtype="float32")
    return ArrayValue((given.height, given.width, MODES.get(given.mode)), "float32")


# ---- OpenCV ------------------------------------------------------------------------------------------------
def read_cv2(call: Call) -> ArrayValue:
    """cv2.imread(path, flag): of colours unless the flag says otherwise."""
    flag = call.find(1, "flags", default=1)
    flag = flag.name.rpartition(".")[2] if isinstance(flag, External) else flag
    if flag in (1, "IMREAD_COLOR"):
        return ArrayValue((None, None, 3), "uint8")
    return ArrayValue((None, None) if flag in (0, "IMREAD_GRAYSCALE") else None, "uint8")


def resize_cv2(call: Call) -> ArrayValue:
    """cv2.resize(image, (width, height)): an axis of one channel is lost."""
    array, size = get_array(call, 0, "src"), call.find(1, "dsize")
    sizes = read_shape(size) if size is not None else (None, None)
    if sizes is None or len(sizes) != 2:
        sizes = (None, None)
    if array.shape is None or len(array.shape) not in (2, 3) or len(array.shape) == 3 and array.shape[2] is None:
        return array.make_like(None)
    channels = () if array.shape[2:] == (1,) else array.shape[2:]
    return array.make_like((sizes[1], sizes[0], *channels))


def convert_cv2(call: Call) -> ArrayValue:
    """cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)"""
    array, code = get_array(call, 0, "src"), call.find(1, "code")
    kind = code.name.rpartition("2")[2] if isinstance(code, External) else ""
    if array.shape is None or kind not in ("GRAY", "RGB", "BGR", "HSV", "LAB", "YUV", "YCrCb", "HLS", "RGBA"):
        return array.make_like(None)
    channels = {"GRAY": (), "RGBA": (4,)}.get(kind, (3,))
    return array.make_like((*array.shape[:2], *channels))


def blur_cv2(call: Call) -> ArrayValue:
    array = get_array(call, 0, "src")
    if array.shape is not None and len(array.shape) == 3 and array.shape[2] in (1, None):
        raise Misfit("whether OpenCV keeps an axis of one channel is not known")
    return array.make_like(array.shape)


FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    **{f"PIL.Image.Image.{name}": function for name, function in PICTURE_METHODS.items()},
    "PIL.Image.open": open_picture, "cv2.imread": read_cv2, "cv2.resize": resize_cv2, "cv2.cvtColor": convert_cv2,
    **dict.fromkeys(("cv2.GaussianBlur", "cv2.medianBlur", "cv2.flip", "cv2.equalizeHist"), blur_cv2),
}  # fmt: skip
_IMAGES = ("keras.utils", "keras.preprocessing.image", "keras.legacy.preprocessing.image")
for _module in _IMAGES:
    FUNCTIONS |= {f"{_module}.load_img": load_picture, f"{_module}.img_to_array": to_keras_array}
