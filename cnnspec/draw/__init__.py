"""Draw: how is a network built up? Its layers as boxes, its blocks as groups, its tensors as edges."""
