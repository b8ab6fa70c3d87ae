import argparse
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from nets import *
import losses as L
from experiment import Experiment, REGISTRY


def get_parser():
    p = argparse.ArgumentParser()
    p.add_argument('--models', nargs='+', default=['fcn', 'segnet', 'unet'])
    p.add_argument('--height', type=int, default=128)
    p.add_argument('--width', type=int, default=160)
    p.add_argument('--n_classes', type=int, default=12)
    p.add_argument('--loss', default='ce', type=str)
    p.add_argument('--resume', type=str, default=None)
    return p


if __name__ == '__main__':
    opt = get_parser().parse_args()
    shape = (opt.height, opt.width, 3)
    if opt.resume is not None:
        print('resuming from', opt.resume)
    for name in opt.models:
        exp = Experiment(name, REGISTRY[name](shape, opt.n_classes), L.get(opt.loss))
        exp.report()
