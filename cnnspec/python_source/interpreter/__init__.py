"""The interpreter: it follows a Python source's statements as Python would, on values that are known in part.

`interpreter.py` ties the parts together; `statements`, `expressions` and `calls` follow Python's syntax, `doubts` what is
only perhaps run, `objects` are the source's own functions, classes and instances.
"""
