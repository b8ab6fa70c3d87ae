"""From a data set to the batches of an epoch.

given_names < array_names, columns < cells < tables < files      what a file holds for each input and output
folders < mask_folders; pictures < masks < mask_classes < mask_targets                   images and their masks
framing < images < examples < arrays, tfds, given (piles), opened (files < image_traits, framing < pictures, mask_targets) < sources
pictures < windows < mask_windows < mask_targets; windows < cropping      windows of large images, and of their masks
sources < prepare (cropping, outputs, weights, split)            a data set, split, as the network takes it
folds < splitting                                                what is held back of it
augment, sampling, windows < batches                              in the order of seed and epoch
"""
