"""Training: settings → data → a fitted model in a run folder, evaluated, gone on with.

words < reading < conflicts < settings < match < ahead    without Keras or NumPy, for a check
data/        a data set → the batches of an epoch          NumPy, Pillow
places/      backend, devices, precision, and the share of a process in each batch
runs/        the run folder: account, state, history, models
run < resume, rehearsal                                    all of it together
evaluation/  a trained model's figures and predictions
"""
