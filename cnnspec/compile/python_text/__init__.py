"""Python as text, for the printers of Keras and of PyTorch source: literals, and lines broken as ruff breaks them."""
