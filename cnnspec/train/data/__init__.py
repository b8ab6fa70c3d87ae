"""Data: where they come from, and how they reach the network.

images, pictures < examples < arrays, files, tfds < sources < prepare    a data set, split, as the network takes it
weights, augment < batches                                               the batches of an epoch
"""
