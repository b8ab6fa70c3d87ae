from __future__ import absolute_import, division, print_function

import argparse
import datetime
import os
import random

import numpy as np
import tensorflow as tf

import models

parser = argparse.ArgumentParser()
parser.add_argument('--dataset', default='cifar100', choices=['cifar10', 'cifar100'])
parser.add_argument('--nets', default='densenet_bc,densenet_plain,msd,plain')
parser.add_argument('--batch-size', type=int, default=64, dest='bs')
parser.add_argument('--depth', type=int, default=22)
parser.add_argument('--growth', type=int, default=12)
parser.add_argument('--dropout', type=float, default=0.2)
parser.add_argument('--seed', type=int, default=None)
args, unknown = parser.parse_known_args()

if args.seed is not None:
    random.seed(args.seed)
    np.random.seed(args.seed)

stamp = datetime.datetime.now().strftime('%m%d-%H%M')
logdir = os.path.join('logs', args.dataset, stamp)
data = getattr(tf.keras.datasets, args.dataset)
(x, y), (vx, vy) = data.load_data()
classes = {'cifar10': 10, 'cifar100': 100}[args.dataset]

extra = {'densenet_bc': dict(depth=args.depth, growth=args.growth, dropout=args.dropout),
         'densenet_plain': {'depth': 13, 'growth': args.growth},
         'msd': dict(n_blocks=3, per_block=1)}

for name in args.nets.split(','):
    net = models.get_model(name, shape=x.shape[1:], classes=classes, **extra.get(name, {}))
    n_out = len(net.outputs)
    net.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
                loss=['sparse_categorical_crossentropy'] * n_out if n_out > 1 else 'sparse_categorical_crossentropy')
    cb = [tf.keras.callbacks.LearningRateScheduler(lambda e: 0.1 * 0.1 ** (e // 30)), tf.keras.callbacks.TensorBoard(logdir)]
    net.fit(x, [y] * n_out if n_out > 1 else y, batch_size=args.bs, callbacks=cb)
    print(name, net.count_params())
