"""Weights of PyTorch models in Keras, the outputs compared: `python -m benchmarks.torch_weights`.

It prints the second table of docs/torch-models.md. Needs torch, torchvision, timm, segmentation_models_pytorch and Keras, and
half an hour.

Each model of `benchmarks.torch_models`, but for the largest of a family, is built with random weights, and its network is compiled to
Keras with these. Both get one random image; told is the largest difference of an output, divided by the largest output.
Names of models as arguments, all of them without.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from typing import Any

import keras
import numpy
import torch

import cnnspec
from benchmarks.torch_models import Build, list_models
from tests.model_files.torch.test_live_weights import randomize

LARGE = (
    "resnet152", "resnext101_64x4d", "wide_resnet50_2", "densenet161", "densenet201", "efficientnet_b7",
    "efficientnet_v2_m", "regnet_y_8gf", "regnet_x_32gf", "convnext_base", "fcn_resnet101", "nasnetalarge",
    "pnasnet5large", "senet154",
)  # fmt: skip
SIZES = (128, 224, 256, 320)  # tried in turn: adaptive pools to 6x6, dilated ones and others ask for a larger image


def compare(build: Build, dtype: str) -> tuple[int, str]:
    """The image's size, and how far the outputs are apart, or why they are not compared."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    module = randomize(build()).to(getattr(torch, dtype))
    why = ""
    for size in SIZES:
        try:
            net = cnnspec.from_torch(module, (3, size, size))
            model = net.to_keras(weights=module)
        except (cnnspec.SpecError, ValueError) as error:
            why = str(error).strip().splitlines()[0]
            continue
        x = torch.randn(1, 3, size, size, dtype=getattr(torch, dtype))
        with torch.no_grad():
            wanted = list_tensors(module(x))
        made = list_tensors(model(x.numpy().transpose(0, 2, 3, 1), training=False))
        return size, f"{max([find_distance(*pair) for pair in zip(wanted, made, strict=True)]):.1e}"
    return 0, why


def list_tensors(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else [found]


def find_distance(wanted: Any, made: Any) -> float:
    made = numpy.asarray(made)
    made = made.transpose(0, 3, 1, 2) if made.ndim == 4 else made
    assert made.shape == tuple(wanted.shape)
    return float(abs(made - wanted.numpy()).max() / abs(wanted.numpy()).max())


def main(*wanted: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print("| model | image | float32 | float64 |\n| --- | --- | --- | --- |")
    for name, build, _ in list_models():
        if (not wanted or name.split()[-1] in wanted) and name.split()[-1] not in LARGE:
            (size, single), (_, double) = compare(build, "float32"), compare(build, "float64")
            print(f"| {name} | {f'{size}x{size}' if size else ''} | {single} | {double if size else ''} |", flush=True)
            keras.backend.clear_session()
            gc.collect()


if __name__ == "__main__":
    main(*sys.argv[1:])
