"""Graph → what runs: Keras source, a live Keras model, and files for other runtimes."""
