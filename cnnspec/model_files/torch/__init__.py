"""PyTorch models: saved by torch.export.save (.pt2), or live in the caller's Python, as graphs."""
