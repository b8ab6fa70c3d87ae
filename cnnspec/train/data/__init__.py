"""From a data set to the batches of an epoch.

given_names < array_names, columns < cells < tables < files      what a file holds for each input and output
framing < images < examples < arrays, tfds, opened (files < image_traits, framing < pictures) < sources < prepare (outputs, weights, split)    a data set, split, as the network takes it
folds < splitting                                                what is held back of it
augment, sampling < batches                                      in the order of seed and epoch
"""
