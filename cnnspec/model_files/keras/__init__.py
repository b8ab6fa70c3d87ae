"""Keras models → graph: from the config that Keras saves, read as data."""
