from .resnet import resnet20, resnet32, resnet56
from .wrn import wrn_16_4

_FACTORY = {
    "resnet20": resnet20,
    "resnet32": resnet32,
    "resnet56": resnet56,
    "wrn_16_4": wrn_16_4,
}


def available():
    return sorted(_FACTORY)


def build_model(name, **kwargs):
    if name not in _FACTORY:
        raise KeyError(f"unknown architecture {name!r}, choose from {', '.join(available())}")
    return _FACTORY[name](**kwargs)
