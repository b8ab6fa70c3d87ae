"""Trained models, measured and used: head, only; saved < trained < evaluate (scores), question < predict < predict_rows; overlap
completes metrics; text, json, confusion, prediction_forms, predicted_masks and worst_maps write."""
