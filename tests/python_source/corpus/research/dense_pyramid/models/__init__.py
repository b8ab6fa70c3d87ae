import importlib

from . import densenet_bc
from .msdnet import msd


def get_model(name, **kwargs):
    """get_model('densenet_bc', depth=40, growth=12)"""
    if name.startswith('densenet'):
        return getattr(densenet_bc, name)(**kwargs)
    if name == 'msd':
        return msd(**kwargs)
    module = importlib.import_module('models.' + name)
    return module.build(**kwargs)
