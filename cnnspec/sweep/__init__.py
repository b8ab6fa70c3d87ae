"""Many candidates of one spec at once: a space of parameters, of which each point is a network.

One candidate of a structure is analysed with numbers on a tape (`structure.py`); what the tape holds is worked out with
NumPy for all others that satisfy its guards (`replay.py`); the rest is grouped, and one of it analysed in turn
(`engine.py`), until none is left.
"""
