"""Draw: architecture pictures of networks."""
