from __future__ import annotations

import logging
from typing import Callable, Dict, List

import keras
from keras import layers

from .config import BackboneConfig

logger = logging.getLogger(__name__)
Tensor = keras.KerasTensor
Backbone = Callable[[Tensor, BackboneConfig], List[Tensor]]
_BACKBONES: Dict[str, Backbone] = {}


def register(name: str) -> Callable[[Backbone], Backbone]:
    def decorator(function: Backbone) -> Backbone:
        if name in _BACKBONES:
            raise KeyError(f"backbone {name!r} is registered twice")
        _BACKBONES[name] = function
        return function

    return decorator


def get_backbone(name: str) -> Backbone:
    try:
        return _BACKBONES[name]
    except KeyError:
        raise ValueError(f"unknown backbone {name!r}, have {sorted(_BACKBONES)}") from None


def _norm(x: Tensor, kind: str | None) -> Tensor:
    if kind is None:
        return x
    return {"batch": layers.BatchNormalization, "layer": layers.LayerNormalization}[kind]()(x)


def _conv(x: Tensor, filters: int, config: BackboneConfig, *, kernel: int = 3, strides: int = 1) -> Tensor:
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=config.norm is None)(x)
    return layers.Activation(config.activation)(_norm(x, config.norm))


@register("plain")
def plain(x: Tensor, config: BackboneConfig) -> List[Tensor]:
    features = []
    for filters, count in zip(config.stages, config.blocks):
        for _ in range(count):
            x = _conv(x, filters, config)
        features.append(x)
        x = layers.MaxPooling2D()(x)
    return features


@register("residual")
def residual(x: Tensor, config: BackboneConfig) -> List[Tensor]:
    features = []
    for index, (filters, count) in enumerate(zip(config.stages, config.blocks)):
        for block in range(count):
            strides = 2 if index and not block else 1
            shortcut = x
            y = _conv(x, filters, config, strides=strides)
            y = _norm(layers.Conv2D(filters, 3, padding="same", use_bias=config.norm is None)(y), config.norm)
            if strides != 1 or shortcut.shape[-1] != filters:
                shortcut = layers.Conv2D(filters, 1, strides=strides)(shortcut)
            x = layers.Activation(config.activation)(layers.add([shortcut, y]))
        features.append(x)
    return features


@register("dense")
def dense(x: Tensor, config: BackboneConfig) -> List[Tensor]:
    features: List[Tensor] = []
    for growth, count in zip(config.stages, config.blocks):
        taken = [x]
        for _ in range(count):
            joined = layers.concatenate(taken) if len(taken) > 1 else taken[0]
            taken.append(_conv(joined, growth, config))
        x = layers.concatenate(taken)
        features.append(x)
        x = layers.AveragePooling2D(2)(x)
    return features
