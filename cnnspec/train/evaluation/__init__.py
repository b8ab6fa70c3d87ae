"""What a trained model is worth: head; saved < trained < evaluate (scores), predict."""
