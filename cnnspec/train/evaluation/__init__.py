"""Trained models, measured and used: head, only; saved < trained < evaluate (scores), question < predict < predict_rows; text,
json, confusion, prediction_forms write. Of other runtimes: trained < exported < opening; evaluate < shipping."""
