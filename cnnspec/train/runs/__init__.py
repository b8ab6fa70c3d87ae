"""What a training leaves in its folder, whole at any moment: durable < folder, history, state, spec < account < keeping; listing."""
