"""A flow: boxes from the inputs to the outputs, as a drawing, in DOT or in Mermaid."""
