"""Files for other runtimes, opened by these and run without Keras: model < onnx_file < onnx_model, litert_file < litert_model < opened."""
