"""Training: settings → data → a fitted, evaluated, saved model in a run folder; going on with it, measuring, predicting.

Without Keras or NumPy, for a check and for lists:
    words < reading, conflicts < settings < match < ahead      what a section says (devices, precision)
    failing                                                    what ends a training, in a sentence
    memory                                                     whether it fits
    durable < spec < folder < runs                             run folders
Data, on NumPy:
    images < examples < arrays, tfds, files (pictures) < sources < data (weights)
    share, augment < batches
A training, on Keras:
    head < objects                                             words as Keras objects
    devices, distribution, precision < place                   where it runs
    account                                                    what run.json says
    history, curves, state < keeping                           what is kept of every epoch
    progress                                                   what is shown
    run < resume, rehearsal
What was trained:
    saved < trained < evaluate (scores), predict
"""
