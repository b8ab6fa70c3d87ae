"""Training: settings → data → a fitted, evaluated, saved model in a run folder; going on with it, measuring, predicting.

words < reading, conflicts < settings < match < ahead    what a section says, and whether data suit it: without Keras or NumPy
failing, memory                                          what ends a training, in a sentence; whether it fits
data/                                                    a data set → the batches of an epoch, on NumPy
objects                                                  words as Keras objects
places/                                                  where it runs
runs/                                                    the run folder
progress                                                 what is shown
offline                                                  no network, where that is asked for
ending                                                   what is true when a training ends early
run < resume, rehearsal                                  a training as a whole
evaluation/                                              what was trained, measured and used
"""
