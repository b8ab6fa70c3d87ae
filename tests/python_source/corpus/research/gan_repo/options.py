import argparse


class Options:
    def __init__(self):
        self.parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        self.initialized = False

    def initialize(self):
        add = self.parser.add_argument
        add("--net", type=str, default="dcgan")
        add("--image_size", type=int, default=64)
        add("--nc", type=int, default=3, help="channels")
        add("--nz", type=int, default=100, help="latent size")
        add("--ngf", type=int, default=32)
        add("--ndf", type=int, default=32)
        add("--seed", type=int, default=11)
        add("--out", default="samples")
        add("--spectral", action="store_true", default=False)
        self.initialized = True

    def parse(self):
        if not self.initialized:
            self.initialize()
        opt, unknown = self.parser.parse_known_args()
        opt.steps = [opt.image_size // 2 ** k for k in (4, 3, 2, 1)]
        return opt
