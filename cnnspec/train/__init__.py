"""Training: settings → data → a fitted, evaluated, saved model.

words < reading < settings < match < ahead   without Keras or NumPy, for a check
images < examples < sources < data    NumPy
batches, objects, progress < run     Keras
"""
