"""Which functions of keras.ops take their two tensors apart: divide(a, b), and not a list as stack([a, b])."""

OF_TWO = frozenset({"ops.divide", "ops.matmul"})
