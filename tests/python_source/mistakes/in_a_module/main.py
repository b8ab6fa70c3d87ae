import argparse
from net import build

parser = argparse.ArgumentParser()
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--classes", type=int, default=10)
opts = parser.parse_args()

model = build(opts.size, opts.classes)
model.summary()
