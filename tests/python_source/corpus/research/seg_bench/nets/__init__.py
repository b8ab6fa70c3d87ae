from .fcn import fcn8
from .segnet import segnet
from .unet import unet

__all__ = ['fcn8', 'segnet', 'unet']
