"""The interpreter: what statements and expressions of Python do to a `Machine`."""
