"""Every figure of a network, read by its name wherever it stands, so that a test can compare what stands in two places."""
