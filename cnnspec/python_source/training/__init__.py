"""What compile and fit say of a training, as a train section says it."""
