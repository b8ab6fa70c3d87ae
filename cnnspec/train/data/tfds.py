"""A data set of TensorFlow Datasets, `tfds:NAME`: images with class labels, read whole into memory.

Only the package's own data sets are named so: a name cannot point at code elsewhere.
"""

from __future__ import annotations

import math
import sys
from contextlib import redirect_stdout
from typing import Any

from cnnspec.compile.keras_model import MissingExtra
from cnnspec.train.data.examples import Held, Raw, RawPart, find_room, make_raw_part
from cnnspec.train.errors import TrainingFailed


def read_tfds(name: str) -> Raw:
    """The splits train, validation and test of a data set. Raises TrainingFailed, or MissingExtra without the package."""
    try:
        import numpy as np
        import tensorflow_datasets
    except ImportError as error:
        raise MissingExtra(
            f'{error.name or "tensorflow_datasets"} is not installed; data = "tfds:{name}" needs it', "tfds"
        ) from error
    try:
        with redirect_stdout(sys.stderr):
            builder = tensorflow_datasets.builder(name)
            builder.download_and_prepare()
    except Exception as error:  # each data set and each kind of connection has its own
        why = (" ".join(str(error).split()) or type(error).__name__)[:200]
        help = "check the name, connect to the network once, or train on data = digits"
        raise TrainingFailed(f"{name} of TensorFlow Datasets could not be had ({why})", help, 2) from error
    info = builder.info
    image, label = info.features.get("image"), info.features.get("label")
    if (
        image is None
        or label is None
        or getattr(label, "num_classes", None) is None
        or None in image.shape
        or image.np_dtype != np.uint8
    ):
        message = f"{name} of TensorFlow Datasets is no set of 8-bit images of one size with class labels"
        raise TrainingFailed(message, "save its images in class folders, and train on those", 2)
    parts = {part: split.num_examples for part, split in info.splits.items() if part in ("train", "validation", "test")}
    if "train" not in parts:
        raise TrainingFailed(
            f"{name} of TensorFlow Datasets has no split to train on: it has {', '.join(info.splits)}", "", 2
        )
    size = math.prod(image.shape) * sum(parts.values())
    if size > find_room():
        message = f"{name} of TensorFlow Datasets takes {size / 2**30:.1f} GiB, more than there is room for in memory"
        raise TrainingFailed(message, "save its images in class folders, and train on those", 2)
    made = {part: _read_part(tensorflow_datasets, builder, part, count, image.shape) for part, count in parts.items()}
    names = tuple([str(n) for n in label.names])
    notes = (f"{info.full_name} of TensorFlow Datasets", "pixels from 0 to 255 are scaled to 0 to 1")
    return Raw(made["train"], made.get("test"), {"": names}, notes, made.get("validation"))


def _read_part(tfds: Any, builder: Any, part: str, count: int, shape: tuple[int, ...]) -> RawPart:
    import numpy as np

    images, labels = np.empty((count, *shape), np.uint8), np.empty(count, np.int64)
    whole = builder.as_dataset(split=part, as_supervised=False, shuffle_files=False)
    for place, example in enumerate(tfds.as_numpy(whole)):
        images[place], labels[place] = example["image"], example["label"]
    return make_raw_part(Held(images), labels)
