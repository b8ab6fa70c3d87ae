#!/usr/bin/env python
import argparse
import importlib
import os
import random
from pprint import pprint

import numpy as np

from options import Options
from trainer import Trainer


def main():
    opt = Options().parse()
    pprint(vars(opt))
    random.seed(opt.seed)
    np.random.seed(opt.seed)
    os.makedirs(opt.out, exist_ok=True)
    module = importlib.import_module("nets." + opt.net)
    trainer = Trainer(opt, module.Generator(opt), module.Discriminator(opt))
    trainer.train(steps=2)


if __name__ == "__main__":
    main()
