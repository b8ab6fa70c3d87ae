"""What a trained model is worth: saved < trained, head, scores < evaluate, predict."""
