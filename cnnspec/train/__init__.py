"""Training: settings → data → a fitted, evaluated, saved model in a run folder; going on with it, measuring, predicting.

words < settings < reading, conflicts < keys < section   a train section → settings, without Keras or NumPy
network_settings                                         the same of a network, where it has such a section
cut_sizes < match < data_check                           whether data, and windows of images, suit a network; what a check says of them
plan                                                     all that is known before the data are read, in one value
errors, memory                                           what ends a training, in a sentence; whether it fits
data/                                                    a data set → the batches of an epoch, on NumPy
keras_objects                                            words as Keras objects
devices/                                                 the backend and the devices that it computes on
runs/                                                    the run folder
progress                                                 what is shown
offline                                                  no network, where that is asked for
early_end                                                what a run folder says when a training ends early
run < resume < folds < dry_run                            a training as a whole; one for each fold
evaluation/                                              trained models, measured and used
"""
