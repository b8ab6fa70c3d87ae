"""Data sets, tensors that are not symbolic, and keras.utils by shape, against TensorFlow, Keras and scikit-learn."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from cnnspec.python_source.arrays.array_value import ArrayValue, DatasetValue
from cnnspec.python_source.arrays.structures import list_arrays
from cnnspec.python_source.values import Unknown
from tests.python_source.arrays.evaluate import evaluate
from tests.python_source.arrays.test_numpy import is_right

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# x is (6, 8, 8, 3) of float32, y (6,) of int64 below 3, column (6, 1)
SLICES = "tf.data.Dataset.from_tensor_slices"
EXPRESSIONS = [
    # ---- tensors
    "tf.constant([1, 2])", "tf.constant([[1.0, 2.5]])", "tf.convert_to_tensor(x)", "tf.zeros((2, 3))", "tf.ones([4])", "tf.fill([2, 3], 7.0)",
    "tf.range(5)", "tf.linspace(0.0, 1.0, 5)", "tf.eye(3)", "tf.random.normal((2, 8, 8, 3))", "tf.random.uniform(shape=[3])",
    "tf.cast(x, tf.float32)", "tf.cast(y, 'float32') / 255.0", "tf.reshape(x, [-1, 192])", "tf.reshape(x, (6, 64, -1))", "tf.expand_dims(y, -1)", "tf.expand_dims(x, axis=0)",
    "tf.squeeze(column)", "tf.squeeze(column, axis=-1)", "tf.transpose(x, [0, 3, 1, 2])", "tf.concat([x, x], axis=-1)", "tf.concat([x, x], 0)", "tf.stack([y, y], axis=1)",
    "tf.tile(y, [2])", "tf.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]])", "tf.split(x, [2, 4], 0)[1]", "tf.split(x, 2, axis=1)[0]", "tf.repeat(y, 2)",
    "tf.reduce_mean(x, axis=[1, 2])", "tf.reduce_sum(x, [1, 2], True)", "tf.reduce_max(x, axis=-1, keepdims=True)", "tf.argmax(x, axis=-1)", "tf.one_hot(y, 3)", "tf.one_hot(column, depth=5)",
    "tf.image.resize(x, (4, 5))", "tf.image.resize(x[0], [16, 16])", "tf.image.resize(x, (4, 4), method='nearest')", "tf.image.resize_with_pad(x, 10, 12)", "tf.image.resize_with_crop_or_pad(x[0], 6, 12)",
    "tf.image.rgb_to_grayscale(x)", "tf.image.grayscale_to_rgb(tf.constant(x)[..., :1])", "tf.image.random_crop(x[0], size=[4, 4, 3])", "tf.image.central_crop(x[0], 0.5)", "tf.image.random_flip_left_right(x)",
    "tf.image.per_image_standardization(x)", "tf.image.convert_image_dtype(x, tf.float32)", "tf.image.crop_to_bounding_box(x, 1, 1, 4, 5)", "tf.matmul(x, tf.transpose(x, [0, 1, 3, 2]))", "tf.gather(x, [0, 2], axis=1)", "tf.gather(y, [[0, 1]])",
    "tf.clip_by_value(x, 0.0, 1.0)", "tf.add(x, x)", "tf.maximum(x, 0.5)", "tf.math.sqrt(x)", "tf.ensure_shape(x, (None, 8, 8, 3))", "tf.shape(x)[1]", "tf.equal(y, 1)", "tf.reverse(x, [1])",
    "keras.ops.zeros((2, 3))", "keras.ops.reshape(x, (-1, 192))", "keras.ops.mean(x, axis=(1, 2))", "keras.ops.concatenate([x, x], axis=-1)", "keras.ops.one_hot(y, 3)", "keras.ops.arange(4)", "keras.ops.image.resize(x, (4, 4))", "keras.random.normal((2, 3))",
    # ---- labels, texts, splits
    "keras.utils.to_categorical(y, 3)", "keras.utils.to_categorical(y, num_classes=5)", "keras.utils.to_categorical(column, 3)", "keras.utils.to_categorical([0, 2, 1])", "keras.utils.to_categorical(x[:, 0, 0], 4)", "keras.utils.normalize(x[0, 0])",
    "keras.utils.pad_sequences([[1, 2], [3]], maxlen=7)", "keras.utils.pad_sequences([[1, 2], [3]], 4)", "keras.utils.img_to_array(x[0])", "keras.utils.load_img(path, target_size=(5, 7))", "keras.utils.img_to_array(keras.utils.load_img(path, target_size=(5, 7)))",
    "keras.utils.img_to_array(keras.utils.load_img(path, color_mode='grayscale', target_size=(5, 7)))", "np.array(keras.utils.load_img(path, target_size=(5, 7)))", "np.expand_dims(keras.utils.img_to_array(keras.utils.load_img(path)), 0)", "np.asarray(Image.open(path).convert('L').resize((5, 7)))", "Image.open(path).convert('RGB').resize((5, 7)).size",
    "train_test_split(x, y, test_size=0.4)", "train_test_split(x, y)", "train_test_split(x, y, x, test_size=2, random_state=1)", "StandardScaler().fit_transform(x.reshape(6, -1))", "LabelBinarizer().fit_transform(y)", "LabelEncoder().fit_transform(y)", "PCA(n_components=2).fit_transform(x.reshape(6, -1))",
    # ---- data sets
    f"{SLICES}(x)", f"{SLICES}((x, y))", f"{SLICES}((x, y)).batch(4)", f"{SLICES}((x, y)).batch(3)", f"{SLICES}((x, y)).batch(4, drop_remainder=True)", f"{SLICES}((x, y)).shuffle(10).batch(2).prefetch(1)", f"{SLICES}({{'a': x, 'b': y}}).batch(2)",
    f"{SLICES}((x, y)).map(lambda image, label: (tf.image.resize(image, (4, 4)), tf.one_hot(label, 3)))", f"{SLICES}((x, y)).batch(2).map(lambda image, label: (image / 255.0, label))", f"{SLICES}(x).map(lambda image: (image, image))", f"{SLICES}((x, y)).take(2)", f"{SLICES}((x, y)).skip(4).repeat(3)", f"{SLICES}((x, y)).repeat()",
    f"{SLICES}((x, y)).batch(4, drop_remainder=True).element_spec[0].shape[2]", f"{SLICES}(x).element_spec.shape[0]", f"{SLICES}((x, y)).cache().filter(lambda image, label: label > 0)", f"{SLICES}((x, y)).batch(2).unbatch()", f"tf.data.Dataset.zip(({SLICES}(x), {SLICES}(y)))", "tf.data.Dataset.range(5)", "tf.data.Dataset.from_tensors((x, y))", f"{SLICES}(x).concatenate({SLICES}(x))", f"{SLICES}([[1, 2], [3, 4]])", f"{SLICES}(x).padded_batch(2)", f"{SLICES}((x, y)).shard(2, 0)", f"{SLICES}((x, y)).apply(lambda data: data.batch(2))",
    "keras.utils.image_dataset_from_directory(folder, image_size=(8, 9), batch_size=2, verbose=False)", "keras.utils.image_dataset_from_directory(folder, label_mode='categorical', color_mode='grayscale', verbose=False)", "keras.utils.image_dataset_from_directory(folder, label_mode=None, batch_size=None, verbose=False)", "keras.utils.image_dataset_from_directory(folder, label_mode='binary', verbose=False)", "keras.utils.image_dataset_from_directory(folder, label_mode='categorical', class_names=['a', 'b'], verbose=False)",
    # ---- generators
    "generator.flow(x, y, batch_size=4)", "generator.flow(x)", "generator.flow_from_directory(folder, target_size=(8, 9), batch_size=2)", "generator.flow_from_directory(folder, class_mode='binary', color_mode='grayscale')", "generator.flow_from_directory(folder, class_mode='sparse')", "generator.flow_from_directory(folder, class_mode=None)", "generator.flow_from_directory(folder, class_mode='input')", "generator.flow_from_directory(folder, classes=['a', 'b'])", "generator.flow_from_directory(folder, target_size=(8, 9)).image_shape",
]  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the expressions use, as the libraries have them."""
    import keras
    import tensorflow as tf
    from keras.src.legacy.preprocessing.image import ImageDataGenerator
    from PIL import Image
    from sklearn.decomposition import PCA
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import LabelBinarizer, LabelEncoder, StandardScaler

    folder = tmp_path_factory.mktemp("images")
    for name in ("a", "b"):
        (folder / name).mkdir()
        for number in range(2):
            Image.new("RGB", (12, 10)).save(folder / name / f"{number}.png")
    generator = np.random.default_rng(0)
    y = np.array([0, 1, 2, 0, 1, 2])
    return {
        "np": np, "tf": tf, "keras": keras, "Image": Image, "PCA": PCA, "train_test_split": train_test_split,
        "LabelBinarizer": LabelBinarizer, "LabelEncoder": LabelEncoder, "StandardScaler": StandardScaler,
        "x": generator.random((6, 8, 8, 3)).astype("float32"), "y": y, "column": y[:, None],
        "folder": str(folder), "path": str(folder / "a" / "0.png"), "generator": ImageDataGenerator(),
    }  # fmt: skip


def list_true(value: Any) -> list[tuple[tuple[int | None, ...], str]]:
    """Shapes and dtypes of the arrays in a structure, or of TensorFlow's specifications of them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [found for part in value for found in list_true(part)]
    dtype = value.dtype.name
    return [(tuple(value.shape), dtype)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression(text: str, real: dict[str, Any]) -> None:
    import tensorflow as tf

    true = eval(text, dict(real))
    names = {
        "x": ArrayValue((6, 8, 8, 3), "float32"), "y": ArrayValue((6,), "int64"), "column": ArrayValue((6, 1), "int64"),
        "folder": "images", "path": "images/a/0.png",
    }  # fmt: skip
    generator = evaluate("keras.preprocessing.image.ImageDataGenerator()")
    said = evaluate(text, generator=generator, **names)
    assert not isinstance(said, Unknown)
    if not isinstance(said, DatasetValue):
        if hasattr(true, "size") and hasattr(true, "mode"):  # a picture of PIL
            said, true = said.to_array(), np.asarray(true)
        true = [np.asarray(part) for part in true] if isinstance(true, list) else true
        true = true.numpy() if isinstance(true, tf.Tensor) else true
        assert is_right(said, true), (said, true)
        return
    spec = true.element_spec if isinstance(true, tf.data.Dataset) else next(iter(true))
    element = list_arrays(said.element)
    assert len(element) == len(list_true(spec))
    for array, (shape, dtype) in zip(element, list_true(spec), strict=True):
        assert array.shape is not None and len(array.shape) == len(shape)
        assert all([n is None or m in (None, n) for n, m in zip(array.shape, shape, strict=True)]), (array, shape)
        assert array.dtype in ("", dtype)
        static = isinstance(true, tf.data.Dataset) and "folder" not in text
        assert not static or [n is None for n in array.shape] == [n is None for n in shape], (array, shape)
    if said.length is not None:
        assert said.length == len(list(true))


def test_files_are_unknown_and_a_reshape_says_their_shape() -> None:
    made = evaluate("pd.read_csv('train.csv').values.reshape(-1, 28, 28, 1).astype('float32') / 255")
    assert made.shape == (None, 28, 28, 1)
    assert evaluate("np.load('x.npy')").reason == "numpy.load reads a file"
    assert evaluate("cv2.resize(cv2.imread('a.png'), (32, 48))").shape == (48, 32, 3)
    assert evaluate("cv2.cvtColor(cv2.resize(cv2.imread('a.png'), (32, 48)), cv2.COLOR_BGR2GRAY)").shape == (48, 32)
