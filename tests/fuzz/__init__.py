"""A fuzzer for the whole of cnnspec: texts, networks and commands made by chance, and what must be true of every answer.

`python -m tests.fuzz`, or `make fuzz`, runs it; see `__main__.py`. A case is a number: the same seed and number make
the same case on every machine, whatever ran before it. What is found is made small and written as a file of finds/,
which test_fuzz.py replays.

seeds ─▶ texts, networks, commands ─▶ claims about what comes of them ─▶ finds
"""
