"""Trained models, measured and used: head, only; saved < trained < likened < evaluate (scores), question < predict < predict_rows;
overlap completes metrics; text, json, confusion, prediction_forms, predicted_masks and worst (worst_maps, worst_images) write. Of other runtimes:
trained < exported < opening; evaluate < shipping."""
