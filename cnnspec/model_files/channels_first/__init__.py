"""Operators that frameworks with channels first have in common, as layers.

Each function takes the builder, tensors, plain numbers as the framework states them, and the weights' names; it returns the
tensor of the result, and raises Inexpressible where the language has no layer for what is asked.
"""
