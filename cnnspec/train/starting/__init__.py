"""Weights to start from: what a network takes from a model that was trained before, what of it is trained, and how fast.

named_layers                         the layers that a setting means by a name
matching                             which layer of one graph is which of another, from the inputs on
applications                         which network of keras.applications a graph is, by its counts
model_start                          a start that is known: its model, and what is taken from it
started_model                        the model with the weights of its start, with Keras
phase                                whether what is frozen is trained by now
compiled_phase (rates)               the model of a phase, and the rates of layers, with Keras
"""
