"""From a data set to the batches of an epoch.

images < examples < arrays, tfds, files (pictures) < sources < prepare (weights)    a data set, split, as the network takes it
augment < batches                                                                   in the order of seed and epoch
"""
