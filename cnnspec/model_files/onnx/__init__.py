"""ONNX files → graph: protobuf's wire format read as data, without onnx or protobuf."""
