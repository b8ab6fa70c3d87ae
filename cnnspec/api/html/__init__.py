"""Answers as HTML tables, a file for each: the rows and sentences of the answer's text, which stand in its room."""
