"""The best candidate of a space under conditions, with a proof: how much better any other could be at most.

Three methods answer, each with a bound: all candidates are gone through (`exhaustive.py`); sums of terms that neighbouring
parameters decide are bounded by Lagrange multipliers and branched upon (`branching.py`); or CP-SAT is asked (`cp_sat.py`). What they know
of a network is what an analysis left on its tape (`regions.py`, `forms.py`): no formula of a layer stands here.
"""

METHODS = ("exhaustive", "chain", "cp-sat")
