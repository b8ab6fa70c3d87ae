"""Trained models, measured and used: head; saved < trained < evaluate (scores), predict; text, json, confusion write."""
