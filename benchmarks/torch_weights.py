"""Weights of PyTorch models in Keras, the outputs compared: `python -m benchmarks.torch_weights`.

It prints the second table of docs/torch-models.md. Needs torch, torchvision, timm, segmentation_models_pytorch and Keras, and
about an hour.

Each model of `benchmarks.torch_models`, but for the largest of a family, is built with random weights, and its network is compiled to
Keras with these. Both get one random image; told is the largest difference of an output, divided by the largest output, and
beside it how far torch's outputs in single precision are from its own in double precision.
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


def compare(build: Build, dtype: str) -> tuple[int, str, str]:
    """The image's size, how far Keras's outputs are from torch's, or why they are not compared; and torch's from its own in
    doubles, which is how far rounding alone takes this network."""
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
        made = list_tensors(model(x.numpy().transpose(0, 2, 3, 1), training=False))
        made = [array.transpose(0, 3, 1, 2) if array.ndim == 4 else array for array in map(numpy.asarray, made)]
        return size, find_distance(made, compute(module, x)), find_rounding(module, x)
    return 0, why, ""


def find_rounding(module: Any, x: Any) -> str:
    """How far torch's outputs in single precision are from those in double precision."""
    return find_distance(compute(module.float(), x.float()), compute(module.double(), x.double()))


def compute(module: Any, x: Any) -> list[Any]:
    with torch.no_grad():
        return [tensor.numpy() for tensor in list_tensors(module(x))]


def list_tensors(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else [found]


def find_distance(made: list[Any], wanted: list[Any]) -> str:
    assert [array.shape for array in made] == [array.shape for array in wanted]
    pairs = zip(made, wanted, strict=True)
    return f"{max([float(abs(one - other).max() / abs(other).max()) for one, other in pairs]):.1e}"


def main(*wanted: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print("| model | image | float32 | float64 | rounding |\n| --- | --- | --- | --- | --- |")
    for name, build, _ in list_models():
        if (not wanted or name.split()[-1] in wanted) and name.split()[-1] not in LARGE:
            (size, single, rounding), (_, double, _) = compare(build, "float32"), compare(build, "float64")
            cells = (name, f"{size}x{size}" if size else "", single, double if size else "", rounding)
            print(f"| {' | '.join(cells)} |", flush=True)
            keras.backend.clear_session()
            gc.collect()


if __name__ == "__main__":
    main(*sys.argv[1:])
